"""What makes payload types of different peers one format, and which formats a receiver takes.

A format is a codec's name with what its streams need of a decoder: `vp8`, `opus`, `vp9/0` and `av1/0` with the profile,
`h264/main/1` with the profile and the packetization mode.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from signaling.sfu.sdp import Codec

NAMES: Final = {"av1": "AV1", "h264": "H.264", "opus": "Opus", "vp8": "VP8", "vp9": "VP9"}
"""What people call each codec that we carry."""

_CLOCKS: Final = {  # RFC 6184 8.2.1, RFC 7587 7, RFC 7741 6.1, RFC 9628 6.1, AV1 RTP 7.1
    "av1": 90_000,
    "h264": 90_000,
    "opus": 48_000,
    "vp8": 90_000,
    "vp9": 90_000,
}
_H264_DEFAULT: Final = "42000a"
_H264_PROFILES: Final = (  # profile_idc, mask and value of profile_iop: RFC 6184 8.1, table 5
    (0x42, 0x4F, 0x40, "constrained-baseline"),
    (0x4D, 0x8F, 0x80, "constrained-baseline"),
    (0x58, 0xCF, 0xC0, "constrained-baseline"),
    (0x42, 0x4F, 0x00, "baseline"),
    (0x58, 0xCF, 0x80, "baseline"),
    (0x4D, 0xAF, 0x00, "main"),
    (0x64, 0xFF, 0x0C, "constrained-high"),
    (0x64, 0xFF, 0x00, "high"),
    (0xF4, 0xFF, 0x00, "high-444"),
)
_H264_WIDE: Final = ("constrained-high", "main", "high", "high-444")
_H264_DECODERS: Final = {  # ITU-T H.264 A.2: who decodes such a stream besides decoders of its own profile
    "constrained-baseline": ("baseline", *_H264_WIDE),
    "baseline": ("constrained-baseline", *_H264_WIDE),  # what sets it apart no encoder makes; ffmpeg claims it always
    "main": ("high", "high-444"),
    "constrained-high": ("high", "high-444"),
    "high": ("high-444",),
}
_AV1_PROFILES: Final = ("0", "1", "2")
_VP9_PROFILES: Final = ("0", "1", "2", "3")


def name_of(form: str) -> str:
    """The codec's own name of a format."""
    return form.partition("/")[0]


def codec_key(codec: Codec) -> str | None:
    """The format of a payload type; nothing for one that we don't carry."""
    return _key(codec.encoding, codec.parameters)


@functools.lru_cache(maxsize=1024)
def _key(encoding: str, parameters: str) -> str | None:
    """Remembered, since an offer names the same few in each of its sections, and browsers name the same ones."""
    codec = Codec(0, encoding, parameters)
    if codec.clock != _CLOCKS.get(codec.name):
        return None
    read = _READERS.get(codec.name)
    return read(codec) if read is not None else codec.name


def _h264(codec: Codec) -> str | None:
    mode = codec.parameter("packetization-mode") or "0"
    profile = _h264_profile(codec.parameter("profile-level-id") or _H264_DEFAULT)
    return f"h264/{profile}/{mode}" if profile is not None and mode in {"0", "1"} else None


def _h264_profile(text: str) -> str | None:
    try:
        idc, iop, _ = bytes.fromhex(text)
    except ValueError:
        return None
    known = (name for wanted, mask, value, name in _H264_PROFILES if (idc, iop & mask) == (wanted, value))
    return next(known, None)


def _av1(codec: Codec) -> str | None:
    profile = codec.parameter("profile") or "0"
    return f"av1/{profile}" if profile in _AV1_PROFILES else None


def _vp9(codec: Codec) -> str | None:
    profile = codec.parameter("profile-id") or "0"
    return f"vp9/{profile}" if profile in _VP9_PROFILES else None


_READERS: Final[Mapping[str, Callable[[Codec], str | None]]] = {
    "av1": _av1,
    "h264": _h264,
    "vp9": _vp9,
}


def fitting(form: str, known: Mapping[str, int]) -> int | None:
    """The payload type with which to send a format to somebody who knows these: its own, or that of a wider decoder."""
    return next((known[each] for each in (form, *_wider(form)) if each in known), None)


def _wider(form: str) -> Iterable[str]:
    """Formats whose decoders take streams of this one too, the nearest first."""
    name, *needs = form.split("/")
    if name == "h264":
        return _wider_h264(*needs)
    if name == "av1":  # AV1 A.2: a decoder of a profile takes those below it
        return (f"av1/{profile}" for profile in _AV1_PROFILES if profile > needs[0])
    return ()


def _wider_h264(profile: str, mode: str) -> Iterable[str]:
    """Single NAL units are a part of what packetization mode 1 allows (RFC 6184 6.3)."""
    for each in (profile, *_H264_DECODERS.get(profile, ())):
        yield from (f"h264/{each}/{wider}" for wider in sorted({mode, "1"}))
