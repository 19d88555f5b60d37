"""Packets that a receiver goes without, and numbers that close up over them; `core/sieve.c` does the same.

Whole pictures are left out, by their temporal layer. A layer that was left out comes back with a picture that needs
none of it: a key frame, or one that its sender marked so. Packets that are missing keep their numbers, and go out with
them when they come late: the receiver asks for what it misses.
"""

from typing import Final, NamedTuple

from signaling.media import MOST_TEMPORAL
from signaling.sfu import vp8

HISTORY: Final = 512


class Shift(NamedTuple):
    """What is added to the numbers of one packet."""

    sequence: int
    picture: int


UNMOVED: Final = Shift(0, 0)


class Piece(NamedTuple):
    """A packet on its way out, and what all its copies share; `at` counts wraps of its sequence number.

    An empty packet is mere padding, with which a sender probes its own way.
    """

    packet: bytes
    at: int
    timestamp: int
    newest: bool
    empty: bool
    descriptor: vp8.Descriptor


class Origin(NamedTuple):
    """The source's packet that an outgoing one was, and how its numbers moved."""

    sequence: int
    shift: Shift


class Place(NamedTuple):
    """What became of one packet of the source."""

    at: int
    shift: Shift
    left_out: bool


class Sieve:
    """Decides for one receiver, and remembers it of the latest packets.

    Args:
        since: The index of the first packet to decide on.
        shift: How the numbers of packets before it moved.
        timestamp: When the picture in progress was taken, which goes on as it began.
    """

    def __init__(self, since: int, shift: Shift, timestamp: int | None) -> None:
        self.now = shift
        self.left_out = self.left_out_octets = 0
        self._since, self._before = since, shift
        self._newest = since - 1
        self._timestamp = timestamp
        self._level = MOST_TEMPORAL
        self._leaving = False
        self._places: list[Place | None] = [None] * HISTORY

    def shift(self, piece: Piece, temporal: int) -> Shift | None:
        """How a packet's numbers move; none for one that is left out."""
        if not piece.newest:
            return self._late(piece.at)
        for missing in range(max(self._newest + 1, piece.at - HISTORY + 1), piece.at):
            self._keep(missing, left_out=False)
        if not piece.empty and piece.timestamp != self._timestamp:
            self._begin_picture(piece, temporal)
        left_out = piece.empty or self._leaving
        self._keep(piece.at, left_out=left_out)
        self._newest = piece.at
        if not left_out:
            return self.now
        self.now = Shift((self.now.sequence - 1) & 0xFFFF, self.now.picture)
        self.left_out += 1
        self.left_out_octets += len(piece.packet)
        return None

    def _begin_picture(self, piece: Piece, temporal: int) -> None:
        descriptor = piece.descriptor
        self._timestamp = piece.timestamp
        if descriptor.key_frame:
            self._level = temporal
        elif descriptor.sync:
            self._level = max(self._level, descriptor.layer)
        self._level = min(self._level, temporal)
        self._leaving = descriptor.layer > self._level
        if self._leaving:
            self.now = Shift(self.now.sequence, self.now.picture - 1)

    def _keep(self, index: int, *, left_out: bool) -> None:
        self._places[index % HISTORY] = Place(index, self.now, left_out)

    def _late(self, index: int) -> Shift | None:
        if index < self._since:
            return self._before
        place = self._places[index % HISTORY]
        return place.shift if place is not None and place.at == index and not place.left_out else None

    def origin(self, sequence: int, first: int) -> Origin | None:
        """The packet that went out with this number, if it is known still; none went out before the first."""
        oldest = max(self._since, self._newest - HISTORY + 1)
        for index in range(self._newest, oldest - 1, -1):
            shift = self._late(index)
            if shift is not None and (index + shift.sequence) & 0xFFFF == sequence:
                return Origin(index & 0xFFFF, shift)
        behind = (self._newest + self._before.sequence - sequence) & 0xFFFF
        index = self._newest - behind
        return Origin(index & 0xFFFF, self._before) if first <= index < self._since else None
