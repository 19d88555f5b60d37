"""What a media packet's payload says, whatever the codec: its picture numbers, and whether decoding can start there."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from signaling.sfu import av1, h264, vp8, vp9
from signaling.sfu.codecs import name_of
from signaling.sfu.vp8 import NOTHING, Descriptor

Reader: TypeAlias = Callable[[bytes, int], tuple[Descriptor, bool]]


def _vp8(packet: bytes, offset: int) -> tuple[Descriptor, bool]:
    descriptor = vp8.parse(packet, offset)
    return descriptor, descriptor.key_frame


def _vp9(packet: bytes, offset: int) -> tuple[Descriptor, bool]:
    """Says of no descriptor that it is a key frame's: that is for who leaves out layers, which are VP8's alone."""
    descriptor = vp9.parse(packet, offset)
    if not descriptor.key_frame:
        return descriptor, False
    return dataclasses.replace(descriptor, key_frame=False), True


def _numberless(starts: Callable[[bytes, int], bool]) -> Reader:
    def read(packet: bytes, offset: int) -> tuple[Descriptor, bool]:
        return NOTHING, starts(packet, offset)

    return read


_READERS: Final[Mapping[str, Reader]] = {
    "av1": _numberless(av1.starts_key_frame),
    "h264": _numberless(h264.starts_key_frame),
    "vp8": _vp8,
    "vp9": _vp9,
}


@functools.cache
def reader(form: str) -> Reader:
    """What reads payloads of a format: a packet, and where in it the payload starts."""
    return _READERS.get(name_of(form), _nothing)


def _nothing(_packet: bytes, _offset: int) -> tuple[Descriptor, bool]:
    return NOTHING, False
