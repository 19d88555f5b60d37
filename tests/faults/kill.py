"""Kill servers while they book, start them again, and see that nothing acknowledged was lost.

``python -m tests.faults.kill --kills 31 --database postgres --processes 3`` prints what was counted as JSON. The
processes are real: ``vclass serve`` with a configuration file each, and an SMTP server that keeps what it gets. The
last start has a clock some minutes ahead, so that leases of the killed have run out.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import sqlalchemy as sa

from config import load
from rooms import HOLDING, wants_of
from rooms.store.tables import booking, claim
from schedules.tables import attendee, occurrence
from schedules.tables import lesson as lesson_table
from tests import postgres
from tests.mail_server import MailServer
from tests.processes import DROPPED, PATIENCE, Installation, end, install, start
from tests.schedules.ical.examples import lines
from vclass import server
from vclass.app import create_app
from vclass.core.clock import shifted_clock
from vclass.core.db import Database
from vclass.core.outbox import outbox

SLOTS = 2000
SLOTS_A_DAY = 14
DAYS_A_MONTH = 28
MOST_BETWEEN_KILLS = 12
PATIENCE_WITH_MAIL = 300
LATER_SECONDS = 600


@dataclass
class Journal:
    """What the clients were told."""

    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: int = 0
    repeated: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self, number: int) -> None:
        """Wait until so many lessons are acknowledged."""
        while len(self.acknowledged) < number:
            self.more.clear()
            await self.more.wait()


def wish(there: Installation, who: str, chance: random.Random) -> dict[str, Any]:
    """A lesson in both halls, with kit, at some hour of the coming years; hours are few enough to clash."""
    slot = chance.randrange(SLOTS)
    return {
        "title": f"Lesson {slot}",
        "zone": "Europe/Vienna",
        "start": hour(slot),
        "minutes": 60,
        "rooms": [there.world.halls[place].public_id for place in ("vienna", "kyiv")],
        "equipment": [{"id": there.world.kit["vienna"].public_id, "quantity": 2}],
        "teachers": [who, "teacher@kyiv.example"],
        "attendees": [{"email": f"guest{chance.randrange(1000)}@example.org"}],
    }


def hour(slot: int) -> str:
    """One of so many wall times, each on an hour of its own."""
    day, number = divmod(slot, SLOTS_A_DAY)
    month, date = divmod(day, DAYS_A_MONTH)
    return f"2030-{month + 1:02}-{date + 1:02}T{7 + number:02}:00"


async def book(there: Installation, journal: Journal, number: int, stop: asyncio.Event) -> None:
    """Book one lesson after another; send each again under its key, to any process, until there is an answer."""
    chance = random.Random(number)
    who = there.bookers[number]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        for count in range(1_000_000):
            if stop.is_set():
                return
            headers = {"Authorization": f"Bearer {who.token}", "Idempotency-Key": f"{number}-{count}"}
            await answered(session, there, wish(there, who.email, chance), headers, journal)


async def answered(
    session: aiohttp.ClientSession, there: Installation, body: dict[str, Any], headers: dict[str, str], journal: Journal
) -> None:
    while True:
        try:
            url = f"{random.choice(there.urls)}/api/v1/lessons"
            async with session.post(url, json=body, headers=headers) as response:
                answer = await response.json(content_type=None)
                status = response.status
        except DROPPED:
            journal.repeated += 1
            await asyncio.sleep(0.05)
            continue
        if status in {429, 503}:
            await asyncio.sleep(0.2)
            continue
        assert status in {201, 409}, answer
        note(journal, status, answer)
        return


def note(journal: Journal, status: int, answer: dict[str, Any]) -> None:
    if status == 201:
        journal.acknowledged[answer["id"]] = answer
        journal.more.set()
    else:
        journal.refused += 1


@asynccontextmanager
async def load_on(there: Installation, journal: Journal, clients: int) -> AsyncIterator[None]:
    """Clients that book all the while, and have all been answered at the end."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            group.create_task(book(there, journal, number, stop))
        yield
        stop.set()


async def play(there: Installation, post: MailServer, kills: int, seed: int, clients: int = 4) -> dict[str, float]:
    """Book, kill and start again so many times; then count what was lost."""
    chance, journal, servers = random.Random(seed), Journal(), Servers(there)
    await servers.start_all()
    async with load_on(there, journal, clients):
        began = time.monotonic()
        for number in range(kills):
            more = chance.randint(1, MOST_BETWEEN_KILLS)
            if number % 2:
                await mails_reached(post, len(post.delivered) + more)
            else:
                await journal.reached(len(journal.acknowledged) + more)
            await servers.kill_one(chance)
        seconds = time.monotonic() - began
        await servers.all_ready()
    await servers.end_all()
    last = await start(there, 0, "-m", "tests.faults.kill", "--serve", str(there.config(0)))
    try:
        await delivered(there)
    finally:
        await end(last)
    return {"kills": kills, "seconds": round(seconds, 1)} | counted(there, journal, post)


class Servers:
    """The processes of an installation; a killed one starts again while the others go on."""

    def __init__(self, there: Installation) -> None:
        self._there = there
        self._starting: dict[int, asyncio.Task[Process]] = {}

    async def start_all(self) -> None:
        for number in range(len(self._there.ports)):
            self._starting[number] = asyncio.create_task(start(self._there, number))
            await self._starting[number]

    async def kill_one(self, chance: random.Random) -> None:
        """Kill one of those that answer; wait for one if none does."""
        await asyncio.wait(self._starting.values(), return_when=asyncio.FIRST_COMPLETED)
        number = chance.choice([number for number, task in self._starting.items() if task.done()])
        process = self._starting[number].result()
        process.kill()
        await process.wait()
        self._starting[number] = asyncio.create_task(start(self._there, number))

    async def all_ready(self) -> None:
        await asyncio.gather(*self._starting.values())

    async def end_all(self) -> None:
        for task in self._starting.values():
            await end(task.result())


async def mails_reached(post: MailServer, number: int) -> None:
    """Wait until the other side has got so many mails; it lives in another thread, and gives no sign."""
    async with asyncio.timeout(PATIENCE):
        while len(post.delivered) < number:  # noqa: ASYNC110  see above
            await asyncio.sleep(0.005)


def database(there: Installation) -> sa.Engine:
    return Database(there.database_url).engine


async def delivered(there: Installation) -> None:
    """Wait until no mail waits; another process sends it, and gives no sign."""
    waiting = sa.select(sa.func.count()).where(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
    engine = database(there)
    async with asyncio.timeout(PATIENCE_WITH_MAIL):
        while await asyncio.to_thread(number_of, engine, waiting):  # noqa: ASYNC110  see above
            await asyncio.sleep(0.1)
    engine.dispose()


def number_of(engine: sa.Engine, statement: sa.Select[Any]) -> int:
    with engine.connect() as connection:
        return int(connection.execute(statement).scalar_one())


def counted(there: Installation, journal: Journal, post: MailServer) -> dict[str, float]:
    """What was lost, doubled or left over; all but the first figures must be 0."""
    engine = database(there)
    with engine.connect() as connection:
        standing, people = facts(connection)
        overlapping = int(connection.execute(overlaps()).scalar_one())
        half = half_bookings(connection)
    engine.dispose()
    ids = defaultdict(list)
    for each in post.delivered:
        ids[f"{lines(each.calendar, 'UID')[0][4:]} {each.recipients[0]}"].append(each.message_id)
    return {
        "acknowledged": len(journal.acknowledged),
        "refused": journal.refused,
        "requests_sent_again": journal.repeated,
        "mails": len(post.delivered),
        "mails_twice": len(post.delivered) - len(ids),
        "bookings_lost": len(journal.acknowledged.keys() - standing),
        "bookings_unasked": len(standing - journal.acknowledged.keys()),
        "overlaps": overlapping,
        "half_bookings": half,
        "mails_missing": len(people - ids.keys()),
        "mails_with_two_ids": sum(len(set(each)) > 1 for each in ids.values()),
    }


def facts(connection: sa.Connection) -> tuple[set[str], set[str]]:
    """Lessons that stand with a claim in the tables, and for each lesson and person ``uid address``."""
    held = (
        sa.select(lesson_table.c.public_id).join(occurrence).join(claim, claim.c.booking_id == occurrence.c.booking_id)
    )
    people = sa.select(lesson_table.c.uid, attendee.c.email).join(attendee)
    return set(connection.execute(held).scalars()), {f"{row.uid} {row.email}" for row in connection.execute(people)}


def half_bookings(connection: sa.Connection) -> int:
    """Bookings that hold other things than they want, and lessons with other dates than they have bookings."""
    held: defaultdict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    for row in connection.execute(sa.select(claim)):
        held[row.booking_id][row.resource_id, row.quantity] += 1
    wanted = {
        row.id: Counter((want.resource_id, want.quantity) for want in wants_of(row.wants) if row.state in HOLDING)
        for row in connection.execute(sa.select(booking))
    }
    dates = set(connection.execute(sa.select(occurrence.c.booking_id)).scalars())
    wrong = sum(held[each] != some for each, some in wanted.items())
    return wrong + len(wanted.keys() ^ dates) + len(held.keys() - wanted.keys())


def overlaps() -> sa.Select[Any]:
    one, two = claim.alias(), claim.alias()
    return sa.select(sa.func.count()).where(
        one.c.exclusive,
        two.c.exclusive,
        one.c.resource_id == two.c.resource_id,
        one.c.id < two.c.id,
        one.c.starts < two.c.ends,
        two.c.starts < one.c.ends,
    )


def serve(config: Path) -> None:
    """The same installation, some minutes later."""
    settings = load(config).settings
    app = create_app(settings, clock=shifted_clock(LATER_SECONDS))
    server.run(server.serve(app, settings.server.host, settings.server.port))


@contextmanager
def place(kind: str, folder: Path, smtp_url: str, processes: int) -> Iterator[Installation]:
    """An installation on a database of its own."""
    if kind == "sqlite":
        yield install(folder, smtp_url=smtp_url)
        return
    with postgres.throwaway() as cluster:
        yield install(folder, cluster.create("faults"), smtp_url, processes)


def run(kills: int, seed: int, kind: str = "sqlite", processes: int = 1, clients: int = 4) -> dict[str, float]:
    """Play on an installation that is thrown away."""
    with (
        tempfile.TemporaryDirectory() as folder,
        MailServer() as post,
        place(kind, Path(folder), post.url, processes) as there,
    ):
        return asyncio.run(play(there, post, kills, seed, clients))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Kill servers under load and count what was lost.")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve)
        return 0
    figures = run(options.kills, options.seed, options.database, options.processes)
    print(json.dumps({"seed": options.seed, "database": options.database, "processes": options.processes} | figures))
    return int(any(figures[name] for name in LOSSES))


LOSSES: Final = (
    "bookings_lost",
    "bookings_unasked",
    "overlaps",
    "half_bookings",
    "mails_missing",
    "mails_with_two_ids",
)


if __name__ == "__main__":
    sys.exit(main())
