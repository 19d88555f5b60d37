"""Packets of each codec become the pictures that an encoder made."""

from collections.abc import Iterable
from itertools import chain

import pytest

from signaling.sfu.recording.line import Frame, Line
from tests.signaling.sfu.recording import media
from tests.signaling.sfu.recording.media import FPS, VIDEO_CLOCK, Sender, drip, pictures


def fed(line: Line, drips: Iterable[bytes], now: float = 0.0) -> list[Frame]:
    return list(line.feed(b"".join(drips), now))


def vp8_line() -> Line:
    return Line("video", {96: "vp8"})


def sent(clip: list[bytes]) -> list[list[bytes]]:
    sender = Sender()
    return [sender.picture(data, number * VIDEO_CLOCK // FPS) for number, data in enumerate(clip)]


def test_vp8_comes_out_as_it_was_encoded() -> None:
    clip = pictures("libvpx", 5)
    frames = fed(vp8_line(), chain.from_iterable(sent(clip)))
    assert [frame.picture.data for frame in frames] == clip
    first = frames[0].picture
    assert (first.key, first.width, first.height) == (True, 64, 48)
    assert not frames[1].picture.key


def test_nothing_is_taken_before_the_first_key_frame() -> None:
    clip = pictures("libvpx", 4)
    line = vp8_line()
    assert not fed(line, chain.from_iterable(sent(clip)[1:]))
    assert line.thirsty


def test_after_a_loss_only_a_key_frame_helps() -> None:
    clip = pictures("libvpx", 3) + pictures("libvpx", 2)
    packets = sent(clip)
    line = vp8_line()
    assert len(fed(line, packets[0])) == 1
    assert not fed(line, packets[2])
    assert not fed(line, [], 1.0)
    assert line.thirsty
    assert [frame.picture.data for frame in fed(line, packets[3] + packets[4], 1.0)] == clip[3:]
    assert line.lost == 1


def test_a_repaired_packet_takes_its_place() -> None:
    clip = pictures("libvpx", 3)
    packets = list(chain.from_iterable(sent(clip)))
    repaired = [*packets[:2], *packets[3:], packets[2]]
    assert [frame.picture.data for frame in fed(vp8_line(), repaired)] == clip


def test_a_picture_without_a_marker_ends_where_the_next_begins() -> None:
    first, second = pictures("libvpx", 2)
    drips = [drip(1, 0, media.vp8_payload(first, first=True)), drip(2, 9, media.vp8_payload(second, first=True))]
    assert [frame.picture.data for frame in fed(vp8_line(), drips)] == [first]


@pytest.mark.parametrize("payload", [b"\x90", b"\x90\xe0", b"\x90\x80\x80", b"\x10\x00", b"\xff" * 3, b"\x00"])
@pytest.mark.parametrize("codec", ["vp8", "vp9", "av1", "h264"])
def test_payloads_cut_short_make_no_picture(codec: str, payload: bytes) -> None:
    line = Line("video", {96: codec})
    line.thirsty = False
    for frame in fed(line, [drip(1, 0, payload, marker=True)]):
        assert not frame.picture.width


def test_sound_is_taken_from_the_first_packet_on() -> None:
    sender = Sender()
    line = Line("audio", {111: "opus"})
    frames = fed(line, [sender.sound(960 * number) for number in range(3)])
    assert [frame.ticks for frame in frames] == [0, 960, 1920]
    assert not line.thirsty
