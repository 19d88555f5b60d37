"""Recordings from their start to their end: the archive of the live lessons, and what becomes of files."""

import asyncio
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from aiohttp import web

from schedules import Lesson, visible_lesson
from signaling import ConsentAnswer, Live, RecordingAction, RecordingOrder, RecordingOver, RecordingWish
from signaling import Refusal as LiveRefusal
from signaling.sfu.recording import Manifest, manifest, seal
from vclass.core import refusals
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.keys import Actor
from vclass.core.zones import Instant
from vclass.recordings import joining, service, store
from vclass.recordings.model import NOTICE_VERSION, RecordingStateError

logger: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Keeper:
    """Implements `signaling.Archive`: says what may be recorded, and keeps what was.

    `live` is set once there are live lessons, which ask it.
    """

    database: Database
    clock: Clock
    folder: Path
    days: int
    live: Live | None = None
    over_now: dict[str, str] = field(default_factory=dict)

    # -- what the live lesson asks

    async def direct(self, wish: RecordingWish) -> RecordingOrder | None:
        """Notes what the host wants; gives the order when it is a start.

        Raises:
            Refusal: Of `signaling`: it may not be.
        """
        if wish.action != "start":
            return None
        try:
            return self._order(await self.database.write(_begin, wish.lesson, self.clock(), self.days))
        except refusals.Refusal as refusal:
            raise LiveRefusal("recording_refused", refusal.sentence, cause=refusal.slug) from None

    async def consent(self, answer: ConsentAnswer) -> None:
        """Keeps an answer.

        Raises:
            Refusal: Of `signaling`: the recording is gone.
        """
        try:
            await self.database.write(service.answer, answer, self.clock())
        except refusals.Refusal as refusal:
            raise LiveRefusal("recording_refused", refusal.sentence, cause=refusal.slug) from None

    def over(self, over: RecordingOver) -> None:
        """Hears that a recording's files are closed; the next `settle` does the rest."""
        self.over_now[over.recording] = over.failure

    # -- what people ask over HTTP

    async def begin(self, actor: Actor, lesson_id: str) -> str:
        """Records a lesson that somebody is in; gives the recording's id.

        Raises:
            RecordingStateError: Nobody is there, or it is recorded already.
        """
        lesson = await self.database.read(visible_lesson, actor, lesson_id, "recordings.direct")
        self._check(lesson, "start")
        order = self._order(await self.database.write(_begin, lesson_id, self.clock(), self.days))
        assert self.live is not None
        self.live.record(lesson_id, order)
        return order.id

    async def change(self, actor: Actor, recording: str, action: RecordingAction) -> None:
        """Pauses, resumes or stops a recording.

        Raises:
            RecordingStateError: It is in no state for that.
        """
        lesson, _ = await self.database.read(service.recording_for, actor, recording, "recordings.direct")
        if self._check(lesson, action) != recording:
            raise RecordingStateError("That recording is over.")
        assert self.live is not None
        self.live.change_recording(lesson.public_id, action, recording)

    def _check(self, lesson: Lesson, action: RecordingAction) -> str:
        assert self.live is not None
        try:
            return self.live.check_recording(lesson.public_id, action)
        except LiveRefusal as refusal:
            raise RecordingStateError(refusal.sentence) from None

    def _order(self, public_id: str) -> RecordingOrder:
        return RecordingOrder(public_id, str(self.home(public_id)), NOTICE_VERSION)

    # -- files

    def home(self, public_id: str) -> Path:
        """A recording's folder; the id is ours, of letters and digits."""
        return self.folder.resolve() / public_id

    async def manifest(self, public_id: str) -> Manifest | None:
        """What a recording consists of; none while it is made, or when nobody agreed to be in it."""
        return await asyncio.to_thread(_manifest, self.home(public_id) / manifest.NAME)

    # -- what the clockwork asks

    async def settle(self) -> None:
        """Ends in the tables what is over, and takes up what a killed process left; to be called every few seconds."""
        assert self.live is not None
        now, running = self.clock(), self.live.recordings()
        if running:
            await self.database.write(store.keep_alive, running, now)
        orphans = await self.database.read(store.orphaned, now)
        for public_id in {*self.over_now, *(set(orphans) - set(running))}:
            await self._close(public_id, self.over_now.get(public_id, ""))
            self.over_now.pop(public_id, None)

    async def _close(self, public_id: str, failure: str) -> None:
        sealed = await asyncio.to_thread(_sealed, self.home(public_id))
        await self.database.write(_closed, public_id, sealed, failure, self.clock())
        logger.info("recording closed", extra={"recording": public_id, "failure": failure})

    async def purge(self) -> None:
        """Deletes what was kept long enough, and the files of what was deleted (rule K1)."""
        await self.database.write(store.expire, self.clock())
        for public_id in await self.database.read(store.deleted):
            await asyncio.to_thread(_remove, self.home(public_id))
            await self.database.write(store.remove, public_id)

    async def join_due(self) -> None:
        """Makes one joined view, if one is wanted."""
        public_id = await self.database.write(store.lease_join, self.clock())
        if public_id is not None:
            await joining.join(self.home(public_id), lambda percent: self._progressed(public_id, percent))
            await self._joined(public_id)

    async def _progressed(self, public_id: str, percent: int) -> bool:
        return await self.database.write(store.progress, public_id, percent, self.clock())

    async def _joined(self, public_id: str) -> None:
        made = await asyncio.to_thread((self.home(public_id) / joining.NAME).exists)
        state = "ready" if made else "due"
        await self.database.write(_change, public_id, {"joined": state, "locked_until": None})


def _begin(connection: sa.Connection, lesson_id: str, now: Instant, days: int) -> str:
    return service.begin(connection, service.lesson_by_id(connection, lesson_id), now, days)


def _change(connection: sa.Connection, public_id: str, values: dict[str, object]) -> None:
    store.change(connection, public_id, **values)


def _closed(connection: sa.Connection, public_id: str, sealed: Manifest | None, failure: str, now: Instant) -> None:
    files = [] if sealed is None else [file for each in sealed.publishers for file in each.files]
    ends = max((file.starts + file.milliseconds for file in files), default=0)
    begins = min((file.starts for file in files), default=0)
    values = {
        "state": "failed" if failure and not files else "ready",
        "failure": failure,
        "ended_at": now,
        "seconds": (ends - begins) // 1000,
        "octets": sum(file.octets for file in files),
    }
    store.change(connection, public_id, **values)


def _sealed(folder: Path) -> Manifest | None:
    return seal(folder) if folder.is_dir() else None


def _manifest(path: Path) -> Manifest | None:
    return manifest.read(path) if path.exists() else None


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)


KEEPER = web.AppKey("keeper", Keeper)
