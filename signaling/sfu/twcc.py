"""Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01)."""

import bisect
import struct
from collections.abc import Iterable, Iterator, Sequence

from signaling.sfu import rtcp

TICK_MICROSECONDS = 250
REFERENCE_MICROSECONDS = 64_000
SMALL_DELTA, LARGE_DELTA = 1, 2
SYMBOLS_PER_CHUNK = 7
MAX_STATUSES = 300
MAX_RECORDED = 4000

Arrivals = Sequence[int | None]


class Recorder:
    """Arrival times of one peer's packets by transport-wide sequence number, until the next feedback."""

    def __init__(self) -> None:
        self._arrived: dict[int, int] = {}
        self._next: int | None = None
        self._count = 0

    def record(self, sequence: int, microseconds: int) -> None:
        if len(self._arrived) < MAX_RECORDED:
            self._arrived[sequence] = microseconds

    def feedback(self, sender: int, media: int) -> Iterator[bytes]:
        """The feedback packets for all that arrived since the last call."""
        if not self._arrived:
            return
        arrived, self._arrived = self._arrived, {}
        reference = self._next if self._next is not None else next(iter(arrived))
        order = sorted(arrived, key=lambda each: (each - reference + 0x8000) & 0xFFFF)
        base = order[0]
        if self._next is not None and (base - self._next) & 0xFFFF < MAX_STATUSES:
            base = self._next
        self._next = (order[-1] + 1) & 0xFFFF
        for first, arrivals in _spans(base, order, arrived):
            self._count = (self._count + 1) & 0xFF
            yield build(sender, media, first, arrivals, self._count)


def _spans(base: int, order: Sequence[int], arrived: dict[int, int]) -> Iterator[tuple[int, list[int | None]]]:
    """Runs of at most so many statuses that one packet holds them, each with an arrival in it."""
    steps = sorted((each - base) & 0xFFFF for each in order)
    while steps:
        count = bisect.bisect_left(steps, MAX_STATUSES)
        if count:
            yield base & 0xFFFF, [arrived.get((base + step) & 0xFFFF) for step in range(steps[count - 1] + 1)]
        shift = steps[count - 1] + 1 if count else steps[0]
        base, steps = base + shift, [step - shift for step in steps[count:]]


def build(sender: int, media: int, base: int, arrivals: Arrivals, count: int) -> bytes:
    """One feedback packet (section 3.1); `arrivals` are microseconds or nothing, from sequence `base` on."""
    first = next(each for each in arrivals if each is not None)
    reference = first // REFERENCE_MICROSECONDS
    symbols, deltas = _deltas(arrivals, reference * REFERENCE_MICROSECONDS)
    head = struct.pack("!IIHHI", sender, media, base, len(arrivals), (reference & 0xFFFFFF) << 8 | count & 0xFF)
    return rtcp.feedback(rtcp.RTPFB, rtcp.TWCC_FORMAT, head + b"".join(_chunks(symbols)) + deltas)


def _deltas(arrivals: Arrivals, clock: int) -> tuple[list[int], bytes]:
    symbols: list[int] = []
    deltas = bytearray()
    for arrival in arrivals:
        if arrival is None:
            symbols.append(0)
            continue
        ticks = max(-32768, min(32767, (arrival - clock) // TICK_MICROSECONDS))
        clock += ticks * TICK_MICROSECONDS
        small = 0 <= ticks <= 0xFF  # noqa: PLR2004 - one byte
        symbols.append(SMALL_DELTA if small else LARGE_DELTA)
        deltas += bytes((ticks,)) if small else struct.pack("!h", ticks)
    return symbols, bytes(deltas)


def _chunks(symbols: Sequence[int]) -> Iterable[bytes]:
    """Status vector chunks with two-bit symbols (section 3.1.4)."""
    for start in range(0, len(symbols), SYMBOLS_PER_CHUNK):
        word = 0xC000
        for place, symbol in enumerate(symbols[start : start + SYMBOLS_PER_CHUNK]):
            word |= symbol << (12 - 2 * place)
        yield struct.pack("!H", word)
