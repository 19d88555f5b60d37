"""Steady traffic from publishers to viewers, driven by one loop without asyncio: so many packets arrive.

Everybody has joined before; while it runs, connectivity checks are sent and answered as browsers do.
"""

import select
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.load import Endpoint, is_media

PAYLOAD = b"\x10\x00\x00\x00\x9d\x01\x2a" + bytes(1161)
"""As the start of a VP8 key frame, so that every receiver may begin anywhere; 1180 octets with its RTP header."""
BURST = 4
CHECK_SECONDS = 2.0
AT_A_TIME = 64
LONGEST_WAIT = 0.005
SMALLEST_MEDIA = 200
"""Nobody's feedback is as long as that, and no picture here as short."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a run did: packets that were sent, and packets that arrived at all viewers together."""

    sent: int
    arrived: int


class Traffic:
    """Publishers that send bursts in turn, and viewers that only count."""

    def __init__(self, publishers: Sequence[Endpoint], viewers: Sequence[Endpoint], per_second: int) -> None:
        self._publishers = publishers
        self._everybody = {each.socket.fileno(): each for each in (*publishers, *viewers)}
        self._interval = BURST / (per_second * len(publishers))
        self._poll = select.epoll()
        self._turn = 0
        self._check_at = 0.0
        self._scratch = bytearray(2048)
        self._frame = (PAYLOAD,) * BURST
        for number in self._everybody:
            self._poll.register(number, select.EPOLLIN)

    def close(self) -> None:
        self._poll.close()

    def run(self, seconds: float) -> Carried:
        """Drives the traffic for a while."""
        sent = arrived = 0
        due = began = time.perf_counter()
        while (now := time.perf_counter()) < began + seconds:
            while due <= now:
                self._send()
                sent += BURST
                due += self._interval
            if now >= self._check_at:
                self._check_at = now + CHECK_SECONDS
                for each in self._everybody.values():
                    each.check_again()
            arrived += self._collect(max(0.0, min(due - time.perf_counter(), LONGEST_WAIT)))
        return Carried(sent, arrived)

    def _send(self) -> None:
        publisher = self._publishers[self._turn % len(self._publishers)]
        publisher.send_frame(self._frame, 3000 * (self._turn // len(self._publishers)))
        self._turn += 1

    def _collect(self, wait: float) -> int:
        return sum(self._drain(self._everybody[number]) for number, _ in self._poll.poll(wait))

    def _drain(self, endpoint: Endpoint) -> int:
        receive, scratch = endpoint.socket.recv_into, self._scratch
        media = 0
        for _ in range(AT_A_TIME):
            try:
                size = receive(scratch)
            except BlockingIOError:
                break
            if size >= SMALLEST_MEDIA and is_media(scratch):
                media += 1
            elif size:
                endpoint.take_other(bytes(scratch[:size]))
        return media
