"""Lessons that are booked, changed and cancelled at random by the real services, and everybody's calendar in the end.

``python -m tests.judges.histories --runs 500`` plays so many histories on a database of their own. Each attendee's
mails, as they leave, come in any order; what libical and ical.js then show is what the lesson is, and nothing for whom
was removed.
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

import sqlalchemy as sa

from config import Keyring, SecretKey, Settings
from config.settings import Mail, Server
from schedules import LESSON_MAIL, Guest, Lesson, LessonPatch, Repeat
from tests import postgres
from tests.houses import three_houses
from tests.judges.calendar import SimulatedCalendar
from tests.judges.icaljs import IcalJs
from tests.office import DOMAIN, Office
from tests.support import SettableClock
from vclass import migrations
from vclass.core import outbox
from vclass.core.db import Database
from vclass.core.outbox import Leased
from vclass.core.refusals import Refusal
from vclass.core.zones import WallTime
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
    invited: set[str] = field(default_factory=set)

    @property
    def guests(self) -> tuple[Guest, ...]:
        present = {each.email for each in self.lesson.present}
        return tuple(each for each in GUESTS if each.email in present)

    async def invite(self, guests: Sequence[Guest]) -> None:
        self.lesson = await self.office.change(self.lesson, attendees=tuple(guests))
        self.invited |= {each.email for each in guests}

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


async def cancel_all(history: History) -> None:
    history.lesson = await history.office.cancel(history.lesson)


STEPS: Final[tuple[Step, ...]] = (move_one, move_one, move_all, cancel_one, add_somebody, remove_somebody)
MOST_STEPS: Final = 8
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
    history = History(office, dice, lesson, {each.email for each in lesson.present})
    steps: list[Step] = dice.choices(STEPS, k=dice.randint(2, MOST_STEPS))
    for step in [*steps, *([cancel_all] if dice.random() < CANCELLED else [])]:
        office.clock.advance(dice.randint(0, 90))
        try:
            await step(history)
        except Refusal:
            done["refused"] += 1
        else:
            done[step.__name__] += 1
        if history.lesson.cancelled:
            break
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


async def calendar_of(history: History, email: str) -> SimulatedCalendar:
    """A calendar that got all mails of one attendee in some order."""
    rows = await history.office.database.read(rows_of, f"{history.lesson.uid}|{email}")
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
        server=Server(base_url="https://vclass.example"), mail=Mail(sender=f"vclass <lessons@{DOMAIN}>")
    )
    return Letters(settings, keyring, DOMAIN, RENDERED)


def calendar_part(message: EmailMessage) -> bytes:
    part = next(each for each in message.walk() if each.get_content_type() == "text/calendar")
    octets: Any = part.get_payload(decode=True)
    return bytes(octets)


async def run(office: Office, runs: int, seed: int) -> dict[str, Any]:
    """Play so many histories; what was done in them, and what calendars show otherwise."""
    done: Counter[str] = Counter()
    wrong: list[str] = []
    with IcalJs() as icaljs:
        for number in range(runs):
            history = await play(office, random.Random(f"{seed} {number}"), done)
            wrong += await disagreements(history, icaljs)
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
