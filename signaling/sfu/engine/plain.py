"""The engine that runs everywhere: one `sendto` for each copy."""

from collections.abc import Sequence

from signaling.sfu import rtp
from signaling.sfu.engine.outlet import Outlet
from signaling.sfu.engine.python import PythonEngine
from signaling.sfu.engine.sieve import Piece


class PlainEngine(PythonEngine):
    """Encrypts in one buffer and sends from it."""

    name = "plain"

    def prepare(self) -> None:
        """Needs nothing."""

    def fan_out(self, piece: Piece, outlets: Sequence[Outlet]) -> None:
        header = rtp.HEADER.unpack_from(piece.packet)[:4]
        cell = self._scratch
        for outlet in outlets:
            shift = outlet.shift(piece) if piece.empty or outlet.sieve is not None else outlet.usual
            if shift is None:
                continue
            if self._seal(cell, outlet, piece, header, shift):
                self.send(outlet.path, cell.view[: cell.length[0]])
            else:
                self.counts.dropped += 1
