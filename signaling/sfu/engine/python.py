"""What the engines in Python share: their reading loop, and streams that keep packets as they came."""

import time
from abc import abstractmethod
from collections.abc import Iterable, Sequence

from signaling.sfu import rtp, vp8
from signaling.sfu.engine.base import DRIP, HISTORY, MOST_GAPS, Arrival, Engine, Gap, Source, Stream, Take, Tally
from signaling.sfu.engine.outlet import Outlet, write_header
from signaling.sfu.engine.sieve import Origin, Piece, Shift
from signaling.sfu.paths import Link
from signaling.sfu.srtp import CELL_SIZE, MAX_PACKET, Cell, protect

DRAIN = 64
MAX_JITTER_STEP = 10


class PythonEngine(Engine):
    """Hands every datagram up; what is to be carried out comes back through `fan_out`."""

    def receive(self, link: Link, cell: Cell, take: Take, take_opened: Take) -> None:
        del take_opened
        view, counts = cell.view, self.counts
        receive = link.socket.recvfrom_into
        for _ in range(DRAIN):
            try:
                size, address = receive(view, CELL_SIZE)
            except BlockingIOError:
                return
            except OSError:  # what ICMP told about an earlier send of ours
                continue
            counts.received += 1
            if size:
                take(link, address[:2], size)  # IPv6 says more than address and port

    def stream(self, source: Source) -> Stream:
        return PythonStream(self, source)

    @abstractmethod
    def fan_out(self, piece: Piece, outlets: Sequence[Outlet]) -> None:
        """Sends a rewritten, encrypted copy to every outlet that knows its payload type and doesn't go without it."""

    def _seal(
        self,
        cell: Cell,
        outlet: Outlet,
        piece: Piece,
        header: tuple[int, int, int, int],
        shift: Shift,
    ) -> bool:
        packet = piece.packet
        size = len(packet)
        if size > MAX_PACKET or header[1] & 0x7F not in outlet.payload_types:
            return False
        view = cell.view
        view[rtp.HEADER_SIZE : size] = packet[rtp.HEADER_SIZE :]
        write_header(view, outlet, header, shift)
        if shift.picture or outlet.tl0_by:
            vp8.shift(view, piece.descriptor, shift.picture, outlet.tl0_by)
        cell.length[0] = size
        return not protect(outlet.keys.outbound, cell.data, cell.length)


class PythonStream(Stream):
    """Keeps packets in a ring and outlets in a list."""

    def __init__(self, engine: PythonEngine, source: Source) -> None:
        self.tally = Tally()
        self._engine = engine
        self._clock = source.clock
        self._history: list[bytes | None] = [None] * HISTORY if source.video else []
        self._outlets: list[Outlet] = []
        self._gaps: list[Gap] = []
        self._gaps_lost = False
        self._tap = bytearray()
        self._tap_room = self._tap_lost = 0

    def note(self, packet: bytes, now: float) -> Arrival:
        _, _, sequence, timestamp, _ = rtp.HEADER.unpack_from(packet)
        if self._history:
            if self.holds(sequence):
                return Arrival.REPEATED
            self._history[sequence % HISTORY] = packet
        return self._count(sequence, timestamp, now)

    def _count(self, sequence: int, timestamp: int, now: float) -> Arrival:
        tally = self.tally
        tally.received += 1
        if tally.received == 1:
            tally.base = tally.highest = sequence
            return Arrival.NEWEST
        step = (sequence - tally.highest) & 0xFFFF
        if not 0 < step < 0x8000:  # noqa: PLR2004 - half the number space
            return Arrival.LATE
        if step > 1 and self._history:
            self._note_gap(Gap(tally.highest, step - 1, now))
        if sequence < tally.highest:
            tally.cycles += 0x10000
        tally.highest = sequence
        self._note_jitter(timestamp, now)
        return Arrival.NEWEST

    def _note_gap(self, gap: Gap) -> None:
        if len(self._gaps) < MOST_GAPS:
            self._gaps.append(gap)
        else:
            self._gaps_lost = True

    def _note_jitter(self, timestamp: int, now: float) -> None:
        """RFC 3550 A.8; a leap of the sender's clock is no jitter, nor is the first step, which is not a number."""
        tally = self.tally
        transit = now * self._clock - timestamp
        step = abs(transit - tally.transit)
        if step < self._clock * MAX_JITTER_STEP:
            tally.jitter += (step - tally.jitter) / 16
        tally.transit = transit

    def send(self, packet: bytes, descriptor: vp8.Descriptor, arrival: Arrival) -> None:
        tally, outlets = self.tally, self._outlets
        _, _, sequence, timestamp, _ = rtp.HEADER.unpack_from(packet)
        index, newest, empty = self.index_of(sequence), arrival is Arrival.NEWEST, rtp.is_empty(packet)
        if newest:
            tally.timestamp = timestamp
        if newest and not empty:
            tally.picture, tally.tl0 = descriptor.picture, descriptor.tl0
        if not newest:
            outlets = [outlet for outlet in outlets if outlet.first <= index]
        tally.forwarded += 1
        tally.octets += len(packet)
        tally.layer_octets[descriptor.layer] += len(packet)
        if self._tap_room:
            self._let_drip(packet)
        self._engine.fan_out(Piece(packet, index, timestamp, newest, empty, descriptor), outlets)

    def _let_drip(self, packet: bytes) -> None:
        if len(self._tap) + DRIP.size + len(packet) > self._tap_room:
            self._tap_lost += 1
            return
        self._tap += DRIP.pack(time.monotonic(), len(packet)) + packet

    def tap(self, octets: int) -> None:
        self.untap()
        self._tap_room = octets

    def tapped(self) -> tuple[bytes, int]:
        found = bytes(self._tap), self._tap_lost
        self._tap.clear()
        self._tap_lost = 0
        return found

    def untap(self) -> None:
        self._tap.clear()
        self._tap_room = self._tap_lost = 0

    def take_gaps(self) -> tuple[Iterable[Gap], bool]:
        gaps, self._gaps = self._gaps, []
        lost, self._gaps_lost = self._gaps_lost, False
        return gaps, lost

    def holds(self, sequence: int) -> bool:
        packet = self._history[sequence % HISTORY] if self._history else None
        return packet is not None and packet[2:4] == sequence.to_bytes(2, "big")

    def recall(self, sequence: int) -> bytes | None:
        packet = self._history[sequence % HISTORY] if self.holds(sequence) else None
        return packet if packet is not None and len(packet) <= MAX_PACKET else None

    def begin(self, outlet: Outlet) -> None:
        outlet.begin()
        self._outlets.append(outlet)

    def update(self, outlet: Outlet) -> None:
        outlet.thin(self.index_of(self.tally.highest) + 1, self.tally.timestamp)

    def account(self, outlet: Outlet) -> None:
        outlet.account()

    def origin(self, outlet: Outlet, sequence: int) -> Origin | None:
        if outlet.sieve is not None:
            return outlet.sieve.origin(sequence, outlet.first)
        source = (sequence - outlet.sequence_by) & 0xFFFF
        begun = self.index_of(source) >= outlet.first
        return Origin(source, outlet.usual) if begun else None

    def end(self, outlet: Outlet) -> None:
        outlet.account()
        self._outlets.remove(outlet)
