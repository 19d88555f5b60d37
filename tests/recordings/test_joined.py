"""Everybody who was recorded in one picture, and all of them to be heard."""

import subprocess
import sys
from pathlib import Path

import av
import pytest

from signaling.sfu.recording import Manifest, Publisher, Span, manifest
from signaling.sfu.recording.manifest import File, Mute
from signaling.sfu.recording.picture import Picture
from signaling.sfu.recording.reel import Reel
from tests.signaling.sfu.recording.media import heard, pictures, seen
from vclass.recordings.joined import HEIGHT, WIDTH, grid, join
from vclass.recordings.joining import NAME

ZERO = 1_700_000_000_000
CLIP = pictures("libvpx", 40, 320, 180)


WAVE = (b"\xe0\x2e" * 100 + b"\x20\xd1" * 100).ljust(3840, b"\0")


def tone(seconds: int) -> list[bytes]:
    """A loud tone, as packets of Opus."""
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.format, context.layout = 48_000, "s16", "stereo"
    packets = []
    for number in range(50 * seconds):
        frame = av.AudioFrame("s16", "stereo", 960)
        frame.sample_rate, frame.pts = 48_000, 960 * number
        frame.planes[0].update(WAVE)
        packets += [bytes(packet) for packet in context.encode(frame)]
    return packets


TONE = tone(2)


def recorded(folder: Path, starts: int) -> File:
    """Two seconds of somebody's picture and a tone."""
    reel = Reel(folder, ZERO + starts)
    for number, data in enumerate(CLIP):
        size = (320, 180) if number == 0 else (0, 0)
        reel.add("video", "vp8", ZERO + starts + 50 * number, Picture(data, number == 0, *size))
    for number, data in enumerate(TONE):
        reel.add("audio", "opus", ZERO + starts + 20 * number, Picture(data, key=True))
    reel.finish()
    return reel.entry(complete=True)


def person(name: str, file: File, *mutes: Mute) -> Publisher:
    spans = (Span(file.starts, file.starts + file.milliseconds),)
    return Publisher(name, name, "1", spans, mutes, (file,))


def joined(folder: Path, *people: Publisher) -> list[int]:
    manifest.write(folder / manifest.NAME, Manifest("rec", "room", ZERO, ZERO + 4000, people))
    return list(join(folder))


def test_everybody_has_a_place_and_the_places_do_not_overlap() -> None:
    for count in range(1, 26):
        tiles = grid(count)
        assert len({(each.x, each.y) for each in tiles}) == count
        assert all(each.x + each.width <= WIDTH and each.y + each.height <= HEIGHT for each in tiles)


def test_two_people_who_came_one_after_the_other_are_one_film(tmp_path: Path) -> None:
    percents = joined(tmp_path, person("ann", recorded(tmp_path, 0)), person("bob", recorded(tmp_path, 1000)))
    assert percents == sorted(percents)
    assert percents[-1] == 100
    frames = seen(tmp_path / NAME)
    assert {(each.width, each.height) for each in frames} == {(WIDTH, HEIGHT)}
    assert frames[-1].time == pytest.approx(3.0, abs=0.15)
    assert sum(frame.samples for frame in heard(tmp_path / NAME)) / 48_000 == pytest.approx(3.0, abs=0.1)


def brightness(frame: av.VideoFrame, x: int) -> float:
    """How bright a column of a picture is."""
    plane = frame.planes[0]
    column = bytes(plane)[x :: plane.line_size]
    return sum(column) / len(column)


def test_who_is_muted_or_not_there_is_dark(tmp_path: Path) -> None:
    early, late = recorded(tmp_path, 0), recorded(tmp_path, 1000)
    joined(tmp_path, person("ann", early, Mute("video", ZERO + 1500, ZERO + 3000)), person("bob", late))
    frames = {round(10 * (each.time or 0)): each for each in seen(tmp_path / NAME)}
    left, right = WIDTH // 4, 3 * WIDTH // 4
    assert brightness(frames[8], left) > 50 > brightness(frames[8], right)
    assert brightness(frames[20], left) < 50 < brightness(frames[20], right)


def test_it_is_made_by_a_process_that_says_how_far_it_is(tmp_path: Path) -> None:
    manifest.write(
        tmp_path / manifest.NAME, Manifest("rec", "room", ZERO, ZERO, (person("ann", recorded(tmp_path, 0)),))
    )
    command = [sys.executable, "-m", "vclass.recordings.joined", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "100"
    assert len(heard(tmp_path / NAME)) > 10


def test_a_recording_without_anybody_makes_no_film(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="nobody was recorded"):
        joined(tmp_path)
    assert not (tmp_path / NAME).exists()
