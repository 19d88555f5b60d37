"""Interval algebra, checked against plain sets of seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vclass.core import spans
from vclass.core.spans import Load, Span

moments = st.integers(0, 40)
any_spans = st.lists(st.tuples(moments, moments), max_size=8)
any_loads = st.lists(st.tuples(moments, moments, st.integers(0, 5)), max_size=8)


def seconds(of: list[Span]) -> set[int]:
    return {second for starts, ends in of for second in range(starts, ends)}


def is_normal(found: list[Span]) -> bool:
    edges = [edge for span in found for edge in span]
    return edges == sorted(set(edges))


@given(any_spans)
def test_a_union_covers_the_same_seconds_without_overlap(some: list[Span]) -> None:
    merged = spans.merge(some)
    assert seconds(merged) == seconds(some)
    assert is_normal(merged)


@given(any_spans, any_spans)
def test_a_difference_covers_what_the_holes_leave(some: list[Span], holes: list[Span]) -> None:
    left = spans.subtract(some, holes)
    assert seconds(left) == seconds(some) - seconds(holes)
    assert is_normal(left)


@given(any_spans, any_spans)
def test_an_intersection_covers_what_both_share(some: list[Span], others: list[Span]) -> None:
    shared = spans.intersect(some, others)
    assert seconds(shared) == seconds(some) & seconds(others)
    assert is_normal(shared)


@given(any_loads, moments, moments)
def test_the_peak_is_the_most_taken_in_any_second(loads: list[Load], starts: int, ends: int) -> None:
    levels = [
        sum(quantity for begin, finish, quantity in loads if begin <= second < finish) for second in range(starts, ends)
    ]
    assert spans.peak(loads, starts, ends) == max(levels, default=0)


@given(any_loads, st.integers(0, 12))
def test_above_is_where_more_is_taken_in_any_second(loads: list[Load], most: int) -> None:
    found = spans.above(loads, most)
    levels = {
        second: sum(quantity for begin, finish, quantity in loads if begin <= second < finish) for second in range(40)
    }
    assert seconds(found) == {second for second, level in levels.items() if level > most}
    assert is_normal(found)


@given(st.tuples(moments, moments), st.tuples(moments, moments))
def test_two_spans_overlap_when_they_share_a_second(one: Span, other: Span) -> None:
    assert spans.overlaps(one, other) is bool(seconds([one]) & seconds([other]))


@given(any_spans)
def test_the_total_counts_each_second_once(some: list[Span]) -> None:
    assert spans.total(some) == len(seconds(some))


def test_lessons_back_to_back_never_need_two_of_a_thing() -> None:
    assert spans.peak([(0, 60, 1), (60, 120, 1)], 0, 120) == 1
    assert not spans.overlaps((0, 60), (60, 120))


@pytest.mark.parametrize(("starts", "ends"), [(0, 0), (50, 40)])
def test_an_empty_span_takes_nothing(starts: int, ends: int) -> None:
    assert spans.peak([(0, 60, 3)], starts, ends) == 0
