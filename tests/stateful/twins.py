"""The same application on SQLite and on PostgreSQL: every step is done on both, and both must say the same."""

import asyncio
import json
import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
import psycopg
import sqlalchemy as sa

from rooms import DESK, Desk
from rooms.waiting import WAITING_LIST, WaitingList
from schedules import Lesson, Lessons, visible_lesson
from schedules.web import LESSONS
from tests import postgres
from tests.stateful.world import BEGINNING, Names, furnish
from tests.support import SettableClock
from tests.web.api import settings
from vclass import migrations
from vclass.app import create_app
from vclass.core.db import Database, metadata
from vclass.core.keys import DATABASE, Actor
from vclass.core.refusals import Refusal

T = TypeVar("T")
Row: TypeAlias = tuple[Any, ...]

KEPT: Final = frozenset(
    {"institution", "person", "role", "resource", "feature", "opening", "photo", "working_hours", "term", "closure"}
)
"""Tables that no step writes to."""
MEMORY: Final = Path("/dev/shm")


@dataclass(frozen=True)
class Answer:
    """What a step came to on one database: a value, or a refusal."""

    value: Any = None
    refusal: Refusal | None = None

    @property
    def name(self) -> str:
        return "done" if self.refusal is None else type(self.refusal).__name__


@dataclass
class Office:
    """One application on one database, and a way to look into its tables."""

    kind: str
    url: str
    clock: SettableClock
    folder: Path
    names: Names = field(default_factory=Names)
    ids: dict[int, str] = field(default_factory=dict)
    """The public id of each lesson, by its number in the model."""
    blockings: dict[int, str] = field(default_factory=dict)
    quotas: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_app(settings(self.folder, self.url), clock=self.clock)
        tables = [table.name for table in reversed(metadata.sorted_tables) if table.name not in KEPT]
        self._emptying = ";".join(f"delete from {name}" for name in tables)

    @property
    def database(self) -> Database:
        return self.app[DATABASE]

    @property
    def desk(self) -> Desk:
        return self.app[DESK]

    @property
    def lessons(self) -> Lessons:
        return self.app[LESSONS]

    @property
    def line(self) -> WaitingList:
        return self.app[WAITING_LIST]

    async def open(self) -> None:
        self.database.open()
        self.names = await self.database.transaction(furnish)
        self._tables = _raw(self.url)
        found = self.rows("select public_id, id from resource")
        self.words = {public_id: self.names.resources[i] for public_id, i in found}

    async def close(self) -> None:
        self._tables.close()
        await self.desk.close()
        await self.database.close()

    def rows(self, query: str) -> list[Row]:
        cursor = self._tables.execute(query)
        return list(map(tuple, cursor.fetchall()))

    def reset(self) -> None:
        """Back to the world in which nobody has booked anything."""
        if isinstance(self._tables, sqlite3.Connection):
            self._tables.executescript(f"begin immediate;{self._emptying};commit")
        else:
            self._tables.execute(self._emptying.encode())
        self.ids, self.blockings, self.quotas = {}, {}, {}

    def actor(self, name: str) -> Actor:
        return self.names.actors[name]

    async def lesson(self, number: int, who: str) -> Lesson:
        return await self.database.read(visible_lesson, self.actor(who), self.ids[number], "lesson.see")

    def told(self, answer: Answer) -> object:
        """A refusal in words that both databases share."""
        refusal = answer.refusal
        return None if refusal is None else (answer.name, self._named(refusal.sentence), self._shown(refusal.facts))

    def _shown(self, facts: object) -> object:
        told = json.loads(msgspec.json.encode(facts))
        return _mapped(told, self._named)

    def _named(self, text: str) -> str:
        lessons = {public_id: f"lesson {number}" for number, public_id in self.ids.items()}
        return self.words.get(text) or lessons.get(text, text)


def _mapped(value: object, named: Callable[[str], str]) -> object:
    if isinstance(value, dict):
        return {key: "*" if key == "id" else _mapped(each, named) for key, each in value.items()}
    if isinstance(value, list):
        return [_mapped(each, named) for each in value]
    return named(value) if isinstance(value, str) else value


def _raw(url: str) -> Any:  # noqa: ANN401  either driver's connection
    """A connection beside the application, each statement its own transaction."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        return sqlite3.connect(str(address.database), isolation_level=None)
    return psycopg.connect(
        host=str(address.query["host"]), dbname=address.database, user=address.username, autocommit=True
    )


class Alarm(logging.Handler):
    """Hears what the desk logs as an error: a batch that failed was saved by the guard, which must never fire."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.getMessage()}: {record.exc_info and record.exc_info[1]}")


class Twins:
    """Both offices, on one clock and one event loop."""

    def __init__(self, offices: Sequence[Office], clock: SettableClock, runner: asyncio.Runner) -> None:
        self.offices = offices
        self.clock = clock
        self.alarm = Alarm()
        self._runner = runner

    @property
    def now(self) -> int:
        return self.clock.now

    def reset(self) -> None:
        self.clock.now = BEGINNING
        self.alarm.heard.clear()
        for office in self.offices:
            office.reset()

    def run(self, work: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await work

        return self._runner.run(awaited())

    def both(self, step: Callable[[Office], Awaitable[object]]) -> list[Answer]:
        """Do a step on both databases; a refusal must be the same to the letter."""

        async def at_once() -> list[Answer]:
            return list(await asyncio.gather(*(_answer(step(office)) for office in self.offices)))

        answers = self.run(at_once())
        told = [office.told(answer) for office, answer in zip(self.offices, answers, strict=True)]
        assert told[0] == told[1], f"the databases disagree: {told[0]} on SQLite, {told[1]} on PostgreSQL"
        return answers


async def _answer(step: Awaitable[object]) -> Answer:
    try:
        return Answer(await step)
    except Refusal as refusal:
        return Answer(refusal=refusal)


@contextmanager
def twins(cluster: postgres.Cluster) -> Iterator[Twins]:
    """Both databases with the world in them; PostgreSQL's is made in a cluster that runs already."""
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    clock = SettableClock(BEGINNING)
    urls = {"sqlite": f"sqlite:///{folder / 'vclass.db'}", "postgres": cluster.create("twins")}
    offices = [Office(kind, url, clock, folder) for kind, url in urls.items()]
    with asyncio.Runner() as runner:
        for office in offices:
            migrations.upgrade(office.database.engine)
            runner.run(office.open())
        both = Twins(offices, clock, runner)
        desks = logging.getLogger("rooms")
        desks.addHandler(both.alarm)
        try:
            yield both
        finally:
            desks.removeHandler(both.alarm)
            for office in offices:
                runner.run(office.close())
            cluster.drop("twins")
            shutil.rmtree(folder)
