"""One publisher while they are recorded: their sources on the way into their file, and what the manifest says of it."""

from dataclasses import dataclass, field
from pathlib import Path

from signaling.media import Kind, Take
from signaling.sfu.recording.clock import SenderClock, SourceClock, Told
from signaling.sfu.recording.line import Frame, Line
from signaling.sfu.recording.manifest import Mute, Publisher, Span
from signaling.sfu.recording.reel import Reel

SETTLE_SECONDS = 1.0
"""So long a frame waits for others that belong before it; a source's own order waits less."""
MOST_HELD = 4096


@dataclass(frozen=True, slots=True)
class Catch:
    """What one source sent since the last look; `lost` packets found no room."""

    take: Take
    peer: str
    ssrc: int
    kind: Kind
    rate: int
    codecs: dict[int, str]
    drips: bytes
    lost: int
    muted: bool
    told: Told | None = None


@dataclass(slots=True)
class _Source:
    """A line with its clock; frames wait in `held` until it is known when they were taken."""

    line: Line
    clock: SourceClock
    muted: bool = False
    held: list[Frame] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Timed:
    """A frame and when it was taken, by the server's monotonic clock."""

    kind: Kind
    frame: Frame
    at: float


class Roll:
    """Lines, a file, and notes for the manifest. Times within are seconds of the monotonic clock."""

    def __init__(self, folder: Path, take: Take, since_epoch: float) -> None:
        self.changed = True
        self.take = take
        self._folder, self._since_epoch = folder, since_epoch
        self._senders: dict[str, SenderClock] = {}
        self._sources: dict[tuple[str, int], _Source] = {}
        self._reel: Reel | None = None
        self._spans: list[Span] = []
        self._muted: dict[Kind, Mute] = {}
        self._past_mutes: list[Mute] = []
        self._complete = False

    def feed(self, catch: Catch, now: float) -> bool:
        """Takes what a source sent; says whether it needs a key frame."""
        source = self._source(catch)
        if catch.told is not None:
            source.clock.tell(catch.told, source.line.reader.ticks(catch.told.timestamp))
        if source.muted and not catch.muted:
            source.line.restart()
        source.muted = catch.muted
        source.held.extend(source.line.feed(catch.drips, now))
        del source.held[:-MOST_HELD]
        return source.line.thirsty and not catch.muted

    def _source(self, catch: Catch) -> _Source:
        key = catch.peer, catch.ssrc
        if key not in self._sources:
            sender = self._senders.setdefault(catch.peer, SenderClock())
            self._sources[key] = _Source(Line(catch.kind, catch.codecs), SourceClock(catch.rate, sender))
        return self._sources[key]

    def write(self, present: set[tuple[str, int]], now: float) -> None:
        """Writes what is due; of those who aren't present any more, all that is left.

        Raises:
            OSError: The disk is full or broken.
        """
        timed = [each for key in self._sources.keys() - present for each in self._last(key)]
        timed += [each for source in self._sources.values() for each in self._timed(source, now)]
        if timed:
            self._expose(timed)
        self._note(present=bool(present), at=self._milliseconds(now))
        if self._reel is not None and not any(source.held for source in self._sources.values()):
            self._reel.flush(self._milliseconds(now - SETTLE_SECONDS), live=bool(present))

    def close(self, now: float) -> None:
        """Writes all that is left, and ends the file in order.

        Raises:
            OSError: The disk is full or broken.
        """
        self.write(set(), now)
        self.changed = True
        if self._reel is not None:
            self._reel.finish()
            self._complete = True

    def abandon(self) -> None:
        """Leaves the file as it is."""
        if self._reel is not None:
            self._reel.abandon()

    def look(self) -> None:
        """Writes into the file how long it is by now."""
        if self._reel is not None:
            self._reel.head()

    def publisher(self) -> Publisher:
        """What the manifest says."""
        files = () if self._reel is None else (self._reel.entry(complete=self._complete),)
        mutes = (*self._past_mutes, *self._muted.values())
        return Publisher(self.take.publisher, self.take.name, self.take.consent, tuple(self._spans), mutes, files)

    def _last(self, key: tuple[str, int]) -> list[_Timed]:
        source = self._sources.pop(key)
        source.held.extend(source.line.feed(b"", float("inf")))
        return self._timed(source, float("inf"))

    def _timed(self, source: _Source, now: float) -> list[_Timed]:
        """The frames of which it is known by now when they were taken."""
        found: list[_Timed] = []
        for frame in source.held:
            at = source.clock.time(frame.ticks, frame.at, now)
            if at is None:
                break
            found.append(_Timed(source.line.kind, frame, at))
        del source.held[: len(found)]
        return found

    def _expose(self, timed: list[_Timed]) -> None:
        since = self._milliseconds(min(each.at for each in timed))
        if self._reel is None:
            self._reel = Reel(self._folder, since)
        reel, tracks = self._reel, len(self._reel.tracks)
        if any(source.line.kind == "audio" for source in self._sources.values()):
            reel.expect_sound(since)
        for each in timed:
            reel.add(each.kind, each.frame.codec, self._milliseconds(each.at), each.frame.picture)
        self.changed |= len(reel.tracks) != tracks

    def _note(self, *, present: bool, at: int) -> None:
        """Notes who comes and goes, and what is muted."""
        recorded = bool(self._spans) and self._spans[-1].ends is None
        if present and not recorded:
            self._spans.append(Span(at))
        if recorded and not present:
            self._spans[-1] = Span(self._spans[-1].starts, at)
        muted = {source.line.kind for source in self._sources.values() if source.muted}
        for begun in muted - self._muted.keys():
            self._muted[begun] = Mute(begun, at)
        for over in self._muted.keys() - muted:
            self._past_mutes.append(Mute(over, self._muted.pop(over).starts, at))

    def _milliseconds(self, at: float) -> int:
        return round(1000 * (at + self._since_epoch))
