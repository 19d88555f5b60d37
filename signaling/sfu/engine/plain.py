"""The engine that runs everywhere: one `sendto` for each copy."""

from collections.abc import Sequence

from signaling.sfu import rtp, vp8
from signaling.sfu.engine.outlet import Outlet
from signaling.sfu.engine.python import PythonEngine


class PlainEngine(PythonEngine):
    """Encrypts in one buffer and sends from it."""

    name = "plain"

    def prepare(self) -> None:
        """Needs nothing."""

    def fan_out(self, packet: bytes, descriptor: vp8.Descriptor, outlets: Sequence[Outlet]) -> None:
        header = rtp.HEADER.unpack_from(packet)[:4]
        cell = self._scratch
        for outlet in outlets:
            if self._seal(cell, outlet, packet, header, descriptor):
                self.send(outlet.path, cell.view[: cell.length[0]])
            else:
                self.counts.dropped += 1
