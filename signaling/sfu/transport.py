"""The transport of one peer: credentials, checked paths, DTLS, and in which phase of its life it is."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from signaling.media import PeerPhase
from signaling.sfu.answer import Local
from signaling.sfu.host import Host
from signaling.sfu.ice import Credentials, Paths
from signaling.sfu.paths import Path, Remote
from signaling.sfu.sdp import Description
from signaling.sfu.secure import SecureWish
from signaling.sfu.settings import SfuSettings
from signaling.sfu.srtp import Keys

logger = logging.getLogger(__name__)

DATA_AFTER = 0.3
"""Data channels can wait: pictures come first."""
SILENT_AFTER = 2.0
"""After so long without a packet on the path in use, a check on another one moves the peer there."""


@dataclass(slots=True)
class Life:
    """A peer's phase, since when, and when it was last heard."""

    phase: PeerPhase
    since: float
    heard: float

    def due(self, now: float, settings: SfuSettings) -> PeerPhase:
        """The phase it should be in now."""
        if self.phase == "connecting" and now - self.since > settings.connect_deadline:
            return "gone"
        if self.phase == "live" and now - self.heard > settings.stale_after:
            return "stale"
        if self.phase == "stale" and self.heard > self.since:
            return "live"
        if self.phase == "stale" and now - self.since > settings.gone_after:
            return "gone"
        return self.phase

    def enter(self, phase: PeerPhase, now: float) -> None:
        self.phase, self.since = phase, now
        if phase == "live":
            self.heard = now


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whom a transport tells what happens to it."""

    remote: Remote
    connected: Callable[[Keys], None]
    moved: Callable[[Path], None]
    closed: Callable[[], None]
    data: Callable[[str, str | bytes], None]


class Transport:
    """ICE-lite and DTLS of one peer; media and feedback travel in `send`."""

    def __init__(self, host: Host, watcher: Watcher, offer: Description, now: float) -> None:
        self._host = host
        self._watcher = watcher
        self._offer = offer
        self._credentials = Credentials.fresh()
        self._passwords: dict[str, str] = {}
        self._paths: Paths[Path] = Paths()
        self._started = False
        self._ended = False
        self.client = offer.setup == "passive"
        wish = SecureWish(self.client, self.send, watcher.closed)
        self._secure = host.open_secure(wish)
        self.life = Life("connecting", now, now)
        self._spoke = now
        self._admit(self._credentials)

    def _admit(self, credentials: Credentials) -> None:
        self._passwords[credentials.ufrag] = credentials.password
        self._host.mux.expect(credentials.ufrag, self._watcher.remote)

    @property
    def path(self) -> Path | None:
        return self._paths.current

    @property
    def settled(self) -> Path | None:
        """The path in use, while nothing puts it in doubt: packets that come over it change nothing here."""
        return self._paths.current if self._paths.proven and self.life.phase == "live" else None

    def same_certificate(self, offer: Description) -> bool:
        """Whether an offer comes from the connection that we have."""
        return (offer.algorithm, offer.fingerprint) == (self._offer.algorithm, self._offer.fingerprint)

    def renew(self, offer: Description) -> None:
        """Takes a later offer; new remote credentials restart ICE (RFC 8445 section 9), DTLS stays."""
        restarts = (offer.ufrag, offer.password) != (self._offer.ufrag, self._offer.password)
        self._offer = offer
        if restarts:
            self._credentials = Credentials.fresh()
            self._admit(self._credentials)

    def local(self, revision: int) -> Local:
        """Our side, for the answer."""
        mux = self._host.mux
        addresses = [(link.address, link.port) for link in mux.links]
        role = "active" if self.client else "passive"
        return Local(self._credentials, self._secure.fingerprint, role, addresses, revision, tuple(mux.listening))

    def password(self, ufrag: str) -> str | None:
        return self._passwords.get(ufrag)

    def checked(self, path: Path, ufrag: str, now: float) -> None:
        """Notes a check; the first starts the handshake, one with new credentials retires the old."""
        self.life.heard = now
        before = self._paths.current
        if path is not before and now - self._spoke > SILENT_AFTER:
            self._paths.doubt()
        evicted = self._paths.check(path, spare=not path.link.datagrams)
        if evicted is not None:
            evicted.cut()
        if self._paths.current is not before:
            self._watcher.moved(path)
        if ufrag == self._credentials.ufrag and len(self._passwords) > 1:
            self._retire(ufrag)
        if not self._started:
            self._started = True
            self._host.tasks.spawn(self._handshake())

    def _retire(self, current: str) -> None:
        for ufrag in [each for each in self._passwords if each != current]:
            del self._passwords[ufrag]
            self._host.mux.forget(ufrag)

    def lost(self, path: Path) -> None:
        """A connection broke: traffic goes over another checked path, if there is one."""
        if self._paths.lose(path) and self._paths.current is not None:
            self._watcher.moved(self._paths.current)

    def dtls_arrived(self, path: Path, data: bytes) -> None:
        self._prove(path)
        self._secure.feed(data)

    def proven(self, path: Path, now: float) -> None:
        """Notes an authentic packet: the peer is alive and this is the path it uses."""
        self.spoke(now)
        if path is not self._paths.current or not self._paths.proven:
            self._prove(path)

    def spoke(self, at: float) -> None:
        """An authentic packet came, then, over the path in use."""
        self._spoke = max(self._spoke, at)
        self.life.heard = max(self.life.heard, at)

    def _prove(self, path: Path) -> None:
        if self._paths.valid(path):
            self._watcher.moved(path)

    async def _handshake(self) -> None:
        keys = await self._secure.handshake(self._offer.algorithm, self._offer.fingerprint)
        if self._ended:
            return
        if keys is None:
            logger.info("x handshake failed")
            self._watcher.closed()
            return
        self._watcher.connected(keys)
        port = next((each.sctp_port for each in self._offer.sections if each.kind == "application"), None)
        if port is not None:
            await asyncio.sleep(DATA_AFTER)
        if port is not None and not self._ended:
            await self._secure.open_data(port, self._watcher.data)

    def send(self, data: bytes) -> None:
        """Sends on the path in use."""
        if self._paths.current is not None:
            self._host.engine.send(self._paths.current, data)

    def send_data(self, label: str, message: str | bytes) -> None:
        self._secure.send_data(label, message)

    def close(self) -> None:
        """Says goodbye, then forgets every path and ufrag."""
        if self._ended:
            return
        self._ended = True
        self.life.enter("gone", time.monotonic())
        for ufrag in self._passwords:
            self._host.mux.forget(ufrag)
        self._host.tasks.spawn(self._farewell())

    async def _farewell(self) -> None:
        await self._secure.stop()
        for path in self._paths.checked:
            path.cut()
        self._paths = Paths()
