"""Which source feeds which layer, learnt from the header extensions of its packets."""

import pytest

from signaling.media import PeerId, TrackId
from signaling.sfu import rtp
from signaling.sfu.answer import MID, REPAIRED_RID, RID
from signaling.sfu.layers import Layer, track_of
from signaling.sfu.sdp import Limits, parse
from signaling.sfu.sources import Sources
from tests.signaling.sfu.offers import simulcast

IDS = {MID: 1, RID: 2, REPAIRED_RID: 3}
VIDEO, REPAIR = 96, 97


class Stage:
    """The sources of a peer that sends one picture in several encodings."""

    def __init__(self) -> None:
        self.section = parse(simulcast(), Limits()).sections[0]
        self.heard: list[tuple[str, int]] = []
        self.track = track_of(self.section, TrackId("ann/0"), PeerId("ann"))
        self.sources = Sources({"0": self.track}, self._hear)
        self.sources.expect(IDS)

    def _hear(self, layer: Layer, ssrc: int, _: float) -> None:
        self.heard.append((layer.rid, ssrc))

    def learn(self, ssrc: int, payload_type: int = VIDEO, **extensions: str) -> str | None:
        """The rid of the layer that a packet is found to belong to."""
        names = {"mid": MID, "rid": RID, "repaired": REPAIRED_RID}
        carried = {IDS[names[name]]: value.encode() for name, value in extensions.items()}
        feed = self.sources.learn(rtp.HEADER.pack(0x80, payload_type, 1, 1, ssrc), carried, 0.0)
        return None if feed is None else f"{feed[0].rid}{'*' if feed[1] else ''}"


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_source_is_known_by_its_mid_and_rid(stage: Stage) -> None:
    assert [stage.learn(place, mid="0", rid=rid) for place, rid in enumerate("qhf", 1)] == ["q", "h", "f"]
    assert stage.heard == [("q", 1), ("h", 2), ("f", 3)]


def test_a_source_that_repairs_is_known_by_the_rid_of_what_it_repairs(stage: Stage) -> None:
    assert stage.learn(9, REPAIR, mid="0", repaired="h") == "h*"
    assert stage.heard == []


def test_a_rid_alone_is_enough_where_one_picture_is_sent(stage: Stage) -> None:
    assert stage.learn(1, rid="f") == "f"


@pytest.mark.parametrize("extensions", [{}, {"mid": "0"}, {"mid": "0", "rid": "x"}, {"mid": "7", "rid": "q"}])
def test_a_source_that_does_not_say_which_it_is_is_nobodys(stage: Stage, extensions: dict[str, str]) -> None:
    assert stage.learn(1, VIDEO, **extensions) is None


def test_a_codec_that_was_not_offered_is_nobodys(stage: Stage) -> None:
    assert stage.learn(1, 120, mid="0", rid="q") is None


def test_sources_that_an_offer_names_are_not_taken_for_layers(stage: Stage) -> None:
    stage.sources.announce(stage.track, (1, 2), 0.0)
    assert stage.sources.get(1) is None


def test_a_new_source_of_a_layer_takes_the_place_of_the_old_one(stage: Stage) -> None:
    for ssrc in (1, 2):
        stage.learn(ssrc, mid="0", rid="q")
    assert stage.sources.get(1) is None
    assert stage.sources.get(2) == (stage.track.layers[0], False)


def test_layers_have_the_order_of_their_names_or_else_of_the_offer() -> None:
    def order(*rids: str) -> list[str]:
        section = parse(simulcast(*rids), Limits()).sections[0]
        return [layer.rid for layer in track_of(section, TrackId("t"), PeerId("p")).layers]

    assert order("f", "h", "q") == ["q", "h", "f"]
    assert order("lo", "hi") == ["lo", "hi"]
