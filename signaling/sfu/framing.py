"""Packets over a stream of octets, each after its length (RFC 4571 section 2): octets in, packets out, no I/O."""

from signaling.sfu.srtp import CELL_SIZE

BUFFER_SIZE = 16 << 10
LENGTH_SIZE = 2


class FramingError(ValueError):
    """A packet is longer than any that we take, so the stream is not one of ours."""


def framed(packet: bytes | memoryview) -> bytes:
    """A packet as it stands in the stream."""
    return len(packet).to_bytes(LENGTH_SIZE, "big") + bytes(packet)


class Frames:
    """Takes packets out of a stream, in one buffer that never grows."""

    def __init__(self) -> None:
        self._octets = bytearray(BUFFER_SIZE)
        self._view = memoryview(self._octets)
        self._filled = 0

    def room(self) -> memoryview:
        """Where the next octets go; there is always some, since the buffer holds several of the longest packets."""
        return self._view[self._filled :]

    def take(self, count: int) -> list[bytes]:
        """The packets that are whole now that so many octets came; empty ones count for nothing.

        Raises:
            FramingError: One is longer than any that we take.
        """
        self._filled += count
        found: list[bytes] = []
        start = 0
        while (end := self._end(start)) is not None:
            if end > start + LENGTH_SIZE:
                found.append(bytes(self._view[start + LENGTH_SIZE : end]))
            start = end
        rest = self._filled - start
        self._view[:rest] = self._view[start : self._filled]
        self._filled = rest
        return found

    def _end(self, start: int) -> int | None:
        """Where the packet that starts there ends, if all of it has come."""
        body = start + LENGTH_SIZE
        if body > self._filled:
            return None
        length = int.from_bytes(self._view[start:body], "big")
        if length > CELL_SIZE:
            raise FramingError(f"a packet of {length} octets")
        return body + length if body + length <= self._filled else None
