"""One date of a series being changed, with invented names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import (
    ANNA,
    CLASH,
    FOLD,
    GUEST_SHIFT,
    KYIV,
    LESSON,
    MOSCOW_SHIFT,
    NEXT_WEEK,
    NOW,
    VIENNA,
    WEEK,
    ZONES,
    Sample,
    span,
)
from vclass.web.pages.contexts import MoveForm, Notice, OccurrenceLine
from vclass.web.pages.contexts.lesson import SkippedDate
from vclass.web.pages.contexts.occurrence import (
    ChangePreview,
    ChangePreviewFragment,
    OccurrencePage,
    RoomOption,
    RoomSwap,
)

AFTERNOON: Final = span("2026-10-14T12:00:00Z")
TOLD: Final = ("Prof. Oksana Kovalenko", "Danylo Savchuk", "Maria Alvarez")
MOVING: Final = OccurrencePage(
    lesson="law",
    version="3",
    title="Comparative Media Law",
    recurrence="2026-10-13T10:00",
    state="confirmed",
    span=NEXT_WEEK,
    own=VIENNA,
    others=(KYIV,),
    change="move",
    following=12,
    total=13,
    zones=ZONES,
    move=MoveForm("Europe/Vienna", "2026-10-14", "14:00", "90"),
    preview=ChangePreview(NEXT_WEEK, AFTERNOON, told=TOLD, more_told=21),
)
SWAPS: Final = (
    RoomSwap(
        VIENNA,
        "a101",
        "b204",
        (RoomOption("a101", "A-101", 24), RoomOption("b204", "B-204", 40), RoomOption("b1", "B-1", 18, free=False)),
    ),
    RoomSwap(KYIV, "h214", "h214", (RoomOption("h214", "Hall 214", 30), RoomOption("v", "Online 1", 60, virtual=True))),
)
STATES: Final = ("confirmed", "held", "requested", "waiting", "moved", "displaced", "rejected", "cancelled")
LINES: Final = tuple(
    OccurrenceLine(
        (NEXT_WEEK[0] + week * WEEK, NEXT_WEEK[1] + week * WEEK),
        state,
        recurrence=f"2026-10-{13 + week}T10:00",
        hold_until=NOW + 80000 if state == "held" else 0,
        before=NEXT_WEEK if state == "moved" else None,
    )
    for week, state in enumerate(STATES)
)
SKIPPED: Final = (
    SkippedDate("2026-12-08T10:00", span("2026-12-08T09:00:00Z"), "Holiday in Austria"),
    SkippedDate("2026-12-15T10:00", span("2026-12-15T09:00:00Z")),
)


def occurrences() -> Iterator[tuple[str, Sample]]:
    def one(page: OccurrencePage) -> Sample:
        return Sample(page, ANNA, "day")

    following = replace(
        MOVING,
        scope="following",
        preview=replace(
            MOVING.preview or ChangePreview(NEXT_WEEK, None),
            number=12,
            last=NEXT_WEEK[0] + 11 * WEEK,
            shifts=(GUEST_SHIFT, MOSCOW_SHIFT),
            fold=FOLD,
            taken=(("Hall 214", NEXT_WEEK),),
        ),
    )
    room = replace(
        MOVING, change="room", swaps=SWAPS, preview=ChangePreview(NEXT_WEEK, NEXT_WEEK, rooms=(("A-101", "B-204"),))
    )
    wrong = {"time": "A day has 24 hours. Write the time like 14:00."}
    cancelling = ChangePreview(NEXT_WEEK, None, told=TOLD)
    yield "occurrence-move", one(MOVING)
    yield "occurrence-following", one(following)
    yield "occurrence-clash", one(replace(MOVING, clash=replace(CLASH, free=0)))
    yield "occurrence-wrong", one(replace(MOVING, move=replace(MOVING.move, time="25:00"), errors=wrong, preview=None))
    yield "occurrence-room", one(room)
    yield "occurrence-room-wrong", one(replace(room, errors={"room-0": "B-204 is not free then."}))
    yield "occurrence-cancel", one(replace(MOVING, change="cancel", preview=cancelling))
    yield "occurrence-single", one(replace(MOVING, change="cancel", total=1, following=1, state="held"))
    yield "fragment-change", Sample(ChangePreviewFragment(VIENNA, (KYIV,), following.preview, "1"), ANNA)
    yield "fragment-change-wrong", Sample(ChangePreviewFragment(VIENNA, (KYIV,), None, errors=wrong), ANNA)
    series = replace(LESSON, occurrences=LINES, skipped=SKIPPED, state="held", shifts=())
    added = Notice("Added. 24 people are told by mail.")
    yield "lesson-dates", Sample(series, ANNA, "day", added)
