"""One rewritten copy for each receiver: what becomes of a packet's numbers on the way out."""

from dataclasses import dataclass

from signaling.sfu import rtp, vp8
from signaling.sfu.paths import Path
from signaling.sfu.srtp import Keys


@dataclass(eq=False, slots=True)
class Outlet:
    """One receiver of a stream: its keys and path, and how numbers of the source become numbers of the slot.

    `first` is the index of the source's packet with which the slot began to show it. Earlier ones must not go out:
    their numbers in the slot belong to another source's packets, and SRTP may use a number once only.
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
    flowing: bool = False


def write_header(view: memoryview | bytearray, outlet: Outlet, header: tuple[int, int, int, int]) -> None:
    """Writes the fixed header of a copy from first and second octet, sequence number and timestamp."""
    first, second, sequence, timestamp = header
    rtp.HEADER.pack_into(
        view,
        0,
        first,
        (second & rtp.MARKER_BIT) | outlet.payload_types[second & 0x7F],
        (sequence + outlet.sequence_by) & 0xFFFF,
        (timestamp + outlet.timestamp_by) & 0xFFFFFFFF,
        outlet.ssrc,
    )


def copy_for(outlet: Outlet, packet: bytes, descriptor: vp8.Descriptor) -> bytearray:
    """The packet as the receiver of an outlet gets it, not yet encrypted."""
    copy = bytearray(packet)
    write_header(copy, outlet, rtp.HEADER.unpack_from(packet)[:4])
    if outlet.picture_by or outlet.tl0_by:
        vp8.shift(copy, descriptor, outlet.picture_by, outlet.tl0_by)
    return copy
