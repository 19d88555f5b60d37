"""Whatever order answers come in, and however often, they end the same."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules import Repeat, partstats
from schedules.answers.tables import answer
from schedules.partstats import RANK, Answer, Partstat, by_occurrence, with_answer
from tests.office import Office
from tests.schedules.answers.mail import Post, stamp

PARTSTATS: list[Partstat] = list(RANK)
ANSWERS = st.builds(
    Answer, st.sampled_from(["", "a", "b"]), st.sampled_from(PARTSTATS), st.integers(0, 3), st.integers(0, 5)
)


@given(st.lists(ANSWERS, max_size=12), st.randoms())
def test_r11_any_order_and_any_repetition_end_in_the_same_state(said: list[Answer], chance: random.Random) -> None:
    shuffled = [*said, *chance.sample(said, len(said) // 2)]
    chance.shuffle(shuffled)
    assert heard(shuffled) == heard(said)


@given(st.lists(ANSWERS, max_size=12))
def test_r11_what_was_heard_before_changes_nothing(said: list[Answer]) -> None:
    state = heard(said)
    for each in said:
        assert with_answer(state, each) == state


@given(st.lists(ANSWERS, min_size=1, max_size=12), st.integers(0, 3))
def test_an_answer_holds_only_for_the_time_it_was_given_for(said: list[Answer], asked: int) -> None:
    known = by_occurrence(heard(said))
    holding = partstats.holding(known, "a", asked)
    fitting = [each for each in said if each.occurrence in ("", "a") and each.sequence >= asked]
    assert (holding is None) == (not fitting)
    assert holding is None or holding.order == max(each.order for each in fitting)


def test_the_answers_survive_the_table() -> None:
    said = heard([Answer("", "ACCEPTED", 1, 2), Answer("a", "DECLINED", 1, 3)])
    assert partstats.read(partstats.write(said)) == said
    assert partstats.read(partstats.write(())) == ()


def heard(said: list[Answer]) -> tuple[Answer, ...]:
    state: tuple[Answer, ...] = ()
    for each in said:
        state = with_answer(state, each)
    return state


@pytest.mark.parametrize("seed", range(4))
async def test_r11_mails_in_any_order_end_in_the_same_rows(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    lesson = await office.book(repeat=Repeat("week", count=2))
    moved = await office.change(lesson, start="2026-12-01T11:00")
    post = Post(office, moved)
    names = ["", f"RECURRENCE-ID:{stamp(moved.occurrences[1].starts)}"]
    mails = [
        post.reply(partstat, sequence=sequence, after=after, recurrence=name)
        for name in names
        for partstat, sequence, after in (("ACCEPTED", 0, 500), ("DECLINED", 1, 100), ("TENTATIVE", 1, 200))
    ]
    shuffled = [*mails, *chance.sample(mails, 3)]
    chance.shuffle(shuffled)
    for each in shuffled:
        await post.send(each)
    assert await office.count(answer) == len(mails)
    assert [await post.partstat(which=each) for each in (None, 0, 1)] == ["TENTATIVE"] * 3
