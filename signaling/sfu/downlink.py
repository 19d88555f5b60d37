"""What is heard of a receiver's way down, and what its slots may show of it."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from signaling.media import PeerId
from signaling.sfu.budget import EVERYTHING, Downlink, Reports, Rung, allot, ladder, next_step, total
from signaling.sfu.forwarding import Slot
from signaling.sfu.rtcp import Report

ENOUGH: Final = 50
"""A share of fewer packets says little."""
REPEATED: Final = 0.15
"""For so many seconds of what is sent, packets may be sent again from one look to the next, which is half a second."""
LEAST_REPEATS: Final = 4000.0
DEAF_SECONDS: Final = 3.0
"""So long after an interruption, reports still speak of it."""


class _Span(NamedTuple):
    """How many packets of some reports were expected, and how many of them lost."""

    expected: int = 0
    lost: float = 0.0


class Allowance:
    """One receiver's reports, and how much of what it wants its slots may show."""

    def __init__(self) -> None:
        self.downlink = Downlink()
        self._estimate: float | None = None
        self._span = _Span()
        self._repeats = LEAST_REPEATS
        self._highest: dict[int, int] = {}
        self._deaf_until = 0.0

    def estimated(self, bits: int) -> None:
        """Takes an estimate; the newest counts."""
        self._estimate = float(bits)

    def reported(self, report: Report) -> None:
        """Takes what was lost of one slot's picture since the last report of it."""
        before = self._highest.get(report.ssrc, report.highest)
        self._highest[report.ssrc] = report.highest
        expected = max(0, report.highest - before)
        self._span = _Span(self._span.expected + expected, self._span.lost + expected * report.fraction_lost / 256)

    def repeats(self, packet: bytes) -> bool:
        """Whether a packet may be sent again, too: where much is lost, repeats make the way yet narrower."""
        self._repeats -= len(packet)
        return self._repeats > 0

    def share(self, slots: Iterable[Slot], speaker: PeerId | None, now: float) -> None:
        """Lets slots show the pictures that the way carries: first who speaks, then what is wanted big."""
        shown = [slot for slot in slots if slot.kind == "video" and slot.track is not None and not slot.track.muted]
        sent = sum(map(_sent, shown))
        self._repeats = max(LEAST_REPEATS, REPEATED * sent / 8)
        reports = self._take(sent)
        if now < self._deaf_until:
            return
        self.downlink.look(reports, now)
        if self.downlink.is_settling(now):
            self._span = _Span()
        if self.downlink.is_narrow:
            self._limit(sorted(shown, key=lambda each: _rank(each, speaker)), now)

    def forget(self, slots: Iterable[Slot], now: float) -> None:
        """Allows everything again: whoever is cut off reports of that, and not of the way that there is after it."""
        self.downlink, self._span, self._deaf_until = Downlink(), _Span(), now + DEAF_SECONDS
        self._highest.clear()
        for slot in slots:
            slot.allow(EVERYTHING, now)

    def _take(self, sent: float) -> Reports:
        estimate, self._estimate = self._estimate, None
        lost = 0.0
        if self._span.expected >= ENOUGH:
            lost, self._span = self._span.lost / self._span.expected, _Span()
        return Reports(sent, estimate, lost)

    def _limit(self, slots: Sequence[Slot], now: float) -> None:
        downlink = self.downlink
        wanted = {slot.mid: _rungs(slot) for slot in slots}
        known = {slot.mid: _known(slot, wanted[slot.mid]) for slot in slots}
        given = allot(downlink.limit, known, downlink.patience)
        more = next_step(given, wanted)
        if more is not None and downlink.try_more(total(more), now):
            given = more
        for slot in slots:
            rung = given[slot.mid]
            slot.allow(EVERYTHING if rung == wanted[slot.mid][-1] else rung, now)


def _rank(slot: Slot, speaker: PeerId | None) -> tuple[bool, int, int]:
    assert slot.track is not None
    return slot.track.owner != speaker, -slot.quality, slot.index


def _rungs(slot: Slot) -> Sequence[Rung]:
    assert slot.track is not None
    return ladder(slot.track.choices(slot.quality), slot.temporal)


def _known(slot: Slot, rungs: Sequence[Rung]) -> Sequence[Rung]:
    """The rungs up to the one that a slot has: a better one comes only by trying, or it would come and go."""
    if slot.most is None:
        return ()
    return [each for each in rungs if each[:2] <= slot.most[:2]] or rungs[:1]


def _sent(slot: Slot) -> float:
    """What a slot is sent, in bits a second."""
    return slot.layer.rates[slot.layers] if slot.layer is not None else 0.0
