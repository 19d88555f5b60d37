"""Workers as on other machines: processes of their own, reached over TCP with a secret."""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from config import ConfigurationError
from signaling.media import Answer, Event, RoomId
from signaling.workers import Care, Outpost, Place, RemoteMeans, Supervisor, worker
from signaling.workers.remote import introduce
from tests.mail_server import free_port
from tests.processes import COMMAND, ROOT
from tests.signaling.sfu.clients import until
from tests.signaling.workers.conftest import SETTINGS, Crew

SECRET = "a secret of two machines"
QUICK = Care(beat=0.05, silence=1.0, calm=0.1, goodbye=2.0)


@dataclass(frozen=True, slots=True)
class Machine:
    """Another machine, as far as a process can be one."""

    process: Process
    port: int

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"


Start: TypeAlias = Callable[[], Awaitable[Machine]]
Command: TypeAlias = Callable[..., Awaitable[Crew]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    machines: list[Machine] = []

    async def started() -> Machine:
        config = tmp_path / "worker.toml"
        media = 'udp_port = 0\nannounced_addresses = ["127.0.0.1"]\nworker_listen = "127.0.0.1:0"'
        config.write_text(f'[media]\n{media}\nworker_secret = "{SECRET}"\n', "utf-8")
        command = (sys.executable, "-c", COMMAND, "worker", "--config", str(config))
        process = await asyncio.create_subprocess_exec(
            *command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=PIPE
        )
        assert process.stderr is not None
        found = None
        while found is None:
            found = re.search(rb'"port": (\d+)', await process.stderr.readline())
        machines.append(Machine(process, int(found[1])))
        return machines[-1]

    yield started
    for machine in machines:
        if machine.process.returncode is None:
            machine.process.kill()
        await machine.process.communicate()


@pytest.fixture
async def command() -> AsyncIterator[Command]:
    """Opens a supervisor of workers at those places."""
    crews: list[Crew] = []

    async def opened(*places: str, secret: str = SECRET) -> Crew:
        events: list[Event] = []
        crew = Crew(Supervisor([RemoteMeans(place, secret) for place in places], events.append, QUICK), events)
        crews.append(crew)
        await crew.supervisor.open()
        return crew

    yield opened
    for crew in crews:
        await crew.supervisor.close()


async def test_a_worker_of_another_machine_carries_rooms(start: Start, command: Command) -> None:
    crew = await command((await start()).place)
    assert isinstance(await crew.join("a"), Answer)
    await until(lambda: crew.supervisor.figures().peers == 1)


async def test_a_room_moves_from_a_machine_that_is_lost_to_another(start: Start, command: Command) -> None:
    machines = [await start(), await start()]
    crew = await command(*(machine.place for machine in machines))
    await crew.join("a")
    lost = next(machine for machine in machines if machine.place == crew.home())
    lost.process.kill()
    await until(lambda: crew.moved)
    assert isinstance(await crew.join("a2"), Answer)
    assert (crew.moved, crew.home() != lost.place) == ([RoomId("r")], True)


async def test_the_next_server_finds_the_worker_that_the_first_has_left(start: Start, command: Command) -> None:
    machine = await start()
    first = await command(machine.place)
    await first.join("a")
    await first.supervisor.close()
    second = await command(machine.place)
    assert isinstance(await second.join("a"), Answer)
    await until(lambda: second.supervisor.figures().peers == 1)


async def test_a_worker_that_is_told_to_end_gives_its_rooms_away_and_ends(start: Start, command: Command) -> None:
    machine = await start()
    crew = await command(machine.place)
    await crew.join("a")
    machine.process.send_signal(signal.SIGTERM)
    await until(lambda: crew.moved)
    assert await machine.process.wait() == 0


async def test_a_wrong_secret_opens_nothing_and_the_server_starts_without_the_worker(
    start: Start, command: Command, caplog: pytest.LogCaptureFixture
) -> None:
    crew = await command((await start()).place, secret="another secret of theirs")
    assert [each.phase for each in crew.supervisor.workers()] == ["down"]
    assert "worker_secret" in caplog.text


async def test_a_machine_that_is_not_there_is_told_of_and_leaves_nothing_unasked(
    command: Command, caplog: pytest.LogCaptureFixture
) -> None:
    crew = await command(f"127.0.0.1:{free_port()}")
    await until(lambda: crew.supervisor.workers()[0].restarts > 1)
    assert "can't start" in caplog.text
    assert "never retrieved" not in caplog.text


async def test_a_stranger_at_the_door_does_not_keep_the_server_out(start: Start, command: Command) -> None:
    machine = await start()
    with socket.create_connection(("127.0.0.1", machine.port)) as stranger:
        stranger.sendall(bytes(64))
        assert (await command(machine.place)).supervisor.workers()[0].phase == "up"


async def test_a_supervisor_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SILENCE_SECONDS", 0.2)
    loop = asyncio.get_running_loop()
    port: asyncio.Future[int] = loop.create_future()
    outpost = Outpost(SETTINGS, Place("127.0.0.1", 0, SECRET))
    async with asyncio.TaskGroup() as group:
        group.create_task(outpost.run(port.set_result))
        with socket.create_connection(("127.0.0.1", await port)) as supervisor:
            supervisor.setblocking(False)
            await introduce(supervisor, SECRET)
            async with asyncio.timeout(20):
                while await loop.sock_recv(supervisor, 4096):
                    pass
        outpost.end()


@pytest.mark.parametrize(("place", "secret"), [("here", SECRET), ("host:", SECRET), ("host:7443", "short")])
def test_a_place_that_is_none_and_a_short_secret_are_refused_in_words(place: str, secret: str) -> None:
    with pytest.raises(ConfigurationError, match=r"HOST:PORT|longer"):
        Place.of(place, secret)
