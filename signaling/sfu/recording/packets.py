"""Packets out of an engine's tap, put into their order again, with the holes that stay."""

from collections.abc import Iterator
from dataclasses import dataclass

from signaling.sfu import rtp
from signaling.sfu.engine.base import DRIP

MOST_WAITING = 2048


@dataclass(frozen=True, slots=True)
class Packet:
    """A payload and what its header says; `index` and `ticks` are the numbers with their wraps counted."""

    index: int
    ticks: int
    marker: bool
    payload_type: int
    payload: bytes
    at: float


def nearest(number: int, bits: int, before: int) -> int:
    """The number that a wrapping one stands for: the one nearest to what came before."""
    half = 1 << bits - 1
    return before + ((number - before + half) & ((1 << bits) - 1)) - half


class Reader:
    """Reads what came out of a tap; counts the wraps of sequence numbers and timestamps."""

    def __init__(self) -> None:
        self._index: int | None = None
        self._ticks = 0

    def read(self, drips: bytes) -> Iterator[Packet]:
        at, size = 0, DRIP.size
        while at < len(drips):
            when, length = DRIP.unpack_from(drips, at)
            at += size
            yield self._packet(drips[at : at + length], when)
            at += length

    def ticks(self, timestamp: int) -> int:
        """A timestamp with its wraps counted."""
        return nearest(timestamp, 32, self._ticks)

    def _packet(self, packet: bytes, when: float) -> Packet:
        first, second, sequence, timestamp, _ = rtp.HEADER.unpack_from(packet)
        if self._index is None:
            self._index, self._ticks = sequence, timestamp
        self._index = max(index := nearest(sequence, 16, self._index), self._index)
        self._ticks = max(ticks := nearest(timestamp, 32, self._ticks), self._ticks)
        start = rtp.HEADER_SIZE + 4 * (first & rtp.SOURCES_MASK)
        end = len(packet) - (packet[-1] if first & rtp.PADDING_BIT else 0)
        return Packet(index, ticks, second >= rtp.MARKER_BIT, second & 0x7F, packet[start:end], when)


class Order:
    """Gives packets in order; waits for a missing one for so many seconds, then tells of the hole with a `None`."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._next: int | None = None
        self._waiting: dict[int, Packet] = {}

    def put(self, packet: Packet) -> None:
        """Takes a packet; one that is too late, or came before, is of no use any more."""
        if self._next is None:
            self._next = packet.index
        if packet.index >= self._next:
            self._waiting[packet.index] = packet

    def take(self, now: float) -> Iterator[Packet | None]:
        """What may go on now."""
        while self._waiting:
            packet = self._waiting.pop(self._next, None) if self._next is not None else None
            if packet is not None:
                self._next = packet.index + 1
                yield packet
                continue
            first = self._waiting[min(self._waiting)]
            if now - first.at < self._patience and len(self._waiting) < MOST_WAITING:
                return
            self._next = first.index
            yield None

    def restart(self) -> None:
        """Nothing that came before matters: the source was silent by our own doing."""
        self._next = None
        self._waiting.clear()
