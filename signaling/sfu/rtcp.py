"""RTCP packets (RFC 3550 section 6, RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb): bytes to values and back."""

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
NACK_FORMAT, TWCC_FORMAT = 1, 15
PLI_FORMAT, FIR_FORMAT, APPLICATION_FORMAT = 1, 4, 15
REPORT_SIZE = 24
NACK_REACH = 16
MAX_PACKETS = 64

_REPORT = struct.Struct("!IIIIII")
_SENDER = struct.Struct("!IQIII")


class RtcpError(ValueError):
    """A datagram is no RTCP compound packet."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report block (RFC 3550 6.4.1)."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_sr: int
    delay: int


@dataclass(frozen=True, slots=True)
class SenderReport:
    """When a stream's RTP clock showed what (RFC 3550 6.4.1)."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """What arrived of the streams that a receiver gets (RFC 3550 6.4.2)."""

    ssrc: int
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers wanted again (RFC 4585 6.2.1)."""

    sender: int
    media: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PictureLoss:
    """A key frame is wanted: PLI (RFC 4585 6.3.1) or FIR (RFC 5104 4.3.1)."""

    sender: int
    media: int


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """What a receiver thinks its way can carry: REMB."""

    sender: int
    bits_per_second: int
    media: tuple[int, ...] = ()


Packet: TypeAlias = SenderReport | ReceiverReport | Nack | PictureLoss | Bandwidth


def parse(data: bytes) -> list[Packet]:
    """The packets of a compound packet that we know; others are passed over."""
    found: list[Packet] = []
    position = 0
    for _ in range(MAX_PACKETS):
        if position == len(data):
            return found
        head, kind, length = _header(data, position)
        end = position + 4 + length
        body = data[position + 4 : end - _padding(head, data[end - 1], length)]
        position = end
        read = _READERS.get((kind, head & 0x1F)) or _READERS.get((kind, None))
        if read is not None:
            found.extend(_read(read, body))
    raise RtcpError("too many packets in one")


def _header(data: bytes, position: int) -> tuple[int, int, int]:
    if len(data) < position + 4:
        raise RtcpError("header cut short")
    head, kind, words = struct.unpack_from("!BBH", data, position)
    if head >> 6 != 2 or position + 4 + 4 * words > len(data):  # noqa: PLR2004 - RTP version
        raise RtcpError("header doesn't fit")
    return head, kind, 4 * words


def _padding(head: int, last: int, length: int) -> int:
    if not head & 0x20:
        return 0
    if not 0 < last <= length:
        raise RtcpError("padding doesn't fit")
    return last


def _read(read: Callable[[bytes], Iterable[Packet]], body: bytes) -> list[Packet]:
    try:
        return list(read(body))
    except struct.error as error:
        raise RtcpError(f"packet cut short: {error}") from error


def _read_sr(body: bytes) -> Iterable[Packet]:
    yield SenderReport(*_SENDER.unpack_from(body))
    yield ReceiverReport(_SENDER.unpack_from(body)[0], _read_reports(body[_SENDER.size :]))


def _read_rr(body: bytes) -> Iterable[Packet]:
    yield ReceiverReport(struct.unpack_from("!I", body)[0], _read_reports(body[4:]))


def _read_reports(body: bytes) -> tuple[Report, ...]:
    whole = len(body) - len(body) % REPORT_SIZE
    return tuple(_report(*fields) for fields in _REPORT.iter_unpack(body[:whole]))


def _report(ssrc: int, loss: int, highest: int, jitter: int, last_sr: int, delay: int) -> Report:
    lost = loss & 0xFFFFFF
    return Report(ssrc, loss >> 24, lost - (1 << 24) if lost & 0x800000 else lost, highest, jitter, last_sr, delay)


def _read_nack(body: bytes) -> Iterable[Packet]:
    sender, media = struct.unpack_from("!II", body)
    wanted: dict[int, None] = {}
    for first, more in struct.iter_unpack("!HH", body[8 : len(body) - len(body) % 4]):
        wanted[first] = None
        for bit in range(NACK_REACH):
            if more >> bit & 1:
                wanted[(first + bit + 1) & 0xFFFF] = None
    yield Nack(sender, media, tuple(wanted))


def _read_pli(body: bytes) -> Iterable[Packet]:
    yield PictureLoss(*struct.unpack_from("!II", body))


def _read_fir(body: bytes) -> Iterable[Packet]:
    sender, _ = struct.unpack_from("!II", body)
    for ssrc, _ in struct.iter_unpack("!II", body[8 : len(body) - len(body) % 8]):
        yield PictureLoss(sender, ssrc)


def _read_remb(body: bytes) -> Iterable[Packet]:
    sender, _, name, count = struct.unpack_from("!II4sB", body)
    if name != b"REMB":
        return
    exponent, high, low = struct.unpack_from("!BBB", body, 13)[0] >> 2, body[13] & 3, body[14:16]
    media = struct.unpack_from(f"!{count}I", body, 16)
    yield Bandwidth(sender, (high << 16 | int.from_bytes(low, "big")) << exponent, media)


_READERS: dict[tuple[int, int | None], Callable[[bytes], Iterable[Packet]]] = {
    (SR, None): _read_sr,
    (RR, None): _read_rr,
    (RTPFB, NACK_FORMAT): _read_nack,
    (PSFB, PLI_FORMAT): _read_pli,
    (PSFB, FIR_FORMAT): _read_fir,
    (PSFB, APPLICATION_FORMAT): _read_remb,
}


def build(packets: Sequence[Packet]) -> bytes:
    """A compound packet."""
    return b"".join(_WRITERS[type(packet)](packet) for packet in packets)


def feedback(kind: int, form: int, body: bytes) -> bytes:
    """One packet with its header; a body that isn't whole words is padded (RFC 3550 6.4.1)."""
    pad = -len(body) % 4
    if pad:
        body += bytes(pad - 1) + bytes((pad,))
    return struct.pack("!BBH", 0x80 | (0x20 if pad else 0) | form, kind, len(body) // 4) + body


def _write_sr(packet: SenderReport) -> bytes:
    body = _SENDER.pack(packet.ssrc, packet.ntp, packet.timestamp, packet.packets, packet.octets)
    return feedback(SR, 0, body)


def _write_rr(packet: ReceiverReport) -> bytes:
    blocks = b"".join(
        _REPORT.pack(
            each.ssrc,
            each.fraction_lost << 24 | each.lost & 0xFFFFFF,
            each.highest,
            each.jitter,
            each.last_sr,
            each.delay,
        )
        for each in packet.reports
    )
    return feedback(RR, len(packet.reports), struct.pack("!I", packet.ssrc) + blocks)


def _write_nack(packet: Nack) -> bytes:
    pairs = b"".join(struct.pack("!HH", first, more) for first, more in _nack_pairs(packet.sequences))
    return feedback(RTPFB, NACK_FORMAT, struct.pack("!II", packet.sender, packet.media) + pairs)


def _nack_pairs(sequences: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Pairs of a first number and a bit mask; none spans the wrap, which not every receiver reads right."""
    first, more = -1, 0
    for sequence in sequences:
        if first >= 0 and 0 < sequence - first <= NACK_REACH:
            more |= 1 << (sequence - first - 1)
            continue
        if first >= 0:
            yield first, more
        first, more = sequence, 0
    if first >= 0:
        yield first, more


def _write_pli(packet: PictureLoss) -> bytes:
    return feedback(PSFB, PLI_FORMAT, struct.pack("!II", packet.sender, packet.media))


def _write_remb(packet: Bandwidth) -> bytes:
    exponent = max(0, packet.bits_per_second.bit_length() - 18)
    mantissa = packet.bits_per_second >> exponent
    rate = (len(packet.media) << 24) | exponent << 18 | mantissa
    head = struct.pack("!II4sI", packet.sender, 0, b"REMB", rate)
    return feedback(PSFB, APPLICATION_FORMAT, head + struct.pack(f"!{len(packet.media)}I", *packet.media))


_WRITERS: dict[type, Callable[..., bytes]] = {
    SenderReport: _write_sr,
    ReceiverReport: _write_rr,
    Nack: _write_nack,
    PictureLoss: _write_pli,
    Bandwidth: _write_remb,
}
