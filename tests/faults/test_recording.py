"""A recording outlives the process that makes it."""

import asyncio
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from signaling.sfu.recording import manifest, seal
from tests.benchmarks.load import record_clip
from tests.benchmarks.recording import Publisher
from tests.faults.recording import run
from tests.signaling.sfu.recording.media import heard, seen

LOST_SECONDS = 5.0
RECORDED_SECONDS = 8


async def test_a_killed_recording_plays_to_the_last_five_seconds(tmp_path: Path) -> None:
    published = await recorded_and_killed(tmp_path)
    (file,) = named(tmp_path, "*.media")
    assert seconds(file) > published - LOST_SECONDS
    sealed = await asyncio.to_thread(seal, tmp_path)
    assert sealed is not None
    entry = sealed.publishers[0].files[0]
    assert entry.complete
    assert entry.milliseconds / 1000 > published - LOST_SECONDS
    assert abs(seconds(file) - entry.milliseconds / 1000) < 0.1
    assert named(tmp_path, "*.json") == [tmp_path / manifest.NAME]


def named(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


async def recorded_and_killed(folder: Path) -> float:
    """Records somebody in a process of its own, and kills that; for how many seconds it recorded."""
    command = (sys.executable, "-m", "tests.benchmarks.servers", "sfu")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = f"http://127.0.0.1:{int(await process.stdout.readline())}"
    publisher = Publisher()
    async with aiohttp.ClientSession() as session:
        await publisher.join(partial(_post, session, f"{url}/publish/room"))
        publisher.play(record_clip(seconds=2))
        publisher.talk()
        began = time.monotonic()
        await _post(session, f"{url}/record/room", str(folder))
        await _recorded(folder)
    lasted = time.monotonic() - began
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    await publisher.close()
    return lasted


async def _recorded(folder: Path) -> None:
    """Waits until a file says that it is so long."""
    async with asyncio.timeout(60):
        while _longest(folder) < 1000 * RECORDED_SECONDS:  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)


def _longest(folder: Path) -> int:
    parts = [manifest.read(part) for part in folder.glob(f"*{manifest.PART}")]
    return max((file.milliseconds for part in parts for each in part.publishers for file in each.files), default=0)


async def _post(session: aiohttp.ClientSession, url: str, body: str) -> str:
    async with session.post(url, data=body) as answer:
        answer.raise_for_status()
        return await answer.text()


def seconds(file: Path) -> float:
    """Until when both picture and sound of a file decode."""
    return min(_last(file, "video"), _last(file, "audio"))


def _last(file: Path, kind: str) -> float:
    frames = seen(file) if kind == "video" else heard(file)
    return max(frame.time for frame in frames if frame.time is not None)


@pytest.mark.browser
async def test_sound_and_picture_of_browsers_stay_together_whatever_they_do(tmp_path: Path) -> None:
    verdicts = await run(tmp_path, 24)
    assert all(each.beeps > 5 for each in verdicts)
