"""libsrtp on buffers of our own, through the binding that pylibsrtp brings: in place, without a copy for each call."""

from typing import Any

import pylibsrtp
from pylibsrtp._binding import ffi, lib

CELL_SIZE = 2048
MAX_PACKET = 1500

SrtpError = pylibsrtp.Error


class Cell:
    """A buffer that the socket, libsrtp and Python share."""

    __slots__ = ("data", "length", "view")

    def __init__(self) -> None:
        self.data: Any = ffi.new("char[]", CELL_SIZE)
        self.view = memoryview(ffi.buffer(self.data))
        self.length: Any = ffi.new("int *")

    @property
    def address(self) -> int:
        """Where the buffer stands in memory."""
        return int(ffi.cast("uintptr_t", self.data))


class Keys:
    """The two SRTP sessions of a peer; the pointers live as long as the sessions they come from."""

    __slots__ = ("_inbound", "_outbound", "inbound", "outbound")

    def __init__(self, inbound: pylibsrtp.Session, outbound: pylibsrtp.Session) -> None:
        self._inbound, self._outbound = inbound, outbound
        # the binding has no public way to work in place
        self.inbound: Any = inbound._srtp[0]  # noqa: SLF001 - pinned by a contract test
        self.outbound: Any = outbound._srtp[0]  # noqa: SLF001 - likewise

    def protect_rtcp(self, packet: bytes) -> bytes:
        return bytes(self._outbound.protect_rtcp(packet))

    def unprotect_rtcp(self, packet: bytes) -> bytes:
        return bytes(self._inbound.unprotect_rtcp(packet))


def unprotect(keys: Keys, cell: Cell, size: int) -> int:
    """Decrypts the RTP packet in a cell; returns its new size, or 0 when it is not authentic."""
    cell.length[0] = size
    return 0 if lib.srtp_unprotect(keys.inbound, cell.data, cell.length) else int(cell.length[0])


protect = lib.srtp_protect
