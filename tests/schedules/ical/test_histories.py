"""Lessons with any history, told in any order: what a calendar shows in the end is how they stand."""

import dataclasses
import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.ical import Instance, Invitation, cancel, cancel_occurrence, request, request_occurrence
from schedules.recurrence import Rule
from tests.judges import libical
from tests.schedules.ical.conftest import Delivered
from tests.schedules.ical.examples import changed, invitation, meetings, rearranged, told

HOUR = 3600
ZONES = ["Europe/Vienna", "America/New_York", "Africa/Cairo", "Asia/Jerusalem"]


@dataclass(frozen=True)
class Plan:
    """When somebody wants a lesson."""

    start: str
    zone: str
    rule: Rule | None

    def lesson(self, number: int) -> Invitation:
        uid = f"lesson-{number}@vclass.example"
        return invitation(self.start, self.zone, self.rule, uid=uid, location="Hall 7")


@dataclass
class Diary:
    """Lessons as they stand, with all mails that were written of them; the last one is what people change."""

    lessons: list[Invitation] = field(default_factory=list)
    ended: int = 0
    mails: list[bytes] = field(default_factory=list)
    late: list[bytes] = field(default_factory=list)

    def tell(self, *mails: bytes) -> None:
        self.mails += mails
        if self.late:
            self.late += mails


Step: TypeAlias = Callable[[Diary, Invitation], None]


def book(diary: Diary, plan: Plan) -> None:
    lesson = plan.lesson(len(diary.lessons) + diary.ended)
    diary.lessons.append(lesson)
    diary.tell(request(lesson))


def end(diary: Diary, *mails: bytes) -> None:
    diary.lessons.pop()
    diary.ended += 1
    diary.tell(*mails)


def one_changed(which: int, hours: int, location: str | None) -> Step:
    def step(diary: Diary, lesson: Invitation) -> None:
        one = chosen(lesson, which)
        new = dataclasses.replace(
            one, starts=one.starts + HOUR * hours, ends=one.ends + HOUR * hours, location=location or one.location
        )
        kept = tuple(new if each is one else each for each in lesson.occurrences)
        diary.lessons[-1] = told(lesson, sequence=lesson.sequence + bool(hours), occurrences=kept)
        diary.tell(request_occurrence(diary.lessons[-1], new))

    return step


def one_cancelled(which: int) -> Step:
    def step(diary: Diary, lesson: Invitation) -> None:
        one = chosen(lesson, which)
        kept = tuple(each for each in lesson.occurrences if each is not one)
        mail = cancel_occurrence(told(lesson), one)
        if not kept:
            return end(diary, mail)
        diary.lessons[-1] = told(lesson, occurrences=kept)
        return diary.tell(mail)

    return step


def all_changed(plan: Plan) -> Step:
    def step(diary: Diary, lesson: Invitation) -> None:
        diary.lessons[-1] = rearranged(lesson, plan.lesson(0))
        diary.tell(*changed(lesson, diary.lessons[-1]))

    return step


def cut(which: int, plan: Plan) -> Step:
    """This and the following leave the lesson and go on as another one."""

    def step(diary: Diary, lesson: Invitation) -> None:
        first = chosen(lesson, which).recurrence
        kept = tuple(each for each in lesson.occurrences if each.recurrence < first)
        if lesson.rule is None or not kept:
            return
        count = sum(date < first.date for date in lesson.rule.dates(lesson.start.date))
        rule = dataclasses.replace(lesson.rule, count=count)
        diary.lessons[-1] = told(lesson, rule=rule, occurrences=kept)
        diary.tell(*changed(lesson, diary.lessons[-1]))
        book(diary, plan)

    return step


def late_attendee(diary: Diary, lesson: Invitation) -> None:
    diary.lessons[-1] = told(lesson, sequence=lesson.sequence)
    diary.late = [*map(request, diary.lessons)]


def whole_cancelled(diary: Diary, lesson: Invitation) -> None:
    end(diary, cancel(told(lesson)))


def chosen(lesson: Invitation, which: int) -> Instance:
    return lesson.occurrences[which % len(lesson.occurrences)]


RULES = st.builds(Rule, st.sampled_from(["day", "week", "month"]), count=st.integers(2, 6))
PLANS = st.builds(
    lambda date, hour, zone, rule: Plan(f"{date}T{hour:02}:00", zone, rule),
    st.dates(dt.date(2026, 9, 1), dt.date(2027, 3, 31)),
    st.integers(8, 19),
    st.sampled_from(ZONES),
    st.one_of(st.none(), RULES, RULES, RULES),
)
WHICH = st.integers(0, 5)
STEPS = st.one_of(
    st.builds(one_changed, WHICH, st.integers(-100, 100), st.sampled_from([None, "Hall 8"])),
    st.builds(one_changed, WHICH, st.just(0), st.just("Library")),
    st.builds(one_cancelled, WHICH),
    st.builds(all_changed, PLANS),
    st.builds(cut, WHICH, PLANS),
    st.just(late_attendee),
)
ENDINGS = st.sampled_from([[], [], [whole_cancelled]])


@settings(max_examples=120, deadline=None)
@given(plan=PLANS, steps=st.lists(STEPS, min_size=2, max_size=8), ending=ENDINGS, seed=st.integers(0, 2**16))
def test_mails_in_any_order_leave_what_stands(
    plan: Plan, steps: list[Step], ending: list[Step], seed: int, delivered: Delivered
) -> None:
    diary = Diary()
    book(diary, plan)
    for step in [*steps, *ending]:
        if diary.lessons:
            step(diary, diary.lessons[-1])
    assert [found for mail in diary.mails if (found := libical.complaints(mail))] == []
    for mails in filter(None, [diary.mails, diary.late]):
        random.Random(seed).shuffle(mails)
        assert delivered(mails) == meetings(*diary.lessons)
