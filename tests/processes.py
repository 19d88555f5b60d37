"""Real server processes on one installation: several of them share a PostgreSQL database, one alone may have SQLite."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import sqlalchemy as sa

from tests.houses import VIENNA, World, three_houses
from tests.mail_server import free_port
from tests.support import SATURDAY
from vclass import migrations, people
from vclass.core.db import Database
from vclass.people import NewPerson

ROOT: Final = Path(__file__).resolve().parents[1]
COMMAND: Final = "from vclass.cli import main; main()"
PATIENCE: Final = 60
DROPPED: Final = (aiohttp.ClientConnectionError, aiohttp.ServerDisconnectedError, asyncio.TimeoutError)
BOOKERS: Final = 50
"""So many people who book: none of them is held up by the rate at which one may ask."""


@dataclass(frozen=True)
class Booker:
    """Somebody in Vienna who books."""

    email: str
    token: str


@dataclass(frozen=True)
class Installation:
    """A folder with a configuration for each process, its database, and the people in it."""

    folder: Path
    database_url: str
    ports: tuple[int, ...]
    world: World
    bookers: tuple[Booker, ...]

    def config(self, number: int) -> Path:
        return self.folder / f"vclass{number}.toml"

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.ports[number]}"

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(map(self.url, range(len(self.ports))))

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")


def install(
    folder: Path, database_url: str = "", smtp_url: str = "outbox:", processes: int = 1, mail: str = ""
) -> Installation:
    """Write the configurations, make the database, let people in."""
    url = database_url or f"sqlite:///{folder / 'vclass.db'}"
    ports = tuple(free_port() for _ in range(processes))
    engine = Database(url).engine
    migrations.upgrade(engine)
    with engine.begin() as connection:
        world = three_houses(connection)
        bookers = tuple(_booker(connection, world, number) for number in range(BOOKERS))
    engine.dispose()
    there = Installation(folder, url, ports, world, bookers)
    for number, port in enumerate(ports):
        there.config(number).write_text(_configuration(folder, port, url, smtp_url, mail), "utf-8")
    return there


def _configuration(folder: Path, port: int, database_url: str, smtp_url: str, mail: str) -> str:
    return (
        f'[server]\nport = {port}\nsecret_file = "{folder / "secret"}"\n'
        f'[database]\nurl = "{database_url}"\n'
        f'[mail]\nsmtp_url = "{smtp_url}"\nsender = "vclass <lessons@vclass.example>"\n{mail}'
        '[media]\nudp_port = 0\nannounced_addresses = ["127.0.0.1"]\n'
    )


def _booker(connection: sa.Connection, world: World, number: int) -> Booker:
    email = f"booker{number}@{VIENNA.slug}.example"
    wish = NewPerson(email, f"Booker {number}", world.public_ids["vienna"], ("teacher",))
    person = people.create_person(connection, wish, SATURDAY)
    return Booker(email, people.make_token(connection, person.id, "test", SATURDAY))


async def start(there: Installation, number: int = 0, *options: str, extra: Mapping[str, str] | None = None) -> Process:
    """Start a server, in an environment with some more in it, and wait until it is ready."""
    command = options or ("-c", COMMAND, "serve", "--config", str(there.config(number)))
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | dict(extra or {})
    with (there.folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=there.folder, env=environment, stderr=log
        )
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while not await ready(session, there.url(number)):
            assert process.returncode is None, there.log
            await asyncio.sleep(0.05)
    return process


async def ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/readyz") as response:
            return response.status == 200
    except DROPPED:
        return False


async def end(process: Process) -> None:
    assert process.returncode is None, f"the server had ended by itself, with {process.returncode}"
    process.send_signal(signal.SIGTERM)
    await process.wait()
