"""One publisher's sources end up in one file, in step."""

from pathlib import Path

import pytest

from signaling.media import Take
from signaling.sfu.recording.clock import NTP_UNIT, Told
from signaling.sfu.recording.roll import Catch, Roll
from tests.signaling.sfu.recording.media import FPS, VIDEO_CLOCK, Sender, pictures, times

TAKE = Take("rec", "", "ann", "Ann")
CLIP = pictures("libvpx", 40)
VIDEO, AUDIO = ("peer", 1), ("peer", 2)


class Camera:
    """A camera and a microphone that start at different times and send through a slow network."""

    def __init__(self) -> None:
        self._video, self._audio = Sender(), Sender()

    def video(self, number: int, at: float) -> bytes:
        return b"".join(self._video.picture(CLIP[number], number * VIDEO_CLOCK // FPS, at))

    def audio(self, number: int, at: float) -> bytes:
        return self._audio.sound(960 * number, at)


def catch(kind: str, drips: bytes, told: Told | None = None, *, muted: bool = False) -> Catch:
    video = kind == "video"
    codecs = {96: "vp8"} if video else {111: "opus"}
    rate, ssrc = (90_000, 1) if video else (48_000, 2)
    return Catch(TAKE, "peer", ssrc, "video" if video else "audio", rate, codecs, drips, 0, muted, told)


def told(seconds: float, ticks: int) -> Told:
    return Told(int((4e9 + seconds) * NTP_UNIT), ticks, 10.0 + seconds)


@pytest.fixture
def roll(tmp_path: Path) -> Roll:
    return Roll(tmp_path, TAKE, 1.7e9)


def file_of(roll: Roll, folder: Path) -> Path:
    return folder / roll.publisher().files[0].name


def test_sound_that_begins_later_is_silent_from_the_first_picture_on(roll: Roll, tmp_path: Path) -> None:
    camera = Camera()
    roll.feed(catch("video", b"".join(camera.video(n, 10 + n / FPS) for n in range(40)), told(0, 0)), 12.0)
    roll.feed(catch("audio", b"".join(camera.audio(n, 11 + n / 50) for n in range(50)), told(1, 0)), 12.0)
    roll.write({VIDEO, AUDIO}, 12.0)
    roll.close(12.5)
    found = times(file_of(roll, tmp_path), "audio")
    assert found[0] == 0.0
    assert found[-1] == pytest.approx(1.98, abs=0.03)


def test_a_picture_that_was_long_on_its_way_stands_where_it_was_taken(roll: Roll, tmp_path: Path) -> None:
    camera = Camera()
    roll.feed(catch("video", b"".join(camera.video(n, 10.4 + n / FPS) for n in range(40)), told(0, 0)), 13.0)
    roll.feed(catch("audio", b"".join(camera.audio(n, 10.05 + n / 50) for n in range(100)), told(0, 0)), 13.0)
    roll.close(13.0)
    path = file_of(roll, tmp_path)
    assert times(path, "video")[0] == times(path, "audio")[0] == 0.0


def test_nothing_is_written_while_a_report_may_yet_tell_when_it_was(roll: Roll) -> None:
    camera = Camera()
    roll.feed(catch("video", camera.video(0, 10.0)), 10.1)
    roll.write({VIDEO}, 10.1)
    assert roll.publisher().files == ()
    roll.feed(catch("video", b"", told(0.5, 45_000)), 10.6)
    roll.write({VIDEO}, 10.6)
    assert roll.publisher().files[0].starts == 1000 * (1_700_000_000 + 10)


def test_who_was_muted_is_noted_from_when_until_when(roll: Roll) -> None:
    for now, muted in ((10.0, False), (11.0, True), (12.0, True), (13.0, False)):
        roll.feed(catch("audio", b"", muted=muted), now)
        roll.write({AUDIO}, now)
    (mute,) = roll.publisher().mutes
    assert (mute.kind, mute.starts, mute.ends) == ("audio", 1000 * 1_700_000_011, 1000 * 1_700_000_013)
