"""The compiled engine beside the plain one: the same hostile packets and events, and the same must come of them."""

import socket
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Final
from unittest import mock

import pylibsrtp

from signaling.media import Kind, SlotWish
from signaling.sfu import rtcp, rtp
from signaling.sfu.engine.plain import PlainEngine
from signaling.sfu.engine.pump import PumpEngine
from signaling.sfu.layers import QUALITIES
from tests.fuzz import payloads
from tests.fuzz.house import (
    AUDIO,
    LAYERS,
    LEVEL_ID,
    MID_ID,
    REPAIR,
    REPAIRED_ID,
    RID_ID,
    SENDING,
    VIDEO,
    VIEWERS,
    WIDE_ID,
    BarePump,
    House,
    newest,
    session,
)
from tests.fuzz.mutation import mutate

ADDRESSES = 3
KINDS: Final[tuple[Kind, ...]] = ("audio", "video")
MOST_AT_ONCE = 40
SIZES = (0, 1, 2, 3, 10, 100, 1000, 1400, 1484, 1488, 1489, 1500, 1600, 2040, 2100)


@dataclass(slots=True)
class Source:
    """Where a source's numbers stand."""

    ssrc: int
    payload_type: int
    sequence: int = 65_500
    picture: int = 32_760
    timestamp: int = 0
    rid: str = ""

    def next(self, random: Random) -> int:
        """A sequence number: mostly the next, sometimes an old one again, a late one, or one after a gap."""
        turn = random.random()
        if turn < 0.75:
            self.sequence += 1
        elif turn < 0.8:
            self.sequence += random.choice((2, 3, 20, 199, 200, 201, 600, 30_000, 0x8000))
        elif turn < 0.95:
            return (self.sequence - random.randrange(1, 12)) & 0xFFFF
        return self.sequence & 0xFFFF


class Hostile:
    """Packets of somebody who was let in and means no good."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._audio = Source(AUDIO, 111)
        self._video = Source(VIDEO, 96)
        self._repair = Source(REPAIR, 97)
        self._layers = [Source(ssrc, 96, rid=rid) for rid, ssrc in LAYERS.items()]
        self._seal = session(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)

    def known(self) -> bytes:
        """A packet of a source that the engine knows, honest or not."""
        source = self._random.choice((self._audio, self._video, self._video, *self._layers))
        return self._damaged(self._packet(source, self._payload(source)), source.ssrc)

    def repair(self) -> bytes:
        """A retransmission, of what came before or of nothing, or mere padding."""
        lost = (self._video.sequence - self._random.randrange(20)) & 0xFFFF
        payload = lost.to_bytes(2, "big") + self._payload(self._video)
        return self._damaged(self._packet(self._repair, payload), REPAIR)

    def stranger(self) -> bytes:
        """A packet of a source that nobody announced."""
        source = Source(self._random.choice((5, 6, VIDEO, AUDIO)), self._random.choice((96, 97, 98, 111, 3)))
        return self._packet(source, self._payload(source))

    def sealed(self, packet: bytes) -> bytes:
        """The packet encrypted, or as it is if libsrtp won't have it."""
        try:
            return bytes(self._seal.protect(packet))
        except (pylibsrtp.Error, ValueError):
            return packet

    def _damaged(self, packet: bytes, ssrc: int) -> bytes:
        if self._random.random() < 0.6:
            return packet
        damaged = mutate(self._random, [packet])
        keeps = self._random.random() < 0.9 and len(damaged) >= rtp.HEADER_SIZE
        return (
            bytes((0x80 | damaged[0] & 0x3F,)) + damaged[1:8] + ssrc.to_bytes(4, "big") + damaged[12:]
            if keeps
            else damaged
        )

    def _packet(self, source: Source, payload: bytes) -> bytes:
        random = self._random
        contributors = random.choice((0, 0, 0, 1, 15))
        extension = self._extension(source) if source.rid or random.random() < 0.7 else b""
        padding = random.random() < 0.1
        if padding:
            payload += bytes((random.choice((0, 1, 1, 2, 255)),))
        if random.random() < 0.1:
            payload = bytes((len(payload) % 256,))[: random.randrange(2)]
        first = 0x80 | (0x20 if padding else 0) | (0x10 if extension else 0) | contributors
        second = random.choice((0, 0x80)) | source.payload_type
        head = rtp.HEADER.pack(first, second, source.next(random), 0, source.ssrc)
        if random.random() < 0.5:
            source.timestamp = random.getrandbits(32)
        stamp = source.timestamp.to_bytes(4, "big")
        return head[:4] + stamp + head[8:] + bytes(4 * contributors) + extension + payload

    def _extension(self, source: Source) -> bytes:
        """A block of either form, with the elements that matter in any size, and now and then a lie."""
        random = self._random
        if source.rid and random.random() < 0.8:
            return bytes((0xBE, 0xDE, 0, 1, MID_ID << 4, 0x32, RID_ID << 4, ord(source.rid)))
        block, wide = b"", random.random() < 0.3
        for _ in range(random.randrange(5)):
            name = random.choice((LEVEL_ID, WIDE_ID, MID_ID, RID_ID, REPAIRED_ID, 0, 14, 15))
            size = random.randrange(5)
            value = b"1" if name == MID_ID else random.randbytes(size if wide else size + 1)
            block += bytes((name, len(value))) + value if wide else bytes((name << 4 | len(value) - 1,)) + value
        block = block[: random.randrange(len(block) + 1)] if random.random() < 0.1 else block
        block += bytes(-len(block) % 4)
        words = len(block) // 4 if random.random() < 0.95 else random.choice((0, 1, 400, 0xFFFF))
        return (0x1000 if wide else 0xBEDE).to_bytes(2, "big") + words.to_bytes(2, "big") + block

    def _payload(self, source: Source) -> bytes:
        random = self._random
        body = random.randbytes(random.choice(SIZES))
        if source is self._audio:
            return body
        if source is self._video and random.random() < 0.05:
            source.payload_type = random.choice(payloads.TYPES)
        source.picture = (source.picture + random.choice((0, 1, 1, 1, 5))) & 0x7FFF
        head = payloads.head(random, source.payload_type, source.picture)
        return head + body if random.random() < 0.9 else (head + body[:3])[: random.randrange(len(head) + 3)]


class Twins:
    """Two houses to which the same is done."""

    def __init__(self, random: Random, *, bare: bool) -> None:
        self._random = random
        self._bare = bare
        self._hostile = Hostile(random)
        self._now = 1e6
        self.houses = [House(BarePump() if bare else PumpEngine()), House(PlainEngine())]
        self._senders = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(ADDRESSES)]
        for each in self._senders:
            each.bind(("127.0.0.1", 0))
            each.settimeout(0)

    async def connect(self) -> None:
        for house in self.houses:
            await house.connect(self._senders[0].getsockname())

    def close(self) -> None:
        for house in self.houses:
            house.close()
        for sender in self._senders:
            sender.close()

    def step(self) -> None:
        """Does one thing in both houses and holds them against one another."""
        act = self._random.choices([act for act, _ in _ACTS], [weight for _, weight in _ACTS])[0]
        self._now += 10.0
        clock = SimpleNamespace(monotonic=lambda: self._now)
        with mock.patch("signaling.sfu.mux.time", clock):
            act(self)
        ours, theirs = (house.seen() | house.state() for house in self.houses)
        apart = {name: (ours[name], theirs[name]) for name in ours if ours[name] != theirs[name]}
        assert not apart, f"the engines differ after {act.__name__}: {apart}"

    def _send(self, *packets: bytes) -> None:
        wires = [each if self._bare else self._hostile.sealed(each) for each in packets]
        for house in self.houses:
            for wire in wires:
                self._senders[0].sendto(wire, house.link.socket.getsockname())
            house.hear()

    def media(self) -> None:
        kinds = (self._hostile.known, self._hostile.repair, self._hostile.stranger)
        chosen = self._random.choices(kinds, (40, 3, 1), k=self._random.randrange(1, MOST_AT_ONCE))
        self._send(*(make() for make in chosen))

    def noise(self) -> None:
        """Something that isn't authentic, from anywhere."""
        data = mutate(self._random, [self._hostile.known()])
        place = self._random.randrange(ADDRESSES)
        for house in self.houses:
            self._senders[place].sendto(data, house.link.socket.getsockname())
            house.hear()

    def move(self) -> None:
        """The publisher goes on from another address."""
        place = self._random.randrange(1, ADDRESSES)
        self._senders[0], self._senders[place] = self._senders[place], self._senders[0]
        for house in self.houses:
            house.check(house.publisher, self._senders[0].getsockname())
        self.media()

    def show(self) -> None:
        viewer, kind = self._random.randrange(VIEWERS), self._random.choice(KINDS)
        which = self._random.randrange(4)
        for house in self.houses:
            slot = next(each for each in house.viewers[viewer].slots.values() if each.kind == kind)
            tracks = [each for each in house.publisher.tracks.values() if each.kind == kind]
            house.viewers[viewer].show(slot, tracks[which % len(tracks)] if which else None, self._now)

    def want(self) -> None:
        """A viewer wants another quality, or fewer pictures."""
        viewer, quality = self._random.randrange(VIEWERS), self._random.choice(QUALITIES)
        temporal = self._random.randrange(4)
        for house in self.houses:
            for slot in house.viewers[viewer].slots.values():
                slot.want(SlotWish(slot.mid, quality=quality, temporal=temporal))

    def report(self) -> None:
        """The publisher tells what the clocks of its sources show, truly or not."""
        told = [
            (ssrc, self._random.getrandbits(64), self._random.getrandbits(32)) for ssrc in (VIDEO, *LAYERS.values())
        ]
        for house in self.houses:
            for ssrc, ntp, timestamp in told:
                house.publisher.take_sender_report(rtcp.SenderReport(ssrc, ntp, timestamp, 1, 1), self._now)

    def mute(self) -> None:
        kind, muted = self._random.choice(KINDS), self._random.random() < 0.3
        for house in self.houses:
            house.publisher.mute(kind, self._now, muted=muted)

    def tap(self) -> None:
        """Somebody is recorded, with little room, or no longer."""
        kind, room = self._random.choice(KINDS), self._random.choice((0, 500, 5000, 100_000))
        for house in self.houses:
            stream = house.track(kind).layers[0].stream
            if stream is None:
                continue
            if room:
                stream.tap(room)
            else:
                stream.untap()

    def ask_again(self) -> None:
        """A viewer misses packets that it got, or says so."""
        viewer = self._random.randrange(VIEWERS)
        wanted = tuple(self._random.randrange(0x10000) for _ in range(5))
        for house in self.houses:
            for slot in house.viewers[viewer].slots.values():
                near = tuple((newest(slot) - step) & 0xFFFF for step in range(-2, 12))
                house.viewers[viewer].take_nack(rtcp.Nack(1, slot.ssrc, wanted + near), self._now)

    def renegotiate(self) -> None:
        """The publisher stops a track and offers it anew."""
        kind = self._random.choice(KINDS)
        for house in self.houses:
            house.publisher._remove_track(house.track(kind).mid, self._now)
            house.publisher._take(next(each for each in SENDING.sections if each.kind == kind), self._now)

    def tend(self) -> None:
        for house in self.houses:
            house.publisher.tend(self._now)
        for sender in self._senders:
            _drain(sender)


def _drain(sender: socket.socket) -> None:
    try:
        while True:
            sender.recv(4096)
    except BlockingIOError:
        return


_ACTS = (
    (Twins.media, 60),
    (Twins.noise, 6),
    (Twins.move, 3),
    (Twins.show, 8),
    (Twins.want, 6),
    (Twins.report, 2),
    (Twins.mute, 4),
    (Twins.tap, 2),
    (Twins.ask_again, 6),
    (Twins.renegotiate, 2),
    (Twins.tend, 8),
)
