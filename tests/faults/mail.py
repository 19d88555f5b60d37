"""Kill servers while mail leaves, and let the mail server refuse, hang up and be away; then count what was lost.

``python -m tests.faults.mail --mails 2000 --kills 2`` prints what was counted as JSON. Two processes (``vclass serve``)
share a PostgreSQL database. The domains that don't take their mail come first in line. Pauses are short by the
settings; the last start has a clock some minutes ahead, so that leases of the killed have run out.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from tests import postgres
from tests.faults.kill import Servers, database, delivered
from tests.mail_server import HANG_UP, MailServer
from tests.processes import Installation, end, install, start
from vclass.core import outbox
from vclass.core.clock import system_clock
from vclass.core.outbox import Effect

IN_LANE: Final = 4
AWAY_SECONDS: Final = 4
"""What an hour is when pauses are of a second instead of a minute, and then some."""
SETTINGS: Final = "retry_seconds = 1\nlongest_retry_seconds = 4\ndomain_rate = 1000\ndomain_burst = 1000\n"
PACED: Final = "good"
SLOW: Final = "slow.example"
GONE: Final = "gone.example"
DROPS: Final = "drops.example"
TROUBLE: Final = (SLOW, "later.example", "closes.example", GONE, DROPS)
SHARE_IN_TROUBLE: Final = 0.4

LOSSES: Final = (
    "missing",
    "more_than_once",
    "out_of_order",
    "wrongly_dead",
    "wrongly_sent",
    "foreign_ids",
    "kept_back",
)


@dataclass(frozen=True)
class Row:
    """A mail that must arrive, or must not."""

    key: str
    lane: str
    recipient: str

    @property
    def domain(self) -> str:
        return self.recipient.rpartition("@")[2]

    @property
    def message_id(self) -> str:
        return f"<{outbox.message_id(self.key)}@vclass.example>"


def rows(mails: int) -> list[Row]:
    """Lanes of several mails each, those in trouble first."""
    lanes = mails // IN_LANE
    troubled = int(lanes * SHARE_IN_TROUBLE)
    found = []
    for lane in range(lanes):
        domain = TROUBLE[lane % len(TROUBLE)] if lane < troubled else f"{PACED}{lane % 10}.example"
        found += [Row(f"{lane}.{number}", f"lane {lane}", f"p{lane}@{domain}") for number in range(IN_LANE)]
    return found


def write(there: Installation, mails: Sequence[Row]) -> None:
    """Put them into the outbox, as notices of a booking."""
    now = system_clock()
    facts = {
        "notice": "approved", "to": "owner", "language": "uk", "zone": "Europe/Kyiv", "title": "Спільний семінар",
        "first": (now, now + 3600), "last": (now, now + 3600), "name": "Анна", "path": "/lessons/x",
    }  # fmt: skip
    effects = [Effect("notice", each.key, each.lane, each.recipient, facts) for each in mails]
    engine = database(there)
    with engine.begin() as connection:
        outbox.put(connection, effects, now)
    engine.dispose()


def instruct(post: MailServer, mails: Sequence[Row]) -> None:
    """Say what the mail server does to whom."""
    post.answers_of[GONE] = "550 no such user"
    post.hold(SLOW)
    for each in mails:
        if each.domain == "later.example":
            post.answers_to[each.recipient] = deque(["451 later", "451 later"])
        if each.domain == "closes.example":
            post.answers_to[each.recipient] = deque(["421 closing"])
        if each.domain == DROPS:
            post.after_data_of[each.recipient] = deque([HANG_UP])


async def play(there: Installation, post: MailServer, mails: Sequence[Row], kills: int, seed: int) -> dict[str, float]:
    """Let mail leave; kill at chance moments, once take the mail server away; then count."""
    instruct(post, mails)
    await asyncio.to_thread(write, there, mails)
    chance, servers = random.Random(seed), Servers(there)
    quick = sum(each.domain.startswith(PACED) for each in mails)
    began = time.monotonic()
    await servers.start_all()
    moments = sorted(chance.randrange(quick // 10, quick * 9 // 10) for _ in range(kills))
    for number, moment in enumerate(moments):
        await post.taken(moment)
        await servers.kill_one(chance)
        if number == 0:
            await asyncio.to_thread(post.stop)
            await asyncio.sleep(AWAY_SECONDS)
            await asyncio.to_thread(post.start)
    await servers.all_ready()
    await servers.end_all()
    last = await start(there, 0, "-m", "tests.faults.kill", "--serve", str(there.config(0)))
    try:
        kept_back = await _waiting_for_the_slow(post, quick)
        seconds = time.monotonic() - began
        post.release(SLOW)
        await delivered(there)
    finally:
        await end(last)
    figures = {"mails": len(mails), "kills": kills, "seconds_of_the_quick": round(seconds, 1), "kept_back": kept_back}
    return figures | await asyncio.to_thread(counted, there, post, mails, kills)


async def _waiting_for_the_slow(post: MailServer, quick: int) -> int:
    """How many quick mails didn't arrive while the slow domain gave no answer."""

    def arrived() -> int:
        return len(
            {each.message_id for each in post.delivered if each.recipients[0].partition("@")[2].startswith(PACED)}
        )

    deadline = time.monotonic() + 120
    while arrived() < quick and time.monotonic() < deadline:  # noqa: ASYNC110  the mail server gives no sign
        await asyncio.sleep(0.05)
    return quick - arrived()


def counted(there: Installation, post: MailServer, mails: Sequence[Row], kills: int) -> dict[str, float]:
    """What was lost, doubled or overtaken."""
    by_id = {each.message_id: each for each in mails}
    times = Counter(each.message_id for each in post.delivered)
    engine = database(there)
    with engine.connect() as connection:
        dead = set(
            connection.execute(
                sa.select(outbox.outbox.c.recipient).where(outbox.outbox.c.dead_at.is_not(None))
            ).scalars()
        )
    engine.dispose()
    repeated = sum(times[each.message_id] - 1 for each in mails if times[each.message_id] > 1)
    dropped = len({each.recipient for each in mails if each.domain == DROPS})
    return {
        "delivered": len(post.delivered),
        "repeated": repeated,
        "repeated_by_the_mail_server": dropped,
        "more_than_once": max(0, repeated - dropped - kills),
        "missing": sum(each.domain != GONE and not times[each.message_id] for each in mails),
        "wrongly_dead": sum(not each.endswith(GONE) for each in dead),
        "wrongly_sent": sum(each.domain == GONE and times[each.message_id] > 0 for each in mails),
        "foreign_ids": sum(each not in by_id for each in times),
        "out_of_order": out_of_order(post, by_id),
    }


def out_of_order(post: MailServer, by_id: dict[str, Row]) -> int:
    """How often a mail came before an elder one of its lane had come."""
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for each in post.delivered:
        row = by_id.get(each.message_id)
        if row is not None and row.key not in seen[row.lane]:
            seen[row.lane].append(row.key)
    return sum(one > two for keys in seen.values() for one, two in pairwise(keys))


def run(mails: int, kills: int, seed: int) -> dict[str, float]:
    """Play on an installation that is thrown away."""
    with (
        tempfile.TemporaryDirectory(prefix="vclass-mail-") as name,
        MailServer() as post,
        postgres.throwaway() as cluster,
    ):
        there = install(Path(name), cluster.create("faults"), post.url, 2, SETTINGS)
        return asyncio.run(play(there, post, rows(mails), kills, seed))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Kill servers while mail leaves and count what was lost.")
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(arguments)
    figures = run(options.mails, options.kills, options.seed)
    print(json.dumps({"seed": options.seed} | figures))
    return int(any(figures[name] for name in LOSSES))


if __name__ == "__main__":
    sys.exit(main())
