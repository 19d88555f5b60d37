"""One publisher and some viewers around one engine, without a clockwork: a fuzzer moves everything by hand.

Sockets, peers and libsrtp are real; what DTLS would agree on is given. In a *bare* house nothing is encrypted, so
that headers come through which libsrtp would refuse.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pylibsrtp

from signaling.media import PeerId, RoomId
from signaling.sfu import sdp, vp8
from signaling.sfu.answer import AUDIO_LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_WIDE
from signaling.sfu.engine.base import DRIP, Engine
from signaling.sfu.engine.pump import PumpEngine
from signaling.sfu.forwarding import Slot
from signaling.sfu.host import Host, Tasks
from signaling.sfu.layers import Layer, Track
from signaling.sfu.mux import Mux
from signaling.sfu.paths import Address, Link, Path
from signaling.sfu.peer import Peer
from signaling.sfu.secure import SecureWish
from signaling.sfu.settings import SfuSettings
from signaling.sfu.sockets import bind
from signaling.sfu.srtp import Keys
from tests.signaling.sfu.offers import FINGERPRINT, SMALL

AUDIO, VIDEO, REPAIR = 1111, 2222, 3333
LAYERS = {"q": 4444, "h": 5555, "f": 6666}
LEVEL_ID, WIDE_ID, MID_ID, RID_ID, REPAIRED_ID = 1, 3, 4, 5, 6
VIEWERS = 3
NEVER = 1e12
_KEY = bytes(range(44))
_SESSION = SMALL.partition("m=")[0]
_AUDIO = f"""m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=rtpmap:111 opus/48000/2
a=extmap:{LEVEL_ID} {AUDIO_LEVEL}
a=extmap:{WIDE_ID} {TRANSPORT_WIDE}
a=extmap:{MID_ID} {MID}
"""
_FEW = """m=video 9 UDP/TLS/RTP/SAVPF 96 97 98
a=mid:1
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 H264/90000
a=fmtp:98 packetization-mode=1;profile-level-id=42e01f
"""
_VIDEO = (
    _FEW.replace("98\n", "98 99 100\n", 1)
    + f"""a=rtpmap:99 VP9/90000
a=rtpmap:100 AV1/90000
a=extmap:{WIDE_ID} {TRANSPORT_WIDE}
a=extmap:{MID_ID} {MID}
"""
)
_SENDS = "a=sendonly\n"
_LAYERS = f"""a=mid:2
a=extmap:{RID_ID} {RID}
a=extmap:{REPAIRED_ID} {REPAIRED_RID}
a=rid:q send
a=rid:h send
a=rid:f send
a=simulcast:send q;h;f
"""
_AUDIO_SOURCE = f"a=ssrc:{AUDIO} cname:x\n"
_VIDEO_SOURCE = f"a=ssrc-group:FID {VIDEO} {REPAIR}\na=ssrc:{VIDEO} cname:x\na=ssrc:{REPAIR} cname:x\n"
_CAMERAS = _VIDEO + _SENDS + _VIDEO_SOURCE + _VIDEO.replace("a=mid:1\n", _LAYERS) + _SENDS
SENDING = sdp.parse(_SESSION.replace("0 1", "0 1 2") + _AUDIO + _SENDS + _AUDIO_SOURCE + _CAMERAS, sdp.Limits())
RECEIVING = sdp.parse(_SESSION + _AUDIO + "a=recvonly\n" + _VIDEO + "a=recvonly\n", sdp.Limits())
PLAIN_RECEIVING = sdp.parse(_SESSION + _AUDIO + "a=recvonly\n" + _FEW + "a=recvonly\n", sdp.Limits())


def session(side: int) -> pylibsrtp.Session:
    profile = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM
    return pylibsrtp.Session(pylibsrtp.Policy(_KEY, side, srtp_profile=profile))


class Given:
    """An association whose keys everybody knows."""

    fingerprint = FINGERPRINT

    def __init__(self, _: SecureWish) -> None:
        policy = pylibsrtp.Policy
        self._keys = Keys(session(policy.SSRC_ANY_INBOUND), session(policy.SSRC_ANY_OUTBOUND))

    def feed(self, data: bytes) -> None:
        """Takes records and does nothing with them."""

    async def handshake(self, _algorithm: str, _digest: str) -> Keys:
        return self._keys

    async def open_data(self, _port: int, _received: Callable[[str, str | bytes], None]) -> None:
        raise AssertionError("nobody asked for data")

    def send_data(self, label: str, message: str | bytes) -> None:
        raise AssertionError(label, message)

    async def stop(self) -> None:
        """Has nothing to free."""


class BarePump(PumpEngine):
    """Leaves packets as they are."""

    def _calls(self) -> list[Any]:
        self._identity = self._ffi.callback("int(void *, void *, int *)", _as_it_is)
        return [self._ffi.cast("void *", self._identity)] * 2


def _as_it_is(*_: object) -> int:
    return 0


@contextmanager
def without_encryption() -> Iterator[None]:
    """Takes libsrtp out of the engines in Python and of the paths that all share."""
    with (
        mock.patch("signaling.sfu.engine.python.protect", _as_it_is),
        mock.patch("signaling.sfu.engine.base.protect", _as_it_is),
        mock.patch("signaling.sfu.mux.unprotect", lambda _keys, _cell, size: size),
    ):
        yield


class House:
    """The room of one engine; numbers that are random elsewhere are the same in every house."""

    def __init__(self, engine: Engine) -> None:
        engine.prepare()
        self.engine = engine
        self.mux = Mux(engine)
        ours = bind("127.0.0.1", 0)
        self.link = Link(ours, *ours.getsockname())
        self.mux.links.append(self.link)
        self.screens = [bind("127.0.0.1", 0) for _ in range(VIEWERS)]
        settings = SfuSettings(feedback_interval=NEVER, report_interval=NEVER)
        self.host = Host(settings, engine, self.mux, Given, Tasks())
        self.publisher = self._peer("publisher", SENDING)
        offers = [RECEIVING] * (VIEWERS - 1) + [PLAIN_RECEIVING]
        self.viewers = [self._peer(f"viewer{number}", offer) for number, offer in enumerate(offers)]

    def _peer(self, name: str, offer: sdp.Description) -> Peer:
        watch = (lambda _: None, lambda _: None, lambda *_: None)
        peer = Peer(self.host, PeerId(name), RoomId("room"), offer, watch, 0.0)
        peer.answer(offer, 1, 0.0)
        peer._ssrc = 7
        for number, slot in enumerate(peer.slots.values()):
            slot.ssrc, slot.rtx_ssrc = 100 + number, 200 + number
            slot.sequence = slot.rtx_sequence = slot.timestamp = 65_500
        peer._slot_by_ssrc = {slot.ssrc: slot for slot in peer.slots.values()}
        return peer

    async def connect(self, address: Address) -> None:
        """Lets everybody come: the publisher from an address, each viewer from its screen."""
        self.check(self.publisher, address)
        for viewer, screen in zip(self.viewers, self.screens, strict=True):
            self.check(viewer, screen.getsockname())
        await self.host.tasks.drain()
        for peer in (self.publisher, *self.viewers):
            peer.transport.life.enter("live", 0.0)

    def check(self, peer: Peer, address: Address) -> Path:
        """An authentic connectivity check from an address."""
        path = self.mux._path(self.link, address, peer)
        peer.checked(path, next(iter(peer.transport._passwords)), 0.0)
        return path

    def track(self, kind: str) -> Track:
        return next(each for each in self.publisher.tracks.values() if each.kind == kind)

    def hear(self) -> None:
        """Reads all that waits at the socket."""
        self.mux._readable(self.link)

    def seen(self) -> dict[str, object]:
        """What arrived at each screen since the last look, in the order of its octets."""
        return {f"screen {number}": sorted(_waiting(screen)) for number, screen in enumerate(self.screens)}

    def state(self) -> dict[str, object]:
        """Everything that must not depend on the engine."""
        for sequence, at in self.publisher._inlet.take_arrivals():
            self.publisher._arrivals.record(sequence, at)
        arrived, self.publisher._arrivals._arrived = self.publisher._arrivals._arrived, {}
        counts = self.engine.counts
        return {
            "counts": (counts.sent, counts.dropped, self.mux.received, self.mux.refused, self.host.counters),
            "arrived": sorted(arrived),
            "slots": [_standing(slot) for viewer in self.viewers for slot in viewer.slots.values()],
            "lacking": [slot.lacks for viewer in self.viewers for slot in viewer.slots.values()],
            **{f"{mid}/{layer.rid}": _numbers(layer) for mid, layer in self._layers()},
        }

    def _layers(self) -> Iterator[tuple[str, Layer]]:
        for mid, track in self.publisher.tracks.items():
            yield from ((mid, layer) for layer in track.layers)

    def close(self) -> None:
        for peer in (self.publisher, *self.viewers):
            peer.close(0.0)
        for each in (self.link.socket, *self.screens):
            each.close()


def _numbers(layer: Layer) -> tuple[object, ...]:
    if layer.stream is None or layer.reception is None:
        return ()
    tally = layer.stream.tally
    names = ("base", "highest", "cycles", "received", "timestamp", "picture", "tl0", "forwarded", "octets")
    tapped = _without_times(*layer.stream.tapped())
    return (*(getattr(tally, name) for name in names), sorted(layer.reception.wanted), len(layer.waiting), tapped)


def _standing(slot: Slot) -> tuple[object, ...]:
    """What a slot shows, and where its numbers stand."""
    if slot.layer is None or slot.layer.stream is None or slot.outlet is None:
        return ()
    outlet = slot.outlet
    slot.layer.stream.account(outlet)
    moved = (outlet.sequence_by, outlet.picture_by & vp8.WIDE_MASK, outlet.left_out, outlet.left_out_octets)
    return (slot.layer.track.mid, slot.layer.rid, *moved)


def newest(slot: Slot) -> int:
    """The number that a slot sent last."""
    if slot.layer is None or slot.layer.stream is None or slot.outlet is None:
        return slot.sequence
    slot.layer.stream.account(slot.outlet)
    return int(slot.layer.stream.tally.highest + slot.outlet.sequence_by) & 0xFFFF


def _without_times(drips: bytes, lost: int) -> tuple[list[bytes], int]:
    """The packets out of a tap, and how many found no room."""
    packets, at = [], 0
    while at < len(drips):
        _, size = DRIP.unpack_from(drips, at)
        packets.append(drips[at + DRIP.size : at + DRIP.size + size])
        at += DRIP.size + size
    return packets, lost


def _waiting(screen: Any) -> Iterator[bytes]:  # noqa: ANN401 - a socket
    try:
        while True:
            yield screen.recv(4096)
    except BlockingIOError:
        return
