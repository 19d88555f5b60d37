"""A slot goes on counting whatever it shows; every engine puts the same octets on the wire."""

import socket
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest

from signaling.sfu import rtp, vp8
from signaling.sfu.engine.base import Engine, Source
from signaling.sfu.engine.outlet import Outlet
from signaling.sfu.engine.plain import PlainEngine
from signaling.sfu.forwarding import Slot
from signaling.sfu.paths import Address, Link, Path
from signaling.sfu.rtcp import SenderReport
from signaling.sfu.sockets import bind
from signaling.sfu.srtp import Cell
from tests.signaling.sfu.stage import Stage, keys, path_between


@pytest.fixture
def stage(engine: Engine) -> Iterator[Stage]:
    made = Stage(engine)
    yield made
    made.close()


def test_a_slot_starts_with_a_key_frame(stage: Stage) -> None:
    stage.show(0)
    for step in range(4):
        stage.send(0, 100 + step, 7 + step, key=step == 2)
    assert len(stage.copies) == 2


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
    first, second = (int.from_bytes(copy[4:8], "big") for copy in stage.copies)
    assert (second - first) & 0xFFFFFFFF == pytest.approx(90000 * (1 + 1 / 30), abs=2)


def test_payload_type_and_source_are_those_of_the_slot(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 1, 1, key=True)
    _, second, _, _, ssrc = rtp.HEADER.unpack_from(stage.copies[0])
    assert (second & 0x7F, ssrc) == (stage.slot.payload_types["vp8"], stage.slot.ssrc)


def test_a_packet_asked_for_again_comes_as_retransmission(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 1, 1, key=True)
    again = stage.slot.again(stage.numbers()[0][0])
    assert again is not None
    assert rtp.restore_retransmission(again, again[1] & 0x7F, stage.slot.ssrc) is not None
    assert int.from_bytes(again[8:12], "big") == stage.slot.rtx_ssrc
    assert again[14:] == stage.copies[0][12:]


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
    for sequence in range(70_000):
        stage.send(0, sequence, sequence & 0x7FFF, key=sequence == 0)
        if sequence % 9_999 == 0:
            assert stage.slot.again(stage.numbers()[-1][0]) is not None
            stage.copies.clear()


def test_a_repeated_packet_is_forwarded_once(stage: Stage) -> None:
    stage.show(0)
    for _ in range(2):
        stage.send(0, 1, 1, key=True)
    assert len(stage.copies) == 1


def test_sender_reports_speak_in_the_numbers_of_the_slot(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 10, 1, key=True)
    told = stage.slot.sender_report(SenderReport(1, 99, 3000 * 10, 500, 500))
    copied = int.from_bytes(stage.copies[0][4:8], "big")
    assert told == SenderReport(stage.slot.ssrc, 99, copied, 1, len(stage.copies[0]))


def test_a_muted_track_waits_for_a_key_frame_when_it_is_back(stage: Stage) -> None:
    track = stage.show(0)
    stage.send(0, 1, 1, key=True)
    track.silence(stage.now, muted=True)
    stage.send(0, 2, 2, key=True)
    track.silence(stage.now, muted=False)
    stage.send(0, 3, 3)
    stage.send(0, 4, 4, key=True)
    assert [b[0] - a[0] for a, b in pairwise(stage.numbers())] == [1]


def packet_of(payload: bytes = bytes(1000), payload_type: int = 96) -> bytes:
    return rtp.HEADER.pack(0x80, 0x80 | payload_type, 1, 1, 1) + bytes((0x90, 0xC0, 0x80, 5, 5, 0)) + payload


def send_to(engine: Engine, outlets: Sequence[Outlet], packet: bytes) -> None:
    """Sends one packet of a fresh source to outlets."""
    stream = engine.stream(Source(90000, video=True, codecs={96: "vp8"}))
    for outlet in outlets:
        stream.begin(outlet)
    stream.send(packet, vp8.parse(packet, 12), stream.note(packet, 1.0))


def received_by(engine: Engine, copies: int) -> list[bytes]:
    """What comes out of a socket when the engine sends one packet to many outlets."""
    engine.prepare()
    with bind("127.0.0.1", 0) as ours, bind("127.0.0.1", 0) as theirs:
        theirs.settimeout(5)
        path = path_between(engine, ours, theirs.getsockname())
        outlets = [Outlet(keys(), path, number, {96: 100}, number, number, 1, 1) for number in range(copies)]
        send_to(engine, outlets, packet_of())
        return [theirs.recv(2048) for _ in outlets]


def test_every_engine_puts_the_same_octets_on_the_wire(engine: Engine) -> None:
    seen, expected = received_by(engine, 300), received_by(PlainEngine(), 300)
    assert seen == expected
    assert len(set(seen)) == 300


def test_an_outlet_that_cannot_be_served_does_not_hold_up_the_others(engine: Engine) -> None:
    with bind("127.0.0.1", 0) as ours:
        served, unserved = (path_between(engine, ours, ("127.0.0.1", port)) for port in (9, 0))
        outlets = [
            Outlet(keys(), served, 1, {}),
            Outlet(keys(), unserved, 1, {96: 96}),
            Outlet(keys(), served, 1, {96: 96}),
        ]
        send_to(engine, outlets, packet_of())
    assert (engine.counts.sent, engine.counts.dropped) == (1, 2)


def test_a_packet_that_no_datagram_holds_is_dropped(engine: Engine) -> None:
    with bind("127.0.0.1", 0) as ours:
        outlet = Outlet(keys(), path_between(engine, ours, ("127.0.0.1", 9)), 1, {96: 96})
        send_to(engine, [outlet], packet_of(bytes(1500)))
    assert (engine.counts.sent, engine.counts.dropped) == (0, 1)


def test_an_outlet_may_be_anywhere_on_ipv6(engine: Engine) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as ours, socket.socket(ours.family, ours.type) as theirs:
        for each in (ours, theirs):
            each.bind(("::1", 0))
            each.settimeout(5)
        address = theirs.getsockname()[:2]
        path = Path(Link(ours, *ours.getsockname()[:2]), address, None, engine.destination(address))  # type: ignore[arg-type]  # likewise
        send_to(engine, [Outlet(keys(), path, 7, {96: 96})], packet_of())
        assert theirs.recv(2048)[8:12] == bytes((0, 0, 0, 7))


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_whoever_sends_is_told_by_address_and_port(engine: Engine, family: int, host: str) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as ours, socket.socket(family, socket.SOCK_DGRAM) as theirs:
        for each in (ours, theirs):
            each.bind((host, 0))
            each.settimeout(0)
        theirs.sendto(b"anything", ours.getsockname())
        told: list[tuple[Address, bytes]] = []
        cell, link = Cell(), Link(ours, *ours.getsockname()[:2])
        engine.receive(link, cell, lambda _, address, size: told.append((address, bytes(cell.view[:size]))), print)
        assert told == [(theirs.getsockname()[:2], b"anything")]


class Wire(Link):
    """A link without datagrams."""

    def __init__(self, ours: socket.socket) -> None:
        super().__init__(ours, "127.0.0.1", 0)
        self.carried: list[bytes] = []

    def send(self, address: Address, data: bytes | memoryview) -> None:
        del address
        self.carried.append(bytes(data))


def test_a_way_without_datagrams_gets_the_same_octets(engine: Engine) -> None:
    with bind("127.0.0.1", 0) as ours, bind("127.0.0.1", 0) as theirs:
        wire = Wire(ours)
        ways = (path_between(engine, ours, theirs.getsockname()), Path(wire, ("127.0.0.1", 9), None))  # type: ignore[arg-type]  # likewise
        send_to(engine, [Outlet(keys(), way, 7, {96: 96}) for way in ways], packet_of())
        assert wire.carried == [theirs.recv(2048)]
    assert engine.counts.sent == 2


def test_an_outlet_follows_its_peer_to_another_address(stage: Stage) -> None:
    stage.show(0)
    stage.send(0, 1, 1, key=True)
    with bind("127.0.0.1", 0) as elsewhere:
        stage.slot.moved(path_between(stage.engine, stage.ours, elsewhere.getsockname()))
        stage.send(0, 2, 2)
        assert len(stage.copies) == 1
        assert elsewhere.recv(2048)[8:12] == stage.copies[0][8:12]


def test_a_slot_that_cannot_decode_a_codec_gets_nothing(stage: Stage) -> None:
    stage.slot = Slot("video", "9", 0, {"h264/constrained-baseline/1": 108}, {})
    stage.show(0)
    assert stage.slot.outlet is not None
    assert stage.slot.outlet.payload_types.keys() <= {102, 103, 104, 107, 108, 109, 114, 115}
