"""What a peer asks of its DTLS transport, so that nothing but `dtls` and `data` needs aiortc."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from signaling.sfu.srtp import Keys


class Secure(Protocol):
    """One DTLS association."""

    fingerprint: str

    def feed(self, data: bytes) -> None:
        """Hands over a datagram that came."""

    async def handshake(self, algorithm: str, digest: str) -> Keys | None:
        """Runs the handshake; nothing when it failed or the certificate is another than the offer's."""

    async def open_data(self, port: int, received: Callable[[str, str | bytes], None]) -> None:
        """Starts SCTP; `received` gets the label of a channel and each message on it."""

    def send_data(self, label: str, message: str | bytes) -> None:
        """Sends on the channel with that label, if the peer opened one."""

    async def stop(self) -> None:
        """Says goodbye and frees everything."""


@dataclass(frozen=True, slots=True)
class SecureWish:
    """How an association is to be: our role, where datagrams go, and whom to tell that the peer closed it."""

    client: bool
    send: Callable[[bytes], None]
    closed: Callable[[], None]


OpenSecure: TypeAlias = Callable[[SecureWish], Secure]

CHANGE_CIPHER_SPEC, HIGHEST_CONTENT_TYPE = 20, 26
UNIFIED_HEADER, HIGHEST_UNIFIED_HEADER = 32, 63
RECORD_HEADER = 13
LEGACY_MAJOR_VERSION = 0xFE


def is_dtls_record(data: bytes) -> bool:
    """Whether a datagram has the shape of DTLS records (RFC 6347 4.1, RFC 9147 4)."""
    if not data:
        return False
    if UNIFIED_HEADER <= data[0] <= HIGHEST_UNIFIED_HEADER:
        return len(data) > RECORD_HEADER
    position = 0
    while position + RECORD_HEADER <= len(data):
        known = CHANGE_CIPHER_SPEC <= data[position] <= HIGHEST_CONTENT_TYPE
        if not known or data[position + 1] != LEGACY_MAJOR_VERSION:
            return False
        position += RECORD_HEADER + int.from_bytes(data[position + 11 : position + 13], "big")
    return position == len(data)
