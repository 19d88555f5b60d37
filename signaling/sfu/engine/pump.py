"""The engine with a compiled core: packets of known sources go from socket to sockets without Python.

The core holds copies of what it needs of outlets, and pointers into libsrtp's sessions; the objects here hold what
those pointers lead to for as long as the core may follow them.
"""

import functools
import importlib
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp_lib

from signaling.sfu import vp8
from signaling.sfu.codecs import name_of
from signaling.sfu.engine import names
from signaling.sfu.engine.base import Arrival, Engine, Gap, Inlet, Source, Stream, Take
from signaling.sfu.engine.outlet import Outlet
from signaling.sfu.engine.sieve import Origin, Shift
from signaling.sfu.paths import Address, Link, Path
from signaling.sfu.srtp import Cell, Keys

logger = logging.getLogger(__name__)

MODULE = "signaling.sfu.engine.core._core"
BATCHES = 4
NO_DESCRIPTOR = -1
NO_MEMORY = "The media engine got no memory."


def available() -> bool:
    """Whether this machine has the compiled core; it is built at installation, where a compiler is found."""
    try:
        return sys.platform == "linux" and bool(_core())
    except ImportError:
        return False


def _core() -> Any:  # noqa: ANN401 - a compiled module
    return _loaded(MODULE)


@functools.cache
def _loaded(name: str) -> Any:  # noqa: ANN401 - a compiled module
    """The module, told whom to hand packets for ways that it can't send on."""
    core = importlib.import_module(name)
    ffi = core.ffi

    def carry(way: Any, data: Any, size: int) -> None:  # noqa: ANN401 - cffi has no types
        ffi.from_handle(way)(bytes(ffi.buffer(data, size)))

    def failed(kind: type[BaseException], error: BaseException, _traceback: object) -> None:
        logger.error("x packet not carried: %s", kind.__name__, exc_info=error)

    ffi.def_extern(name="core_carry", onerror=failed)(carry)
    return core


def _address_of(pointer: Any) -> Any:  # noqa: ANN401 - cffi has no types
    """A pointer of pylibsrtp's as one of the core's."""
    return _core().ffi.cast("void *", int(srtp_ffi.cast("uintptr_t", pointer)))


def _owned(made: Any, free: Callable[[Any], None]) -> Any:  # noqa: ANN401 - cffi has no types
    """What the core made, freed with the last reference."""
    if not made:
        raise MemoryError(NO_MEMORY)
    return _core().ffi.gc(made, free)


class PumpEngine(Engine):
    """Lets the core read, decrypt, note, rewrite, encrypt and send; takes what the core hands up."""

    name = "pump"

    def __init__(self) -> None:
        super().__init__()
        self._ffi, self._lib = _core().ffi, _core().lib
        self.handle = _owned(self._lib.core_new(*self._calls()), self._lib.core_free)
        self.counts = self._lib.core_counts_of(self.handle)
        self.settled: set[PumpInlet] = set()
        self._upwards = self._lib.core_upwards_of(self.handle)
        self._upward_count = self._ffi.new("int *")

    def _calls(self) -> list[Any]:
        """What encrypts and decrypts: functions of pylibsrtp's own libsrtp."""
        return [_address_of(srtp_ffi.addressof(srtp_lib, name)) for name in ("srtp_protect", "srtp_unprotect")]

    def prepare(self) -> None:
        """Needs nothing."""

    def destination(self, address: Address) -> object:
        return names.pack(address)

    def receive(self, link: Link, cell: Cell, take: Take, take_opened: Take) -> None:
        run, handle, count, descriptor = self._lib.core_run, self.handle, self._upward_count, link.socket.fileno()
        for _ in range(BATCHES):
            came = run(handle, descriptor, count)
            for place in range(count[0]):
                upward = self._upwards[place]
                self._hand_up(upward, link, cell, take_opened if upward.opened else take)
            if came < self._lib.CORE_BATCH:
                return

    def _hand_up(self, upward: Any, link: Link, cell: Cell, take: Take) -> None:  # noqa: ANN401 - cffi has no types
        address = names.unpack(bytes(self._ffi.buffer(upward.name, names.SIZE)))
        cell.view[: upward.size] = self._ffi.buffer(upward.data, upward.size)
        take(link, address, upward.size)

    def stream(self, source: Source) -> Stream:
        return PumpStream(self, source)

    def inlet(self, keys: Keys) -> Inlet:
        return PumpInlet(self, keys)


class PumpStream(Stream):
    """A stream that the core keeps."""

    def __init__(self, engine: PumpEngine, source: Source) -> None:
        core = _core()
        self._ffi, self._lib, self._engine = core.ffi, core.lib, engine
        self.handle = _owned(self._lib.core_stream_new(source.clock, source.video), self._lib.core_stream_free)
        self.tally = self.handle.tally
        self.handle.audio = not source.video
        numbered = {"vp8": self._lib.CORE_VP8, "vp9": self._lib.CORE_VP9}
        for payload_type, codec in source.codecs.items():
            self.handle.numbered[payload_type] = numbered.get(name_of(codec), 0)
        self._outlets: list[tuple[Outlet, Any]] = []
        self._size = self._ffi.new("int *")
        self._shift = self._ffi.new("core_shift *")

    def note(self, packet: bytes, now: float) -> Arrival:
        return Arrival(self._lib.core_note(self.handle, packet, len(packet), now))

    def send(self, packet: bytes, descriptor: vp8.Descriptor, arrival: Arrival) -> None:
        del descriptor  # the core reads its own
        self._lib.core_send(self._engine.handle, self.handle, packet, len(packet), arrival is Arrival.NEWEST)

    def take_gaps(self) -> tuple[Iterable[Gap], bool]:
        handle = self.handle
        if not handle.gap_count:
            return (), False
        found = [Gap(each.after, each.missing, each.at) for each in handle.gaps[0 : handle.gap_count]]
        more, handle.gap_count, handle.gaps_lost = bool(handle.gaps_lost), 0, 0
        return found, more

    def holds(self, sequence: int) -> bool:
        return bool(self._lib.core_holds(self.handle, sequence))

    def recall(self, sequence: int) -> bytes | None:
        found = self._lib.core_recall(self.handle, sequence, self._size)
        return bytes(self._ffi.buffer(found, self._size[0])) if found else None

    def tap(self, octets: int) -> None:
        if self._lib.core_tap_open(self.handle, octets):
            raise MemoryError(NO_MEMORY)

    def tapped(self) -> tuple[bytes, int]:
        tap = self.handle.tap
        found = bytes(self._ffi.buffer(tap.data, tap.fill)) if tap.fill else b"", int(tap.lost)
        tap.fill = tap.lost = 0
        return found

    def untap(self) -> None:
        self._lib.core_tap_close(self.handle)

    def begin(self, outlet: Outlet) -> None:
        made, way = self._struct(outlet)
        if self._lib.core_begin(self.handle, made):
            raise MemoryError(NO_MEMORY)
        self._outlets.append((outlet, way))

    def update(self, outlet: Outlet) -> None:
        place = self._place(outlet)
        made, way = self._struct(outlet)
        self._lib.core_update(self.handle, place, made)
        self._outlets[place] = (outlet, way)

    def account(self, outlet: Outlet) -> None:
        kept = self.handle.outlets[self._place(outlet)]
        outlet.sequence_by, outlet.picture_by = kept.by.sequence, kept.by.picture
        outlet.left_out, outlet.left_out_octets = kept.left_out, kept.left_out_octets

    def origin(self, outlet: Outlet, sequence: int) -> Origin | None:
        source = self._lib.core_origin(self.handle, self._place(outlet), sequence, self._shift)
        return None if source < 0 else Origin(source, Shift(self._shift.sequence, self._shift.picture))

    def end(self, outlet: Outlet) -> None:
        self.account(outlet)
        place = self._place(outlet)
        self._lib.core_end(self.handle, place)
        del self._outlets[place]

    def _place(self, outlet: Outlet) -> int:
        return next(place for place, (each, _) in enumerate(self._outlets) if each is outlet)

    def _struct(self, outlet: Outlet) -> tuple[Any, Any]:
        """An outlet as the core has it; the second must be held while the core has the first."""
        path = outlet.path
        way = None if path.name is not None else self._ffi.new_handle(functools.partial(self._engine.send, path))
        made = self._ffi.new("core_outlet *")
        made.outbound = _address_of(outlet.keys.outbound)
        made.way = way or self._ffi.NULL
        made.descriptor = NO_DESCRIPTOR if way else path.link.socket.fileno()
        made.name = path.name or bytes(names.SIZE)
        made.ssrc, made.first = outlet.ssrc, outlet.first
        made.by.sequence, made.by.picture = outlet.sequence_by & 0xFFFF, outlet.picture_by & vp8.WIDE_MASK
        made.timestamp_by, made.tl0_by = outlet.timestamp_by & 0xFFFFFFFF, outlet.tl0_by & 0xFF
        made.temporal = outlet.temporal
        no_type, types = self._lib.CORE_NO_TYPE, self._lib.CORE_TYPES
        made.types = [outlet.payload_types.get(each, no_type) for each in range(types)]
        return made, way


class PumpInlet(Inlet):
    """A peer's way in that the core walks alone once it is settled."""

    def __init__(self, engine: PumpEngine, keys: Keys) -> None:
        self._engine = engine
        self._keys = keys
        self._ffi, self._lib = _core().ffi, _core().lib
        self._handle = _owned(self._lib.core_inlet_new(_address_of(keys.inbound)), self._lib.core_inlet_free)
        self._streams: list[PumpStream] = []

    @property
    def heard(self) -> float:  # type: ignore[override]  # read where it is kept
        """When a packet last came this way."""
        return float(self._handle.heard)

    def settle(self, path: Path) -> None:
        if path is self.path:
            return
        self.leave()
        if path.name is None:
            return
        self.path = path
        path.left = self.leave
        self._engine.settled.add(self)
        self._lib.core_settle(self._engine.handle, self._handle, path.link.socket.fileno(), path.name)

    def leave(self) -> None:
        if self.path is not None:
            self.path.left = None
            self.path = None
            self._lib.core_leave(self._engine.handle, self._handle)
            self._engine.settled.discard(self)

    def route(self, streams: Mapping[int, Stream], wide_id: int, level_id: int) -> None:
        handle = self._handle
        handle.source_count = 0
        handle.wide_id, handle.level_id = wide_id, level_id
        self._streams = [each for each in streams.values() if isinstance(each, PumpStream)]
        for ssrc, stream in zip(streams, self._streams, strict=True):
            self._lib.core_route(handle, ssrc, stream.handle)

    def take_arrivals(self) -> Iterable[tuple[int, int]]:
        handle = self._handle
        count, handle.arrival_count = handle.arrival_count, 0
        return [(each.sequence, each.microseconds) for each in handle.arrivals[0:count]]

    def take_levels(self) -> bytes:
        handle = self._handle
        count, handle.level_count = handle.level_count, 0
        return bytes(self._ffi.buffer(handle.levels, count))
