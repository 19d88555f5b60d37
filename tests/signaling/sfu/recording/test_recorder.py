"""The SFU records those who agreed, on every engine, and what it writes plays."""

import asyncio
import itertools
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from signaling import media
from signaling.media import EndRecording, Leave, Mute, PeerId, Record, Recorded, RoomId, Take
from signaling.sfu.recording import Manifest, manifest, seal
from tests.signaling.sfu.clients import Client, Lesson, until
from tests.signaling.sfu.conftest import engine_name, lesson, settings  # noqa: F401 - fixtures
from tests.signaling.sfu.recording.media import heard, seen, times


@dataclass
class Recording:
    """A lesson that is recorded into a folder."""

    lesson: Lesson
    folder: Path
    names: dict[str, str] = field(default_factory=dict)

    def record(self, peer: str, publisher: str = "") -> None:
        take = Take("rec", str(self.folder), publisher or peer, f"Name of {publisher or peer}", "text 3")
        self.lesson.sfu.command(Record(PeerId(peer), take))

    def pause(self, peer: str) -> None:
        self.lesson.sfu.command(Record(PeerId(peer), None))

    async def end(self) -> Manifest:
        self.lesson.sfu.command(EndRecording(RoomId("r"), "rec"))
        await until(lambda: Recorded("rec") in self.lesson.events)
        sealed = await asyncio.to_thread(seal, self.folder)
        assert sealed is not None
        return sealed

    def octets(self) -> int:
        return sum(path.stat().st_size for path in self.folder.glob("*.media"))

    async def grows(self, octets: int = 4000) -> None:
        """Waits until so much more is written."""
        before = self.octets()
        await until(lambda: self.octets() > before + octets)

    def path(self, found: Manifest, publisher: str) -> Path:
        return self.folder / next(each for each in found.publishers if each.id == publisher).files[0].name


@pytest.fixture
def recording(lesson: Lesson, tmp_path: Path) -> Recording:  # noqa: F811 - the fixture
    return Recording(lesson, tmp_path / "rec")


async def publisher(recording: Recording, name: str) -> Client:
    client = await recording.lesson.client(name).publish().slots(1).join()
    await recording.lesson.reach(name, "live")
    return client


def together(path: Path) -> float:
    """How far apart picture and sound end."""
    return abs(times(path, "video")[-1] - times(path, "audio")[-1])


async def test_who_agreed_is_recorded_and_nobody_else(recording: Recording) -> None:
    await publisher(recording, "ann")
    await publisher(recording, "bob")
    recording.record("ann")
    await recording.grows()
    found = await recording.end()
    assert [(each.id, each.name, each.consent) for each in found.publishers] == [("ann", "Name of ann", "text 3")]
    path = recording.path(found, "ann")
    assert list(recording.folder.glob("*.media")) == [path]
    assert len(seen(path)) > 3
    assert len(heard(path)) > 10
    assert together(path) < 0.3


async def test_everybody_has_a_file_and_all_files_one_clock(recording: Recording) -> None:
    for name in ("ann", "bob"):
        await publisher(recording, name)
        recording.record(name)
    await recording.grows(8000)
    found = await recording.end()
    ends = [file.starts + file.milliseconds for each in found.publishers for file in each.files]
    assert len(ends) == 2
    assert abs(ends[0] - ends[1]) < 300
    assert found.ends is not None
    assert all(-100 < found.ends - end < 1500 for end in ends)


async def test_what_is_muted_is_not_recorded_and_the_rest_keeps_its_time(recording: Recording) -> None:
    ann = await publisher(recording, "ann")
    recording.record("ann")
    await recording.grows()
    recording.lesson.sfu.command(Mute(ann.id, "video", muted=True))
    await recording.grows(3000)
    recording.lesson.sfu.command(Mute(ann.id, "video", muted=False))
    await recording.grows()
    found = await recording.end()
    (mute,) = [each for each in found.publishers[0].mutes if each.kind == "video"]
    assert mute.ends is not None
    shown = times(recording.path(found, "ann"), "video")
    hole = max(later - earlier for earlier, later in itertools.pairwise(shown))
    assert hole == pytest.approx((mute.ends - mute.starts) / 1000, abs=1.5)
    assert together(recording.path(found, "ann")) < 0.3


async def test_who_comes_back_goes_on_in_the_same_file(recording: Recording) -> None:
    await publisher(recording, "ann")
    recording.record("ann", "seat")
    await recording.grows()
    recording.lesson.sfu.command(Leave(PeerId("ann")))
    await publisher(recording, "ann2")
    recording.record("ann2", "seat")
    await recording.grows()
    found = await recording.end()
    (seat,) = found.publishers
    assert len(seat.files) == 1
    assert len(seat.spans) >= 1
    sound = times(recording.path(found, "seat"), "audio")
    assert max(later - earlier for earlier, later in itertools.pairwise(sound)) < 0.13
    assert together(recording.path(found, "seat")) < 0.3


async def test_a_pause_leaves_nothing_of_what_was_said(recording: Recording) -> None:
    await publisher(recording, "ann")
    recording.record("ann")
    await recording.grows()
    recording.pause("ann")
    await until(lambda: _spans(recording) and _spans(recording)[-1].ends)
    before = recording.octets()
    recording.record("ann")
    await recording.grows()
    found = await recording.end()
    assert len(found.publishers[0].spans) == 2
    assert recording.octets() > before


def _spans(recording: Recording) -> list[manifest.Span]:
    part = next(recording.folder.glob("*" + manifest.PART))
    return [span for each in manifest.read(part).publishers for span in each.spans]


async def test_a_killed_servers_manifest_is_there_while_it_records(recording: Recording) -> None:
    await publisher(recording, "ann")
    recording.record("ann")
    await recording.grows()
    part = manifest.read(next(recording.folder.glob("*" + manifest.PART)))
    assert part.ends is None
    assert part.publishers[0].files[0].tracks


async def test_closing_the_room_ends_its_recording(recording: Recording) -> None:
    await publisher(recording, "ann")
    recording.record("ann")
    await recording.grows()
    recording.lesson.sfu.command(media.CloseRoom(RoomId("r")))
    await until(lambda: Recorded("rec") in recording.lesson.events)
    assert recording.lesson.sfu.figures().recordings == 0


async def test_a_recording_that_cannot_be_written_ends_and_says_why(recording: Recording) -> None:
    await publisher(recording, "ann")
    recording.folder.write_text("no folder")
    recording.record("ann")
    await until(lambda: any(isinstance(each, Recorded) and each.failure for each in recording.lesson.events))
    assert recording.lesson.sfu.figures().recordings == 0
    assert recording.lesson.states("ann")[-1] == "live"


async def test_ending_what_was_never_begun_is_answered_too(lesson: Lesson) -> None:  # noqa: F811 - the fixture
    lesson.sfu.command(EndRecording(RoomId("r"), "rec"))
    assert Recorded("rec") in lesson.events


async def test_closing_the_sfu_closes_the_files(recording: Recording) -> None:
    await publisher(recording, "ann")
    recording.record("ann")
    await recording.grows()
    await recording.lesson.sfu.close()
    part = manifest.read(next(recording.folder.glob("*" + manifest.PART)))
    assert part.publishers[0].files[0].complete
