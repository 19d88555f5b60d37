"""The same bookings through the desk, and in a transaction each: what `booking` measures of writing.

A full booking is a joint lesson in a hall of either side with a microphone and both teachers' time: claims, lesson,
attendees with their links, audit entry and mails, all of it or nothing. A bare one is its claims alone.
"""

import asyncio
import datetime as dt
import gc
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from config import Keyring, SecretKey
from rooms import Clerk, Desk, NewEquipment, NewRoom, Result, Wish, add_times, create_equipment, create_room
from rooms.batch import settle
from schedules import CREATE, CreateClerk, EquipmentWish, NewLesson, Repeat, encoded
from schedules.clerks import Refused
from schedules.service import prepare_new
from tests.houses import KYIV, VIENNA
from tests.rooms.house import PlainClerk
from tests.support import SATURDAY
from vclass import migrations, people
from vclass.core import dialects
from vclass.core.db import Database
from vclass.core.dialects import Row
from vclass.core.keys import Actor
from vclass.people import NewPerson

WRITERS, THREADS = 50, 8
AT_ONCE = 100
WARMING = 50
HALLS, TEACHERS, MICROPHONES = 25, 25, 4
DAYS, HOURS = 250, range(8, 20, 2)
WEEKS = 15
TICK_SECONDS = 0.005
BARE = "bare"
KEYRING = Keyring((SecretKey("only", b"k" * 32),))


@dataclass(frozen=True)
class Campus:
    """Two houses: public ids of their halls and kit, and the people who book."""

    halls: tuple[tuple[str, ...], tuple[str, ...]]
    kit: tuple[str, ...]
    teachers: tuple[tuple[Actor, ...], tuple[Actor, ...]]


@dataclass(frozen=True)
class Outcome:
    """What a run came to: how many were granted, in how many seconds, and how long each took (milliseconds)."""

    granted: int
    seconds: float
    waits_ms: tuple[float, ...]
    lags_ms: tuple[float, ...] = ()

    @property
    def p99_ms(self) -> float:
        return percentile(self.waits_ms)

    @property
    def lag_p99_ms(self) -> float:
        return percentile(self.lags_ms)

    @property
    def per_second(self) -> float:
        return self.granted / self.seconds


def clerks() -> dict[str, Clerk]:
    return {CREATE: CreateClerk(KEYRING, "vclass.example", encoded), BARE: PlainClerk()}


async def furnished(url: str) -> tuple[Database, Campus]:
    """A database at the newest revision with both houses in it."""
    database = Database(url)
    migrations.upgrade(database.engine)
    database.open()
    return database, await database.transaction(_campus)


def _campus(connection: sa.Connection) -> Campus:
    halls, teachers = [], []
    kit: list[str] = []
    for wish in (VIENNA, KYIV):
        home = people.create_institution(connection, wish, SATURDAY)
        rooms = [NewRoom("hall", f"Hall {i}", home.zone, 30, shared=True) for i in range(HALLS)]
        halls.append(tuple(create_room(connection, home.id, each, SATURDAY).public_id for each in rooms))
        for i in range(4):
            pool = NewEquipment(f"Microphone {i}", MICROPHONES, shared=True)
            kit.append(create_equipment(connection, home.id, pool, SATURDAY).public_id)
        staff = tuple(_teacher(connection, home, i) for i in range(TEACHERS))
        known = people.people_by_id(connection, [each.person_id for each in staff if each.person_id is not None])
        add_times(connection, list(known.values()), SATURDAY)
        teachers.append(staff)
    return Campus((halls[0], halls[1]), tuple(kit), (teachers[0], teachers[1]))


def _teacher(connection: sa.Connection, home: people.Institution, number: int) -> Actor:
    wish = NewPerson(f"t{number}@{home.slug}.example", f"Teacher {number}", home.public_id, ("teacher",))
    actor = people.actor_by_id(connection, people.create_person(connection, wish, SATURDAY).id)
    assert actor is not None
    return actor


def percentile(values: Sequence[float], percent: int = 99) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def bodies(campus: Campus, number: int, *, weeks: int | None = None, seed: int = 1) -> list[tuple[Actor, NewLesson]]:
    """Who asks for what: halls, kit, teachers and times at random; few clash."""
    dice = random.Random(seed)
    return [_body(campus, dice, weeks) for _ in range(number)]


def _body(campus: Campus, dice: random.Random, weeks: int | None) -> tuple[Actor, NewLesson]:
    day = dt.date(2027, 1, 11) + dt.timedelta(dice.randrange(DAYS if weeks is None else DAYS // 2))
    owner, partner = (dice.choice(side) for side in campus.teachers)
    lesson = NewLesson(
        title="Joint seminar",
        zone="Europe/Vienna",
        start=f"{day}T{dice.choice(HOURS):02}:00",
        minutes=90,
        rooms=tuple(dice.choice(side) for side in campus.halls),
        equipment=(EquipmentWish(dice.choice(campus.kit)),),
        teachers=(owner.email, partner.email),
        fold=0,
        repeat=None if weeks is None else Repeat("week", count=weeks),
    )
    return owner, lesson


def wishes(connection: sa.Connection, asked: Sequence[tuple[Actor, NewLesson]]) -> list[Wish]:
    """The wishes ready for the desk, as a reader prepares them."""
    return [prepare_new(connection, actor, body, key=None, now=SATURDAY) for actor, body in asked]


async def prepared(database: Database, campus: Campus, number: int, weeks: int | None) -> list[Wish]:
    """So many wishes, read in parts: a reader may not take long."""
    asked = bodies(campus, number, weeks=weeks)
    parts = [asked[i : i + AT_ONCE] for i in range(0, len(asked), AT_ONCE)]
    return [wish for part in parts for wish in await database.read(wishes, part)]


def bare(full: Sequence[Wish]) -> list[Wish]:
    """The same claims without lesson, audit entry and mails."""
    return [replace(each, kind=BARE, payload=None) for each in full]


async def through_the_desk(database: Database, asked: Sequence[Wish]) -> Outcome:
    """Fifty writers, each with one wish at a time; a ticker beside them measures how late the event loop is.

    The first wishes aren't counted: on either side they compile statements and open connections.
    """
    desk, left, waits, lags = Desk(database, clerks()), deque(asked[WARMING:]), list[float](), list[float]()
    granted = 0
    await asyncio.gather(*map(desk.submit, asked[:WARMING]))
    settle_down()

    async def write() -> None:
        nonlocal granted
        while left:
            began = time.perf_counter()
            answer = await desk.submit(left.popleft())
            granted += not _refused(answer)
            waits.append(1000 * (time.perf_counter() - began))

    ticker = asyncio.create_task(_tick(lags))
    began = time.perf_counter()
    async with asyncio.TaskGroup() as writers:
        for _ in range(WRITERS):
            writers.create_task(write())
    seconds = time.perf_counter() - began
    ticker.cancel()
    await desk.close()
    return Outcome(granted, seconds, tuple(waits), tuple(lags))


async def _tick(lags: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        lags.append(1000 * (time.perf_counter() - began - TICK_SECONDS))


@contextmanager
def plain_inserts() -> Iterator[None]:
    """Rows are sent as SQLAlchemy sends them, not as one text or unseen: what the desk does of that is its own."""

    def insert(
        connection: sa.Connection,
        table: sa.Table,
        rows: Sequence[Row],
        *,
        new_ones: bool = False,
        numbered: bool = False,
    ) -> sa.CursorResult[Any]:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        made: Any = dialect.insert(table)
        made = made.on_conflict_do_nothing() if new_ones else made
        return connection.execute(made.returning(table.c.public_id, table.c.id) if numbered else made, rows)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dialects, "_at_once", insert)
        patched.setattr(dialects, "_one_by_one", insert)
        yield


def in_a_transaction_each(url: str, asked: Sequence[Wish]) -> Outcome:
    """Eight threads with a connection each; every wish is checked and written alone, by the same rules."""
    first, left, known = deque(asked[:WARMING]), deque(asked[WARMING:]), clerks()
    engines = [_engine(url) for _ in range(THREADS)]

    def work(engine: sa.Engine, wishes: deque[Wish]) -> list[float]:
        """How long each granted wish took; those that were refused are left out."""
        took = []
        while wish := _next(wishes):
            began = time.perf_counter()
            with engine.begin() as connection:
                [answer] = settle(connection, known, lambda *_: None, [wish])
            if not _refused(answer):
                took.append(1000 * (time.perf_counter() - began))
        return took

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, engines, [first] * THREADS))
        settle_down()
        began = time.perf_counter()
        waits = [each for some in pool.map(work, engines, [left] * THREADS) for each in some]
        seconds = time.perf_counter() - began
    for engine in engines:
        engine.dispose()
    return Outcome(len(waits), seconds, tuple(waits))


def settle_down() -> None:
    """As a server does once it serves: what stands is not looked through again for what to throw away."""
    gc.collect()
    gc.freeze()


def _engine(url: str) -> sa.Engine:
    """A writer's, of one thread alone; PostgreSQL isn't asked first whether it is still there."""
    writer = Database(url).engine
    return writer if writer.dialect.name == "sqlite" else sa.create_engine(writer.url, pool_size=1)


def _next(wishes: deque[Wish]) -> Wish | None:
    try:
        return wishes.popleft()
    except IndexError:
        return None


def _refused(answer: object) -> bool:
    return isinstance(answer, Refused) or (isinstance(answer, Result) and answer.refused)
