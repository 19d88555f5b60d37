"""What a recorded file consists of (RFC 9559): a head of fixed size, clusters of frames, and an index at the end.

The head is written anew whenever something in it changes, so it has room to spare. While a file grows, its segment has
no size and its duration is that of the last look: what a killed process leaves behind plays as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from signaling.sfu.recording import ebml
from signaling.sfu.recording.manifest import TrackEntry
from signaling.sfu.recording.opus import head as opus_head

HEAD_SIZE = 4096
MOST_PRIVATE = 512
MILLISECOND = 1_000_000
SEEK_PRE_ROLL = 80_000_000
VIDEO, AUDIO = 1, 2
KEY = 0x80

EBML, SEGMENT, SEEK_HEAD, SEEK = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x11\x4d\x9b\x74", b"\x4d\xbb"
SEEK_ID, SEEK_POSITION = b"\x53\xab", b"\x53\xac"
INFO, SCALE, DURATION, MUXING_APP, WRITING_APP = (
    b"\x15\x49\xa9\x66",
    b"\x2a\xd7\xb1",
    b"\x44\x89",
    b"\x4d\x80",
    b"\x57\x41",
)
TRACKS, TRACK, NUMBER, UID, TYPE = b"\x16\x54\xae\x6b", b"\xae", b"\xd7", b"\x73\xc5", b"\x83"
LACING, CODEC, PRIVATE = b"\x9c", b"\x86", b"\x63\xa2"
PICTURE, WIDTH, HEIGHT, SOUND, RATE, CHANNELS = b"\xe0", b"\xb0", b"\xba", b"\xe1", b"\xb5", b"\x9f"
DELAY, PRE_ROLL = b"\x56\xaa", b"\x56\xbb"
CLUSTER, TIMESTAMP, BLOCK = b"\x1f\x43\xb6\x75", b"\xe7", b"\xa3"
CUES, CUE, CUE_TIME, CUE_POSITIONS, CUE_TRACK, CUE_CLUSTER = (
    b"\x1c\x53\xbb\x6b",
    b"\xbb",
    b"\xb3",
    b"\xb7",
    b"\xf7",
    b"\xf1",
)
_CODECS = {"vp8": "V_VP8", "vp9": "V_VP9", "av1": "V_AV1", "h264": "V_MPEG4/ISO/AVC", "opus": "A_OPUS"}


@dataclass(frozen=True, slots=True)
class Block:
    """A frame in its place: track number, milliseconds since the file's zero."""

    track: int
    at: int
    data: bytes
    key: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """Where one may start to play: when, and where its cluster stands."""

    at: int
    track: int
    cluster: int


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known once a file is complete."""

    size: int
    cues: int


def container(tracks: Iterable[TrackEntry]) -> str:
    """WebM where it may be called so; H264 stands in Matroska only."""
    return "matroska" if any(track.codec == "h264" for track in tracks) else "webm"


def header(tracks: Sequence[TrackEntry], milliseconds: int, ending: Ending | None = None) -> bytes:
    """The head of a file, filled up to its fixed size."""
    kind = _ebml(container(tracks))
    start = len(kind) + len(SEGMENT) + 8
    size = ebml.UNKNOWN_SIZE if ending is None else ebml.wide_size(ending.size - start)
    parts = [kind, SEGMENT, size]
    if ending is not None and ending.cues:
        parts.append(_seek_head(ending.cues - start))
    parts += [_info(milliseconds), ebml.master(TRACKS, *(_track(track) for track in tracks))]
    made = b"".join(parts)
    return made + ebml.void(HEAD_SIZE - len(made))


def _ebml(kind: str) -> bytes:
    versions = ((b"\x42\x86", 1), (b"\x42\xf7", 1), (b"\x42\xf2", 4), (b"\x42\xf3", 8))
    read = ((b"\x42\x87", 4), (b"\x42\x85", 2))
    return ebml.master(
        EBML,
        *(ebml.unsigned(*each) for each in versions),
        ebml.text(b"\x42\x82", kind),
        *(ebml.unsigned(*each) for each in read),
    )


def _seek_head(position: int) -> bytes:
    return ebml.master(
        SEEK_HEAD, ebml.master(SEEK, ebml.element(SEEK_ID, CUES), ebml.unsigned(SEEK_POSITION, position))
    )


def _info(milliseconds: int) -> bytes:
    return ebml.master(
        INFO,
        ebml.unsigned(SCALE, MILLISECOND),
        ebml.number(DURATION, max(1, milliseconds)),
        ebml.text(MUXING_APP, "vclass"),
        ebml.text(WRITING_APP, "vclass"),
    )


def _track(track: TrackEntry) -> bytes:
    audio = track.kind == "audio"
    return ebml.master(
        TRACK,
        ebml.unsigned(NUMBER, track.number),
        ebml.unsigned(UID, track.number),
        ebml.unsigned(TYPE, AUDIO if audio else VIDEO),
        ebml.unsigned(LACING, 0),
        ebml.text(CODEC, _CODECS[track.codec]),
        *(_sound(track) if audio else _picture(track)),
    )


def _sound(track: TrackEntry) -> tuple[bytes, ...]:
    sound = ebml.master(SOUND, ebml.number(RATE, 48_000), ebml.unsigned(CHANNELS, 2))
    private = ebml.element(PRIVATE, track.private or opus_head())
    return private, ebml.unsigned(DELAY, 0), ebml.unsigned(PRE_ROLL, SEEK_PRE_ROLL), sound


def _picture(track: TrackEntry) -> tuple[bytes, ...]:
    picture = ebml.master(PICTURE, ebml.unsigned(WIDTH, track.width), ebml.unsigned(HEIGHT, track.height))
    private = (ebml.element(PRIVATE, track.private),) if track.private else ()
    return *private, picture


def cluster(blocks: Sequence[Block]) -> bytes:
    """Frames that stand close together in time, the earliest first."""
    begins = blocks[0].at
    return ebml.master(
        CLUSTER, ebml.unsigned(TIMESTAMP, begins), *(_block(block, block.at - begins) for block in blocks)
    )


def _block(block: Block, offset: int) -> bytes:
    flags = KEY if block.key else 0
    head = bytes((0x80 | block.track, offset >> 8 & 0xFF, offset & 0xFF, flags))
    return BLOCK + ebml.size(4 + len(block.data)) + head + block.data


def cues(points: Sequence[Cue], segment: int) -> bytes:
    """The index; `segment` is where the segment's body starts, from which positions count."""
    return ebml.master(CUES, *(_cue(point, segment) for point in points))


def _cue(point: Cue, segment: int) -> bytes:
    positions = ebml.master(
        CUE_POSITIONS,
        ebml.unsigned(CUE_TRACK, point.track),
        ebml.unsigned(CUE_CLUSTER, point.cluster - segment),
    )
    return ebml.master(CUE, ebml.unsigned(CUE_TIME, point.at), positions)


def segment_start(tracks: Sequence[TrackEntry]) -> int:
    """Where the segment's body starts."""
    return len(_ebml(container(tracks))) + len(SEGMENT) + 8
