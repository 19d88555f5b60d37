"""Kill the server while it books, start it again, and see that nothing acknowledged was lost.

``python -m tests.faults.kill --kills 20`` prints what was counted as JSON. The processes are real: ``vclass serve``
with a configuration file, and an SMTP server that keeps what it gets. The last start has a clock some minutes ahead,
so that leases of the killed have run out.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa

from config import load
from rooms.store.tables import claim
from schedules.tables import attendee, occurrence
from schedules.tables import lesson as lesson_table
from tests.houses import World, three_houses
from tests.mail_server import MailServer, free_port
from tests.schedules.ical.examples import lines
from vclass import migrations, server
from vclass.app import create_app
from vclass.core.clock import shifted_clock
from vclass.core.db import Database
from vclass.core.outbox import outbox

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "from vclass.cli import main; main()"
TEACHER = ("teacher", "kyiv")
SLOTS = 2000
SLOTS_A_DAY = 14
DAYS_A_MONTH = 28
MOST_BETWEEN_KILLS = 30
PATIENCE = 60
PATIENCE_WITH_MAIL = 300
LATER_SECONDS = 600
DROPPED = (aiohttp.ClientConnectionError, aiohttp.ServerDisconnectedError, asyncio.TimeoutError)


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


@dataclass
class Installation:
    """A folder with configuration and database, and where the server answers."""

    folder: Path
    world: World
    port: int

    @property
    def config(self) -> Path:
        return self.folder / "vclass.toml"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def install(folder: Path, smtp_url: str) -> Installation:
    """Write the configuration, make the database, let people in."""
    port, path = free_port(), folder / "vclass.db"
    (folder / "vclass.toml").write_text(
        f'[server]\nport = {port}\nsecret_file = "{folder / "secret"}"\n'
        f'[database]\nurl = "sqlite:///{path}"\n'
        f'[mail]\nsmtp_url = "{smtp_url}"\nsender = "vclass <lessons@vclass.example>"\n'
        '[media]\nudp_port = 0\nannounced_addresses = ["127.0.0.1"]\n',
        "utf-8",
    )
    engine = Database(f"sqlite:///{path}").engine
    migrations.upgrade(engine)
    with engine.begin() as connection:
        world = three_houses(connection)
    engine.dispose()
    return Installation(folder, world, port)


async def start(there: Installation, *options: str) -> Process:
    """Start a server and wait until it is ready."""
    command = options or ("-c", COMMAND, "serve", "--config", str(there.config))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (there.folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=there.folder, env=environment, stderr=log
        )
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while not await ready(session, there.url):
            assert process.returncode is None, (there.folder / "log").read_text("utf-8")
            await asyncio.sleep(0.05)
    return process


async def ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/readyz") as response:
            return response.status == 200
    except DROPPED:
        return False


def wish(there: Installation, chance: random.Random) -> dict[str, Any]:
    """A lesson in some hall at some hour of the coming years; hours are few enough to clash."""
    slot = chance.randrange(SLOTS)
    return {
        "title": f"Lesson {slot}",
        "zone": "Europe/Vienna",
        "start": hour(slot),
        "minutes": 60,
        "rooms": [there.world.halls["kyiv"].public_id],
        "attendees": [{"email": f"guest{chance.randrange(1000)}@example.org"}],
    }


def hour(slot: int) -> str:
    """One of so many wall times, each on an hour of its own."""
    day, number = divmod(slot, SLOTS_A_DAY)
    month, date = divmod(day, DAYS_A_MONTH)
    return f"2030-{month + 1:02}-{date + 1:02}T{7 + number:02}:00"


async def book(there: Installation, journal: Journal, number: int, stop: asyncio.Event) -> None:
    """Book one lesson after another; send each again under its key until there is an answer."""
    chance = random.Random(number)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        for count in range(1_000_000):
            if stop.is_set():
                return
            token = there.world.tokens[TEACHER]
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{number}-{count}"}
            await answered(session, f"{there.url}/api/v1/lessons", wish(there, chance), headers, journal)


async def answered(
    session: aiohttp.ClientSession, url: str, body: dict[str, Any], headers: dict[str, str], journal: Journal
) -> None:
    while True:
        try:
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


async def play(folder: Path, kills: int, seed: int, clients: int = 4) -> dict[str, int]:
    """Book, kill and start again so many times; then count what was lost."""
    chance, journal = random.Random(seed), Journal()
    with MailServer() as post:
        there = await asyncio.to_thread(install, folder, post.url)
        process = await start(there)
        async with load_on(there, journal, clients):
            for number in range(kills):
                more = chance.randint(1, MOST_BETWEEN_KILLS)
                if number % 2:
                    await mails_reached(post, len(post.delivered) + more)
                else:
                    await journal.reached(len(journal.acknowledged) + more)
                process.kill()
                await process.wait()
                process = await start(there)
        await end(process)
        process = await start(there, "-m", "tests.faults.kill", "--serve", str(there.config))
        try:
            await delivered(there)
        finally:
            await end(process)
    return {"kills": kills} | counted(there, journal, post)


async def mails_reached(post: MailServer, number: int) -> None:
    """Wait until the other side has got so many mails; it lives in another thread, and gives no sign."""
    async with asyncio.timeout(PATIENCE):
        while len(post.delivered) < number:  # noqa: ASYNC110  see above
            await asyncio.sleep(0.005)


async def end(process: Process) -> None:
    process.send_signal(signal.SIGTERM)
    await process.wait()


def database(there: Installation) -> sa.Engine:
    return Database(load(there.config).settings.database.url).engine


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


def counted(there: Installation, journal: Journal, post: MailServer) -> dict[str, int]:
    """What was lost, doubled or left over; all but the first figures must be 0."""
    engine = database(there)
    with engine.connect() as connection:
        standing, people = facts(connection)
        overlapping = int(connection.execute(overlaps()).scalar_one())
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


def overlaps() -> sa.Select[Any]:
    one, two = claim.alias(), claim.alias()
    return sa.select(sa.func.count()).where(
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


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Kill the server under load and count what was lost.")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(play(Path(folder), options.kills, options.seed))
    print(json.dumps({"seed": options.seed} | figures))
    return int(any(figures[name] for name in LOSSES))


LOSSES = ("bookings_lost", "bookings_unasked", "overlaps", "mails_missing", "mails_with_two_ids")


if __name__ == "__main__":
    sys.exit(main())
