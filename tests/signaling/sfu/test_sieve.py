"""A receiver that goes without some packets gets the others as one unbroken stream, on every engine."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from signaling.media import SlotWish
from signaling.sfu import rtp
from signaling.sfu.engine.base import Engine
from signaling.sfu.engine.sieve import HISTORY
from signaling.sfu.layers import Track
from signaling.sfu.rtcp import SenderReport
from tests.signaling.sfu.stage import Stage

PATTERN = (0, 2, 1, 2)
"""Temporal layers of the pictures of a libvpx encoder with three of them."""
SYNC = 0x20


class Temporal(Stage):
    """One track with three temporal layers; each picture has two packets."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.sequence, self.pictures = 65_530, 32_760
        self.track: Track = self.show(0)

    def want(self, temporal: int) -> None:
        self.slot.want(SlotWish(self.slot.mid, temporal=temporal))

    def picture(self, layer: int, *, key: bool = False, sync: bool = False, lose: tuple[int, ...] = ()) -> None:
        """Sends a picture, but for the packets that get lost."""
        self.now += 1 / 30
        self.pictures += 1
        for part in range(2):
            self.sequence += 1
            if part not in lose:
                self.part(self.sequence, layer, key=key and part == 0, sync=sync)

    def part(self, sequence: int, layer: int, *, key: bool = False, sync: bool = False) -> None:
        layers = layer << 6 | (SYNC if sync else 0)
        stamp, stream = 3000 * self.pictures, self.track.layers[0]
        self.forward(stream, sequence, self.pictures, stamp, key=key, layers=layers)

    def padding(self, sequence: int, size: int = 20) -> None:
        """Nothing but padding, of the last picture's time."""
        head = rtp.HEADER.pack(0xA0, 96, sequence & 0xFFFF, 3000 * self.pictures & 0xFFFFFFFF, 1)
        self.take(self.track.layers[0], head + bytes(size - 1) + bytes((size,)))

    def play(self, rounds: int = 3, *, sync: bool = False) -> None:
        for _ in range(rounds):
            for layer in PATTERN:
                self.picture(layer, sync=sync and layer > 0)

    def layers_shown(self) -> list[int]:
        return [copy[17] >> 6 for copy in self.copies]

    def steps(self) -> set[tuple[int, int]]:
        """By how much sequence and picture numbers went on from copy to copy."""
        pairs = pairwise(self.numbers())
        return {((b[0] - a[0]) & 0xFFFF, (b[1] - a[1]) & 0x7FFF) for a, b in pairs}


@pytest.fixture
def stage(engine: Engine) -> Iterator[Temporal]:
    made = Temporal(engine)
    yield made
    made.close()


@pytest.mark.parametrize("wanted", [0, 1, 2, 3])
def test_pictures_above_the_wanted_layer_are_left_out_and_numbers_close_up(stage: Temporal, wanted: int) -> None:
    stage.want(wanted)
    stage.picture(0, key=True)
    stage.play()
    assert max(stage.layers_shown()) == min(wanted, 2)
    assert len(stage.copies) == 2 * (1 + 3 * sum(layer <= wanted for layer in PATTERN))
    assert stage.steps() == {(1, 0), (1, 1)}


def test_a_wish_for_less_leaves_the_present_picture_whole(stage: Temporal) -> None:
    stage.picture(0, key=True)
    stage.picture(2, lose=(1,))
    stage.want(0)
    stage.part(stage.sequence, 2)
    stage.play()
    assert stage.layers_shown() == [0, 0, 2, 2, 0, 0, 0, 0, 0, 0]
    assert stage.steps() == {(1, 0), (1, 1)}


def test_a_wish_for_more_waits_for_a_picture_that_needs_none_of_those_left_out(stage: Temporal) -> None:
    stage.want(0)
    stage.picture(0, key=True)
    stage.want(3)
    stage.play()
    assert set(stage.layers_shown()) == {0}
    stage.picture(1, sync=True)
    stage.picture(2)
    assert stage.layers_shown()[-2:] == [1, 1]
    stage.picture(2, sync=True)
    assert stage.layers_shown()[-2:] == [2, 2]
    assert stage.steps() == {(1, 0), (1, 1)}


def test_a_key_frame_brings_back_all_that_is_wanted(stage: Temporal) -> None:
    stage.want(0)
    stage.picture(0, key=True)
    stage.play(1)
    stage.want(2)
    stage.picture(0, key=True)
    stage.play(1)
    assert stage.layers_shown()[-8:] == [0, 0, 2, 2, 1, 1, 2, 2]


def test_packets_asked_for_again_are_found_under_the_numbers_they_went_out_with(stage: Temporal) -> None:
    stage.want(1)
    stage.picture(0, key=True)
    stage.play()
    for copy in list(stage.copies):
        again = stage.slot.again(int.from_bytes(copy[2:4], "big"))
        assert again is not None
        assert again[14:] == copy[12:]


def test_packets_from_before_the_first_one_left_out_are_found_too(stage: Temporal) -> None:
    stage.picture(0, key=True)
    stage.play()
    before = list(stage.copies)
    stage.want(0)
    stage.play()
    for copy in before:
        again = stage.slot.again(int.from_bytes(copy[2:4], "big"))
        assert again is not None
        assert again[14:] == copy[12:]


def test_numbers_that_were_never_sent_are_not_found(stage: Temporal) -> None:
    stage.want(0)
    stage.picture(0, key=True)
    stage.play()
    sent = {number for number, _, _ in stage.numbers()}
    around = {(stage.numbers()[0][0] + step) & 0xFFFF for step in range(-40, 80)}
    assert [number for number in around - sent if stage.slot.again(number) is not None] == []


def test_what_came_too_long_ago_is_forgotten(stage: Temporal) -> None:
    stage.want(0)
    stage.picture(0, key=True)
    first = stage.numbers()[0][0]
    stage.play(HISTORY // 8 + 1)
    assert stage.slot.again(first) is None
    assert stage.slot.again(stage.numbers()[-1][0]) is not None


def test_a_late_packet_gets_the_number_that_was_kept_for_it(stage: Temporal) -> None:
    stage.want(0)
    stage.picture(0, key=True)
    stage.picture(2)
    stage.picture(0, lose=(0,))
    missing = stage.sequence - 1
    stage.part(missing, 0)
    stage.picture(0)
    numbers = [number for number, _, _ in stage.numbers()]
    assert [(number - numbers[0]) & 0xFFFF for number in numbers] == [0, 1, 3, 2, 4, 5]
    assert len({picture for _, picture, _ in stage.numbers()[2:4]}) == 1


def test_what_was_left_out_is_not_counted_as_sent(stage: Temporal) -> None:
    stage.want(0)
    stage.picture(0, key=True)
    stage.play()
    told = stage.slot.sender_report(SenderReport(1, 0, 0, 999, 999))
    assert told is not None
    assert (told.packets, told.octets) == (len(stage.copies), sum(map(len, stage.copies)))


def test_mere_padding_goes_to_nobody_and_leaves_no_gap(stage: Temporal) -> None:
    stage.picture(0, key=True)
    for _ in range(3):
        stage.sequence += 1
        stage.padding(stage.sequence)
    stage.picture(0)
    assert len(stage.copies) == 4
    assert stage.steps() == {(1, 0), (1, 1)}
    assert stage.slot.again(stage.numbers()[-1][0]) is not None


def test_a_packet_that_is_padded_but_not_empty_is_forwarded(stage: Temporal) -> None:
    stage.picture(0, key=True)
    head = rtp.HEADER.pack(0xA0, 96, (stage.sequence + 1) & 0xFFFF, 1, 1)
    stage.take(stage.track.layers[0], head + bytes((0x90, 0xE0, 0x80, 1, 1, 0, 1, 0, 0, 2)))
    assert len(stage.copies) == 3


def test_numbers_run_on_when_another_source_follows_one_with_packets_left_out(stage: Temporal) -> None:
    stage.want(0)
    stage.picture(0, key=True)
    stage.play()
    stage.show(1)
    for step in range(3):
        stage.send(1, 5 + step, 12 + step, key=step == 0)
    assert stage.steps() == {(1, 0), (1, 1)}


def test_picture_numbers_run_on_when_another_source_follows_mere_padding(stage: Temporal) -> None:
    stage.picture(0, key=True)
    stage.padding(stage.sequence + 1)
    stage.show(1)
    stage.send(1, 5, 12, key=True)
    assert stage.steps() == {(1, 0), (1, 1)}
