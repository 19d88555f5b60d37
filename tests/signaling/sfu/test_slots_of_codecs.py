"""A slot starts at a key frame of any codec, and is sent nothing that its peer can't decode; on every engine."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from signaling.sfu import rtp, vp9
from signaling.sfu.engine.base import Engine
from signaling.sfu.forwarding import Slot
from tests.signaling.sfu.encoded import ENCODERS, frames
from tests.signaling.sfu.stage import Stage

TYPES = {"vp8": 96, "vp9/0": 98, "av1/0": 45, "h264/constrained-baseline/1": 108}
"""As the captured offer of Chromium has them."""
VP8_KEY, VP8_INTER, AV1_KEY, AV1_INTER = (
    b"\x90\xc0\x80\x05\x05\x00",
    b"\x90\xc0\x80\x06\x06\x01",
    b"\x18\x0a\x0b",
    b"\x10\x32\x00",
)


@pytest.fixture
def stage(engine: Engine) -> Iterator[Stage]:
    made = Stage(engine)
    yield made
    made.close()


def only(stage: Stage, form: str) -> None:
    """Lets the slot's peer know one format."""
    stage.slot = Slot("video", "9", 0, {form: 99}, {})


@pytest.mark.parametrize("form", ENCODERS)
def test_a_slot_starts_with_an_encoders_key_frame(stage: Stage, form: str) -> None:
    coming = frames(form)[1:]  # the first key frame was before somebody came
    before_the_next = next(place for place, frame in enumerate(coming) if frame.key)
    sent = [packet[12:] for frame in coming for packet in frame.packets]
    unseen = sum(len(frame.packets) for frame in coming[:before_the_next])
    stage.show(0)
    for sequence, payload in enumerate(sent):
        stage.carry(0, sequence, payload, TYPES[form])
    assert [len(copy) for copy in stage.copies] == [12 + len(payload) for payload in sent[unseen:]]
    assert {copy[1] & 0x7F for copy in stage.copies} == {stage.slot.payload_types[form]}


def vp9_packet(picture: int, *, key: bool) -> bytes:
    return bytes((0xA8 | (0 if key else 0x40), 0x80 | picture >> 8 & 0x7F, picture & 0xFF, 0, picture & 0xFF, 0x82))


def test_vp9_picture_numbers_run_on_across_sources(stage: Stage) -> None:
    for which, sequence, picture in ((0, 65_534, 32_766), (1, 5, 12)):
        stage.show(which)
        for step in range(3):
            stage.carry(which, sequence + step, vp9_packet(picture + step, key=step == 0), 98)
    found = [vp9.parse(copy, rtp.HEADER_SIZE) for copy in stage.copies]
    steps = {((b.picture - a.picture) & 0x7FFF, (b.tl0 - a.tl0) & 0xFF) for a, b in pairwise(found)}
    assert (len(found), steps) == (6, {(1, 1)})


def test_who_lacks_the_codec_is_sent_nothing_and_says_so(stage: Stage) -> None:
    only(stage, "vp8")
    track = stage.show(0)
    stage.carry(0, 1, AV1_KEY, 45)
    assert (stage.slot.lacks, stage.slot.layer, track.layers[0].waiting, stage.copies) == ("AV1", None, [], [])


def test_who_knows_no_codec_of_a_track_is_told_before_it_sends(stage: Stage) -> None:
    only(stage, "vp9/1")
    stage.show(0)
    assert stage.slot.lacks == "VP8"


def test_nobody_asks_for_key_frames_that_nobody_can_decode(stage: Stage) -> None:
    only(stage, "vp8")
    track = stage.show(0)
    track.layers[0].wants_key_frame(stage.now, 0.5)
    stage.carry(0, 1, AV1_KEY, 45)
    assert not track.layers[0].wants_key_frame(stage.now + 10, 0.5)


def test_a_track_that_changes_its_codec_stops_for_some_and_starts_again_for_them(stage: Stage) -> None:
    only(stage, "vp8")
    stage.show(0)
    stage.carry(0, 1, VP8_KEY)
    stage.carry(0, 2, AV1_KEY, 45)
    assert stage.slot.lacks == "AV1"
    stage.carry(0, 3, AV1_INTER, 45)
    stage.carry(0, 4, VP8_INTER)
    assert [copy[1] & 0x7F for copy in stage.copies] == [99]
    stage.carry(0, 5, VP8_KEY)
    assert [copy[12:][-1] for copy in stage.copies] == [0, 0]


def test_a_change_of_codec_goes_on_for_who_knows_both(stage: Stage) -> None:
    stage.show(0)
    stage.carry(0, 1, VP8_KEY)
    stage.carry(0, 2, AV1_KEY, 45)
    stage.carry(0, 3, AV1_INTER, 45)
    assert [copy[1] & 0x7F for copy in stage.copies] == [
        stage.slot.payload_types[form] for form in ("vp8", "av1/0", "av1/0")
    ]


def test_a_late_packet_of_the_codec_before_changes_nothing(stage: Stage) -> None:
    only(stage, "av1/0")
    stage.show(0)
    stage.carry(0, 5, AV1_KEY, 45)
    stage.carry(0, 4, VP8_INTER)
    assert (stage.slot.lacks, stage.slot.layer is not None) == (None, True)


def test_a_payload_type_that_was_never_agreed_changes_nothing(stage: Stage) -> None:
    track = stage.show(0)
    stage.carry(0, 1, VP8_KEY)
    stage.carry(0, 2, VP8_INTER, 77)
    assert (track.layers[0].payload_type, stage.slot.layer is not None, len(stage.copies)) == (96, True, 1)
