"""Slots on one axis: a lane a day, two rulers, uncomfortable hours shaded."""

from vclass.core.spans import Span
from vclass.core.zones import parse_rfc3339
from vclass.web.slot_axis import slot_axis

VIENNA, KYIV, NEW_YORK = "Europe/Vienna", "Europe/Kyiv", "America/New_York"


def at(day: str, time: str, minutes: int = 90) -> Span:
    start = parse_rfc3339(f"2026-10-{day}T{time}:00Z")
    return start, start + minutes * 60


def test_each_day_with_a_slot_has_a_lane() -> None:
    (axis,) = slot_axis([at("14", "12:00"), at("13", "08:15", 45)], VIENNA, KYIV)
    assert [[(slot.column, slot.width, slot.slot) for slot in lane.slots] for lane in axis.lanes] == [
        [(9, 3, 1)],
        [(24, 6, 0)],
    ]
    assert axis.lower is not None
    assert (axis.upper.ticks[0].label, axis.lower.ticks[0].label) == ("8", "9")


def test_slots_that_overlap_take_rows_of_their_own() -> None:
    (axis,) = slot_axis([at("13", "12:00"), at("13", "12:30"), at("13", "15:00")], VIENNA, KYIV)
    assert [[slot.slot for slot in lane.slots] for lane in axis.lanes] == [[0, 2], [1]]
    assert [lane.first for lane in axis.lanes] == [True, False]


def test_hours_that_are_uncomfortable_on_a_side_are_shaded_there() -> None:
    (axis,) = slot_axis([at("13", "12:00")], VIENNA, NEW_YORK)
    assert axis.lanes[0].poor == ((40, 12),), "from 18:00 in Vienna"
    assert axis.lanes[0].poor_below == ((0, 24),), "before 14:00 in Vienna it is not yet eight in New York"


def test_no_shade_is_wider_than_the_style_sheet_draws() -> None:
    (axis,) = slot_axis([at("13", "12:00")], VIENNA, "Pacific/Honolulu")
    assert axis.lanes[0].poor_below == ((0, 24), (24, 24))


def test_rulers_are_written_anew_where_one_side_changes_its_clocks() -> None:
    before, after = slot_axis([at("20", "12:00"), at("27", "13:00")], VIENNA, NEW_YORK)
    assert before.lower is not None
    assert after.lower is not None
    assert (before.lower.ticks[0].label, after.lower.ticks[0].label) == ("2", "3")


def test_one_clock_on_both_sides_is_one_ruler() -> None:
    (axis,) = slot_axis([at("13", "12:00")], VIENNA, "Europe/Berlin")
    assert axis.lower is None


def test_late_slots_move_the_axis_and_what_fits_nowhere_is_left_to_the_list() -> None:
    (axis,) = slot_axis([at("13", "19:00"), at("13", "18:00"), at("14", "03:00")], VIENNA, KYIV)
    assert axis.upper.ticks[0].label == "10"
    assert [[slot.slot for slot in lane.slots] for lane in axis.lanes] == [[0], [1], []]
