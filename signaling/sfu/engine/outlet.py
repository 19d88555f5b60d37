"""One receiver of a stream: what becomes of a packet's numbers on the way out."""

from dataclasses import dataclass

from signaling.media import MOST_TEMPORAL
from signaling.sfu import rtp, vp8
from signaling.sfu.engine.sieve import UNMOVED, Piece, Shift, Sieve
from signaling.sfu.paths import Path
from signaling.sfu.srtp import Keys


@dataclass(eq=False, slots=True)
class Outlet:
    """One receiver of a stream: its keys and path, and how numbers of the source become numbers of the slot.

    `first` is the index of the source's packet with which the slot began to show it. Earlier ones must not go out:
    their numbers in the slot belong to another source's packets, and SRTP may use a number once only. `temporal` is
    the highest temporal layer that the receiver wants. `left_out` counts the packets that it went without, over which
    `sequence_by` and `picture_by` close up; while the outlet flows, `Stream.account` brings them up to date. As long
    as there is no `sieve`, all packets but empty ones move by `usual`.
    """

    keys: Keys
    path: Path
    ssrc: int
    payload_types: dict[int, int]
    sequence_by: int = 0
    timestamp_by: int = 0
    picture_by: int = 0
    tl0_by: int = 0
    first: int = 0
    temporal: int = MOST_TEMPORAL
    left_out: int = 0
    left_out_octets: int = 0
    sieve: Sieve | None = None
    usual: Shift = UNMOVED

    def begin(self) -> None:
        """Starts with a source of which nothing was left out yet."""
        self.left_out = self.left_out_octets = 0
        self.sieve = None
        self.usual = Shift(self.sequence_by, self.picture_by)
        self.thin(self.first, None)

    def thin(self, since: int, timestamp: int | None) -> None:
        """Decides on every picture from an index on, once one may have to be left out; not on the one of this time."""
        if self.sieve is None and self.temporal < MOST_TEMPORAL:
            self.sieve = Sieve(since, self.usual, timestamp)

    def shift(self, piece: Piece) -> Shift | None:
        """How a packet's numbers move; none for one that the receiver goes without."""
        if self.sieve is None:
            if not (piece.empty and piece.newest):
                return self.usual
            self.sieve = Sieve(piece.at, self.usual, None)
        return self.sieve.shift(piece, self.temporal)

    def account(self) -> None:
        """Takes over what was decided meanwhile."""
        if self.sieve is not None:
            self.sequence_by, self.picture_by = self.sieve.now
            self.left_out, self.left_out_octets = self.sieve.left_out, self.sieve.left_out_octets


def write_header(view: memoryview | bytearray, outlet: Outlet, header: tuple[int, int, int, int], shift: Shift) -> None:
    """Writes the fixed header of a copy from first and second octet, sequence number and timestamp."""
    first, second, sequence, timestamp = header
    rtp.HEADER.pack_into(
        view,
        0,
        first,
        (second & rtp.MARKER_BIT) | outlet.payload_types[second & 0x7F],
        (sequence + shift.sequence) & 0xFFFF,
        (timestamp + outlet.timestamp_by) & 0xFFFFFFFF,
        outlet.ssrc,
    )


def copy_for(outlet: Outlet, packet: bytes, descriptor: vp8.Descriptor, shift: Shift) -> bytearray:
    """The packet as the receiver of an outlet gets it, not yet encrypted."""
    copy = bytearray(packet)
    write_header(copy, outlet, rtp.HEADER.unpack_from(packet)[:4], shift)
    if shift.picture or outlet.tl0_by:
        vp8.shift(copy, descriptor, shift.picture, outlet.tl0_by)
    return copy
