"""Fifty people ask at once for the same rooms, kit and teachers: one gets them, the others hear of it at once.

``python -m tests.races.herd --rounds 40 --processes 3`` prints what was counted as JSON. The processes are real:
``vclass serve`` with a configuration file each, on one PostgreSQL of their own or, alone, on SQLite.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests import postgres
from tests.processes import Booker, Installation, end, install, start

HERD: Final = 50
LONGEST_SECONDS: Final = 2.0
SIGNS: Final = {"deadlocks": "deadlock detected", "guard_fired": "no_double_booking"}
"""What must not stand in the logs."""


@dataclass
class Round:
    """What fifty requests came to."""

    statuses: Counter[int] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    @property
    def went_well(self) -> bool:
        return self.statuses == {201: 1, 409: HERD - 1} and self.types == {"clash": HERD - 1}


def body(there: Installation, number: int, chance: random.Random) -> dict[str, Any]:
    """The same lesson for everybody in a round, with its rooms and teachers named in any order."""
    day, hour = divmod(number, 10)
    halls = [there.world.halls[place].public_id for place in ("vienna", "kyiv")]
    teachers = ["teacher@vienna.example", "teacher@kyiv.example"]
    chance.shuffle(halls)
    chance.shuffle(teachers)
    return {
        "title": f"Round {number}",
        "zone": "Europe/Vienna",
        "start": f"2030-01-{day + 1:02}T{8 + hour:02}:00",
        "minutes": 60,
        "rooms": halls,
        "equipment": [{"id": there.world.kit["vienna"].public_id, "quantity": chance.randint(3, 5)}],
        "teachers": teachers,
    }


async def ask(session: aiohttp.ClientSession, url: str, wish: dict[str, Any], who: Booker, seen: Round) -> None:
    began = time.perf_counter()
    headers = {"Authorization": f"Bearer {who.token}"}
    async with session.post(f"{url}/api/v1/lessons", json=wish, headers=headers) as response:
        answer = await response.json(content_type=None)
    seen.slowest = max(seen.slowest, time.perf_counter() - began)
    seen.statuses[response.status] += 1
    if response.status != 201:
        seen.types[answer["type"]] += 1


async def play(there: Installation, rounds: int, seed: int) -> list[Round]:
    """Let the herd loose once a round, spread over all processes."""
    chance, played = random.Random(seed), []
    connector = aiohttp.TCPConnector(limit=0)
    async with _serving(there), aiohttp.ClientSession(connector=connector) as session:
        for number in range(rounds):
            seen = Round()
            async with asyncio.TaskGroup() as herd:
                for who in there.bookers[:HERD]:
                    url = chance.choice(there.urls)
                    herd.create_task(ask(session, url, body(there, number, chance), who, seen))
            played.append(seen)
    return played


@asynccontextmanager
async def _serving(there: Installation) -> AsyncIterator[None]:
    processes = [await start(there, number) for number in range(len(there.ports))]
    try:
        yield
    finally:
        for process in processes:
            await end(process)


@contextmanager
def place(database: str, folder: Path, processes: int) -> Iterator[tuple[Installation, Path | None]]:
    """An installation on a database of its own, and that database's log if it writes one."""
    if database == "sqlite":
        yield install(folder), None
        return
    with postgres.throwaway(deadlock_timeout="50ms") as cluster:
        yield install(folder, cluster.create("herd"), processes=processes), cluster.folder / "log"


def run(rounds: int, processes: int, seed: int, database: str = "postgres") -> dict[str, float]:
    """Play, and count what must not be; all but the first figures must be 0."""
    with tempfile.TemporaryDirectory() as folder, place(database, Path(folder), processes) as (there, log):
        played = asyncio.run(play(there, rounds, seed))
        said = there.log + ("" if log is None else log.read_text("utf-8"))
    statuses = sum((each.statuses for each in played), Counter[int]())
    slowest = sorted(each.slowest for each in played)
    return {
        "rounds": rounds,
        "processes": processes,
        "won": statuses[201],
        "clashed": statuses[409],
        "slowest_ms_median": round(1000 * slowest[len(slowest) // 2], 1),
        "slowest_ms": round(1000 * slowest[-1], 1),
        "bad_rounds": sum(not each.went_well for each in played),
        "too_slow": sum(each > LONGEST_SECONDS for each in slowest),
        "server_errors": sum(number for status, number in statuses.items() if status >= 500),
        **{name: said.count(sign) for name, sign in SIGNS.items()},
    }


FAULTS: Final = ("bad_rounds", "too_slow", "server_errors", *SIGNS)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Let fifty people ask for the same at once, and count the winners.")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--database", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(arguments)
    figures = run(options.rounds, options.processes, options.seed, options.database)
    print(json.dumps({"seed": options.seed, "database": options.database} | figures))
    return int(any(figures[name] for name in FAULTS))


if __name__ == "__main__":
    sys.exit(main())
