"""A slot, what it shows, and what its receiver gets; time is given."""

import secrets
import socket

import pylibsrtp

from signaling.media import PeerId, TrackId
from signaling.sfu import rtp, vp8
from signaling.sfu.engine.base import Engine
from signaling.sfu.forwarding import slot_of
from signaling.sfu.layers import Layer, Track, track_of
from signaling.sfu.paths import Address, Link, Path
from signaling.sfu.sdp import Limits, parse
from signaling.sfu.sockets import bind
from signaling.sfu.srtp import Keys
from tests.signaling.sfu.offers import offer

KEY = secrets.token_bytes(30)
SECTIONS = {each.mid: each for each in parse(offer("chromium"), Limits()).sections}


def keys() -> Keys:
    sides = (pylibsrtp.Policy.SSRC_ANY_INBOUND, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    return Keys(*(pylibsrtp.Session(pylibsrtp.Policy(KEY, side)) for side in sides))


def path_between(engine: Engine, ours: socket.socket, address: Address) -> Path:
    link = Link(ours, *ours.getsockname())
    return Path(link, address, None, engine.destination(address))  # type: ignore[arg-type]  # nobody is told anything


class Stage:
    """One slot, two tracks, and what the slot's receiver gets."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = 100.0
        self.ours, self.theirs = bind("127.0.0.1", 0), bind("127.0.0.1", 0)
        self.path = path_between(engine, self.ours, self.theirs.getsockname())
        self.keys = keys()
        self.slot = slot_of(SECTIONS["3"], 0)
        self.tracks = [self._track(name) for name in ("ann", "bob")]
        self.copies: list[bytes] = []
        self._session = pylibsrtp.Session(pylibsrtp.Policy(KEY, pylibsrtp.Policy.SSRC_ANY_INBOUND))

    def _track(self, owner: str) -> Track:
        track = track_of(SECTIONS["1"], TrackId(f"{owner}/1"), PeerId(owner))
        track.layers[0].heard(secrets.randbits(32), self.engine, 0.02, self.now)
        return track

    def show(self, which: int) -> Track:
        self.slot.attach(self.tracks[which], self.keys, self.path, self.now)
        return self.tracks[which]

    def send(self, which: int, sequence: int, picture: int, *, key: bool = False) -> None:
        """A packet of a track, a thirtieth of a second after the last."""
        self.now += 1 / 30
        self.forward(self.tracks[which].layers[0], sequence, picture, 3000 * sequence, key=key)

    def forward(
        self,
        layer: Layer,
        sequence: int,
        picture: int,
        timestamp: int,
        *,
        key: bool = False,
        layers: int = 0,
        size: int = 1,
    ) -> None:
        """A packet of a layer; its last octet says which one of the track's that is."""
        head = rtp.HEADER.pack(0x80, 0x80 | 96, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, 1)
        wide = (0x80 | picture >> 8 & 0x7F, picture & 0xFF, picture & 0xFF)
        body = bytes((0x90, 0xE0, *wide, layers, 0 if key else 1))
        body += bytes((layer.track.layers.index(layer),)) * size
        self.take(layer, head + body)

    def carry(self, which: int, sequence: int, payload: bytes, payload_type: int = 96) -> None:
        """A packet of a track in any codec, a thirtieth of a second after the last."""
        self.now += 1 / 30
        head = rtp.HEADER.pack(0x80, 0x80 | payload_type, sequence & 0xFFFF, 3000 * sequence & 0xFFFFFFFF, 1)
        self.take(self.tracks[which].layers[0], head + payload)

    def take(self, layer: Layer, packet: bytes) -> None:
        layer.forward(packet, self.now)
        self._receive()

    def _receive(self) -> None:
        try:
            while True:
                self.copies.append(self._session.unprotect(self.theirs.recv(2048)))
        except BlockingIOError:
            return

    def close(self) -> None:
        self.ours.close()
        self.theirs.close()

    def numbers(self) -> list[tuple[int, int, int]]:
        """Sequence number, picture id and TL0PICIDX of each copy."""
        found = []
        for copy in self.copies:
            descriptor = vp8.parse(copy, rtp.payload_offset(copy))
            found.append((int.from_bytes(copy[2:4], "big"), descriptor.picture, descriptor.tl0))
        return found
