"""Closes what a process left open that was killed, and makes one manifest of what several wrote."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from signaling.sfu.recording import manifest, matroska
from signaling.sfu.recording.ebml import read_header
from signaling.sfu.recording.manifest import File, Manifest, Publisher
from signaling.sfu.recording.matroska import KEY, Cue
from signaling.sfu.recording.reel import CUE_MS, end_file

logger = logging.getLogger(__name__)


def seal(folder: Path) -> Manifest | None:
    """Closes every file of a recording that nobody writes any more; none when nothing was recorded.

    It may be done again, and goes on where it was interrupted.
    """
    parts = sorted(folder.glob("*" + manifest.PART))
    known = [folder / manifest.NAME] if (folder / manifest.NAME).exists() else []
    read = [part for path in (*known, *parts) if (part := _read(path)) is not None]
    if not read:
        return None
    whole = manifest.joined(read)
    mended = msgspec.structs.replace(
        whole,
        ends=whole.ends or _last(whole),
        publishers=tuple(_mended(folder, publisher) for publisher in whole.publishers),
    )
    manifest.write(folder / manifest.NAME, mended)
    for path in parts:
        path.unlink()
    return mended


def _read(path: Path) -> Manifest | None:
    try:
        return manifest.read(path)
    except msgspec.DecodeError:
        logger.warning("x manifest unreadable path=%s", path)
        return None


def _last(whole: Manifest) -> int:
    ends = [file.starts + file.milliseconds for publisher in whole.publishers for file in publisher.files]
    return max(ends, default=whole.starts)


def _mended(folder: Path, publisher: Publisher) -> Publisher:
    files = tuple(file if file.complete else mend(folder, file) for file in publisher.files)
    last = max((file.starts + file.milliseconds for file in files), default=0)
    spans = tuple(span if span.ends else msgspec.structs.replace(span, ends=last) for span in publisher.spans)
    mutes = tuple(mute if mute.ends else msgspec.structs.replace(mute, ends=last) for mute in publisher.mutes)
    return msgspec.structs.replace(publisher, files=files, spans=spans, mutes=mutes)


def mend(folder: Path, file: File) -> File:
    """Cuts a file behind its last whole cluster, and gives it an index and its duration."""
    descriptor = os.open(folder / file.name, os.O_RDWR | os.O_NOFOLLOW)
    try:
        pictures = {track.number for track in file.tracks if track.kind == "video"}
        size, end, cues = _survey(folder / file.name, pictures)
        end_file(descriptor, size, list(file.tracks), end, cues)
        octets = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    return msgspec.structs.replace(file, milliseconds=end, octets=octets, complete=True)


def _survey(path: Path, pictures: set[int]) -> tuple[int, int, list[Cue]]:
    """Where the last whole cluster ends, when, and where one may start to play."""
    size, end = matroska.HEAD_SIZE, 0
    cues: list[Cue] = []
    with path.open("rb") as stream:
        for start, body in _clusters(stream.fileno()):
            blocks = list(_blocks(body))
            size = start + len(body)
            end = max([end, *(at for at, _, _ in blocks)])
            starts = [(at, track) for at, track, key in blocks if key and (track in pictures or not pictures)]
            if starts and (not cues or starts[0][0] - cues[-1].at >= CUE_MS):
                cues.append(Cue(*starts[0], start))
    return size, end, cues


def _clusters(descriptor: int) -> Iterator[tuple[int, bytes]]:
    """Each whole cluster: where it starts, and all of it."""
    at, total = matroska.HEAD_SIZE, os.fstat(descriptor).st_size
    while at < total:
        head = os.pread(descriptor, 12, at)
        if not head.startswith(matroska.CLUSTER):
            return
        length = _length(head)
        if length is None or at + length > total:
            return
        yield at, os.pread(descriptor, length, at)
        at += length


def _length(head: bytes) -> int | None:
    """How long an element is with its header, of which these are the first octets."""
    width = 9 - head[4].bit_length() if len(head) > 4 else 9  # noqa: PLR2004 - an identifier of four octets
    if width > 8 or len(head) < 4 + width:  # noqa: PLR2004 - no longer length is there
        return None
    return 4 + width + (int.from_bytes(head[4 : 4 + width], "big") & ((1 << 7 * width) - 1))


def _blocks(cluster: bytes) -> Iterator[tuple[int, int, bool]]:
    """Of each frame, when it is, its track, and whether it is a key frame."""
    _, at, end = read_header(cluster, 0)
    begins = 0
    while at < end:
        identifier, start, after = read_header(cluster, at)
        if identifier == matroska.TIMESTAMP:
            begins = int.from_bytes(cluster[start:after], "big")
        elif identifier == matroska.BLOCK:
            offset = int.from_bytes(cluster[start + 1 : start + 3], "big", signed=True)
            yield begins + offset, cluster[start] & 0x7F, bool(cluster[start + 3] & KEY)
        at = after
