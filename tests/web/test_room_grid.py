"""A room's days as a table: columns are minutes that pass, rulers read real clocks."""

import datetime as dt

import pytest

from vclass.core.spans import Span
from vclass.core.zones import parse_rfc3339
from vclass.web.room_grid import Mark, RoomGrid, Timetable, room_grid

VIENNA, KYIV = "Europe/Vienna", "Europe/Kyiv"
TUESDAY = dt.date(2026, 10, 6)
EARLY = parse_rfc3339("2026-01-01T00:00:00Z")


def span(start: str, end: str) -> Span:
    return parse_rfc3339(f"{start}:00Z"), parse_rfc3339(f"{end}:00Z")


def grid(
    *marks: Mark,
    date: dt.date = TUESDAY,
    days: int = 1,
    zone: str = VIENNA,
    other: str = KYIV,
    open_hours: list[Span] | None = None,
    now: int = EARLY,
) -> RoomGrid:
    dates = [date + dt.timedelta(day) for day in range(days)]
    return room_grid(dates, Timetable(zone, other, marks, open_hours, now))


def row(drawn: RoomGrid, day: int = 0, lane: int = 0) -> list[tuple[str, int]]:
    return [(cell.kind, cell.width) for cell in drawn.days[day].lanes[lane]]


LESSON = Mark(span("2026-10-06T08:00", "2026-10-06T09:30"), 600, 300)


def test_a_lesson_lies_between_its_buffers_and_free_time() -> None:
    assert row(grid(LESSON)) == [("free", 22), ("setup", 2), ("mark", 18), ("teardown", 1), ("free", 77)]


def test_free_time_says_the_rooms_wall_time() -> None:
    walls = [cell.wall for cell in grid(LESSON).days[0].lanes[0] if cell.kind == "free"]
    assert walls == ["2026-10-06T08:00", "2026-10-06T11:35"]


def test_outside_the_opening_hours_the_room_is_closed() -> None:
    drawn = grid(open_hours=[span("2026-10-06T05:30", "2026-10-06T12:00")])
    assert row(drawn) == [("closed", 6), ("free", 78), ("closed", 48)]


def test_what_has_passed_cannot_be_booked() -> None:
    drawn = grid(now=parse_rfc3339("2026-10-06T07:42:00Z"))
    assert row(drawn) == [("past", 21), ("free", 99)]
    assert drawn.now == 20


def test_two_requests_for_one_time_take_two_rows() -> None:
    drawn = grid(LESSON, LESSON, Mark(span("2026-10-06T10:00", "2026-10-06T11:00")))
    assert len(drawn.days[0].lanes) == 2
    assert row(drawn, lane=1) == [("free", 22), ("setup", 2), ("mark", 18), ("teardown", 1), ("free", 77)]


def test_what_crosses_midnight_is_drawn_on_both_days() -> None:
    drawn = grid(Mark(span("2026-10-06T20:00", "2026-10-06T23:00")), days=2)
    assert row(drawn, day=0)[-1] == ("mark", 24)
    assert row(drawn, day=1)[0] == ("mark", 12)
    assert drawn.hours == 24


@pytest.mark.parametrize(("date", "hours"), [(dt.date(2026, 10, 25), 25), (dt.date(2026, 3, 29), 23)])
def test_a_day_on_which_clocks_change_is_drawn_at_its_length(date: dt.date, hours: int) -> None:
    drawn = grid(open_hours=[(EARLY, EARLY + 400 * 86400)], date=date)
    assert (drawn.hours, drawn.days[0].hours) == (hours, hours)
    assert sum(width for _, width in row(drawn)) == hours * 12


def test_the_hour_that_comes_twice_is_read_twice() -> None:
    drawn = grid(open_hours=[(EARLY, EARLY + 400 * 86400)], date=dt.date(2026, 10, 25))
    assert [hour.label for hour in drawn.days[0].rulers[0].cells[:5]] == ["00", "01", "02", "02", "03"]


def test_rulers_are_written_again_only_where_clocks_move_apart() -> None:
    drawn = grid(date=dt.date(2026, 10, 23), days=4, other="America/New_York")
    assert [bool(day.rulers) for day in drawn.days] == [True, False, True, False]
    assert [drawn.days[day].rulers[1].cells[0].label for day in (0, 2)] == ["02", "03"]


def test_a_zone_half_an_hour_apart_shifts_its_ruler() -> None:
    lower = grid(other="Asia/Kolkata").days[0].rulers[1]
    assert [(hour.width, hour.label) for hour in (lower.cells[0], lower.cells[1], lower.cells[-1])] == [
        (6, ""),
        (12, "12"),
        (6, "21"),
    ]


def test_one_clock_for_room_and_reader_is_one_ruler() -> None:
    assert [ruler.zone for ruler in grid(other=VIENNA).days[0].rulers] == [VIENNA]


def test_every_row_is_as_wide_as_the_table() -> None:
    marks = [
        Mark(span(f"2026-10-2{day}T{hour}:05", f"2026-10-2{day}T{hour + 3}:50"), 900)
        for day, hour in ((3, 10), (3, 12), (4, 13), (5, 18), (6, 11))
    ]
    drawn = grid(*marks, date=dt.date(2026, 10, 22), days=7)
    widths = {sum(cell.width for cell in lane) for day in drawn.days for lane in day.lanes}
    assert widths == {drawn.columns}
    assert {sum(hour.width for hour in ruler.cells) for day in drawn.days for ruler in day.rulers} == widths
