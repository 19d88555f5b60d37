"""Other calendars of a person in every state, with invented names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import ANNA, NOW, Sample
from vclass.web.pages.contexts.busy import BusyPage, CalendarCard, ReportLine

HOUR: Final = 3600
FAMILY: Final = CalendarCard(
    id="c1",
    name="Family",
    address="https://calendar.example/…",
    times=41,
    events=230,
    taken=38,
    read_at=NOW - 2 * HOUR,
    next_at=NOW + 2 * HOUR,
    report=(ReportLine("180 events are over, or more than 400 days ahead.", amiss=False),),
)
CHOIR: Final = CalendarCard(
    id="c2",
    name="choir-and-orchestra-2026-2027.ics",
    address="",
    times=12,
    events=17,
    taken=12,
    read_at=NOW - 90 * HOUR,
    next_at=None,
    report=(
        ReportLine(
            "2 events are in time zones that nobody knows.",
            amiss=True,
            lines=(
                (14, "DTSTART;TZID=Customized Time Zone:20261009T190000"),
                (22, "DTSTART;TZID=Rehearsal:20261016T1900"),
            ),
        ),
        ReportLine("3 events are marked as free time.", amiss=False),
    ),
)
GONE: Final = CalendarCard(
    id="c3",
    name="Department",
    address="https://cal.department.example/…",
    times=3,
    events=9,
    taken=3,
    read_at=NOW - 200 * HOUR,
    next_at=NOW + 20 * HOUR,
    problem="The host does not answer. Check the address, or try again later.",
)


def busy() -> Iterator[tuple[str, Sample]]:
    yield "busy", Sample(BusyPage((FAMILY, CHOIR, GONE), 5), ANNA, "settings")
    yield "busy-empty", Sample(BusyPage((), 5), ANNA, "settings")
    five = tuple(replace(FAMILY, id=f"c{number}") for number in range(5))
    yield "busy-full", Sample(BusyPage(five, 5), ANNA, "settings")
    refused = BusyPage(
        (FAMILY,),
        5,
        address="https://intranet/a.ics",
        name="Work",
        errors={"address": "This address leads into a private network. Write a public one."},
    )
    yield "busy-refused", Sample(refused, ANNA, "settings")
