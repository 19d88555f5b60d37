"""Lessons that are booked, changed, cancelled and answered at random by the real services, and what comes of it.

``python -m tests.judges.histories --runs 500`` plays so many histories on a database of their own. Each attendee's
mails, as they leave, come in any order; what libical and ical.js then show is what the lesson is, and nothing for whom
was removed. Answers, some of them to old mails, come in any order and more than once; what the API tells of them is
what `tests.judges.attendees` makes of it.
"""

import argparse
import asyncio
import datetime as dt
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
import sqlalchemy as sa

from config import Keyring, SecretKey, Settings
from config.settings import Mail, Server
from schedules import LESSON_MAIL, Guest, Lesson, LessonPatch, MailFacts, Repeat
from schedules.answers import CalendarPart, Incoming, receive
from schedules.answers.doctor import list_invitations
from tests import postgres
from tests.houses import three_houses
from tests.judges.attendees import Answering, Word
from tests.judges.calendar import SimulatedCalendar
from tests.judges.icaljs import IcalJs
from tests.office import DOMAIN, Office
from tests.support import SettableClock
from vclass import migrations
from vclass.core import outbox
from vclass.core.db import Database
from vclass.core.outbox import Leased
from vclass.core.refusals import Refusal
from vclass.core.zones import Instant, WallTime
from vclass.web.letters import Letters
from vclass.web.rendering import Renderer

GUESTS: Final = tuple(Guest(f"guest{number}@example.org", f"Guest {number}") for number in range(4))
ZONES: Final = ("Europe/Vienna", "Europe/Kyiv", "America/New_York", "Africa/Cairo", "Asia/Jerusalem")
RENDERED: Final = Renderer()

Step: TypeAlias = Callable[["History"], Awaitable[None]]
Spans: TypeAlias = list[tuple[int, int]]


@dataclass
class History:
    """One lesson, and who has ever been invited to it."""

    office: Office
    dice: random.Random
    lesson: Lesson
    answering: Answering
    invited: set[str] = field(default_factory=set)

    @property
    def guests(self) -> tuple[Guest, ...]:
        present = {each.email for each in self.lesson.present}
        return tuple(each for each in GUESTS if each.email in present)

    async def invite(self, guests: Sequence[Guest]) -> None:
        self.lesson = await self.office.change(self.lesson, attendees=tuple(guests))
        self.invited |= {each.email for each in guests}

    async def mails(self, email: str) -> list[Leased]:
        """All that was written to somebody of the lesson."""
        return await self.office.database.read(rows_of, f"{self.lesson.uid}|{email}")

    def shifted(self, wall: WallTime) -> str:
        moved = wall.plus_days(self.dice.randint(-1, 6))
        return f"{moved.date}T{self.dice.randint(8, 19):02}:00"

    def one(self) -> WallTime:
        return self.dice.choice([each for each in self.lesson.dates if each.stands]).recurrence


async def move_one(history: History) -> None:
    office, lesson, one = history.office, history.lesson, history.one()
    patch = LessonPatch(start=history.shifted(one))
    history.lesson = await office.lessons.change_meeting(
        office.teacher, lesson.public_id, str(one), patch, "this", lesson.version
    )


async def move_all(history: History) -> None:
    start = history.shifted(history.lesson.draft.timing.start)
    history.lesson = await history.office.change(history.lesson, start=start)


async def cancel_one(history: History) -> None:
    office, lesson = history.office, history.lesson
    history.lesson = await office.lessons.cancel_meeting(
        office.teacher, lesson.public_id, str(history.one()), "this", "", lesson.version
    )


async def add_somebody(history: History) -> None:
    absent = [each for each in GUESTS if each not in history.guests]
    if absent:
        await history.invite([*history.guests, history.dice.choice(absent)])


async def remove_somebody(history: History) -> None:
    if history.guests:
        gone = history.dice.choice(history.guests)
        await history.invite([each for each in history.guests if each != gone])


async def answer(history: History) -> None:
    """Somebody who was ever invited answers the newest invitation that they have, or an older one."""
    mails = await history.mails(history.dice.choice(sorted(history.invited)))
    asking = [each for each in mails if each.facts["method"] == "REQUEST"]
    mail = asking[-1] if history.dice.random() < FRESH else history.dice.choice(asking)
    history.office.clock.advance(2)
    calendar = letters_of(history.office.keyring).invite_file(mail, redacted=False)
    history.answering.answer(msgspec.convert(mail.facts, MailFacts), calendar, history.office.clock())


async def arrive(history: History, words: Sequence[Word]) -> Counter[str]:
    """Let answers come by mail."""
    office, done = history.office, Counter[str]()
    for each in words:
        done[await office.database.write(receive, mail_of(each, history.lesson, office.clock()), office.clock())] += 1
    return done


def mail_of(word: Word, lesson: Lesson, at: Instant) -> Incoming:
    return Incoming(
        recipient=f"b-{lesson.address_token}@{DOMAIN}",
        envelope_sender=word.email,
        header_from=word.email,
        auto_submitted=False,
        authenticated="none",
        parts=(CalendarPart(word.octets, "REPLY"),),
        message_id=f"<{len(word.octets)}.{word.dtstamp}@example.org>",
        received_at=at,
    )


async def cancel_all(history: History) -> None:
    history.lesson = await history.office.cancel(history.lesson)


STEPS: Final[tuple[Step, ...]] = (
    move_one, move_one, move_all, cancel_one, add_somebody, remove_somebody, answer, answer, answer, answer,
)  # fmt: skip
MOST_STEPS: Final = 14
FRESH: Final = 0.7
"""So often the newest invitation is answered."""
CANCELLED: Final = 0.15
"""Which part of all histories ends with the lesson."""


async def play(office: Office, dice: random.Random, done: Counter[str]) -> History:
    """Book and change; what a rule refuses is no part of the history."""
    wall = dt.date(2026, 12, 1) + dt.timedelta(dice.randrange(140))
    repeat = Repeat(dice.choice(("day", "week")), count=dice.randint(2, 5)) if dice.random() < 0.8 else None
    guests = tuple(dice.sample(GUESTS, 2))
    lesson = await office.book(
        zone=dice.choice(ZONES), start=f"{wall}T{dice.randint(8, 19):02}:00", repeat=repeat, rooms=(), teachers=(),
        attendees=guests, transparent=True, fold=0,
    )  # fmt: skip
    history = History(office, dice, lesson, Answering(dice), {each.email for each in lesson.present})
    history.answering.watch(lesson)
    steps: list[Step] = dice.choices(STEPS, k=dice.randint(2, MOST_STEPS))
    for step in [*steps, *([cancel_all] if dice.random() < CANCELLED else [])]:
        office.clock.advance(dice.randint(0, 90))
        try:
            await step(history)
        except Refusal:
            done["refused"] += 1
        else:
            done[step.__name__] += 1
        history.answering.watch(history.lesson)
        done += await arrive(history, history.answering.arriving())
        if history.lesson.cancelled:
            break
    done += await arrive(history, history.answering.arriving(all_of_them=True))
    return history


async def disagreements(history: History, icaljs: IcalJs) -> list[str]:
    """Whose calendar shows something else than the lesson as it is read now."""
    lesson = await history.office.read(history.lesson)
    standing = sorted((each.starts, each.ends) for each in lesson.occurrences) if not lesson.cancelled else []
    present = {each.email for each in lesson.present}
    found = []
    for email in sorted(history.invited):
        calendar = await calendar_of(history, email)
        expected = standing if email in present else []
        shown = {
            "libical": calendar.shown(),
            "ical.js": sorted(s for c in calendar.calendars() for s in icaljs.spans(c)),
        }
        found += [f"{lesson.uid} {email}: {name} shows {spans}" for name, spans in shown.items() if spans != expected]
    return found


async def wrong_answers(history: History) -> list[str]:
    """Whose answers the API tells otherwise than the model, for the whole or for single dates."""
    database, teacher = history.office.database, history.office.teacher
    lesson = await history.office.read(history.lesson)
    told = await database.read(list_invitations, teacher, lesson.public_id, None)
    whole = {each.email: each.answer for each in told.invitations}
    found = []
    for each in lesson.present:
        _, dates = lesson.partstats(each)
        shown = whole[each.email], {held.public_id: dates[held.recurrence] for held in lesson.occurrences}
        expected = history.answering.expected(lesson, each.email)
        if shown != expected:
            found.append(f"{lesson.uid} {each.email}: answers are {shown}, not {expected}")
    return found


async def calendar_of(history: History, email: str) -> SimulatedCalendar:
    """A calendar that got all mails of one attendee in some order."""
    rows = await history.mails(email)
    history.dice.shuffle(rows)
    letters = letters_of(history.office.keyring)
    calendar = SimulatedCalendar()
    for each in rows:
        calendar.receive(calendar_part(letters.lesson_mail(each).message))
    return calendar


def rows_of(connection: sa.Connection, lane: str) -> list[Leased]:
    return [each.leased for each in outbox.of_lanes(connection, [lane]) if each.leased.kind == LESSON_MAIL]


def letters_of(keyring: Keyring) -> Letters:
    settings = Settings(
        server=Server(base_url="https://vclass.example"),
        mail=Mail(sender=f"vclass <lessons@{DOMAIN}>", inbound="lmtp://127.0.0.1:24"),
    )
    return Letters(settings, keyring, DOMAIN, RENDERED)


def calendar_part(message: EmailMessage) -> bytes:
    part = next(each for each in message.walk() if each.get_content_type() == "text/calendar")
    octets: Any = part.get_payload(decode=True)
    return bytes(octets)


async def run(office: Office, runs: int, seed: int, *, to_the_first: bool = False) -> dict[str, Any]:
    """Play so many histories, or up to the first that goes wrong; what was done in them, and what is told otherwise."""
    done: Counter[str] = Counter()
    wrong: list[str] = []
    with IcalJs() as icaljs:
        for number in range(runs):
            history = await play(office, random.Random(f"{seed} {number}"), done)
            wrong += await disagreements(history, icaljs) + await wrong_answers(history)
            if wrong and to_the_first:
                break
    return {"runs": runs, "done": dict(done), "disagreements": wrong}


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Office]:
    """An office on a database of its own."""
    database = Database(url)
    migrations.upgrade(database.engine)
    database.open()
    office = Office(
        database, await database.write(three_houses), Keyring((SecretKey("only", b"k" * 32),)), SettableClock()
    )
    try:
        yield office
    finally:
        await office.desk.close()
        await database.close()


@contextmanager
def place(kind: str) -> Iterator[str]:
    """The address of an empty database, which is thrown away."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'vclass.db'}"
        return
    with postgres.throwaway() as cluster:
        yield cluster.create("histories")


async def main() -> int:
    parser = argparse.ArgumentParser(description="Play histories of lessons and compare everybody's calendar.")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with place(options.database) as url:
        async with opened(url) as office:
            figures = await run(office, options.runs, options.seed)
    print(json.dumps({"seed": options.seed, "database": options.database} | figures))
    return int(bool(figures["disagreements"]))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
