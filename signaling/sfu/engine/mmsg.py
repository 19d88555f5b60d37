"""The engine for Linux without a compiler: one `sendmmsg` for all copies of a packet, through cffi."""

import errno
import sys
from collections.abc import Sequence
from typing import Any

from signaling.sfu import rtp
from signaling.sfu.engine import names
from signaling.sfu.engine.outlet import Outlet
from signaling.sfu.engine.python import PythonEngine
from signaling.sfu.engine.sieve import Piece
from signaling.sfu.paths import Address, Link
from signaling.sfu.srtp import Cell

BATCH = 256

# struct names are ours, layouts are those of sys/socket.h on Linux
_DECLARATIONS = """
struct iov { void *base; size_t len; };
struct mh { void *name; unsigned int namelen; struct iov *iov; size_t iovlen;
            void *control; size_t controllen; int flags; };
struct mmh { struct mh header; unsigned int len; };
int sendmmsg(int, struct mmh *, unsigned int, int);
"""


def available() -> bool:
    """Whether this machine has `sendmmsg` as we call it."""
    return sys.platform == "linux"


class MmsgEngine(PythonEngine):
    """Encrypts into a row of buffers and hands the row to the kernel at once."""

    name = "mmsg"

    def prepare(self) -> None:
        import cffi  # noqa: PLC0415 - brings a C parser along, which an idle server can do without

        self._ffi = ffi = cffi.FFI()
        ffi.cdef(_DECLARATIONS)
        self._libc: Any = ffi.dlopen(None)
        self._cells = [Cell() for _ in range(BATCH)]
        self._vectors: Any = ffi.new("struct iov[]", BATCH)
        self._messages: Any = ffi.new("struct mmh[]", BATCH)
        for index, cell in enumerate(self._cells):
            self._vectors[index].base = ffi.cast("void *", cell.address)
            self._messages[index].header.iov = self._vectors + index
            self._messages[index].header.iovlen = 1
            self._messages[index].header.namelen = names.SIZE

    def destination(self, address: Address) -> object:
        name: Any = self._ffi.new("char[]", names.pack(address))
        return name

    def fan_out(self, piece: Piece, outlets: Sequence[Outlet]) -> None:
        header = rtp.HEADER.unpack_from(piece.packet)[:4]
        cells, vectors, messages, seal = self._cells, self._vectors, self._messages, self._seal
        ready = 0
        link: Link | None = None
        for outlet in outlets:
            shift = outlet.shift(piece) if piece.empty or outlet.sieve is not None else outlet.usual
            if shift is None:
                continue
            path = outlet.path
            if link is not None and (path.link is not link or ready == BATCH):
                self._flush(link, ready)
                ready = 0
            link = path.link
            cell = cells[ready]
            if not seal(cell, outlet, piece, header, shift):
                self.counts.dropped += 1
                continue
            if path.name is None:
                self.send(path, cell.view[: cell.length[0]])
                continue
            vectors[ready].len = cell.length[0]
            messages[ready].header.name = path.name
            ready += 1
        if link is not None:
            self._flush(link, ready)

    def _flush(self, link: Link, ready: int) -> None:
        """Sends the row; a message that the kernel refuses is skipped, a full socket drops the rest."""
        if not ready:
            return
        start = 0
        descriptor = link.socket.fileno()
        while start < ready:
            sent = self._libc.sendmmsg(descriptor, self._messages + start, ready - start, 0)
            self.counts.sent += max(0, sent)
            start += max(0, sent)
            if start < ready:
                lost = ready - start if self._ffi.errno == errno.EAGAIN else 1
                self.counts.dropped += lost
                start += lost
