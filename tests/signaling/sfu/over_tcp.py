"""Endpoints of the load generator whose network lets no UDP through."""

import re
import socket

from signaling.sfu.framing import Frames, framed
from tests.benchmarks.load import LOCAL, Direction, Endpoint

SEND_BUFFER = 1 << 20


class TcpEndpoint(Endpoint):
    """Connects to the candidate that listens, and frames what it sends (RFC 6544, RFC 4571)."""

    def __init__(self, direction: Direction) -> None:
        super().__init__(direction)
        self.socket.close()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.socket.bind((LOCAL, 0))
        self.hung_up = False
        self._frames = Frames()

    def meet(self, answer: str) -> None:
        super().meet(answer)
        self._remote = listening(answer)
        self.socket.settimeout(5)
        self.socket.connect(self._remote)
        self.socket.settimeout(0)

    def _send(self, data: bytes | memoryview) -> None:
        self.socket.sendall(framed(data))

    def _readable(self) -> None:
        try:
            count = self.socket.recv_into(self._frames.room())
        except ConnectionError:
            count = 0
        if not count:
            self.hung_up = True
            self.leave_loop()
        for packet in self._frames.take(count):
            self._take(packet)


def listening(answer: str) -> tuple[str, int]:
    """Where an answer says that TCP is taken."""
    found = re.search(r"a=candidate:\S+ 1 tcp \d+ (\S+) (\d+) typ host tcptype passive", answer)
    assert found, answer
    return found[1], int(found[2])
