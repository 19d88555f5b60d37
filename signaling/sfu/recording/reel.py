"""One publisher's file while it grows: frames in, clusters out, and sound without a hole."""

import errno
import itertools
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from signaling.media import Kind
from signaling.sfu.recording import matroska, opus
from signaling.sfu.recording.manifest import File, TrackEntry
from signaling.sfu.recording.matroska import Block, Cue
from signaling.sfu.recording.picture import Picture

MOST_TRACKS = 6
CLUSTER_MS = 5000
CUE_MS = 5000
SILENCE_BEHIND_MS = 120
SOUND_AHEAD_MS = 40


class Reel:
    """A file that is open; times are milliseconds of the server's clock."""

    def __init__(self, folder: Path, zero: float) -> None:
        self.name = f"{secrets.token_hex(8)}.media"
        self.zero: Final = int(zero)
        self.tracks: list[TrackEntry] = []
        self.lost = 0
        self._descriptor = os.open(folder / self.name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        self._size = matroska.HEAD_SIZE
        self._pending: list[Block] = []
        self._cues: list[Cue] = []
        self._end = self._headed = 0
        self._sound_end = 0.0
        self._last: dict[int, int] = {}
        self._numbers: dict[tuple[str, str], int] = {}

    def entry(self, *, complete: bool = False) -> File:
        """What the manifest says of it."""
        kind = matroska.container(self.tracks)
        return File(self.name, kind, self.zero, self._end, self._size, tuple(self.tracks), self.lost, complete)

    def expect_sound(self, since: float) -> None:
        """There is to be sound, if only silence at first, from a time on."""
        if self._number("audio", "opus", Picture(b"", key=True)) and not self._sound_end:
            self._sound_end = max(0.0, since - self.zero)

    def add(self, kind: Kind, codec: str, at: float, picture: Picture) -> None:
        """Takes a frame; it is written with the next `flush` that its time falls into."""
        number = self._number(kind, codec, picture)
        if number is None:
            self.lost += 1
            return
        self._pending.append(Block(number, max(0, round(at - self.zero)), picture.data, picture.key))

    def _number(self, kind: Kind, codec: str, picture: Picture) -> int | None:
        """The track that frames of a codec stand in; none when there are too many, or it begins without a key frame."""
        known = self._numbers.get((kind, codec))
        if known is not None:
            return known
        ready = kind == "audio" or (picture.key and picture.width)
        if not ready or len(self.tracks) == MOST_TRACKS or len(picture.private) > matroska.MOST_PRIVATE:
            return None
        number = self._numbers[kind, codec] = len(self.tracks) + 1
        self.tracks.append(TrackEntry(number, kind, codec, picture.width, picture.height, picture.private))
        return number

    def flush(self, until: float, *, live: bool) -> None:
        """Writes what was taken up to a time; while its publisher is `live`, silence is written where nothing came.

        Raises:
            OSError: The disk is full or broken.
        """
        horizon = until - self.zero
        due = [block for block in self._pending if block.at <= horizon]
        self._pending = [block for block in self._pending if block.at > horizon]
        blocks = sorted(self._placed(sorted(due, key=_at), horizon if live else 0.0), key=_at)
        if len(self.tracks) != self._headed:
            self.head()
        for _, group in itertools.groupby(blocks, key=lambda block: block.at // CLUSTER_MS):
            self._write(list(group))

    def _placed(self, due: Iterable[Block], horizon: float) -> Iterator[Block]:
        sound = self._numbers.get(("audio", "opus"))
        for block in due:
            if block.track == sound:
                yield from self._sounded(block)
            else:
                at = self._last[block.track] = max(block.at, self._last.get(block.track, 0))
                yield block if at == block.at else Block(block.track, at, block.data, block.key)
        if sound is not None and horizon - self._sound_end > SILENCE_BEHIND_MS:
            yield from self._silence(sound, horizon)

    def _sounded(self, block: Block) -> Iterator[Block]:
        """Sound right behind the sound before it: silence where some is missing, and none where it is too much."""
        yield from self._silence(block.track, block.at)
        if self._sound_end - block.at <= SOUND_AHEAD_MS:
            yield Block(block.track, round(self._sound_end), block.data, block.key)
            self._sound_end += opus.milliseconds(block.data)

    def _silence(self, track: int, until: float) -> Iterator[Block]:
        begins = self._sound_end
        for at, packet in opus.silence(until - begins):
            yield Block(track, round(begins + at), packet, key=True)
            self._sound_end = begins + at + opus.milliseconds(packet)

    def _write(self, blocks: list[Block]) -> None:
        data = matroska.cluster(blocks)
        self._put(data, self._size)
        self._note_cue(blocks)
        self._size += len(data)
        self._end = max(self._end, blocks[-1].at, round(self._sound_end))

    def _put(self, data: bytes, at: int) -> None:
        if os.pwrite(self._descriptor, data, at) < len(data):
            os.ftruncate(self._descriptor, self._size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _note_cue(self, blocks: list[Block]) -> None:
        pictures = {track.number for track in self.tracks if track.kind == "video"}
        starts = next((block for block in blocks if block.key and block.track in pictures), None)
        if starts is None and not pictures:
            starts = blocks[0]
        if starts is not None and (not self._cues or starts.at - self._cues[-1].at >= CUE_MS):
            self._cues.append(Cue(starts.at, starts.track, self._size))

    def head(self) -> None:
        """Writes the head anew: tracks, and how long it is by now."""
        self._put(matroska.header(self.tracks, self._end), 0)
        self._headed = len(self.tracks)

    def finish(self) -> None:
        """Writes what is left, the index and the last head, and closes the file."""
        try:
            self.flush(float("inf"), live=False)
            end_file(self._descriptor, self._size, self.tracks, self._end, self._cues)
            self._size = os.fstat(self._descriptor).st_size
        finally:
            os.close(self._descriptor)

    def abandon(self) -> None:
        """Closes the file as it is."""
        os.close(self._descriptor)


def end_file(descriptor: int, size: int, tracks: list[TrackEntry], milliseconds: int, cues: list[Cue]) -> None:
    """Puts the index behind the clusters, and says so in the head."""
    index = matroska.cues(cues, matroska.segment_start(tracks)) if cues else b""
    os.pwrite(descriptor, index, size)
    os.ftruncate(descriptor, size + len(index))
    ending = matroska.Ending(size + len(index), size if cues else 0)
    os.pwrite(descriptor, matroska.header(tracks, milliseconds, ending), 0)


def _at(block: Block) -> int:
    return block.at
