"""The front door of the live lesson: what the application builds, mounts and asks."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from aiohttp import web

from signaling import whip
from signaling.dispatcher import OnEvent
from signaling.hub import Admit, Hub, MediaFactory, Snapshot
from signaling.leases import Alone, Leases
from signaling.measures import Measures
from signaling.media import Figures, WorkerState
from signaling.model import (
    Archive,
    Attendance,
    ConsentAnswer,
    LiveSettings,
    RecordingAction,
    RecordingOrder,
    RecordingOver,
    RecordingWish,
    Refusal,
)
from signaling.probes import Probes
from signaling.signal_strength import Strength
from signaling.whip import AdmitBearer
from signaling.ws import Door
from vclass.core.clock import Clock

logger: Final = logging.getLogger(__name__)

TICK_SECONDS: Final = 1.0


def unheard(_event: Attendance) -> None:
    """The sink of an installation that keeps no attendance."""


class NoArchive:
    """The archive of an installation that records nothing."""

    async def direct(self, _wish: RecordingWish) -> RecordingOrder | None:
        raise Refusal("recording_refused", "Nothing is recorded on this server.", cause="server")

    async def consent(self, _answer: ConsentAnswer) -> None:
        """Never asked: nothing is recorded."""

    def over(self, _over: RecordingOver) -> None:
        """Likewise."""


class Live:
    """All live lessons of one process.

    `media` makes the media plane for a sink of its events; `admit` says what a ticket stands for, and takes
    it; `on_event` hears who came and went; `leases` knows which of several servers carries which lesson;
    `archive` says what may be recorded, and keeps what was.
    """

    def __init__(
        self,
        *,
        media: MediaFactory,
        admit: Admit,
        settings: LiveSettings,
        clock: Clock,
        on_event: OnEvent = unheard,
        leases: Leases | None = None,
        archive: Archive | None = None,
    ) -> None:
        self._hub = Hub(
            media=media,
            admit=admit,
            settings=settings,
            clock=clock,
            on_event=on_event,
            leases=leases or Alone(),
            archive=archive or NoArchive(),
        )
        self._door = Door(self._hub)
        self._probes = Probes(self._hub.media)

    def app(self) -> web.Application:
        """The sub-application, to be mounted at `/live`; it opens and closes the media plane."""
        app = web.Application()
        app.router.add_get("/{lesson}/ws", self._door.handle, name="live")
        app.cleanup_ctx.append(self._running)
        app.on_shutdown.append(self._shut)
        return app

    def streams(self, admit: AdmitBearer) -> list[web.RouteDef]:
        """The routes of encoders and players, to be added to the application itself: `/whip` and `/whep`."""
        streams: dict[str, whip.Stream] = {}
        doors = [whip.Door(self._hub, "whip", admit, streams), whip.Door(self._hub, "whep", admit, streams)]
        return [route for door in doors for route in door.routes()]

    async def probe(self, sdp: str) -> str:
        """Answers the offer of a connection that only finds out whether it can be.

        Raises:
            Refusal: It can't be taken, or not now.
        """
        return await self._probes.answer(sdp)

    def warm(self) -> None:
        """Somebody is at an open door: what the first one in would wait for is made ready meanwhile."""
        self._hub.media.warm()

    def revoke(self, identity: str) -> None:
        """Ends the visits of an attendee whose admission was withdrawn, at once."""
        self._hub.revoke(identity)

    def end(self, lesson: str) -> None:
        """Closes a lesson that is over or was cancelled, with everybody in it."""
        self._hub.end(lesson)

    def snapshot(self, lesson: str) -> Snapshot | None:
        """Who is in a lesson now; none when nobody is."""
        return self._hub.snapshot(lesson)

    def lessons(self) -> tuple[str, ...]:
        """The ids of the lessons that somebody is in."""
        return self._hub.lessons()

    def seats(self) -> Counter[Strength]:
        """How many seats are taken, by how well their sound and picture come up; who may still come back counts."""
        return self._hub.seats()

    def measures(self) -> Measures:
        """What pages have reported of their connections."""
        return self._hub.measures

    def recordings(self) -> tuple[str, ...]:
        """The ids of the recordings that run."""
        return self._hub.recordings()

    def check_recording(self, lesson: str, action: RecordingAction) -> str:
        """The recording that an action is about, empty for a start.

        Raises:
            Refusal: Nobody is in the lesson, or its recording is in no state for that.
        """
        return self._hub.check_recording(lesson, action)

    def record(self, lesson: str, order: RecordingOrder) -> None:
        """Begins to record a lesson that somebody is in; everybody is asked."""
        self._hub.record(lesson, order)

    def change_recording(self, lesson: str, action: RecordingAction, recording: str) -> None:
        """Pauses, resumes or stops a recording."""
        self._hub.change_recording(lesson, action, recording)

    def figures(self) -> Figures:
        """Counters of the media plane, summed over its workers."""
        return self._hub.media.figures()

    def workers(self) -> tuple[WorkerState, ...]:
        """The processes that carry media; none where this one does."""
        return self._hub.media.workers()

    async def _running(self, _app: web.Application) -> AsyncIterator[None]:
        await self._hub.media.open()
        ticking = [asyncio.create_task(_every_second(each)) for each in (self._hub.tick, self._hub.keep_leases)]
        yield
        for task in ticking:
            task.cancel()
        await asyncio.gather(*ticking, return_exceptions=True)
        self._probes.close()
        await self._hub.media.close()

    async def _shut(self, _app: web.Application) -> None:
        """Tells everybody to come again, here or at another server; the database is there still."""
        self._door.close_all()
        try:
            await self._hub.give_up()
        except Exception:  # they run out by themselves
            logger.exception("x leases")


async def _every_second(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        try:
            await work()
        except Exception:  # the next second is another chance
            logger.exception("x tick")
