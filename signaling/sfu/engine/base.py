"""What every engine shares: where packets go, and one rewritten, encrypted copy for each receiver."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from signaling.sfu import rtp, vp8
from signaling.sfu.paths import Address, Path
from signaling.sfu.srtp import MAX_PACKET, Cell, Keys, protect


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


class Engine(ABC):
    """Carries packets out and counts them."""

    name: str

    def __init__(self) -> None:
        self.sent = 0
        self.dropped = 0
        self._scratch = Cell()

    @abstractmethod
    def prepare(self) -> None:
        """Loads what costs time and memory, before the first peer; may run in a thread."""

    def destination(self, address: Address) -> object:
        """An address in the form that `fan_out` uses."""
        return address

    def send(self, path: Path, data: bytes | memoryview) -> None:
        """Sends one datagram at once; a full or broken way drops it, as the network would."""
        try:
            path.link.socket.sendto(data, path.address)
        except OSError:
            self.dropped += 1
        else:
            self.sent += 1

    def send_rtp(self, keys: Keys, path: Path, packet: bytes) -> None:
        """Encrypts and sends one packet that is already as its receiver gets it."""
        cell, size = self._scratch, len(packet)
        if size > MAX_PACKET:
            self.dropped += 1
            return
        cell.view[:size] = packet
        cell.length[0] = size
        if not protect(keys.outbound, cell.data, cell.length):
            self.send(path, cell.view[: cell.length[0]])

    @abstractmethod
    def fan_out(self, packet: bytes, descriptor: vp8.Descriptor, outlets: Sequence[Outlet]) -> None:
        """Sends a rewritten, encrypted copy of a plain packet to every outlet that knows its payload type."""

    def _seal(
        self,
        cell: Cell,
        outlet: Outlet,
        packet: bytes,
        header: tuple[int, int, int, int],
        descriptor: vp8.Descriptor,
    ) -> bool:
        size = len(packet)
        if size > MAX_PACKET or header[1] & 0x7F not in outlet.payload_types:
            return False
        view = cell.view
        view[rtp.HEADER_SIZE : size] = packet[rtp.HEADER_SIZE :]
        write_header(view, outlet, header)
        if outlet.picture_by or outlet.tl0_by:
            vp8.shift(view, descriptor, outlet.picture_by, outlet.tl0_by)
        cell.length[0] = size
        return not protect(outlet.keys.outbound, cell.data, cell.length)
