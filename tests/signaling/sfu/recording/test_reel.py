"""A publisher's file plays at any time: while it grows, when its writer was killed, and when it is complete."""

import errno
import os
from pathlib import Path

import av
import pytest

from signaling.sfu.recording import manifest
from signaling.sfu.recording.manifest import Manifest, Publisher, Span
from signaling.sfu.recording.mend import seal
from signaling.sfu.recording.picture import Picture
from signaling.sfu.recording.reel import Reel
from tests.signaling.sfu.recording.media import TONE, heard, pictures, seen, times

ZERO = 1_700_000_000_000
CLIP = pictures("libvpx", 20)


def show(reel: Reel, start: int, count: int = 20) -> None:
    """Adds pictures, twenty a second."""
    for number in range(count):
        size = (64, 48) if number == 0 else (0, 0)
        reel.add("video", "vp8", ZERO + start + 50 * number, Picture(CLIP[number], number == 0, *size))


def speak(reel: Reel, start: int, count: int = 50) -> None:
    """Adds sound, fifty packets a second."""
    for number in range(count):
        reel.add("audio", "opus", ZERO + start + 20 * number, Picture(TONE, key=True))


@pytest.fixture
def reel(tmp_path: Path) -> Reel:
    return Reel(tmp_path, ZERO)


def path_of(reel: Reel, folder: Path) -> Path:
    return folder / reel.name


def played(reel: Reel, folder: Path) -> tuple[int, int]:
    """How many pictures and packets of sound come out of it."""
    return len(seen(path_of(reel, folder))), len(times(path_of(reel, folder), "audio"))


def test_pictures_and_sound_play(reel: Reel, tmp_path: Path) -> None:
    show(reel, 0)
    speak(reel, 0)
    reel.finish()
    assert played(reel, tmp_path) == (20, 50)
    with av.open(str(path_of(reel, tmp_path))) as container:
        assert container.format.name == "matroska,webm"
        assert container.duration == 1_000_000
    assert reel.entry().container == "webm"


def test_what_was_written_plays_although_its_writer_is_gone(reel: Reel, tmp_path: Path) -> None:
    show(reel, 0)
    speak(reel, 0)
    reel.flush(ZERO + 600, live=True)
    reel.head()
    assert played(reel, tmp_path) == (13, 31)


def test_a_player_may_start_anywhere_in_a_complete_file(reel: Reel, tmp_path: Path) -> None:
    for second in range(30):
        show(reel, 1000 * second)
        reel.flush(ZERO + 1000 * second, live=True)
    reel.finish()
    with av.open(str(path_of(reel, tmp_path))) as container:
        container.seek(21_000_000)
        frame = next(container.decode(video=0))
    assert 15 < frame.time <= 21


def test_sound_is_silent_while_nothing_comes_and_goes_on_in_its_place(reel: Reel, tmp_path: Path) -> None:
    speak(reel, 0)
    reel.flush(ZERO + 1000, live=True)
    reel.flush(ZERO + 5000, live=True)
    speak(reel, 5000)
    reel.finish()
    frames = heard(path_of(reel, tmp_path))
    assert sum(frame.samples for frame in frames) / 48_000 == pytest.approx(6.0, abs=0.03)
    assert times(path_of(reel, tmp_path), "audio")[-1] == pytest.approx(5.98, abs=0.03)


def test_sound_expected_from_the_start_is_silent_until_it_comes(reel: Reel, tmp_path: Path) -> None:
    show(reel, 0)
    reel.expect_sound(ZERO)
    reel.flush(ZERO + 1000, live=True)
    assert times(path_of(reel, tmp_path), "audio")[:2] == [0.0, 0.12]


def test_lost_packets_of_sound_leave_no_hole_and_the_rest_comes_in_time(reel: Reel, tmp_path: Path) -> None:
    for number in range(200):
        if number % 10:
            reel.add("audio", "opus", ZERO + 20 * number, Picture(TONE, key=True))
    reel.finish()
    found = times(path_of(reel, tmp_path), "audio")
    assert [round(1000 * each) for each in found] == [20 * number for number in range(200)]


def test_sound_of_a_clock_that_is_too_fast_never_runs_away(reel: Reel, tmp_path: Path) -> None:
    for number in range(5000):
        reel.add("audio", "opus", ZERO + 19.9 * number, Picture(TONE, key=True))
    reel.finish()
    assert times(path_of(reel, tmp_path), "audio")[-1] == pytest.approx(99.5, abs=0.06)


def test_the_track_of_a_picture_that_comes_late_is_added(reel: Reel, tmp_path: Path) -> None:
    speak(reel, 0)
    reel.flush(ZERO + 1000, live=True)
    show(reel, 1000)
    speak(reel, 1000)
    reel.finish()
    assert played(reel, tmp_path) == (20, 100)
    assert times(path_of(reel, tmp_path), "video")[0] == 1.0


def test_a_picture_without_a_key_frame_is_not_taken(reel: Reel) -> None:
    reel.add("video", "vp8", ZERO, Picture(CLIP[1], key=False))
    assert reel.tracks == []
    assert reel.lost == 1


def test_more_tracks_than_the_head_holds_are_not_taken(reel: Reel) -> None:
    for codec in ("vp8", "vp9", "av1", "h264"):
        for kind in ("video", "audio"):
            reel.add(kind, codec, ZERO, Picture(b"x", True, 64, 48, bytes(512)))
    assert len(reel.tracks) == 6


def test_a_full_disk_is_told_and_what_is_written_stays_whole(
    reel: Reel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(reel, 0)
    reel.flush(ZERO + 1000, live=True)
    reel.head()
    size = path_of(reel, tmp_path).stat().st_size
    write = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: write(file, data[:7], at))
    speak(reel, 1000)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        reel.flush(ZERO + 2000, live=True)
    assert path_of(reel, tmp_path).stat().st_size == size


def left_behind(reel: Reel, folder: Path) -> Path:
    """A file as a killed process leaves it, cut within its last cluster."""
    for second in range(12):
        show(reel, 1000 * second)
        speak(reel, 1000 * second)
        reel.flush(ZERO + 1000 * second, live=True)
        reel.head()
    publisher = Publisher("p1", "Ann", "v1", (Span(ZERO),), (), (reel.entry(),))
    manifest.write(folder / f"x{manifest.PART}", Manifest("rec", "room", ZERO, None, (publisher,)))
    path = path_of(reel, folder)
    os.truncate(path, path.stat().st_size - 100)
    return path


def test_a_file_that_was_left_open_gets_an_index_and_its_length(reel: Reel, tmp_path: Path) -> None:
    path = left_behind(reel, tmp_path)
    sealed = seal(tmp_path)
    assert sealed is not None
    file = sealed.publishers[0].files[0]
    assert (file.complete, file.octets) == (True, path.stat().st_size)
    assert 9900 <= file.milliseconds <= 11_000
    with av.open(str(path)) as container:
        assert container.duration == 1000 * file.milliseconds
        container.seek(8_000_000)
        assert next(container.decode(video=0)).time <= 8
    assert sealed.publishers[0].spans == (Span(ZERO, ZERO + file.milliseconds),)


def test_sealing_again_changes_nothing(reel: Reel, tmp_path: Path) -> None:
    path = left_behind(reel, tmp_path)
    once, octets = seal(tmp_path), path.read_bytes()
    assert seal(tmp_path) == once
    assert path.read_bytes() == octets
    assert [each.name for each in tmp_path.glob("*.json")] == [manifest.NAME]


def test_sealing_that_was_interrupted_is_done_again(reel: Reel, tmp_path: Path) -> None:
    left_behind(reel, tmp_path)
    part = (tmp_path / f"x{manifest.PART}").read_bytes()
    once = seal(tmp_path)
    (tmp_path / f"x{manifest.PART}").write_bytes(part)
    assert seal(tmp_path) == once


def test_a_folder_without_a_recording_is_told_apart(tmp_path: Path) -> None:
    assert seal(tmp_path) is None
