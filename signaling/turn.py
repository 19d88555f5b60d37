"""A TURN client, as far as it takes to see what a relay grants (RFC 8656): allocations and permissions.

It blocks: `vclass doctor` asks with it, and the tests. Browsers bring a client of their own.
"""

import hashlib
import secrets
import socket
import ssl
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from signaling.relays import IceServer
from signaling.sfu import stun

ALLOCATE: Final = 0x0003
REFRESH: Final = 0x0004
CREATE_PERMISSION: Final = 0x0008
CHANNEL_BIND: Final = 0x0009
SUCCESS: Final = 0x0100

ERROR_CODE: Final = 0x0009
CHANNEL_NUMBER: Final = 0x000C
LIFETIME: Final = 0x000D
XOR_PEER_ADDRESS: Final = 0x0012
REALM: Final = 0x0014
NONCE: Final = 0x0015
REQUESTED_ADDRESS_FAMILY: Final = 0x0017
REQUESTED_TRANSPORT: Final = 0x0019

UDP: Final = struct.pack("!B3x", socket.IPPROTO_UDP)
FAMILIES: Final = {4: struct.pack("!B3x", 1), 6: struct.pack("!B3x", 2)}
FIRST_CHANNEL: Final = struct.pack("!H2x", 0x4000)
NO_PORT: Final = 0
CHALLENGES: Final = frozenset({401, 438})
"""Who asks, and a nonce that isn't used up: the answers name what to ask with."""
PORTS: Final = {"turn": 3478, "turns": 5349}
SECONDS: Final = 5.0
AGAIN_SECONDS: Final = 1.0
LARGEST: Final = 65_535


class RefusedError(Exception):
    """The relay answered with an error (RFC 8656 section 19)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code: Final = code


@dataclass(frozen=True, slots=True)
class Address:
    """A relay's address, taken apart (RFC 7065)."""

    host: str
    port: int
    stream: bool
    secure: bool

    @classmethod
    def of(cls, url: str) -> Self:
        scheme, _, rest = url.partition(":")
        place, _, query = rest.partition("?")
        found = urlsplit(f"//{place}")
        secure = scheme == "turns"
        return cls(
            found.hostname or "", found.port or PORTS[scheme], stream=secure or query == "transport=tcp", secure=secure
        )


class Conversation:
    """What one client asks one relay over one socket."""

    def __init__(self, way: socket.socket, server: IceServer, seconds: float = SECONDS) -> None:
        self._way = way
        self._stream = way.type == socket.SOCK_STREAM
        self._server = server
        self._seconds = seconds
        self._who: dict[int, bytes] = {}
        self._key = b""

    def allocate(self, version: int = 4) -> None:
        """Asks for a relayed address of a version of IP.

        Raises:
            RefusedError: The relay doesn't know us, or gives no such address.
            OSError: The relay doesn't answer.
        """
        self._ask(ALLOCATE, {REQUESTED_TRANSPORT: UDP, REQUESTED_ADDRESS_FAMILY: FAMILIES[version]})

    def permit(self, peer: str) -> None:
        """Asks that packets may go to an address and come from there.

        Raises:
            RefusedError: They may not.
            OSError: The relay doesn't answer.
        """
        self._ask(CREATE_PERMISSION, {}, (peer, NO_PORT))

    def bind(self, peer: str, port: int) -> None:
        """Asks for a channel to an address and port, which is a permission, too.

        Raises:
            RefusedError: There is none.
            OSError: The relay doesn't answer.
        """
        self._ask(CHANNEL_BIND, {CHANNEL_NUMBER: FIRST_CHANNEL}, (peer, port))

    def release(self) -> None:
        """Gives back what was allocated; what isn't given back ends by itself in some minutes."""
        with suppress(RefusedError, OSError):
            self._ask(REFRESH, {LIFETIME: bytes(4)})

    def _ask(self, method: int, attributes: Mapping[int, bytes], peer: tuple[str, int] | None = None) -> None:
        """Asks, and once more if the relay wants to know first who asks."""
        reply = self._exchange(method, attributes, peer)
        if reply.kind != method | SUCCESS and _refusal(reply).code in CHALLENGES:
            self._introduce(reply)
            reply = self._exchange(method, attributes, peer)
        if reply.kind != method | SUCCESS:
            raise _refusal(reply)

    def _introduce(self, challenge: stun.Message) -> None:
        """The long-term credentials, under the relay's realm and nonce (RFC 8489 section 9.2)."""
        realm, nonce = (challenge.attributes.get(name, b"") for name in (REALM, NONCE))
        name = self._server.username.encode()
        self._who = {stun.USERNAME: name, REALM: realm, NONCE: nonce}
        whole = b":".join((name, realm, self._server.credential.encode()))
        self._key = hashlib.md5(whole, usedforsecurity=False).digest()

    def _exchange(self, method: int, attributes: Mapping[int, bytes], peer: tuple[str, int] | None) -> stun.Message:
        transaction = secrets.token_bytes(12)
        place = {} if peer is None else {XOR_PEER_ADDRESS: stun.xor_address(*peer, transaction)}
        whole = {**attributes, **place, **self._who}
        signed = stun.build(method, transaction, whole, self._key) if self._key else None
        message = signed or stun.build_unsigned(method, transaction, whole)
        return self._over_stream(message) if self._stream else self._over_datagrams(message, transaction)

    def _over_stream(self, message: bytes) -> stun.Message:
        self._way.settimeout(self._seconds)
        self._way.sendall(message)
        header = self._read(stun.HEADER_SIZE)
        return stun.parse(header + self._read(int.from_bytes(header[2:4], "big")))

    def _read(self, octets: int) -> bytes:
        found = b""
        while len(found) < octets:
            more = self._way.recv(octets - len(found))
            if not more:
                raise ConnectionError("The relay hung up.")
            found += more
        return found

    def _over_datagrams(self, message: bytes, transaction: bytes) -> stun.Message:
        """Sends once a second until the answer to this very question is there."""
        end = time.monotonic() + self._seconds
        self._way.settimeout(AGAIN_SECONDS)
        while time.monotonic() < end:
            self._way.send(message)
            with suppress(TimeoutError):
                reply = stun.parse(self._way.recv(LARGEST))
                if reply.transaction == transaction:
                    return reply
        raise TimeoutError("The relay doesn't answer.")


@contextmanager
def conversation(
    url: str, server: IceServer, context: ssl.SSLContext | None = None, seconds: float = SECONDS
) -> Iterator[Conversation]:
    """A way to a relay, for as long as the block lasts; ``context`` says whose certificates are trusted.

    Raises:
        OSError: There is none.
    """
    address = Address.of(url)
    with _connected(address, context or ssl.create_default_context(), seconds) as way:
        talk = Conversation(way, server, seconds)
        try:
            yield talk
        finally:
            talk.release()


def _connected(address: Address, context: ssl.SSLContext, seconds: float) -> socket.socket:
    place = (address.host, address.port)
    if address.stream:
        way = socket.create_connection(place, seconds)
        return context.wrap_socket(way, server_hostname=address.host) if address.secure else way
    family, kind, protocol, _, found = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
    way = socket.socket(family, kind, protocol)
    way.connect(found)
    return way


def _refusal(reply: stun.Message) -> RefusedError:
    """The error in an answer (RFC 8489 section 14.8)."""
    value = reply.attributes.get(ERROR_CODE, bytes(4))
    return RefusedError(100 * (value[2] & 7) + value[3], value[4:].decode("utf-8", "replace"))
