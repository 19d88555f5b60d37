"""What arrived of one stream: gaps to ask for again, and the receiver report (RFC 3550 A.3 and A.8)."""

from dataclasses import dataclass, field

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
    """Counts of one source since it was first heard."""

    clock: int
    nack_delay: float
    base: int | None = None
    highest: int = 0
    cycles: int = 0
    received: int = 0
    jitter: float = 0.0
    wanted: dict[int, _Wanted] = field(default_factory=dict)
    torn: bool = False
    _transit: float | None = None
    _expected_before: int = 0
    _received_before: int = 0
    _last_sr: int = 0
    _last_sr_at: float = 0.0

    def arrived(self, sequence: int, timestamp: int, now: float) -> bool:
        """Notes a packet; says whether it is the newest so far."""
        self.received += 1
        if self.base is None:
            self.base = self.highest = sequence
            return True
        step = (sequence - self.highest) & 0xFFFF
        if not 0 < step < 0x8000:  # noqa: PLR2004 - half the number space
            self.wanted.pop(sequence, None)
            return False
        if step > 1:
            self._open_gap(step, now)
        if sequence < self.highest:
            self.cycles += 0x10000
        self.highest = sequence
        self._note_jitter(timestamp, now)
        return True

    def index_of(self, sequence: int) -> int:
        """The number that a sequence number stands for when wraps are counted: the one nearest to the newest."""
        step = ((sequence - self.highest + 0x8000) & 0xFFFF) - 0x8000
        return self.cycles + self.highest + step

    def _open_gap(self, step: int, now: float) -> None:
        if step > MAX_GAP:
            self.wanted.clear()
            self.torn = True
            return
        for offset in range(1, step):
            self.wanted[(self.highest + offset) & 0xFFFF] = _Wanted(now + self.nack_delay)

    def _note_jitter(self, timestamp: int, now: float) -> None:
        transit = now * self.clock - timestamp
        if self._transit is not None and abs(transit - self._transit) < self.clock * 10:
            self.jitter += (abs(transit - self._transit) - self.jitter) / 16
        self._transit = transit

    def due(self, now: float) -> list[int]:
        """Missing packets to ask for now; those asked for often enough are given up and leave a tear."""
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
        self._last_sr = report.ntp >> 16 & 0xFFFFFFFF
        self._last_sr_at = now

    def report(self, ssrc: int, now: float) -> Report | None:
        """The report block since the last one; nothing before the first packet."""
        if self.base is None:
            return None
        extended = self.cycles + self.highest
        expected = extended - self.base + 1
        expected_now = expected - self._expected_before
        received_now = self.received - self._received_before
        self._expected_before, self._received_before = expected, self.received
        lost_now = max(0, expected_now - received_now)
        fraction = min(255, (lost_now << 8) // expected_now) if expected_now > 0 else 0
        lost = max(-MAX_LOST, min(MAX_LOST, expected - self.received))
        delay = int((now - self._last_sr_at) * 65536) & 0xFFFFFFFF if self._last_sr else 0
        highest = extended & 0xFFFFFFFF
        return Report(ssrc, fraction, lost, highest, int(self.jitter), self._last_sr, delay)
