"""What the compiled core does by itself, what it hands up, and what is fetched out of it."""

import socket
from collections.abc import AsyncIterator

import pylibsrtp
import pytest

from signaling.sfu import rtp
from signaling.sfu.engine.pump import PumpEngine
from signaling.sfu.paths import Path
from signaling.sfu.peer import Peer
from tests.fuzz.house import AUDIO, LEVEL_ID, VIDEO, WIDE_ID, House, session
from tests.fuzz.payloads import VP9
from tests.signaling.sfu.conftest import build_core

KEY, INTER = b"\x90\xc0\x80\x05\x05\x00", b"\x90\xc0\x80\x06\x05\x01"


class Stage:
    """A house with the compiled engine, and what of the publisher's packets Python saw."""

    def __init__(self, seen: list[bytes]) -> None:
        self.house = House(PumpEngine())
        self.seen = seen
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sender.bind(("127.0.0.1", 0))
        self._seal = session(pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self._sequence = 0

    def send(self, *payloads: bytes, ssrc: int = VIDEO, extension: bytes = b"", video_type: int = 96) -> None:
        """Sends packets that the engine finds all at once."""
        for payload in payloads:
            self._sequence += 1
            first = 0x90 if extension else 0x80
            head = rtp.HEADER.pack(first, video_type if ssrc == VIDEO else 111, self._sequence, self._sequence, ssrc)
            wire = self._seal.protect(head + extension + payload)
            self.sender.sendto(wire, self.house.link.socket.getsockname())
        self.house.hear()

    def show(self, viewer: int = 0) -> None:
        peer = self.house.viewers[viewer]
        slot = next(each for each in peer.slots.values() if each.kind == "video")
        peer.show(slot, self.house.track("video"), 1.0)

    def segment(self, wanted: bool) -> None:
        """Whether a burst to one receiver may travel as one message."""
        engine = self.house.engine
        assert isinstance(engine, PumpEngine)
        engine._lib.core_segment(engine.handle, wanted)

    def received(self, viewer: int = 0) -> list[int]:
        """Payload sizes of what a viewer got."""
        inbound = session(pylibsrtp.Policy.SSRC_ANY_INBOUND)
        waiting = self.house.seen()[f"screen {viewer}"]
        assert isinstance(waiting, list)
        return [len(inbound.unprotect(each)) - rtp.HEADER_SIZE for each in waiting]


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    build_core()
    seen: list[bytes] = []
    arrived = Peer.rtp_arrived

    def see(peer: Peer, path: Path, packet: bytes, now: float) -> None:
        seen.append(packet)
        arrived(peer, path, packet, now)

    monkeypatch.setattr(Peer, "rtp_arrived", see)
    made = Stage(seen)
    await made.house.connect(made.sender.getsockname())
    yield made
    made.house.close()
    made.sender.close()
    await made.house.host.tasks.drain()


async def test_packets_of_a_known_source_go_up_no_more_once_the_path_is_known(stage: Stage) -> None:
    stage.show()
    stage.send(KEY)
    stage.send(INTER, INTER)
    stage.send(INTER)
    assert len(stage.seen) == 1
    assert len(stage.received()) == 4


async def test_while_a_slot_waits_for_its_start_every_packet_goes_up(stage: Stage) -> None:
    stage.send(KEY)
    stage.show()
    stage.send(INTER)
    stage.send(INTER, KEY, INTER)
    stage.send(INTER)
    assert len(stage.seen) == 5
    assert len(stage.received()) == 3


async def test_a_packet_after_one_that_went_up_does_not_overtake_it(stage: Stage) -> None:
    stage.show()
    stage.send(KEY)
    stage.seen.clear()
    stage.sender.sendto(
        stage._seal.protect(rtp.HEADER.pack(0x80, 97, 5, 5, 77) + INTER), stage.house.link.socket.getsockname()
    )
    stage.send(INTER)
    assert len(stage.seen) == 2


async def test_an_address_that_becomes_somebody_elses_is_read_with_their_keys(stage: Stage) -> None:
    stage.send(KEY)
    other = stage.house.viewers[0]
    stage.house.check(other, stage.sender.getsockname())
    stage.send(INTER)
    assert stage.house.link.paths[stage.sender.getsockname()].remote is other
    assert len(stage.seen) == 2


async def test_a_path_in_doubt_goes_up_again(stage: Stage) -> None:
    stage.send(KEY)
    stage.house.publisher.transport.life.enter("stale", 2.0)
    stage.house.publisher.tend(2.0)
    stage.send(INTER)
    assert len(stage.seen) == 2


async def test_who_leaves_is_a_stranger_to_the_core_too(stage: Stage) -> None:
    stage.send(KEY)
    stage.house.publisher.close(2.0)
    await stage.house.host.tasks.drain()
    stage.send(INTER)
    assert len(stage.seen) == 1
    assert stage.house.mux.refused == 1


async def test_levels_arrivals_and_the_last_sign_of_life_are_fetched_when_a_peer_is_tended(stage: Stage) -> None:
    block = bytes((LEVEL_ID << 4, 20, WIDE_ID << 4 | 1, 0, 9, 0, 0, 0))
    extension = rtp.ONE_BYTE_PROFILE.to_bytes(2, "big") + (2).to_bytes(2, "big") + block
    publisher = stage.house.publisher
    for _ in range(40):
        stage.send(b"sound", ssrc=AUDIO, extension=extension)
    publisher._feedback_due = 1e12
    publisher.tend(1.0)
    assert publisher.voice.loudness == pytest.approx(127 - 20, abs=3)
    assert [sequence for sequence, _ in publisher._inlet.take_arrivals()] == [9] * 39
    assert publisher.transport.life.heard == publisher._inlet.heard > 0
    assert len(stage.seen) == 1


@pytest.mark.parametrize("segmented", [True, False])
async def test_a_burst_travels_whole_whatever_its_sizes(stage: Stage, segmented: bool) -> None:
    stage.segment(segmented)
    stage.show()
    stage.send(KEY)
    stage.received()
    sizes = [1000, 1000, 1000, 400, 1000, 900, 901, 1200, 1200]
    stage.send(*(INTER + bytes(size) for size in sizes))
    assert sorted(stage.received()) == sorted(size + len(INTER) for size in sizes)


async def test_a_burst_to_a_way_that_refuses_it_is_dropped_and_others_get_theirs(stage: Stage) -> None:
    for viewer in (0, 1):
        stage.show(viewer)
    stage.send(KEY)
    for viewer in (0, 1):
        stage.received(viewer)
    slot = next(each for each in stage.house.viewers[0].slots.values() if each.kind == "video")
    slot.moved(stage.house.mux._path(stage.house.link, ("127.0.0.1", 0), stage.house.viewers[0]))
    stage.send(*[INTER] * 5)
    assert stage.house.engine.counts.dropped == 5
    assert len(stage.received(1)) == 5


async def test_a_codec_that_nobody_can_decode_is_looked_at_once(stage: Stage) -> None:
    stage.show(2)
    stage.send(*[b"\x08\x82"] * 20, video_type=VP9)
    stage.send(*[b"\x08\x82"] * 20, video_type=VP9)
    assert stage.received(2) == []
    assert len(stage.seen) == 20  # what comes in one batch with the first of it


async def test_a_change_of_codec_is_looked_at(stage: Stage) -> None:
    stage.show(0)
    stage.send(KEY)
    stage.send(INTER)
    stage.send(b"\x08\x82", video_type=VP9)
    stage.send(b"\x08\x86", video_type=VP9)
    assert len(stage.seen) == 2
    assert stage.house.track("video").layers[0].payload_type == VP9
    assert stage.received() == [len(KEY), len(INTER), 2, 2]
