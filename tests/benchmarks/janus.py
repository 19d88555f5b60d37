"""Janus (Debian's package) as a server under test: its videoroom plugin, driven over its HTTP API.

Janus leaves out loopback. A few lines of C, compiled at run time and loaded before it, make `lo` look like any other
interface to it.
"""

import asyncio
import itertools
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import psutil

from tests.benchmarks.load import LOCAL, Endpoint
from tests.benchmarks.spent import cpu_seconds
from tests.mail_server import free_port

Event: TypeAlias = dict[str, Any]

PARTS = {
    "plugins": "/usr/lib/*/janus/plugins/libjanus_videoroom.so",
    "transports": "/usr/lib/*/janus/transports/libjanus_http.so",
}
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
int getifaddrs(struct ifaddrs **found) {
    int (*real)(struct ifaddrs **) = dlsym(RTLD_NEXT, "getifaddrs");
    int failed = real(found);
    for (struct ifaddrs *each = failed ? NULL : *found; each; each = each->ifa_next)
        if (!strcmp(each->ifa_name, "lo")) each->ifa_flags &= ~IFF_LOOPBACK;
    return failed;
}
"""
CONFIGURATION = """
general: {{ configs_folder = "{folder}"
 plugins_folder = "{folder}/plugins"
 transports_folder = "{folder}/transports"
 events_folder = "{folder}/none"
 loggers_folder = "{folder}/none"
 debug_level = 2
 session_timeout = 0
 hide_dependencies = true }}
media: {{ rtp_port_range = "20000-24000" }}
nat: {{ ice_enforce_list = "127.0.0.1"
 full_trickle = false }}
"""
TRANSPORT = """
general: {{ json = "compact"
 base_path = "/janus"
 http = true
 port = {port}
 ip = "127.0.0.1"
 https = false }}
"""
START_SECONDS = 10.0
ANSWER_SECONDS = 20.0


def available() -> bool:
    """Whether Janus and a C compiler are there."""
    return all(shutil.which(each) for each in ("janus", "cc")) and all(map(_found, PARTS.values()))


def _found(pattern: str) -> list[Path]:
    return sorted(Path("/").glob(pattern.lstrip("/")))


@asynccontextmanager
async def running() -> AsyncIterator["Janus"]:
    """Starts Janus in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        _furnish(folder, port)
        environment = os.environ | {"LD_PRELOAD": str(folder / "shim.so")}
        command = ("janus", "-F", str(folder), "-C", str(folder / "janus.jcfg"))
        log = (folder / "log").open("wb")
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
        try:
            async with aiohttp.ClientSession() as session:
                janus = Janus(psutil.Process(process.pid), session, f"http://{LOCAL}:{port}/janus")
                await janus.wait()
                yield janus
        finally:
            process.kill()
            await process.wait()
            log.close()


def _furnish(folder: Path, port: int) -> None:
    for part, pattern in PARTS.items():
        (folder / part).mkdir()
        library = _found(pattern)[0]
        (folder / part / library.name).symlink_to(library)
    (folder / "janus.jcfg").write_text(CONFIGURATION.format(folder=folder))
    (folder / "janus.transport.http.jcfg").write_text(TRANSPORT.format(port=port))
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")
    (folder / "shim.c").write_text(SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", folder / "shim.so", folder / "shim.c", "-ldl"], check=True)


class Janus:
    """A running Janus and the rooms in it."""

    def __init__(self, process: psutil.Process, session: aiohttp.ClientSession, url: str) -> None:
        self._process = process
        self._session = session
        self._url = url
        self._numbers = itertools.count(1000)
        self._rooms: dict[str, int] = {}
        self._feeds: dict[str, list[int]] = {}

    def spent(self) -> float:
        """CPU seconds so far."""
        return cpu_seconds(self._process)

    async def wait(self) -> None:
        """Waits until it answers."""
        async with asyncio.timeout(START_SECONDS):
            while not await self._answers():  # noqa: ASYNC110 - a foreign program tells no other way
                await asyncio.sleep(0.05)

    async def _answers(self) -> bool:
        try:
            async with self._session.get(f"{self._url}/info") as answer:
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False

    async def let_publish(self, room: str, endpoint: Endpoint) -> None:
        handle = await self._attach()
        if room not in self._rooms:
            self._rooms[room] = next(self._numbers)
            wish = {"request": "create", "room": self._rooms[room], "publishers": 50, "bitrate": 0, "fir_freq": 0}
            await handle.say(wish | {"videocodec": "vp8"})
        await handle.say({"request": "join", "ptype": "publisher", "room": self._rooms[room]})
        joined = await handle.event(lambda event: _data(event).get("videoroom") == "joined")
        wish = {"request": "publish", "audio": False, "video": True, "videocodec": "vp8"}
        await handle.say(wish, sdp("offer", endpoint.offer()))
        await endpoint.connect((await handle.event(lambda event: "jsep" in event))["jsep"]["sdp"])
        self._feeds.setdefault(room, []).append(_data(joined)["id"])

    async def let_watch(self, room: str, endpoint: Endpoint) -> None:
        """Lets an endpoint receive everybody who publishes in the room by now."""
        handle = await self._attach()
        streams = [{"feed": each} for each in self._feeds[room]]
        await handle.say({"request": "join", "ptype": "subscriber", "room": self._rooms[room], "streams": streams})
        offer = (await handle.event(lambda event: "jsep" in event))["jsep"]["sdp"]
        await handle.say({"request": "start", "room": self._rooms[room]}, sdp("answer", endpoint.answer(offer)))
        await endpoint.connect(offer)

    async def _attach(self) -> "Handle":
        session = await request(self._session, self._url, {"janus": "create"})
        url = f"{self._url}/{session['data']['id']}"
        made = await request(self._session, url, {"janus": "attach", "plugin": "janus.plugin.videoroom"})
        return Handle(self._session, url, made["data"]["id"])


class Handle:
    """One connection to the plugin, with its events."""

    def __init__(self, session: aiohttp.ClientSession, url: str, number: int) -> None:
        self._session, self._url, self._number = session, url, number

    async def say(self, body: Event, jsep: Event | None = None) -> None:
        message: Event = {"janus": "message", "body": body} | ({"jsep": jsep} if jsep else {})
        await request(self._session, f"{self._url}/{self._number}", message)

    async def event(self, fits: Callable[[Event], bool]) -> Event:
        """The next event that fits."""
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                async with self._session.get(self._url, params={"maxev": "1"}) as answer:
                    event: Event = await answer.json()
                if event.get("sender") == self._number and fits(event):
                    return event


def sdp(kind: str, text: str) -> Event:
    """A description as Janus takes it, with all candidates in it."""
    return {"type": kind, "trickle": False, "sdp": text}


async def request(session: aiohttp.ClientSession, url: str, body: Event) -> Event:
    """Asks Janus for something; raises when it refuses."""
    async with session.post(url, json=body | {"transaction": secrets.token_hex(6)}) as answer:
        reply: Event = await answer.json()
    if reply["janus"] == "error" or "error" in _data(reply):
        raise RuntimeError(f"Janus refused {body}: {reply}")
    return reply


def _data(event: Event) -> Event:
    found: Event = event.get("plugindata", {}).get("data", {})
    return found
