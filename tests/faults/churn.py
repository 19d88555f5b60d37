"""People come into two hundred lessons and go again, five each second; then nothing of them may be left.

``python -m tests.faults.churn --minutes 10 [--json]`` prints what was counted. The server is ``vclass serve`` with
media workers; each visitor opens the personal link, presses Join, says hello, offers, checks, shakes hands, sends
pictures or receives, stays for a few seconds, and goes in one of five ways (`Going`). The start is measured after a
warm-up of such visits; after the last visit everything has two minutes to be back there: tasks and descriptors of each
process to the number, and its memory, as far as it is its own (RssAnon), to `MEMORY_MIB` more. That much moves without
a leak, since the allocator gives back whole arenas only; in ten minutes a leak of 6 KiB a visit is seen.
"""

import argparse
import asyncio
import contextlib
import json
import math
import random
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import psutil

from tests.benchmarks.load import record_clip
from tests.faults.visitor import Going, Tally, Venue, come_and_go
from tests.mail_server import free_port
from tests.processes import Installation, end, install, start
from tests.visits import book_open, open_link, personal_links

LESSONS: Final = 200
GUESTS: Final = 3
JOINS_A_SECOND: Final = 5.0
BACK_SECONDS: Final = 120.0
MEMORY_MIB: Final = 16.0
SAMPLES: Final = 5
AT_ONCE: Final = 40
LOOK_EVERY: Final = 1.0
WORKERS: Final = 2
HELD: Final = ("vclass_media_peers", "vclass_media_rooms", "vclass_live_seats")
RESTARTS: Final = "vclass_media_worker_restarts_total"
FIGURE: Final = re.compile(r'^(vclass_\w+)(?:\{\w+="(.+)"\})? (\d+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a process holds."""

    memory_mib: float
    descriptors: int
    tasks: int

    def more(self, start: "Footprint") -> dict[str, str]:
        """What is more than at the start."""
        allowed = {"memory_mib": MEMORY_MIB, "descriptors": 0.0, "tasks": 0.0}
        pairs = {name: (getattr(start, name), getattr(self, name)) for name in allowed}
        return {name: f"{was:g} -> {now:g}" for name, (was, now) in pairs.items() if now > was + allowed[name]}


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The visits before the start is measured."""

    seconds: float = 120.0
    goings: Sequence[Going] = tuple(Going)


@dataclass
class Scene:
    """A running server, and whoever may come."""

    metrics: str
    server: psutil.Process
    links: Sequence[str]
    venue: Venue

    def processes(self) -> dict[str, psutil.Process]:
        """The server and its workers, by name."""
        lines = {each: each.cmdline() for each in self.server.children()}
        workers = {line[line.index("--name") + 1]: each for each, line in lines.items() if "signaling.workers" in line}
        return {"server": self.server, **{f"worker {name}": each for name, each in workers.items()}}

    async def figures(self) -> dict[tuple[str, str], int]:
        """What the server tells Prometheus, by name and worker."""
        async with aiohttp.ClientSession() as session, session.get(f"http://{self.metrics}/metrics") as answer:
            return {(name, worker): int(value) for name, worker, value in FIGURE.findall(await answer.text())}

    async def footprints(self) -> dict[str, Footprint]:
        told = await self.figures()
        tasks = {"server": told["vclass_tasks", ""]}
        tasks |= {f"worker {who}": n for (name, who), n in told.items() if name == "vclass_media_worker_tasks"}
        found = self.processes()
        return {name: Footprint(anonymous_mib(each), each.num_fds(), tasks[name]) for name, each in found.items()}

    async def at_rest(self) -> dict[str, Footprint]:
        """What is held while nothing is done: the least of some looks, since jobs come and go."""
        looks = []
        for _ in range(SAMPLES):
            looks.append(await self.footprints())
            await asyncio.sleep(LOOK_EVERY)
        return {name: least([look[name] for look in looks]) for name in looks[0]}

    async def holds(self) -> dict[str, int]:
        """Seats and connections that are left."""
        return {f"{name} {who}": n for (name, who), n in (await self.figures()).items() if name in HELD and n}

    async def emptied(self) -> None:
        """Waits until nothing of them is left, or for as long as that may take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BACK_SECONDS):
                while await self.holds():  # noqa: ASYNC110 - the server has the event
                    await asyncio.sleep(LOOK_EVERY)


def least(looks: Sequence[Footprint]) -> Footprint:
    """The least of each kind."""
    return Footprint(
        min(each.memory_mib for each in looks),
        min(each.descriptors for each in looks),
        min(each.tasks for each in looks),
    )


def anonymous_mib(process: psutil.Process) -> float:
    """Memory that is the process's own, and in no file."""
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    found = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None, "not a Linux of this century"
    return int(found[1]) / 1024


@asynccontextmanager
async def staged(folder: Path, lessons: int) -> AsyncIterator[Scene]:
    """A server with so many lessons that are open now."""
    there = install(folder)
    with there.config(0).open("a", encoding="utf-8") as file:
        file.write(f"workers = {WORKERS}\n")
    metrics = f"127.0.0.1:{free_port()}"
    process = await start(there, extra={"VCLASS_SERVER__METRICS": metrics})
    try:
        links = await booked(there, lessons)
        clip = await asyncio.to_thread(record_clip, 320, 240, 10, 2)
        yield Scene(metrics, psutil.Process(process.pid), links, Venue(there.url(0), clip))
    finally:
        await end(process)


async def booked(there: Installation, lessons: int) -> list[str]:
    """Books the lessons; the links of all who are invited."""
    who = there.bookers[0]
    headers = {"Authorization": f"Bearer {who.token}"}
    async with aiohttp.ClientSession(there.url(0), headers=headers) as session:
        names = [[f"guest{guest}@lesson{number}.example" for guest in range(GUESTS)] for number in range(lessons)]
        ids = [await book_open(session, f"Lesson {number}", who.email, each) for number, each in enumerate(names)]
    found = await asyncio.to_thread(
        personal_links, there.url(0), there.folder / "secret", there.database_url, who.email, ids
    )
    return [link for email, link in found if email.startswith("guest")]


async def wake(scene: Scene) -> None:
    """Gives every thread of the server something to do at once, so that all have their connections to the database."""
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(open_link(session, link) for link in scene.links[:AT_ONCE]))


async def churn(scene: Scene, seconds: float, chance: random.Random, goings: Sequence[Going] = tuple(Going)) -> None:
    """Lets people come, evenly, for so long; ends when the last has gone. Nobody comes who is there already."""
    free = list(scene.links)

    async def one() -> None:
        link = free.pop(chance.randrange(len(free)))
        await come_and_go(scene.venue, link, chance.choice(goings), chance)
        free.append(link)

    async with asyncio.TaskGroup() as group:
        began = time.monotonic()
        for number in range(math.ceil(seconds * JOINS_A_SECOND)):
            await asyncio.sleep(max(0.0, began + number / JOINS_A_SECOND - time.monotonic()))
            group.create_task(one())


async def play(folder: Path, seconds: float, seed: int, warm_up: WarmUp, lessons: int = LESSONS) -> dict[str, Any]:
    """The whole of it; see `bad` for what must not be."""
    chance = random.Random(seed)
    async with staged(folder, lessons) as scene:
        await wake(scene)
        await churn(scene, warm_up.seconds, chance, warm_up.goings)
        await scene.emptied()
        before = await scene.at_rest()
        scene.venue.tally = tally = Tally()
        await churn(scene, seconds, chance)
        took, after = await back(scene, before)
        return {
            "seconds": seconds,
            "visits": sum(tally.goings.values()),
            "goings": dict(tally.goings),
            "packets_received": tally.packets,
            "back_seconds": took,
            "before": {name: asdict(each) for name, each in before.items()},
            "after": {name: asdict(each) for name, each in after.items()},
            "failures": tally.failures,
            "held": await scene.holds(),
            "left_over": left_over(before, after),
            "worker_restarts": sum(n for (name, _), n in (await scene.figures()).items() if name == RESTARTS),
        }


async def back(scene: Scene, before: dict[str, Footprint]) -> tuple[float, dict[str, Footprint]]:
    """Waits until every process is back where it was; the seconds that it took, and what each holds then."""
    began = time.monotonic()
    await scene.emptied()
    after = await scene.footprints()
    while time.monotonic() < began + BACK_SECONDS and left_over(before, after):
        await asyncio.sleep(LOOK_EVERY)
        after = await scene.footprints()
    return round(time.monotonic() - began, 1), after


def left_over(before: dict[str, Footprint], after: dict[str, Footprint]) -> dict[str, dict[str, str]]:
    """What each process holds that it did not hold before."""
    found = {name: each.more(before[name]) for name, each in after.items()}
    return {name: more for name, more in found.items() if more}


def bad(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures that must not be what they are."""
    return {name: figures[name] for name in ("failures", "held", "left_over", "worker_restarts") if figures[name]}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Let people come and go, and see that nothing of them is left.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--lessons", type=int, default=LESSONS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", action="store_true", help="on one line")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(play(Path(folder), 60 * options.minutes, options.seed, WarmUp(), options.lessons))
    print(json.dumps({"seed": options.seed} | figures, indent=None if options.json else 2))
    return int(bool(bad(figures)))


if __name__ == "__main__":
    sys.exit(main())
