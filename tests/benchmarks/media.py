"""What carrying pictures costs.

Usage: python -m tests.benchmarks.media [--json] [--rounds N]

``pump_vs_janus_1_60``, ``pump_vs_janus_3x6``, ``mmsg_vs_janus_1_60``, ``mmsg_vs_janus_3x6``: server CPU for each
forwarded packet with our engines, over the same with Janus' videoroom: one publisher and sixty viewers; three rooms
of six publishers, each seen by five. ``pump_vs_c_limit``: over a bare C loop of libsrtp and sendmmsg to sixty viewers.
``mediarelay_vs_mmsg_per_viewer``: server CPU that one more viewer costs with aiortc's MediaRelay (decode and encode),
over the same with our SFU and its pure-Python engine: the same 640x480 VP8 publisher, CPU time of the server process
with viewers less that without, divided by viewers.
``delay_ms_p50``, ``delay_ms_p99``: from sending a packet to its arrival at the last of fifty viewers.
``recording_core_percent``: server CPU that recording one publisher costs, 640x480 VP8 and Opus, in percent of a core.
``transcode_vs_recording``: CPU for decoding the recorded file and encoding it as aiortc's MediaRecorder does, while it
would play, over that.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import aiohttp
import psutil

from signaling.sfu import best_engine
from signaling.sfu.engine import mmsg, pump
from tests.benchmarks import janus, limit, recording, report
from tests.benchmarks.forwarding import ONE_TO_SIXTY, THREE_OF_SIX, Start, cost
from tests.benchmarks.load import Clip, Endpoint, is_media, record_clip
from tests.benchmarks.spent import cpu_seconds

SFU_VIEWERS = 60
RELAY_VIEWERS = 4
DELAY_VIEWERS = 50
PROBES = 1000
PROBE_EVERY = 0.002
PROBE = (b"\x10\x00\x00\x00\x9d\x01\x2a" + bytes(1100),)
SETTLE_SECONDS = 1.5
WINDOW_SECONDS = 4.0
MIN_SHARE = 0.5
BEST: Final = best_engine("auto")
RUNS_HERE: Final = {"pump": pump.available, "mmsg": mmsg.available, "janus": janus.available}


class Server:
    """A server process and the way to it."""

    def __init__(self, process: psutil.Process, session: aiohttp.ClientSession, url: str) -> None:
        self._process = process
        self._session = session
        self._url = url

    async def publish(self, sdp: str) -> str:
        return await self.post("/publish/room", sdp)

    async def watch(self, sdp: str) -> str:
        return await self.post("/watch/room", sdp)

    async def let_publish(self, room: str, endpoint: Endpoint) -> None:
        """Lets an endpoint send to a room."""
        await endpoint.join(partial(self.post, f"/publish/{room}"))

    async def let_watch(self, room: str, endpoint: Endpoint) -> None:
        """Lets an endpoint receive everybody in a room, as far as it has sections."""
        await endpoint.join(partial(self.post, f"/watch/{room}"))

    async def post(self, path: str, body: str) -> str:
        async with self._session.post(self._url + path, data=body) as answer:
            answer.raise_for_status()
            return await answer.text()

    async def load(self, settle: float = SETTLE_SECONDS, window: float = WINDOW_SECONDS) -> float:
        """Its share of a core over a window."""
        await asyncio.sleep(settle)
        spent, began = self.spent(), time.monotonic()
        await asyncio.sleep(window)
        return (self.spent() - spent) / (time.monotonic() - began)

    def spent(self) -> float:
        return cpu_seconds(self._process)


@asynccontextmanager
async def server(kind: str) -> AsyncIterator[Server]:
    """Starts one of the servers under test."""
    command = (sys.executable, "-m", "tests.benchmarks.servers", kind)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        async with aiohttp.ClientSession() as session:
            yield Server(psutil.Process(process.pid), session, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        await process.wait()


async def cost_per_viewer(kind: str, viewers: int, clip: Clip) -> float:
    """What share of a core one more viewer costs."""
    async with server(kind) as under_test:
        publisher = await Endpoint("sendonly").join(under_test.publish)
        publisher.play(clip)
        alone = await under_test.load()
        watching = [await Endpoint("recvonly").join(under_test.watch) for _ in range(viewers)]
        before = [each.received for each in watching]
        watched = await under_test.load()
        check_all_received(clip, [each.received - old for each, old in zip(watching, before, strict=True)])
        for each in (*watching, publisher):
            await each.close()
    return (watched - alone) / viewers


def check_all_received(clip: Clip, counts: Sequence[int]) -> None:
    """Raises when a viewer went without: a server that carries nothing is cheap."""
    least = MIN_SHARE * clip.per_second * WINDOW_SECONDS
    if min(counts) < least:
        raise RuntimeError(f"a viewer got {min(counts)} packets, fewer than {least:.0f}")


async def delays() -> list[float]:
    """Seconds from sending to the arrival at the last viewer, for many packets."""
    async with server(BEST) as under_test:
        publisher = await Endpoint("sendonly").join(under_test.publish)
        watching = [await Endpoint("recvonly").join(under_test.watch) for _ in range(DELAY_VIEWERS)]
        publisher.send_frame(PROBE, 0)
        async with asyncio.timeout(10):
            while not all(each.received for each in watching):
                await asyncio.sleep(0.05)
                publisher.send_frame(PROBE, 0)
        await asyncio.sleep(0.3)
        watching[-1].read_by_hand()
        measured = []
        for number in range(PROBES):
            measured.append(probe(publisher, watching[-1], number))
            await asyncio.sleep(PROBE_EVERY)
        for each in (*watching, publisher):
            await each.close()
    return measured


def probe(publisher: Endpoint, last: Endpoint, number: int) -> float:
    """Sends one packet and waits for it at the viewer that is served last."""
    began = time.perf_counter()
    publisher.send_frame(PROBE, 3000 * number)
    while not is_media(last.socket.recv(2048)):
        pass
    return time.perf_counter() - began


async def one_round(clip: Clip) -> dict[str, float]:
    relay = await cost_per_viewer("relay", RELAY_VIEWERS, clip)
    ours = await cost_per_viewer("mmsg", SFU_VIEWERS, clip)
    print(f"per viewer: relay {relay:.3%}, ours {ours:.4%} of a core", file=sys.stderr)
    measured = sorted(1000 * each for each in await delays())
    return {
        **await ratios(),
        **await recording.one_round(partial(server, BEST)),
        "mediarelay_vs_mmsg_per_viewer": relay / ours,
        "delay_ms_p50": statistics.median(measured),
        "delay_ms_p99": measured[int(len(measured) * 0.99)],
    }


async def ratios() -> dict[str, float]:
    """What a forwarded packet costs, held against Janus and the bare loop as far as they run here."""
    starts: dict[str, Start] = {
        "pump": partial(server, "pump"),
        "mmsg": partial(server, "mmsg"),
        "janus": janus.running,
    }
    names = [name for name, runs in RUNS_HERE.items() if runs()]
    found: dict[str, float] = {}
    for shape, suffix in ((ONE_TO_SIXTY, "1_60"), (THREE_OF_SIX, "3x6")):
        costs = {name: await cost(starts[name], shape) for name in names}
        print(suffix, *(f"{name} {1e6 * each:.2f} us" for name, each in costs.items()), file=sys.stderr)
        engines = [name for name in names if name != "janus" and "janus" in costs]
        found |= {f"{name}_vs_janus_{suffix}": costs[name] / costs["janus"] for name in engines}
        if shape is ONE_TO_SIXTY and "pump" in costs and limit.available():
            bare = await limit.cost(shape.viewers, shape.per_second)
            print(f"bare loop {1e6 * bare:.2f} us", file=sys.stderr)
            found["pump_vs_c_limit"] = costs["pump"] / bare
    return found


async def main() -> None:
    """Run the rounds and print the medians."""
    for name, runs in RUNS_HERE.items():
        if not runs():
            print(f"{name} isn't here: its figures are left out", file=sys.stderr)
    clip = record_clip()
    rounds = [await one_round(clip) for _ in range(report.rounds(default=3))]
    figures = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
    report.show("media", figures)


if __name__ == "__main__":
    asyncio.run(main())
