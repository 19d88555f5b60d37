"""The slot finder before, with and without an answer; invented names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import (
    ANNA,
    BERLIN,
    GUEST_SHIFT,
    KYIV,
    MOSCOW_SHIFT,
    NEW_YORK,
    VIENNA,
    WEEK,
    Sample,
    span,
)
from vclass.core.spans import Span
from vclass.web.pages.contexts import RoomChoice
from vclass.web.pages.contexts.slots import (
    Comfort,
    FoundSlot,
    Missing,
    OddWeek,
    PlaceChoice,
    SlotsPage,
    SlotValues,
)
from vclass.web.slot_axis import slot_axis

TERESA: Final = replace(ANNA, may_find=True)
VALUES: Final = SlotValues(
    people="anna.leitner@vii.example\no.kovalenko@kpa.example",
    first="2026-10-12",
    last="2026-10-16",
    places={"vie": "a101", "kyi": "any"},
)
SEATS: Final = (RoomChoice("a101", "A-101", 24), RoomChoice("v1", "Online 1", 60, virtual=True))
PLACES: Final = (PlaceChoice("vie", VIENNA, SEATS), PlaceChoice("kyi", KYIV, SEATS[1:]), PlaceChoice("ber", BERLIN))
FORM: Final = SlotsPage(VIENNA, PLACES)
TAKE: Final = "date=2026-10-13&time=14%3A00&room=a101&partner=kyi"
CARRIED: Final = {"title": "Comparative Media Law", "guests": "Nikos <nikos@asl.example>"}


def slot(start: str, off: tuple[int, int], works: int = 15) -> FoundSlot:
    return FoundSlot(
        span(start),
        TAKE,
        (Comfort(VIENNA, off[0]), Comfort(KYIV, off[1])),
        ("A-101", "Hall 214"),
        works=works,
        weeks=15,
    )


def odd(week: int, first: Span) -> OddWeek:
    when = first[0] + week * WEEK, first[1] + week * WEEK
    return OddWeek(week + 1, when, works=week == 3, missing=(Missing("Prof. Oksana Kovalenko", "busy"),))


TUESDAY: Final = slot("2026-10-13T12:00:00Z", (0, 0), 13)
SLOTS: Final = (
    replace(
        TUESDAY,
        odd=(
            odd(3, TUESDAY.span),
            replace(odd(7, TUESDAY.span), missing=(Missing("Vienna", "holiday", "Immaculate Conception"),)),
            OddWeek(12, None, works=False),
        ),
        shifts=(MOSCOW_SHIFT,),
    ),
    slot("2026-10-14T07:30:00Z", (0, 30)),
    replace(slot("2026-10-14T08:00:00Z", (0, 90), 12), missing=(Missing("Dr. Anna Leitner", "outside_hours"),)),
    slot("2026-10-16T15:45:00Z", (75, 200), 9),
    slot("2026-10-12T05:00:00Z", (60, 300), 4),
)


def slots() -> Iterator[tuple[str, Sample]]:
    def finder(page: SlotsPage) -> Sample:
        return Sample(page, TERESA, "slots")

    spans = [each.span for each in SLOTS]
    found = replace(
        FORM, values=VALUES, others=(KYIV,), slots=SLOTS, axis=slot_axis(spans, "Europe/Vienna", "Europe/Kyiv")
    )
    found = replace(found, carried=CARRIED, guests=("nikos@asl.example",))
    far = [span("2026-10-27T14:00:00Z"), span("2026-11-03T15:00:00Z")]
    once = replace(
        found,
        values=replace(VALUES, repeat="once"),
        others=(NEW_YORK, KYIV),
        slots=tuple(FoundSlot(each, TAKE, (Comfort(NEW_YORK, 0),), shifts=(GUEST_SHIFT,)) for each in far),
        axis=slot_axis(far, "Europe/Vienna", "America/New_York"),
    )
    wrong = {"people": "iryna@ in line 2 is no mail address.", "place-kyi": "This room is not there any more."}
    yield "slots", finder(FORM)
    yield "slots-found", finder(found)
    yield "slots-once", finder(once)
    yield "slots-none", finder(replace(FORM, values=VALUES, slots=()))
    yield "slots-wrong", finder(replace(FORM, values=replace(VALUES, people="iryna@"), errors=wrong))
