"""Whom the SFU records: taps the sources of those who agreed, and hands what they give to the studio's thread.

The loop only fetches; packets are read, and files written, elsewhere. When the disk is too slow, the taps fill up, and
what finds no room there is missing from the file.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from signaling import media
from signaling.media import PeerId, RoomId, Sink, Take
from signaling.sfu.engine.base import Stream
from signaling.sfu.host import Tasks
from signaling.sfu.layers import BEST, Layer
from signaling.sfu.peer import Peer
from signaling.sfu.recording.clock import Told
from signaling.sfu.recording.roll import Catch
from signaling.sfu.recording.studio import Outcome, Scene, Studio

logger = logging.getLogger(__name__)

COLLECT_SECONDS = 0.5
ROOM = {"audio": 256 << 10, "video": 4 << 20}
"""How many octets a tap holds: some seconds of what a browser sends."""
CLOSING_SECONDS = 5.0


@dataclass(slots=True)
class _Cast:
    """A peer that is recorded, and the streams that are tapped, by source."""

    peer: Peer
    take: Take
    taps: dict[int, tuple[Layer, Stream]] = field(default_factory=dict)


@dataclass(slots=True)
class _Recording:
    room: RoomId
    folder: str
    leftovers: list[Catch] = field(default_factory=list)


class Recorder:
    """The recordings of one SFU."""

    def __init__(self, sink: Sink, tasks: Tasks) -> None:
        self._sink, self._tasks = sink, tasks
        self._cast: dict[PeerId, _Cast] = {}
        self._running: dict[str, _Recording] = {}
        self._studio = Studio()
        self._pool = ThreadPoolExecutor(1, "recording")
        self._work: asyncio.Task[None] | None = None
        self._ending: list[Scene] = []
        self._collect_at = 0.0
        self._closing = False
        self.lost = 0

    @property
    def running(self) -> int:
        """How many recordings there are."""
        return len(self._running)

    @property
    def recorded(self) -> int:
        """How many peers are recorded."""
        return len(self._cast)

    def record(self, peer: Peer, take: Take | None) -> None:
        """Records a peer from now on, or not any more."""
        self.forget(peer)
        if take is None:
            return
        if take.recording not in self._running:
            self._running[take.recording] = _Recording(peer.room, take.folder)
            logger.info("- recording=%s room=%s", take.recording, peer.room)
        cast = self._cast[peer.id] = _Cast(peer, take)
        self._tap(cast)

    def forget(self, peer: Peer) -> None:
        """Records a peer no more; what it sent until now is kept."""
        cast = self._cast.pop(peer.id, None)
        if cast is not None:
            self._running[cast.take.recording].leftovers += self._catches(cast)
            for layer, stream in cast.taps.values():
                _untap(layer, stream)

    def end(self, recording: str) -> None:
        """Ends a recording: its files are closed in order, and an event tells when that is done."""
        known = self._running.get(recording)
        if known is None:
            self._sink(media.Recorded(recording))
            return
        for cast in [each for each in self._cast.values() if each.take.recording == recording]:
            self.forget(cast.peer)
        del self._running[recording]
        self._ending.append(Scene(recording, known.room, known.folder, tuple(known.leftovers), last=True))
        self._hand_over(time.monotonic(), [])

    def end_room(self, room: RoomId) -> None:
        """Ends the recordings of a room."""
        for recording in [name for name, each in self._running.items() if each.room == room]:
            self.end(recording)

    def collect(self, now: float) -> None:
        """Hands on what the taps hold, when it is time and the last batch is done with."""
        if now >= self._collect_at and (self._running or self._ending):
            self._collect_at = now + COLLECT_SECONDS
            self._hand_over(now, list(self._running))

    async def close(self) -> None:
        """Closes all files, and waits for them for some seconds; the recordings may go on elsewhere."""
        self._closing = True
        for recording in list(self._running):
            self.end(recording)
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                while self._work is not None:
                    await asyncio.wait([self._work])
        except TimeoutError:
            logger.error("x recordings are not written in time")  # noqa: TRY400 - there is no more to tell
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _hand_over(self, now: float, recordings: list[str]) -> None:
        if self._work is not None:
            return
        scenes = [self._scene(recording) for recording in recordings] + self._ending
        self._ending = []
        if scenes:
            self._work = self._tasks.spawn(self._shoot(scenes, now))

    async def _shoot(self, scenes: list[Scene], now: float) -> None:
        try:
            outcome = await asyncio.get_running_loop().run_in_executor(self._pool, self._studio.work, scenes, now)
            self._take(outcome)
        finally:
            self._work = None
            if self._ending:
                self._hand_over(time.monotonic(), [])

    def _take(self, outcome: Outcome) -> None:
        for cast in self._cast.values():
            for ssrc, (layer, _) in cast.taps.items():
                layer.key_frame_wanted |= ssrc in outcome.thirsty
        for recording in () if self._closing else outcome.ended:
            self._sink(media.Recorded(recording))
        for recording, reason in outcome.failed.items():
            self._drop(recording)
            logger.error("x recording=%s %s", recording, reason)
            self._sink(media.Recorded(recording, reason))

    def _drop(self, recording: str) -> None:
        for cast in [each for each in self._cast.values() if each.take.recording == recording]:
            self.forget(cast.peer)
        self._running.pop(recording, None)

    def _scene(self, recording: str) -> Scene:
        known = self._running[recording]
        leftovers, known.leftovers = known.leftovers, []
        casts = [each for each in self._cast.values() if each.take.recording == recording]
        catches = (catch for cast in casts for catch in self._collected(cast))
        return Scene(recording, known.room, known.folder, (*leftovers, *catches))

    def _collected(self, cast: _Cast) -> list[Catch]:
        found = self._catches(cast)
        self._tap(cast)
        return found

    def _catches(self, cast: _Cast) -> list[Catch]:
        return [self._catch(cast, ssrc, layer, stream) for ssrc, (layer, stream) in cast.taps.items()]

    def _catch(self, cast: _Cast, ssrc: int, layer: Layer, stream: Stream) -> Catch:
        track = layer.track
        drips, lost = stream.tapped()
        self.lost += lost
        codecs = {number: form.codec for number, form in track.formats.items()}
        told = _told(layer) if layer.ssrc == ssrc else None
        return Catch(cast.take, cast.peer.id, ssrc, track.kind, track.clock, codecs, drips, lost, track.muted, told)

    def _tap(self, cast: _Cast) -> None:
        """Taps what is new, and leaves what is gone."""
        wanted = dict(_sources(cast.peer))
        for ssrc in [ssrc for ssrc, tap in cast.taps.items() if wanted.get(ssrc) != tap]:
            _untap(*cast.taps.pop(ssrc))
        for ssrc, (layer, stream) in wanted.items():
            if ssrc not in cast.taps:
                cast.taps[ssrc] = layer, stream
                stream.tap(ROOM[layer.track.kind])
                layer.recorded = layer.key_frame_wanted = layer.key_frame_urgent = True


def _untap(layer: Layer, stream: Stream) -> None:
    stream.untap()
    layer.recorded = False


def _sources(peer: Peer) -> Iterator[tuple[int, tuple[Layer, Stream]]]:
    """The best encoding of each track that flows."""
    for track in peer.tracks.values():
        layer = track.nearest(BEST)
        if layer.ssrc is not None and layer.stream is not None:
            yield layer.ssrc, (layer, layer.stream)


def _told(layer: Layer) -> Told | None:
    """What the source's last sender report said."""
    reception = layer.reception
    if reception is None or reception.told is None:
        return None
    report, at = reception.told
    return Told(report.ntp, report.timestamp, at)
