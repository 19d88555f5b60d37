"""Several encodings of one picture: which one a slot shows, and how it goes over to another."""

import secrets
from collections.abc import Iterator
from itertools import pairwise

import pytest

from signaling.media import PeerId, Quality, SlotWish, TrackId
from signaling.sfu.engine.base import Engine
from signaling.sfu.layers import FLOWING_SECONDS, Layer, track_of
from signaling.sfu.rtcp import SenderReport
from signaling.sfu.sdp import Limits, parse
from tests.signaling.sfu.offers import simulcast
from tests.signaling.sfu.stage import Stage

CLOCK = 90_000
NTP_SECOND = 1 << 32
QUALITIES: tuple[Quality, ...] = ("q", "h", "f")


class Layers(Stage):
    """A slot that shows one track of three layers, each with numbers of its own."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        section = parse(simulcast(), Limits()).sections[0]
        self.tracks = [track_of(section, TrackId("ann/0"), PeerId("ann"))]
        self.counts = {rid: 1000 * place for place, rid in enumerate(QUALITIES, 1)}
        self.offsets = {rid: secrets.randbits(32) for rid in QUALITIES}
        for layer in self.layers.values():
            layer.heard(secrets.randbits(32), engine, 0.02, self.now)
        self.slot.attach(self.tracks[0], self.keys, self.path, self.now)

    @property
    def layers(self) -> dict[str, Layer]:
        return {layer.rid: layer for layer in self.tracks[0].layers}

    def want(self, quality: Quality) -> None:
        self.slot.want(SlotWish(self.slot.mid, quality=quality))

    def picture(self, *rids: Quality, key: str = "") -> None:
        """One picture in some of its encodings; one of them may be a key frame."""
        self.now += 1 / 30
        for rid in rids:
            count = self.counts[rid] = self.counts[rid] + 1
            self.forward(self.layers[rid], count, count, self.timestamp(rid), key=rid == key)
        self.tracks[0].look(self.now)

    def timestamp(self, rid: Quality) -> int:
        return (int(self.now * CLOCK) + self.offsets[rid]) & 0xFFFFFFFF

    def report(self, rid: Quality) -> None:
        """The sender tells what a layer's clock shows."""
        self.layers[rid].report = SenderReport(1, int(self.now * NTP_SECOND), self.timestamp(rid), 1, 1)

    def shown(self) -> list[str]:
        """From which layer each copy came, as its octets tell."""
        return [QUALITIES[copy[-1]] for copy in self.copies]

    def asked(self) -> list[str]:
        """The layers whose senders are to be asked for a key frame now."""
        self.now += 1.0
        return [rid for rid, layer in self.layers.items() if layer.wants_key_frame(self.now, 0.5)]


@pytest.fixture
def stage(engine: Engine) -> Iterator[Layers]:
    made = Layers(engine)
    yield made
    made.close()


def test_the_best_layer_is_shown_unless_another_is_wanted(stage: Layers) -> None:
    stage.picture("q", "h", "f", key="f")
    stage.picture("q", "h", "f")
    assert stage.shown() == ["f", "f"]


def test_layers_that_nobody_wants_are_not_forwarded_and_nobody_asks_for_their_pictures(stage: Layers) -> None:
    assert stage.asked() == ["f"]
    stage.want("q")
    assert stage.asked() == ["q"]
    stage.picture("q", "h", "f", key="q")
    assert stage.engine.counts.sent == 1
    assert stage.asked() == []


def test_the_present_layer_goes_on_until_the_other_has_a_key_frame(stage: Layers) -> None:
    stage.picture("f", key="f")
    stage.want("q")
    stage.picture("f", "q")
    stage.picture("f", "q", key="q")
    stage.picture("f", "q")
    assert stage.shown() == ["f", "f", "f", "q", "q"]


def test_sequence_and_picture_numbers_run_on_across_layers(stage: Layers) -> None:
    for quality in ("f", "q", "h", "f", "q"):
        stage.want(quality)
        stage.picture(*QUALITIES, key=quality)
        stage.picture(*QUALITIES)
    for before, after in pairwise(stage.numbers()):
        assert [(b - a) & mask for a, b, mask in zip(before, after, (0xFFFF, 0x7FFF, 0xFF), strict=True)] == [1, 1, 1]


def test_the_clock_of_the_slot_follows_the_senders_time_across_layers(stage: Layers) -> None:
    for rid in QUALITIES:
        stage.report(rid)
    stage.picture("f", key="f")
    stage.want("q")
    stage.now += 1.0
    stage.picture("q", key="q")
    first, second = (int.from_bytes(copy[4:8], "big") for copy in stage.copies)
    assert (second - first) & 0xFFFFFFFF == pytest.approx(CLOCK * (1 + 1 / 30), abs=2)


def test_reports_of_a_layer_tell_the_same_time_as_those_of_the_layer_before(stage: Layers) -> None:
    for rid in QUALITIES:
        stage.report(rid)
    stage.picture("f", key="f")
    before = stage.slot.sender_report(SenderReport(1, 0, stage.timestamp("f"), 1, 1))
    stage.want("q")
    stage.picture("q", key="q")
    after = stage.slot.sender_report(SenderReport(1, 0, stage.timestamp("q"), 1, 1))
    assert before is not None
    assert after is not None
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == pytest.approx(CLOCK / 30, abs=2)
    assert after.packets == 2


def test_a_layer_of_the_same_picture_comes_after_the_one_before(stage: Layers) -> None:
    for rid in QUALITIES:
        stage.report(rid)
    stage.picture("f", key="f")
    stage.want("q")
    stage.picture("f", "q", key="q")
    stamps = [int.from_bytes(copy[4:8], "big") for copy in stage.copies]
    assert all(0 < (after - before) & 0xFFFFFFFF < CLOCK for before, after in pairwise(stamps))


def test_without_the_wanted_layer_the_best_below_it_is_shown_until_it_flows(stage: Layers) -> None:
    for _ in range(int(30 * FLOWING_SECONDS) + 2):
        stage.picture("q", "h", key="h")
    assert stage.shown()[-1] == "h"
    stage.picture("q", "h", "f")
    stage.picture("q", "h", "f", key="f")
    assert stage.shown()[-1] == "f"


def test_a_layer_that_stops_flowing_gives_way(stage: Layers) -> None:
    stage.picture(*QUALITIES, key="f")
    for _ in range(int(30 * FLOWING_SECONDS) + 2):
        stage.picture("q")
    assert stage.asked() == ["q"]
    stage.picture("q", key="q")
    assert stage.shown() == ["f", "q"]


def test_without_a_lower_layer_a_higher_one_must_do(stage: Layers) -> None:
    stage.want("q")
    for _ in range(int(30 * FLOWING_SECONDS) + 2):
        stage.picture("h", "f", key="h")
    assert set(stage.shown()) == {"h"}


def test_a_wish_taken_back_leaves_the_layer_as_it_is(stage: Layers) -> None:
    stage.picture("f", key="f")
    stage.want("q")
    stage.want("f")
    stage.picture("f", "q", key="q")
    assert stage.shown() == ["f", "f"]
    assert stage.asked() == []


def test_a_muted_picture_comes_back_in_the_layer_that_was_wanted_meanwhile(stage: Layers) -> None:
    stage.picture(*QUALITIES, key="f")
    stage.tracks[0].silence(stage.now, muted=True)
    stage.want("q")
    stage.picture(*QUALITIES, key="q")
    stage.tracks[0].silence(stage.now, muted=False)
    assert stage.asked() == ["q"]
    stage.picture(*QUALITIES, key="q")
    assert stage.shown() == ["f", "q"]


def test_a_packet_of_the_layer_before_is_not_sent_again(stage: Layers) -> None:
    stage.picture(*QUALITIES, key="f")
    stage.want("q")
    stage.picture(*QUALITIES, key="q")
    numbers = [number for number, _, _ in stage.numbers()]
    assert [stage.slot.again(number) is not None for number in numbers] == [False, True]


def test_a_slot_that_shows_nothing_waits_for_no_layer(stage: Layers) -> None:
    stage.slot.detach(stage.now)
    assert stage.asked() == []
    stage.picture(*QUALITIES, key="f")
    assert stage.copies == []
