"""A slot goes on counting whatever it shows; both engines put the same octets on the wire."""

import secrets
import socket
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pylibsrtp
import pytest

from signaling.media import PeerId, TrackId
from signaling.sfu import rtp, vp8
from signaling.sfu.engine.base import Engine, Outlet, copy_for
from signaling.sfu.engine.choice import choose
from signaling.sfu.engine.plain import PlainEngine
from signaling.sfu.forwarding import Slot, Track, slot_of, track_of
from signaling.sfu.mux import bind
from signaling.sfu.paths import Link, Path
from signaling.sfu.rtcp import SenderReport
from signaling.sfu.sdp import Limits, parse
from signaling.sfu.srtp import Keys
from tests.signaling.sfu.offers import offer

KEY = secrets.token_bytes(30)
SECTIONS = {each.mid: each for each in parse(offer("chromium"), Limits()).sections}


def keys() -> Keys:
    sides = (pylibsrtp.Policy.SSRC_ANY_INBOUND, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    return Keys(*(pylibsrtp.Session(pylibsrtp.Policy(KEY, side)) for side in sides))


class Tap(Engine):
    """Keeps what would be sent, before encryption."""

    name = "tap"

    def __init__(self) -> None:
        super().__init__()
        self.copies: list[bytes] = []

    def prepare(self) -> None:
        """Needs nothing."""

    def fan_out(self, packet: bytes, descriptor: vp8.Descriptor, outlets: Sequence[Outlet]) -> None:
        self.copies += [bytes(copy_for(outlet, packet, descriptor)) for outlet in outlets]


class Stage:
    """One slot, two tracks, and what the slot's receiver gets."""

    def __init__(self) -> None:
        self.tap = Tap()
        self.now = 100.0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        link = Link(self.socket, "127.0.0.1", 0)
        self.path = Path(link, ("127.0.0.1", 9), None)  # type: ignore[arg-type]  # nobody is told anything
        self.slot = slot_of(SECTIONS["3"], 0)
        self.tracks = [self._track(name) for name in ("ann", "bob")]

    def _track(self, owner: str) -> Track:
        track = track_of(SECTIONS["1"], TrackId(f"{owner}/1"), PeerId(owner))
        track.heard(secrets.randbits(32), 0.02, self.now)
        return track

    def show(self, which: int) -> Track:
        self.slot.attach(self.tracks[which], keys(), self.path, self.now)
        return self.tracks[which]

    def send(self, which: int, sequence: int, picture: int, *, key: bool = False) -> None:
        """A packet of a track, a thirtieth of a second after the last."""
        self.now += 1 / 30
        head = rtp.HEADER.pack(0x80, 0x80 | 96, sequence & 0xFFFF, 3000 * sequence & 0xFFFFFFFF, 1)
        body = bytes((0x90, 0xC0, 0x80 | picture >> 8 & 0x7F, picture & 0xFF, picture & 0xFF, 0 if key else 1))
        self.tracks[which].forward(head + body, self.now, self.tap)

    def numbers(self) -> list[tuple[int, int, int]]:
        """Sequence number, picture id and TL0PICIDX of each copy."""
        found = []
        for copy in self.tap.copies:
            descriptor = vp8.parse(copy, rtp.payload_offset(copy))
            found.append((int.from_bytes(copy[2:4], "big"), descriptor.picture, descriptor.tl0))
        return found


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.socket.close()


def test_a_slot_starts_with_a_key_frame(stage: Stage) -> None:
    stage.show(0)
    for step in range(4):
        stage.send(0, 100 + step, 7 + step, key=step == 2)
    assert len(stage.tap.copies) == 2


def test_sequence_and_picture_numbers_run_on_across_sources(stage: Stage) -> None:
    stage.show(0)
    for step in range(3):
        stage.send(0, 65534 + step, 32766 + step, key=step == 0)
    stage.show(1)
    for step in range(3):
        stage.send(1, 5 + step, 12 + step, key=step == 0)
    for before, after in pairwise(stage.numbers()):
        steps = [(b - a) & mask for a, b, mask in zip(before, after, (0xFFFF, 0x7FFF, 0xFF), strict=True)]
        assert steps == [1, 1, 1]


def test_timestamps_go_forward_by_the_time_that_passed(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 1, 1, key=True)
    stage.show(1)
    stage.now += 1.0
    stage.send(1, 50000, 1, key=True)
    first, second = (int.from_bytes(copy[4:8], "big") for copy in stage.tap.copies)
    assert (second - first) & 0xFFFFFFFF == pytest.approx(90000 * (1 + 1 / 30), abs=2)


def test_payload_type_and_source_are_those_of_the_slot(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 1, 1, key=True)
    _, second, _, _, ssrc = rtp.HEADER.unpack_from(stage.tap.copies[0])
    assert (second & 0x7F, ssrc) == (stage.slot.payload_types["vp8"], stage.slot.ssrc)


def test_a_packet_asked_for_again_comes_as_retransmission(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 1, 1, key=True)
    again = stage.slot.again(stage.numbers()[0][0])
    assert again is not None
    assert rtp.restore_retransmission(again, again[1] & 0x7F, stage.slot.ssrc) is not None
    assert int.from_bytes(again[8:12], "big") == stage.slot.rtx_ssrc
    assert again[14:] == stage.tap.copies[0][12:]


def test_packets_of_the_source_before_are_not_sent_again(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 1, 1, key=True)
    stage.show(1)
    stage.send(1, 1, 1, key=True)
    old, new = (number for number, _, _ in stage.numbers())
    assert stage.slot.again(old) is None
    assert stage.slot.again(new) is not None
    assert stage.slot.again(new + 1) is None


def test_a_late_packet_from_before_the_start_is_not_forwarded(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 10, 1)
    stage.send(0, 12, 2, key=True)
    stage.send(0, 11, 1)
    stage.send(0, 14, 4)
    stage.send(0, 13, 3)
    first = stage.numbers()[0][0]
    assert [number - first for number, _, _ in stage.numbers()] == [0, 2, 1]


def test_packets_are_sent_again_however_long_the_slot_has_run(stage: Stage) -> None:
    stage.show(0)
    for sequence in range(100_000):
        stage.send(0, sequence, sequence & 0x7FFF, key=sequence == 0)
        if sequence % 9_999 == 0:
            assert stage.slot.again(stage.numbers()[-1][0]) is not None
            stage.tap.copies.clear()


def test_a_repeated_packet_is_forwarded_once(stage: Stage) -> None:
    stage.show(0)
    for _ in range(2):
        stage.send(0, 1, 1, key=True)
    assert len(stage.tap.copies) == 1


def test_sender_reports_speak_in_the_numbers_of_the_slot(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 10, 1, key=True)
    told = stage.slot.sender_report(SenderReport(1, 99, 3000 * 10, 500, 500))
    copied = int.from_bytes(stage.tap.copies[0][4:8], "big")
    assert told == SenderReport(stage.slot.ssrc, 99, copied, 1, len(stage.tap.copies[0]))


def test_a_muted_track_waits_for_a_key_frame_when_it_is_back(stage: Stage) -> None:
    track = stage.show(0)
    stage.send(0, 1, 1, key=True)
    track.silence(stage.now, muted=True)
    stage.send(0, 2, 2, key=True)
    track.silence(stage.now, muted=False)
    stage.send(0, 3, 3)
    stage.send(0, 4, 4, key=True)
    assert [b[0] - a[0] for a, b in pairwise(stage.numbers())] == [1]


def received_by(engine: Engine, copies: int) -> list[bytes]:
    """What comes out of a socket when the engine sends one packet to many outlets."""
    engine.prepare()
    with bind("127.0.0.1", 0) as ours, bind("127.0.0.1", 0) as theirs:
        theirs.settimeout(5)
        address = theirs.getsockname()
        path = Path(Link(ours, *ours.getsockname()), address, None, engine.destination(address))  # type: ignore[arg-type]  # likewise
        outlets = [Outlet(keys(), path, number, {96: 100}, number, number, 1, 1) for number in range(copies)]
        packet = rtp.HEADER.pack(0x80, 0xE0, 1, 1, 1) + bytes((0x90, 0xC0, 0x80, 5, 5, 0)) + bytes(1000)
        engine.fan_out(packet, vp8.parse(packet, 12), outlets)
        return [theirs.recv(2048) for _ in outlets]


def test_both_engines_put_the_same_octets_on_the_wire() -> None:
    mmsg, plain = (received_by(choose(name), 300) for name in ("mmsg", "plain"))
    assert mmsg == plain
    assert len(set(mmsg)) == 300


@pytest.mark.parametrize("name", ["mmsg", "plain"])
def test_an_outlet_that_cannot_be_served_does_not_hold_up_the_others(name: str) -> None:
    engine = choose(name)  # type: ignore[arg-type]  # both are engine names
    engine.prepare()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        link = Link(ours, *ours.getsockname())
        outlets = []
        for types, address in (({}, ("127.0.0.1", 9)), ({96: 96}, ("127.0.0.1", 0)), ({96: 96}, ("127.0.0.1", 9))):
            path = Path(link, address, None, engine.destination(address))  # type: ignore[arg-type]  # likewise
            outlets.append(Outlet(keys(), path, 1, types))
        engine.fan_out(rtp.HEADER.pack(0x80, 96, 1, 1, 1) + bytes(10), vp8.NOTHING, outlets)
    assert (engine.sent, engine.dropped) == (1, 2)


def test_without_sendmmsg_the_plain_engine_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.sfu.engine.mmsg.sys.platform", "darwin")
    assert isinstance(choose("auto"), PlainEngine)


def test_a_slot_that_cannot_decode_a_codec_gets_nothing(stage: Stage) -> None:
    stage.slot = Slot("video", "9", 0, {"h264/42e0": 108}, {})
    stage.show(0)
    assert stage.slot.outlet is not None
    assert stage.slot.outlet.payload_types.keys() <= {108, 109}
