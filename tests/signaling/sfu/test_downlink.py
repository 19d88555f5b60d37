"""A slot shows what its receiver's way carries: on every engine, with real packets."""

from collections.abc import Iterator

import pytest

from signaling.media import PeerId
from signaling.sfu.budget import EVERYTHING
from signaling.sfu.downlink import Allowance
from signaling.sfu.engine.base import Engine
from signaling.sfu.rtcp import Report
from tests.signaling.sfu.test_layers import QUALITIES, Layers

EACH_SECOND = 30
OCTETS = {"q": 200, "h": 500, "f": 1100}
"""What a packet carries, one for each picture: 48, 120 and 264 kbit/s and the headers."""


class Narrow(Layers):
    """A slot of three layers, and what is allowed to its receiver."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.allowance = Allowance()
        self.highest = 0

    def seconds(self, count: float) -> None:
        """Pictures in all layers, all of them key frames, and a look at the way twice a second."""
        for place in range(int(count * EACH_SECOND)):
            self.now += 1 / EACH_SECOND
            for rid in QUALITIES:
                number = self.counts[rid] = self.counts[rid] + 1
                self.forward(self.layers[rid], number, number, self.timestamp(rid), key=True, size=OCTETS[rid])
            if place % (EACH_SECOND // 2) == 0:
                self.look()

    def look(self) -> None:
        for layer in self.layers.values():
            layer.measure(self.now)
        self.tracks[0].look(self.now)
        self.allowance.share([self.slot], PeerId("ann"), self.now)

    def told(self, share: float) -> None:
        self.allowance.reported(Report(self.slot.ssrc, int(256 * share), 0, self.highest, 0, 0, 0))

    def lose(self, share: float) -> None:
        self.told(share)
        self.highest += 100
        self.told(share)
        self.look()


@pytest.fixture
def stage(engine: Engine) -> Iterator[Narrow]:
    made = Narrow(engine)
    made.seconds(2)
    made.copies.clear()
    yield made
    made.close()


def test_a_way_of_which_nothing_is_known_gets_what_is_wanted(stage: Narrow) -> None:
    stage.seconds(1)
    assert set(stage.shown()) == {"f"}


def test_what_is_lost_brings_a_lower_layer(stage: Narrow) -> None:
    stage.lose(0.5)
    stage.seconds(1)
    assert set(stage.shown()) == {"h"}


def test_an_estimate_below_what_is_sent_brings_a_lower_layer(stage: Narrow) -> None:
    for bits in (80_000, 70_000):
        stage.allowance.estimated(bits)
        stage.look()
    stage.seconds(1)
    assert set(stage.shown()) == {"q"}


def test_a_picture_for_which_nothing_is_left_pauses_and_comes_back(stage: Narrow) -> None:
    for _ in range(4):
        stage.lose(0.9)
        stage.seconds(3)
    assert stage.slot.paused
    stage.copies.clear()
    stage.seconds(1)
    assert stage.copies == []
    stage.seconds(12)
    assert "q" in stage.shown()


def test_an_interruption_says_nothing_of_the_way_after_it(stage: Narrow) -> None:
    stage.lose(0.5)
    stage.allowance.forget([stage.slot], stage.now)
    stage.lose(0.9)
    stage.seconds(1)
    assert not stage.allowance.downlink.is_narrow
    assert stage.slot.most == EVERYTHING


def test_better_layers_come_back_one_at_a_time(stage: Narrow) -> None:
    stage.lose(0.8)
    stage.seconds(30)
    order = list(dict.fromkeys(stage.shown()))
    assert order == ["q", "h", "f"]


def test_a_muted_picture_neither_counts_nor_is_forgotten(stage: Narrow) -> None:
    stage.lose(0.5)
    before = stage.layers["h"].rates
    stage.tracks[0].silence(stage.now, muted=True)
    stage.seconds(2)
    assert stage.layers["h"].rates == before
