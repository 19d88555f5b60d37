"""Real worker processes, and a school whose lessons live on them."""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias, cast

import pytest

from signaling.media import Answer, Event, Moved, Offer, PeerId, Refused, RoomId, Sink, WorkerState
from signaling.sfu import SfuSettings
from signaling.workers import Care, Supervisor, local_means
from signaling.workers.processes import ProcessBody
from tests.signaling.conftest import OFFER, OpenSchool, School
from tests.signaling.sfu.clients import until

SETTINGS = SfuSettings(udp_port=0, announced_addresses=("127.0.0.1",), engine="plain")


@dataclass
class Crew:
    """A supervisor with its workers, and what it told."""

    supervisor: Supervisor
    events: list[Event] = field(default_factory=list)

    def pid(self, name: str) -> int:
        return cast("ProcessBody", self.supervisor._handles[name]._body)._process.pid

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.pid(name), number)

    def state(self, name: str) -> WorkerState:
        return next(each for each in self.supervisor.workers() if each.name == name)

    @property
    def moved(self) -> list[RoomId]:
        return [each.room for each in self.events if isinstance(each, Moved)]

    async def join(self, peer: str, room: str = "r") -> Answer | Refused:
        """A browser's offer, and what becomes of it."""
        return await self.supervisor.negotiate(Offer(PeerId(peer), RoomId(room), OFFER))

    async def up(self, name: str, restarts: int) -> None:
        """Waits until a worker is up again."""
        await until(lambda: self.state(name).phase == "up" and self.state(name).restarts == restarts)

    def home(self, room: str = "r") -> str:
        """The worker on which a room lives."""
        return next(
            each.name for each in self.supervisor.workers() if self.supervisor._ledger.home(RoomId(room)) == each.name
        )


OpenCrew: TypeAlias = Callable[..., Awaitable[Crew]]


@pytest.fixture
async def open_crew() -> AsyncIterator[OpenCrew]:
    """Opens crews and sees to it that no process outlives the test."""
    crews: list[Crew] = []

    async def opened(count: int = 2, care: Care | None = None, settings: SfuSettings = SETTINGS) -> Crew:
        events: list[Event] = []
        crew = Crew(Supervisor(local_means(settings, count), events.append, care), events)
        crews.append(crew)
        await crew.supervisor.open()
        return crew

    yield opened
    for crew in crews:
        await crew.supervisor.close()


@pytest.fixture
async def crew(open_crew: OpenCrew) -> Crew:
    """Two workers."""
    return await open_crew()


@dataclass
class StaffedSchool:
    """A school, and the workers that carry its lessons."""

    school: School
    crew: Crew


@pytest.fixture
async def staffed(open_school: OpenSchool) -> StaffedSchool:
    crews: list[Crew] = []

    def media(sink: Sink) -> Supervisor:
        events: list[Event] = []

        def told(event: Event) -> None:
            events.append(event)
            sink(event)

        crews.append(Crew(Supervisor(local_means(SETTINGS, 2), told), events))
        return crews[0].supervisor

    return StaffedSchool(await open_school(media), crews[0])
