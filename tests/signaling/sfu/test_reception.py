"""Gaps, repeats and receiver reports of one source."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signaling.sfu import rtp
from signaling.sfu.engine.base import Engine, Source
from signaling.sfu.reception import MAX_GAP, MAX_TRIES, RETRY_AFTER, Reception
from signaling.sfu.rtcp import SenderReport

DELAY = 0.02
SOURCE = Source(90000, video=True, codecs={96: "vp8"})


class Heard:
    """A source of one engine, heard from time to time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self, *sequences: int) -> Reception:
        made = Reception(self._engine.stream(SOURCE), DELAY)
        for sequence in sequences:
            arrive(made, sequence, 100.0)
        return made


def arrive(reception: Reception, sequence: int, now: float, timestamp: int = 0) -> None:
    reception.stream.note(rtp.HEADER.pack(0x80, 96, sequence, timestamp, 1), now)


@pytest.fixture
def heard(engine: Engine) -> Heard:
    return Heard(engine)


def test_a_gap_is_asked_for_after_the_delay_and_not_before(heard: Heard) -> None:
    made = heard(65533, 1)
    assert made.due(100.0) == []
    assert made.due(100.0 + DELAY) == [65534, 65535, 0]


def test_a_packet_that_is_merely_late_is_not_asked_for(heard: Heard) -> None:
    made = heard(1, 3, 2)
    assert made.due(101.0) == []


def test_what_never_comes_is_given_up_and_leaves_a_tear(heard: Heard) -> None:
    made = heard(1, 3)
    now = 100.0 + DELAY
    for _ in range(MAX_TRIES):
        assert made.due(now) == [2]
        now += RETRY_AFTER
    assert made.due(now) == []
    assert made.take_torn()
    assert not made.take_torn()


def test_a_huge_gap_is_not_asked_for_but_leaves_a_tear(heard: Heard) -> None:
    made = heard(1, MAX_GAP + 10)
    assert made.due(101.0) == []
    assert made.take_torn()


def test_the_report_counts_losses_across_the_wrap(heard: Heard) -> None:
    made = heard(65534, 65535, 2, 3)
    report = made.report(7, 100.0)
    assert report is not None
    assert (report.highest, report.lost, report.fraction_lost) == (0x10003, 2, 2 * 256 // 6)


def test_the_second_report_tells_of_the_time_since_the_first(heard: Heard) -> None:
    made = heard(1, 3)
    made.report(7, 100.0)
    arrive(made, 4, 101.0)
    report = made.report(7, 101.0)
    assert report is not None
    assert (report.fraction_lost, report.lost) == (0, 1)


def test_the_report_lets_the_sender_compute_the_round_trip(heard: Heard) -> None:
    made = heard(1)
    made.clock_shown(SenderReport(7, 0x1234_5678_9ABC_DEF0, 0, 0, 0), 100.0)
    report = made.report(7, 100.5)
    assert report is not None
    assert (report.last_sr, report.delay) == (0x5678_9ABC, 0x8000)


def test_nothing_is_reported_before_the_first_packet(heard: Heard) -> None:
    assert heard().report(7, 100.0) is None


def test_jitter_is_how_unevenly_packets_come(heard: Heard) -> None:
    made = heard()
    for step in range(60):
        arrive(made, step, 100.0 + step * 0.04 + (0.01 if step % 2 else 0.0), timestamp=3600 * step)
    report = made.report(7, 103.0)
    assert report is not None
    assert report.jitter == pytest.approx(900, rel=0.05)


def test_sound_is_not_kept_and_so_not_asked_for_again(engine: Engine) -> None:
    made = Reception(engine.stream(Source(48000, video=False, codecs={111: "opus"})), DELAY)
    for sequence in (1, 3, 3):
        arrive(made, sequence, 100.0)
    assert made.due(101.0) == []
    assert made.stream.recall(3) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(0, 0xFFFF), order=st.permutations(range(1, 30)))
def test_every_order_of_arrival_loses_nothing(heard: Heard, first: int, order: list[int]) -> None:
    made = heard(first, *((first + step) & 0xFFFF for step in order))
    report = made.report(7, 100.0)
    assert report is not None
    assert (report.lost, made.due(101.0)) == (0, [])
