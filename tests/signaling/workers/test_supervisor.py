"""Real worker processes: rooms are placed, and come back when a worker is killed, hangs or is to end."""

import asyncio
import os
import signal
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from signaling.media import Answer, CloseRoom, Leave, Mute, Offer, PeerId, PeerState, Refused, RoomId, Unavailable
from signaling.workers import Care
from signaling.workers.supervisor import pause
from tests.signaling.sfu.clients import until
from tests.signaling.workers.conftest import SETTINGS, Crew, OpenCrew

QUICK = Care(beat=0.05, silence=1.0)


async def test_rooms_are_spread_over_the_workers_and_each_stays_whole(crew: Crew) -> None:
    for peer, room in (("a", "r"), ("b", "s"), ("c", "r"), ("d", "s")):
        assert isinstance(await crew.join(peer, room), Answer)
    assert [(each.rooms, each.peers) for each in crew.supervisor.workers()] == [(1, 2), (1, 2)]


async def test_events_and_refusals_come_through_the_pipe(crew: Crew) -> None:
    answer = await crew.join("a")
    assert isinstance(answer, Answer)
    assert "a=ice-lite" in answer.sdp
    assert crew.events == [PeerState(PeerId("a"), "connecting")]
    refused = await crew.supervisor.negotiate(Offer(PeerId("b"), RoomId("r"), "v=0\r\n"))
    assert isinstance(refused, Refused)
    assert crew.state(crew.home()).peers == 1


async def test_commands_reach_the_worker_of_the_peer(crew: Crew) -> None:
    await crew.join("a")
    for command in (Mute(PeerId("a"), "audio", muted=True), Mute(PeerId("nobody"), "audio", muted=True)):
        crew.supervisor.command(command)
    crew.supervisor.command(Leave(PeerId("a")))
    await until(lambda: PeerState(PeerId("a"), "gone") in crew.events)
    assert [each.rooms for each in crew.supervisor.workers()] == [0, 0]


async def test_a_closed_room_is_gone_with_all_its_peers(crew: Crew) -> None:
    await crew.join("a")
    await crew.join("b")
    crew.supervisor.command(CloseRoom(RoomId("r")))
    await until(lambda: {PeerState(PeerId(peer), "gone") for peer in "ab"} <= set(crew.events))
    assert [each.rooms for each in crew.supervisor.workers()] == [0, 0]


async def test_figures_are_the_sums_over_the_workers(open_crew: OpenCrew) -> None:
    crew = await open_crew(care=QUICK)
    await crew.join("a", "r")
    await crew.join("b", "s")
    await until(lambda: (crew.supervisor.figures().rooms, crew.supervisor.figures().peers) == (2, 2))


async def test_the_rooms_of_a_killed_worker_move_within_half_a_second(crew: Crew) -> None:
    await crew.join("a")
    lost = crew.home()
    began = time.monotonic()
    crew.signal(lost, signal.SIGKILL)
    await until(lambda: crew.moved)
    assert isinstance(await crew.join("a2"), Answer)
    assert time.monotonic() - began < 0.5
    assert (crew.moved, crew.home() != lost) == ([RoomId("r")], True)


async def test_other_rooms_hear_nothing_of_it(crew: Crew) -> None:
    await crew.join("a", "r")
    await crew.join("b", "s")
    crew.signal(crew.home("r"), signal.SIGKILL)
    await until(lambda: crew.moved)
    assert (crew.moved, crew.state(crew.home("s")).peers) == ([RoomId("r")], 1)


async def test_a_killed_worker_is_started_again_on_its_own_port(open_crew: OpenCrew) -> None:
    port = _free_port()
    crew = await open_crew(settings=replace(SETTINGS, udp_port=port))
    crew.signal("2", signal.SIGKILL)
    await crew.up("2", restarts=1)
    handles = crew.supervisor._handles
    assert [handles[name].addresses for name in "12"] == [(("127.0.0.1", port),), (("127.0.0.1", port + 1),)]


async def test_an_offer_that_the_killed_worker_had_is_unavailable_at_once(crew: Crew) -> None:
    await crew.join("a")
    home = crew.home()
    crew.signal(home, signal.SIGSTOP)
    asked = asyncio.ensure_future(crew.join("b"))
    await until(lambda: crew.state(home).peers == 2)
    crew.signal(home, signal.SIGKILL)
    with pytest.raises(Unavailable):
        await asked


async def test_a_worker_that_hangs_is_found_by_its_silence_and_killed(open_crew: OpenCrew) -> None:
    crew = await open_crew(care=QUICK)
    await crew.join("a")
    home = crew.home()
    crew.signal(home, signal.SIGSTOP)
    began = time.monotonic()
    await until(lambda: crew.moved)
    assert time.monotonic() - began < 2
    assert isinstance(await crew.join("a2"), Answer)
    await crew.up(home, restarts=1)


async def test_a_supervisor_that_was_asleep_kills_nobody(open_crew: OpenCrew) -> None:
    crew = await open_crew(care=QUICK)
    handles = crew.supervisor._handles.values()
    await until(lambda: any(handle.silent(time.monotonic()) for handle in handles))
    time.sleep(2 * QUICK.silence)  # noqa: ASYNC251 - the loop is to stand still
    shares = [each.share for each in crew.supervisor.workers()]
    await until(lambda: [each.share for each in crew.supervisor.workers()] != shares)
    assert [(each.phase, each.restarts) for each in crew.supervisor.workers()] == [("up", 0)] * 2


async def test_a_worker_that_is_told_to_end_gives_its_rooms_away_first(crew: Crew) -> None:
    await crew.join("a")
    home = crew.home()
    crew.signal(home, signal.SIGTERM)
    await until(lambda: crew.moved)
    assert isinstance(await crew.join("a2"), Answer)
    assert crew.home() != home
    await until(lambda: PeerState(PeerId("a"), "gone") in crew.events)
    await crew.up(home, restarts=1)


async def test_with_one_worker_an_offer_waits_for_its_next_life(open_crew: OpenCrew) -> None:
    crew = await open_crew(1)
    await crew.join("a")
    crew.signal("1", signal.SIGKILL)
    await until(lambda: crew.moved)
    assert isinstance(await crew.join("a2"), Answer)
    assert crew.state("1").restarts == 1


async def test_when_the_last_worker_is_lost_nobody_waits_in_calm(open_crew: OpenCrew) -> None:
    crew = await open_crew(care=Care(calm=60))
    await crew.join("a")
    for name in "12":
        crew.signal(name, signal.SIGKILL)
    await until(lambda: {each.phase for each in crew.supervisor.workers()} == {"down"})
    assert isinstance(await crew.join("a2"), Answer)


async def test_a_taken_port_is_said_at_the_start_and_nothing_is_left_running(open_crew: OpenCrew) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"127.0.0.1:{port}/udp .* is another server running there\?"):
            await open_crew(settings=replace(SETTINGS, udp_port=port))
    assert _children() == []


async def test_nothing_is_left_when_the_supervisor_closes_even_of_a_worker_that_hangs(open_crew: OpenCrew) -> None:
    crew = await open_crew(care=Care(goodbye=0.3))
    crew.signal("1", signal.SIGSTOP)
    await crew.supervisor.close()
    assert _children() == []


def test_the_first_restart_is_at_once_and_later_ones_wait_twice_as_long_each() -> None:
    care = Care(first_pause=0.25, longest_pause=8)
    assert [pause(failures, care) for failures in range(10)] == [0, 0, 0.25, 0.5, 1, 2, 4, 8, 8, 8]


def _free_port() -> int:
    """A port that is free, as is the next one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children() -> list[str]:
    """The command lines of the workers that this process has."""
    ours = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    ids = [pid for task in ours for pid in task.read_text("ascii").split()]
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode() for pid in ids]
    return [line for line in lines if "signaling.workers" in line]
