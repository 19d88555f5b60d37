"""Gaps, repeats and receiver reports of one source."""

from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.reception import MAX_GAP, MAX_TRIES, RETRY_AFTER, Reception
from signaling.sfu.rtcp import SenderReport

DELAY = 0.02


def reception(*sequences: int, now: float = 100.0) -> Reception:
    made = Reception(90000, DELAY)
    for sequence in sequences:
        made.arrived(sequence, 0, now)
    return made


def test_a_gap_is_asked_for_after_the_delay_and_not_before() -> None:
    made = reception(65533, 1)
    assert made.due(100.0) == []
    assert made.due(100.0 + DELAY) == [65534, 65535, 0]


def test_a_packet_that_is_merely_late_is_not_asked_for() -> None:
    made = reception(1, 3, 2)
    assert made.due(101.0) == []


def test_what_never_comes_is_given_up_and_leaves_a_tear() -> None:
    made = reception(1, 3)
    now = 100.0 + DELAY
    for _ in range(MAX_TRIES):
        assert made.due(now) == [2]
        now += RETRY_AFTER
    assert made.due(now) == []
    assert made.take_torn()
    assert not made.take_torn()


def test_a_huge_gap_is_not_asked_for_but_leaves_a_tear() -> None:
    made = reception(1, MAX_GAP + 10)
    assert made.due(101.0) == []
    assert made.take_torn()


def test_the_report_counts_losses_across_the_wrap() -> None:
    made = reception(65534, 65535, 2, 3)
    report = made.report(7, 100.0)
    assert report is not None
    assert (report.highest, report.lost, report.fraction_lost) == (0x10003, 2, 2 * 256 // 6)


def test_the_second_report_tells_of_the_time_since_the_first() -> None:
    made = reception(1, 3)
    made.report(7, 100.0)
    made.arrived(4, 0, 101.0)
    report = made.report(7, 101.0)
    assert report is not None
    assert (report.fraction_lost, report.lost) == (0, 1)


def test_the_report_lets_the_sender_compute_the_round_trip() -> None:
    made = reception(1)
    made.clock_shown(SenderReport(7, 0x1234_5678_9ABC_DEF0, 0, 0, 0), 100.0)
    report = made.report(7, 100.5)
    assert report is not None
    assert (report.last_sr, report.delay) == (0x5678_9ABC, 0x8000)


def test_nothing_is_reported_before_the_first_packet() -> None:
    assert Reception(90000, DELAY).report(7, 100.0) is None


@given(st.integers(0, 0xFFFF), st.permutations(range(1, 30)))
def test_every_order_of_arrival_loses_nothing(first: int, order: list[int]) -> None:
    made = reception(first, *((first + step) & 0xFFFF for step in order))
    report = made.report(7, 100.0)
    assert report is not None
    assert (report.lost, made.due(101.0)) == (0, [])
