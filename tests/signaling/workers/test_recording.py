"""A recording goes on when its worker is lost."""

import asyncio
import signal
from pathlib import Path
from typing import cast

from signaling.media import EndRecording, PeerId, Record, Recorded, RoomId, Take
from signaling.sfu import Sfu
from signaling.sfu.recording import seal
from tests.signaling.sfu.clients import Client, until
from tests.signaling.sfu.recording.media import seen
from tests.signaling.workers.conftest import Crew


async def recorded(crew: Crew, peer: str, folder: Path) -> Client:
    """Somebody who publishes and is recorded, each time as the same person."""
    client = await Client(cast("Sfu", crew.supervisor), peer).publish().join()
    before = octets(folder)
    crew.supervisor.command(Record(PeerId(peer), Take("rec", str(folder), "ann", "Ann")))
    await until(lambda: octets(folder) > before + 8000)
    return client


def octets(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.media"))


async def test_what_a_killed_worker_recorded_and_what_the_next_one_did_are_one_recording(
    crew: Crew, tmp_path: Path
) -> None:
    first = await recorded(crew, "ann1", tmp_path)
    crew.signal(crew.home(), signal.SIGKILL)
    await until(lambda: crew.moved == [RoomId("r")])
    second = await recorded(crew, "ann2", tmp_path)
    crew.supervisor.command(EndRecording(RoomId("r"), "rec"))
    await until(lambda: Recorded("rec") in crew.events)
    sealed = await asyncio.to_thread(seal, tmp_path)
    assert sealed is not None
    (ann,) = sealed.publishers
    before, after = ann.files
    assert before.starts + before.milliseconds <= after.starts
    assert all(len(seen(tmp_path / file.name)) > 3 for file in ann.files)
    for client in (first, second):
        await client.close()


async def test_ending_the_recording_of_a_room_that_is_nowhere_is_answered(crew: Crew) -> None:
    crew.supervisor.command(EndRecording(RoomId("nowhere"), "rec"))
    assert crew.events == [Recorded("rec")]
