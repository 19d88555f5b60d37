"""What pages report: a word for everybody when it changes, and histograms without names."""

import pytest

from signaling.effects import Measure
from signaling.measures import Histogram, Measures
from signaling.protocol import Report, SignalChanged, Way
from signaling.signal_strength import Signal, judge
from signaling.verbs import REPORT_SECONDS, obey
from tests.signaling.parts import Stage

FINE = Way(kilobits=300, lost=0)


def report(lost: float = 0.0, round_trip_ms: float = 20, *, frozen: float = 0.0, height: int = 0) -> Report:
    return Report(up=Way(kilobits=300, lost=lost), down=FINE, round_trip_ms=round_trip_ms, frozen=frozen, height=height)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize(
    ("lost", "round_trip_ms", "word"),
    [(0, 20, "good"), (0.02, 350, "good"), (0.05, 20, "fair"), (0, 400, "fair"), (0.1, 20, "poor"), (0, 900, "poor")],
)
def test_loss_and_delay_make_a_word(lost: float, round_trip_ms: float, word: str) -> None:
    assert judge(lost, round_trip_ms) == word


def test_a_word_gets_worse_at_once_and_better_only_steadily() -> None:
    signal, words = Signal(), []
    for lost in (0.1, 0, 0.1, 0, 0):
        signal.note(lost, 20)
        words.append(signal.word)
    assert words == ["poor", "poor", "poor", "poor", "good"]


def test_everybody_hears_when_somebody_comes_up_badly_and_nobody_when_nothing_changes(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.forget()
    stage.say(olena, report(lost=0.2))
    stage.now += REPORT_SECONDS
    stage.say(olena, report(lost=0.3))
    told = [SignalChanged(participant=stage.seat(olena).id, signal="poor")]
    assert (stage.inbox(olena), stage.inbox(marko)) == (told, told)


def test_a_newcomer_sees_how_the_others_come_up(stage: Stage) -> None:
    stage.say(stage.enter("Olena"), report(lost=0.2))
    assert [each.signal for each in stage.welcome(stage.enter("Marko")).peers] == ["poor"]


def test_who_reports_too_often_is_counted_once(stage: Stage) -> None:
    olena = stage.enter("Olena")
    effects = [obey(stage.room, olena, report(), stage.now + second) for second in (0, 1, REPORT_SECONDS)]
    assert [[type(effect) for effect in each] for each in effects] == [[Measure], [], [Measure]]


def test_histograms_count_what_is_at_most_each_bound() -> None:
    histogram = Histogram((1, 5, 10))
    for value in (0, 1, 3, 10, 99):
        histogram.add(value)
    assert (histogram.at_most(), histogram.count, histogram.sum) == (((1, 2), (5, 3), (10, 4)), 5, 113)


def test_a_report_without_a_picture_says_nothing_of_freezes_and_sizes() -> None:
    measures = Measures()
    measures.note(report())
    measures.note(report(lost=0.25, frozen=0.5, height=360))
    assert (measures.lost_up.sum, measures.lost_up.count) == (25, 2)
    assert (measures.frozen.sum, measures.height.sum, measures.height.count) == (50, 360, 1)
