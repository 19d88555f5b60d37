"""What a recording consists of, as a file beside the media: who, when, which file, and what is missing from it.

All times are milliseconds of the server's clock since 1970. The files of a recording need no other alignment: a frame
at `t` of a file was taken at `file.starts + t`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")

NAME = "manifest.json"
PART = ".part.json"
VERSION = 1


class Span(msgspec.Struct, frozen=True):
    """From when until when; open while it lasts."""

    starts: int
    ends: int | None = None


class TrackEntry(msgspec.Struct, frozen=True):
    """A track of a file; a picture has the size with which it began."""

    number: int
    kind: str
    codec: str
    width: int = 0
    height: int = 0
    private: bytes = b""


class Mute(msgspec.Struct, frozen=True):
    """Nothing of that kind came, since it was muted."""

    kind: str
    starts: int
    ends: int | None = None


class File(msgspec.Struct, frozen=True):
    """A media file: its zero on the server's clock, how long it is, and what is in it.

    `lost` counts frames that are missing because packets of them were; `complete` says that it was closed in order.
    """

    name: str
    container: str
    starts: int
    milliseconds: int = 0
    octets: int = 0
    tracks: tuple[TrackEntry, ...] = ()
    lost: int = 0
    complete: bool = False


class Publisher(msgspec.Struct, frozen=True):
    """One who agreed to be recorded: while `spans` lasted, and except for what was muted.

    `consent` is what the caller said of it, such as the version of the text that was agreed to.
    """

    id: str
    name: str
    consent: str = ""
    spans: tuple[Span, ...] = ()
    mutes: tuple[Mute, ...] = ()
    files: tuple[File, ...] = ()


class Manifest(msgspec.Struct, frozen=True):
    """A recording, or what one process has written of it."""

    recording: str
    room: str
    starts: int
    ends: int | None = None
    publishers: tuple[Publisher, ...] = ()
    version: int = VERSION


def write(path: Path, manifest: Manifest) -> None:
    """Writes it so that there is always a whole one, the old or the new."""
    draft = path.with_suffix(".draft")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    draft.replace(path)


def read(path: Path) -> Manifest:
    """Raises `msgspec.DecodeError` when it is none, and `FileNotFoundError` when there is none."""
    return msgspec.json.decode(path.read_bytes(), type=Manifest)


def joined(parts: list[Manifest]) -> Manifest:
    """One manifest of what several processes wrote one after another."""
    first = min(parts, key=lambda part: part.starts)
    publishers: dict[str, Publisher] = {}
    for part in sorted(parts, key=lambda each: each.starts):
        for publisher in part.publishers:
            known = publishers.get(publisher.id)
            publishers[publisher.id] = publisher if known is None else _both(known, publisher)
    ends = [part.ends for part in parts if part.ends is not None]
    return msgspec.structs.replace(first, ends=max(ends, default=None), publishers=tuple(publishers.values()))


def _both(first: Publisher, second: Publisher) -> Publisher:
    return msgspec.structs.replace(
        second,
        spans=_once(first.spans + second.spans, lambda span: span.starts),
        mutes=_once(first.mutes + second.mutes, lambda mute: (mute.kind, mute.starts)),
        files=_once(first.files + second.files, lambda file: file.name),
    )


def _once(values: tuple[T, ...], key: Callable[[T], object]) -> tuple[T, ...]:
    """The first of each key: a part may have been joined before."""
    return tuple({key(value): value for value in reversed(values)}.values())[::-1]
