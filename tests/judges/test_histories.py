"""Whatever is done to lessons, and in whatever order its mails come: calendars and answers are what the API says."""

from collections.abc import Iterable, Mapping

import pytest

from schedules import partstats
from schedules.answers import machine
from schedules.model import Lesson
from schedules.partstats import Answer, by_occurrence
from tests.judges.histories import STEPS, run
from tests.office import Office

RUNS = 12
SEED = 7


async def test_r5_r11_histories_in_any_order_leave_calendars_and_answers_as_the_lesson_is(office: Office) -> None:
    figures = await run(office, RUNS, SEED)
    assert figures["disagreements"] == []
    assert {*(each.__name__ for each in STEPS), "recorded", "known"} <= figures["done"].keys()


def in_order_of_coming(answers: Iterable[Answer], added: Answer) -> tuple[Answer, ...]:
    """As `partstats.with_answer`, but for DTSTAMP: what comes later counts."""
    known = by_occurrence(answers)
    standing = known.get(added.occurrence)
    if standing is None or added.sequence >= standing.sequence:
        known[added.occurrence] = added
    return tuple(known.values())


def whenever_given(answers: Mapping[str, Answer], occurrence: str, _asked: int) -> Answer | None:
    """As `partstats.holding`, but for moves: an answer to another time holds."""
    return partstats_holding(answers, occurrence, 0)


def to_the_whole(_lesson: Lesson, _name: object) -> str:
    """As `machine.occurrence_named`, but for the name."""
    return ""


partstats_holding = partstats.holding
PLANTED = {
    "DTSTAMP is ignored": (partstats, "with_answer", in_order_of_coming),
    "answers outlive moves": (partstats, "holding", whenever_given),
    "RECURRENCE-ID is ignored": (machine, "occurrence_named", to_the_whole),
}


@pytest.mark.parametrize("case", PLANTED)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_r11_histories_find_a_planted_mistake_about_answers(
    office: Office, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr(*PLANTED[case])
    figures = await run(office, 5 * RUNS, SEED, to_the_first=True)
    assert any("answers are" in each for each in figures["disagreements"])
