"""aiortc's DTLS transport over our own paths: the one module that uses its private names, which a test pins."""

import asyncio
import datetime as dt
import functools
from collections.abc import Callable
from contextlib import suppress

from aiortc.rtcdtlstransport import (
    SRTP_PROFILES,
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    SRTPProtectionProfile,
)
from OpenSSL import SSL

from signaling.sfu.data import DataLink
from signaling.sfu.secure import OpenSecure, SecureWish
from signaling.sfu.srtp import Keys

MAX_WAITING_RECORDS = 256
MARGIN = dt.timedelta(days=7)


class Certificate(RTCCertificate):
    """A certificate that works out its digest, and what OpenSSL makes of it, once for all connections."""

    _context: SSL.Context | None = None

    @functools.cached_property
    def fingerprint(self) -> str:
        return next(each.value for each in self.getFingerprints() if each.algorithm == "sha-256")

    def prepare(self) -> None:
        """Works out now what the first connection would wait for."""
        self._create_ssl_context(SRTP_PROFILES)

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
            self._context.set_session_cache_mode(SSL.SESS_CACHE_OFF)  # nobody takes up what was another's connection
        return self._context


class Certificates:
    """The process certificate, made anew after `life` and well before it runs out.

    Connections keep the one they began with.
    """

    def __init__(self, life: dt.timedelta) -> None:
        self._life = life
        self._current: Certificate | None = None
        self._until = dt.datetime.min.replace(tzinfo=dt.UTC)

    def current(self, now: dt.datetime) -> Certificate:
        if self._current is None or now >= self._until:
            self._current = Certificate.generateCertificate()
            self._until = min(now + self._life, self._current.expires - MARGIN)
        return self._current


class _Ice:
    """What `RTCDtlsTransport` needs of an ICE transport; full queues drop, as networks do."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send_now = send
        self._records: asyncio.Queue[bytes] = asyncio.Queue(MAX_WAITING_RECORDS)
        self._closed = False

    def put(self, data: bytes) -> None:
        with suppress(asyncio.QueueFull):
            self._records.put_nowait(data)

    def close(self) -> None:
        """Ends whoever waits for a record, now and later."""
        self._closed = True
        self.put(b"")

    async def _recv(self) -> bytes:
        data = await self._records.get()
        if self._closed:
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._send_now(data)


class DtlsLink(RTCDtlsTransport):
    """One association, as `Secure` describes it."""

    def __init__(self, wish: SecureWish, certificate: Certificate) -> None:
        self._ice = _Ice(wish.send)
        super().__init__(self._ice, [certificate])  # type: ignore[arg-type]  # duck-typed, pinned by the contract test
        self._set_role("client" if wish.client else "server")
        self.fingerprint = certificate.fingerprint
        self._closed = wish.closed
        self._data: DataLink | None = None

    def feed(self, data: bytes) -> None:
        self._ice.put(data)

    async def handshake(self, algorithm: str, digest: str) -> Keys | None:
        await self.start(RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(algorithm, digest)]))
        if self.state != "connected":
            return None
        self.on("statechange", self._state_changed)
        return Keys(self._rx_srtp, self._tx_srtp)

    def _state_changed(self) -> None:
        if self.state == "closed":
            self._closed()

    async def open_data(self, port: int, received: Callable[[str, str | bytes], None]) -> None:
        self._data = DataLink(self, received)
        await self._data.start(port)

    def send_data(self, label: str, message: str | bytes) -> None:
        if self._data is not None:
            self._data.send(label, message)

    async def stop(self) -> None:
        self.remove_all_listeners("statechange")
        if self._data is not None:
            await self._data.stop()
        reader = self._task
        await super().stop()
        self._ice.close()
        if reader is not None:
            await asyncio.gather(reader, return_exceptions=True)
        self._free()

    def _free(self) -> None:
        """Gives back at once what is large and not Python's: its collector sees no reason to hurry."""
        self._ssl = None
        self._rx_srtp = self._tx_srtp = None  # type: ignore[assignment]  # as before the handshake


def opener(life: dt.timedelta) -> OpenSecure:
    """What opens associations, each waiting for its handshake, with the certificate of the time.

    The first one is made ready here, where nobody waits for it: in a new process that takes a tenth of a second.
    """
    certificates = Certificates(life)
    certificates.current(dt.datetime.now(dt.UTC)).prepare()
    return lambda wish: DtlsLink(wish, certificates.current(dt.datetime.now(dt.UTC)))
