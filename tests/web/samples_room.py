"""A room's day and week, with invented names."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from tests.web.samples import ANNA, KYIV, NOW, STUDENT, VIENNA, Sample, span
from tests.web.samples_approvals import EVA
from vclass.core.spans import Span
from vclass.core.zones import parse_rfc3339
from vclass.web.pages.contexts import RoomGroup, RoomRow, RoomsPage
from vclass.web.pages.contexts.room import OpenHours, RoomCard, RoomMark, RoomPage, View
from vclass.web.room_grid import Mark, Timetable, room_grid

TUESDAY: Final = dt.date(2026, 10, 6)
A_101: Final = RoomCard(
    id="a101",
    name="A-101",
    side=VIENNA,
    kind="hall",
    zone="Europe/Vienna",
    seats=24,
    place="first floor, Lindengasse 4",
    features=("step-free", "two projectors"),
    kit=("2 × Document camera", "Interactive board"),
    photo="/static/favicon.svg",
    camera="1080p, pan and zoom, two presets",
    microphone="6 in the ceiling, echo tested",
    uplink="94 Mbit/s, wired",
    contact="Eva Maurer, 01 555 01 42",
    approval=True,
    approvers=("Eva Maurer",),
    opening=(OpenHours(0, 4, "07:30", "17:30"), OpenHours(5, 5, "08:00", "13:00")),
    horizon_days=180,
    longest=240,
    setup=10,
    teardown=5,
)
BARE: Final = RoomCard("v1", "Online 1", KYIV, "virtual", "Europe/Kyiv", 60, shared=False)
MARKS: Final = (
    RoomMark(span("2026-10-06T06:00:00Z"), "lesson", "Databases", "Huber", "/lessons/db", setup=10, teardown=5),
    RoomMark(
        span("2026-10-06T08:00:00Z"),
        "lesson",
        "Comparative Media Law",
        "with Kyiv",
        "/lessons/law",
        KYIV,
        setup=10,
        teardown=5,
    ),
    RoomMark(span("2026-10-06T10:00:00Z"), "requested", "Thesis colloquium", href="/lessons/t"),
    RoomMark(span("2026-10-06T10:30:00Z"), "held", "Guest lecture", href="/lessons/g", other=KYIV, until=NOW + 90000),
    RoomMark(span("2026-10-06T12:30:00Z", 60), "busy", setup=10, teardown=5),
    RoomMark(span("2026-10-07T11:00:00Z", 240), "blocking", "Projector repair"),
    RoomMark(span("2026-10-08T06:00:00Z"), "lesson", "Roman Law", "Melnyk", "/lessons/r"),
    RoomMark(span("2026-10-09T12:00:00Z", 180), "blocking"),
)
OPEN: Final = tuple(span(f"2026-10-{day:02}T05:30:00Z", 600) for day in range(5, 10))


def page(
    card: RoomCard,
    view: View,
    first: dt.date,
    marks: Sequence[RoomMark] = MARKS,
    open_hours: Sequence[Span] | None = OPEN,
    zone: str = "Europe/Vienna",
) -> RoomPage:
    dates = [first + dt.timedelta(day) for day in range(1 if view == "day" else 7)]
    drawn = [Mark(mark.span, 60 * mark.setup, 60 * mark.teardown) for mark in marks]
    own = f"/rooms/{card.id}?view="
    return RoomPage(
        room=card,
        view=view,
        grid=room_grid(dates, Timetable(card.zone, zone, drawn, open_hours, NOW)),
        marks=tuple(marks),
        previous=f"{own}{view}&date=2026-10-05",
        next=f"{own}{view}&date=2026-10-07",
        today=f"{own}{view}",
        as_day=f"{own}day&date={first}",
        as_week=f"{own}week&date={first}",
        days=tuple(f"{own}day&date={date}" for date in dates),
        book=f"/lessons/new?room={card.id}",
    )


def room() -> Iterator[tuple[str, Sample]]:
    monday = TUESDAY - dt.timedelta(1)
    night = RoomMark(span("2026-10-24T21:00:00Z", 300), "lesson", "Night of research", "Dean’s office", "/lessons/n")
    abroad = replace(ANNA, zone="America/New_York")
    yield "room-day", Sample(page(A_101, "day", TUESDAY), ANNA, "rooms")
    week = replace(
        page(A_101, "week", monday), manage="/rooms/a101/edit", notices=("Holiday in Austria on 8 October.",)
    )
    yield "room-week", Sample(week, EVA, "rooms")
    yield (
        "room-week-clocks",
        Sample(page(A_101, "week", dt.date(2026, 10, 21), [night], None, "America/New_York"), abroad, "rooms"),
    )
    bare = replace(page(BARE, "week", monday, [], None, "Europe/Kyiv"), book="")
    yield "room-empty", Sample(bare, replace(STUDENT, zone="Europe/Kyiv"), "rooms")
    short = page(A_101, "day", dt.date(2027, 3, 28), [], [(parse_rfc3339("2027-03-27T00:00:00Z"), NOW + 10**9)])
    rows = (RoomRow("a101", "A-101", "hall", 24, path="/rooms/a101"), RoomRow("b204", "B-204", "hall", 40))
    listed = RoomsPage((RoomGroup(VIENNA, rows, ("2 × Document camera",)),), manage="/rooms/manage")
    yield "rooms-managed", Sample(listed, EVA, "rooms")
    yield "room-short-day", Sample(short, ANNA, "rooms")
