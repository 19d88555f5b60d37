"""Our servers under test, each a process of its own: `python -m tests.benchmarks.servers KIND`.

KIND is `relay`, an engine of our SFU, or `sfu` for the best that runs. All take offers at POST /publish/ROOM and POST
/watch/ROOM and answer with SDP; an SFU records a room into the folder that POST /record/ROOM names, until POST
/pause/ROOM or /end/ROOM. The first line on stdout is the HTTP port.
"""

import asyncio
import itertools
import sys
from collections.abc import Awaitable, Callable
from typing import cast

import aioice.ice
from aiohttp import web
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

from signaling.media import Answer, EndRecording, Offer, PeerId, Record, RoomId, Take
from signaling.sfu import EngineWish as Engine
from signaling.sfu import Sfu, SfuSettings, best_engine
from vclass.core.loops import new_runner

HOST = "127.0.0.1"


class SfuServer:
    """Our SFU with one of its engines."""

    def __init__(self, engine: Engine) -> None:
        settings = SfuSettings(udp_port=0, announced_addresses=(HOST,), engine=engine, max_peers_per_room=200)
        self._sfu = Sfu(settings, lambda _: None)
        self._engine = engine
        self._names = itertools.count()

    async def open(self) -> None:
        if self._sfu.engine != self._engine:
            raise RuntimeError(f"this machine has no engine {self._engine}")
        await self._sfu.open()

    async def negotiate(self, room: str, sdp: str) -> str:
        answer = await self._sfu.negotiate(Offer(PeerId(f"p{next(self._names)}"), RoomId(room), sdp))
        if not isinstance(answer, Answer):
            raise web.HTTPUnprocessableEntity(text=answer.sentence)
        return answer.sdp

    publish = watch = negotiate

    async def record(self, _room: str, folder: str) -> str:
        """Records everybody from now on."""
        for number in range(next(self._names)):
            name = f"p{number}"
            self._sfu.command(Record(PeerId(name), Take("r", folder, name, name)))
        return ""

    async def pause(self, _room: str, _: str) -> str:
        """Records nobody for now."""
        for number in range(next(self._names)):
            self._sfu.command(Record(PeerId(f"p{number}"), None))
        return ""

    async def end(self, room: str, _: str) -> str:
        """Ends the recording."""
        self._sfu.command(EndRecording(RoomId(room), "r"))
        return ""


class RelayServer:
    """aiortc's MediaRelay: decodes once, encodes for every viewer."""

    def __init__(self) -> None:
        self._relay = MediaRelay()
        self._tracks: list[MediaStreamTrack] = []
        self._connections: list[RTCPeerConnection] = []

    async def open(self) -> None:
        aioice.ice.get_host_addresses = lambda **_: [HOST]  # aioice leaves loopback out

    async def publish(self, _room: str, sdp: str) -> str:
        connection = self._connection()
        connection.on("track", self._tracks.append)
        return await self._answer(connection, sdp)

    async def watch(self, _room: str, sdp: str) -> str:
        connection = self._connection()
        for track in self._tracks:
            connection.addTrack(self._relay.subscribe(track))
        return await self._answer(connection, sdp)

    def _connection(self) -> RTCPeerConnection:
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        connection = RTCPeerConnection(configuration)
        self._connections.append(connection)
        return connection

    async def _answer(self, connection: RTCPeerConnection, sdp: str) -> str:
        await connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        return connection.localDescription.sdp


def route(negotiate: Callable[[str, str], Awaitable[str]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=await negotiate(request.match_info["room"], await request.text()))

    return handle


async def main(kind: str) -> None:
    engine = best_engine("auto") if kind == "sfu" else kind
    server = RelayServer() if kind == "relay" else SfuServer(cast("Engine", engine))
    await server.open()
    app = web.Application()
    app.add_routes([web.post("/publish/{room}", route(server.publish)), web.post("/watch/{room}", route(server.watch))])
    if isinstance(server, SfuServer):
        for name, asked in (("record", server.record), ("pause", server.pause), ("end", server.end)):
            app.router.add_post(f"/{name}/{{room}}", route(asked))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with new_runner() as runner:
        runner.run(main(sys.argv[1]))
