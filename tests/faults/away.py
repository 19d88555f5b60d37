"""The mail server is away for an hour of the servers' clocks, with pauses as they are; then count what was lost.

``python -m tests.faults.away --mails 200`` prints what was counted as JSON. Two processes on PostgreSQL take their
clock from a file, which is moved on a minute as soon as all that is due has been tried. One of them is killed on the
way, and starts again.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from config import load
from tests import postgres
from tests.faults.kill import database
from tests.faults.mail import LOSSES, PACED, Row, counted
from tests.faults.mail import write as put
from tests.mail_server import MailServer
from tests.processes import Installation, end, install, start
from vclass import server
from vclass.app import create_app
from vclass.core.clock import Clock, system_clock
from vclass.core.outbox import outbox

MINUTE: Final = 60
AWAY_MINUTES: Final = 60
LONGEST_MINUTES: Final = 90
"""So long after its return everything has arrived, or never will: the last pause was of 32 minutes and a quarter."""
IN_LANE: Final = 2
PATIENCE: Final = 120
GLANCES: Final = 40
CLOCK: Final = "clock"
WAITING: Final = sa.and_(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))


def clock_of(file: Path) -> Clock:
    """A clock that is so many seconds ahead as the file says."""
    return lambda: system_clock() + int(file.read_text("utf-8"))


@dataclass
class Hour:
    """Servers whose clocks go as we say."""

    there: Installation
    engine: sa.Engine
    ahead: int = 0

    def set_clock(self, ahead: int) -> None:
        """In one step, so that nobody reads half of it."""
        self.ahead = ahead
        new = self.there.folder / "new-clock"
        new.write_text(str(ahead), "utf-8")
        new.rename(self.there.folder / CLOCK)

    async def start(self, number: int) -> Any:  # noqa: ANN401  a process
        files = str(self.there.config(number)), str(self.there.folder / CLOCK)
        return await start(self.there, number, "-m", "tests.faults.away", "--serve", *files)

    async def minute(self) -> None:
        """Let a minute pass, and wait until all that is due then was tried; what a killed server has in hand is not."""
        self.set_clock(self.ahead + MINUTE)
        async with asyncio.timeout(PATIENCE):
            while await self.first(outbox.c.leased_until.is_(None)):  # noqa: ASYNC110  other processes give no sign
                await asyncio.sleep(0.05)
        for _ in range(GLANCES):
            if not await self.first(outbox.c.leased_until.is_not(None)):
                return
            await asyncio.sleep(0.05)

    async def first(self, which: sa.ColumnElement[bool]) -> bool:
        """Whether any that is the first of its lane and due is such a one."""
        return await asyncio.to_thread(self._first, which)

    def _first(self, which: sa.ColumnElement[bool]) -> bool:
        firsts = sa.select(sa.func.min(outbox.c.id)).where(WAITING).group_by(outbox.c.lane)
        found = sa.select(outbox.c.id).where(outbox.c.id.in_(firsts), outbox.c.due_at <= system_clock() + self.ahead)
        with self.engine.connect() as connection:
            return connection.execute(found.where(which)).first() is not None

    def waiting(self) -> list[tuple[int, int]]:
        """Tries and due times of what waits and was tried."""
        tried = sa.select(outbox.c.tries, outbox.c.due_at).where(WAITING, outbox.c.tries > 0)
        with self.engine.connect() as connection:
            return [(row.tries, row.due_at) for row in connection.execute(tried)]


async def play(there: Installation, post: MailServer, mails: Sequence[Row], seed: int) -> dict[str, float]:
    """Take the mail server away, let an hour pass, bring it back, and let time pass until everything has arrived."""
    hour = Hour(there, database(there))
    hour.set_clock(0)
    await asyncio.to_thread(post.stop)
    await asyncio.to_thread(put, there, mails)
    servers = [await hour.start(number) for number in range(len(there.ports))]
    killed_at = random.Random(seed).randrange(5, AWAY_MINUTES - 5)
    for minute in range(AWAY_MINUTES):
        await hour.minute()
        if minute == killed_at:
            servers[0].kill()
            await servers[0].wait()
            servers[0] = await hour.start(0)
    tries = Counter(tries for tries, _ in await asyncio.to_thread(hour.waiting))
    await asyncio.to_thread(post.start)
    passed = 0
    while await asyncio.to_thread(hour.waiting) and passed < LONGEST_MINUTES:
        await hour.minute()
        passed += 1
    for each in servers:
        await end(each)
    hour.engine.dispose()
    figures = {"mails": len(mails), "least_tries": min(tries), "most_tries": max(tries), "minutes_after": passed}
    return figures | {"kept_back": 0} | await asyncio.to_thread(counted, there, post, mails, 1)


def rows(mails: int) -> list[Row]:
    lanes = range(mails // IN_LANE)
    return [
        Row(f"{lane}.{number}", f"lane {lane}", f"p{lane}@{PACED}{lane % 10}.example")
        for lane in lanes
        for number in range(IN_LANE)
    ]


def serve(config: Path, clock: Path) -> None:
    settings = load(config).settings
    app = create_app(settings, clock=clock_of(clock))
    server.run(server.serve(app, settings.server.host, settings.server.port))


def run(mails: int, seed: int) -> dict[str, float]:
    """Play on an installation that is thrown away, with the pauses that every installation has."""
    with (
        tempfile.TemporaryDirectory(prefix="vclass-away-") as name,
        MailServer() as post,
        postgres.throwaway() as cluster,
    ):
        there = install(Path(name), cluster.create("faults"), post.url, 2)
        return asyncio.run(play(there, post, rows(mails), seed))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Take the mail server away for an hour and count what was lost.")
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--serve", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(*options.serve)
        return 0
    figures = run(options.mails, options.seed)
    print(json.dumps({"seed": options.seed} | figures))
    return int(any(figures[name] for name in LOSSES) or figures["minutes_after"] >= LONGEST_MINUTES)


if __name__ == "__main__":
    sys.exit(main())
