"""The day on one axis: columns are quarters that pass, rulers read real clocks."""

from vclass.core.zones import parse_rfc3339
from vclass.web.axis import Tick, day_axis

NOW = parse_rfc3339("2026-10-06T07:42:00Z")
VIENNA, KYIV = "Europe/Vienna", "Europe/Kyiv"


def at(time: str, minutes: int = 90, date: str = "2026-10-06") -> tuple[int, int]:
    start = parse_rfc3339(f"{date}T{time}:00Z")
    return start, start + minutes * 60


def test_a_lesson_lies_at_its_quarter_with_its_length() -> None:
    axis = day_axis(NOW, VIENNA, KYIV, [at("08:00"), at("12:15", 45)])
    assert axis.blocks == ((8, 6), (25, 3))
    assert axis.now == 7, "09:42 is nearer to 09:45"


def test_the_lower_ruler_reads_the_partners_clock() -> None:
    axis = day_axis(NOW, VIENNA, KYIV, [])
    assert axis.lower is not None
    assert (axis.upper.ticks[0], axis.lower.ticks[0]) == (Tick(0, 4, "8"), Tick(0, 4, "9"))


def test_a_zone_half_an_hour_apart_shifts_its_ruler_by_two_columns() -> None:
    lower = day_axis(NOW, VIENNA, "Asia/Kolkata", []).lower
    assert lower is not None
    assert [(tick.column, tick.label) for tick in lower.ticks[:2]] == [(2, "12"), (6, "13")]
    assert lower.ticks[-1].width == 2


def test_partners_on_one_clock_need_one_ruler() -> None:
    assert day_axis(NOW, VIENNA, "Europe/Berlin", []).lower is None


def test_an_early_or_late_lesson_moves_the_axis() -> None:
    early = day_axis(NOW, VIENNA, KYIV, [at("04:00")])
    late = day_axis(NOW, VIENNA, KYIV, [at("19:00")])
    assert (early.upper.ticks[0].label, early.blocks) == ("6", ((0, 6),))
    assert (late.upper.ticks[0].label, late.blocks) == ("11", ((40, 6),))


def test_what_lies_off_the_axis_is_drawn_at_its_edge() -> None:
    axis = day_axis(NOW, VIENNA, KYIV, [at("03:00", 60), at("20:30", 120), at("05:00", 600)])
    assert axis.blocks == ((0, 4), (51, 1), (8, 24))


def test_now_is_left_out_before_the_axis_begins() -> None:
    assert day_axis(parse_rfc3339("2026-10-06T04:00:00Z"), VIENNA, KYIV, []).now is None


def test_the_day_on_which_clocks_go_back_reads_an_hour_twice() -> None:
    night = parse_rfc3339("2026-10-25T07:00:00Z")
    axis = day_axis(night, VIENNA, KYIV, [at("23:30", 60, "2026-10-24")])
    assert [tick.label for tick in axis.upper.ticks][1:5] == ["2", "2", "3", "4"]


def test_an_axis_that_would_begin_in_a_gap_begins_after_it() -> None:
    axis = day_axis(parse_rfc3339("2027-03-28T07:00:00Z"), VIENNA, KYIV, [at("01:00", 60, "2027-03-28")])
    assert axis.upper.ticks[0].label == "3"
