"""What arrived of one stream: gaps to ask for again, and the receiver report (RFC 3550 A.3 and A.8)."""

from dataclasses import dataclass, field

from signaling.sfu.engine.base import Gap, Stream
from signaling.sfu.rtcp import Report, SenderReport

MAX_GAP = 200
MAX_TRIES = 5
RETRY_AFTER = 0.1
MAX_LOST = 0x7FFFFF


@dataclass(slots=True)
class _Wanted:
    """A missing packet: when to ask for it, and how often that was done."""

    due: float
    tries: int = 0


@dataclass(slots=True)
class Reception:
    """What must be said of one source since it was first heard."""

    stream: Stream
    nack_delay: float
    wanted: dict[int, _Wanted] = field(default_factory=dict)
    torn: bool = False
    told: tuple[SenderReport, float] | None = None
    _expected_before: int = 0
    _received_before: int = 0
    _last_sr: int = 0
    _last_sr_at: float = 0.0

    def _look(self) -> None:
        """Notes the gaps since the last look, and forgets what has come meanwhile."""
        gaps, too_many = self.stream.take_gaps()
        if too_many:
            self._give_up()
        else:
            for gap in gaps:
                self._open(gap)
        for sequence in [each for each in self.wanted if self.stream.holds(each)]:
            del self.wanted[sequence]

    def _open(self, gap: Gap) -> None:
        if gap.missing >= MAX_GAP:
            self._give_up()
            return
        for offset in range(1, gap.missing + 1):
            self.wanted[(gap.after + offset) & 0xFFFF] = _Wanted(gap.at + self.nack_delay)

    def _give_up(self) -> None:
        self.wanted.clear()
        self.torn = True

    def due(self, now: float) -> list[int]:
        """Missing packets to ask for now; those asked for often enough are given up and leave a tear."""
        self._look()
        asking: list[int] = []
        for sequence, wanted in list(self.wanted.items()):
            if wanted.due > now:
                continue
            if wanted.tries >= MAX_TRIES:
                del self.wanted[sequence]
                self.torn = True
                continue
            wanted.tries += 1
            wanted.due = now + RETRY_AFTER
            asking.append(sequence)
        return asking

    def take_torn(self) -> bool:
        """Whether a gap was given up since the last call, so that only a key frame helps."""
        torn, self.torn = self.torn, False
        return torn

    def clock_shown(self, report: SenderReport, now: float) -> None:
        """Remembers the sender's report, so that the sender can tell the round trip from ours."""
        self.told = report, now
        self._last_sr = report.ntp >> 16 & 0xFFFFFFFF
        self._last_sr_at = now

    def report(self, ssrc: int, now: float) -> Report | None:
        """The report block since the last one; nothing before the first packet."""
        tally = self.stream.tally
        received = int(tally.received)
        if not received:
            return None
        extended = int(tally.cycles + tally.highest)
        expected = extended - int(tally.base) + 1
        expected_now = expected - self._expected_before
        received_now = received - self._received_before
        self._expected_before, self._received_before = expected, received
        lost_now = max(0, expected_now - received_now)
        fraction = min(255, (lost_now << 8) // expected_now) if expected_now > 0 else 0
        lost = max(-MAX_LOST, min(MAX_LOST, expected - received))
        delay = int((now - self._last_sr_at) * 65536) & 0xFFFFFFFF if self._last_sr else 0
        highest = extended & 0xFFFFFFFF
        return Report(ssrc, fraction, lost, highest, int(tally.jitter), self._last_sr, delay)
