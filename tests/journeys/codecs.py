"""Every browser publishes in every codec that it has, and every browser plays them, side by side in one room.

``python -m tests.journeys.codecs [chromium] [firefox]`` prints what each browser decoded of each publisher as JSON.
Firefox needs an address besides loopback: see ``tests/netns.py``.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

from playwright.async_api import Page

from signaling.media import Slot, SlotsChanged
from signaling.sfu.codecs import codec_key
from signaling.sfu.sdp import Codec, Limits
from tests.signaling.sfu.browsers import Meeting

ENOUGH: Final = 10
PATIENCE: Final = 45.0
LONG_OFFERS: Final = Limits(octets=256 * 1024)
"""All codecs in all slots, which no page of ours offers."""

PAGE: Final = """
function forms(side) {
  return side.getCapabilities("video").codecs.map(({mimeType, sdpFmtpLine}) => ({mimeType, sdpFmtpLine}));
}
const publishing = [], video = {width: 160, height: 120, frameRate: 10};
async function publish(name, place) {
  const stream = window.stream ??= await navigator.mediaDevices.getUserMedia({video, audio: true});
  connect();
  publishing.push(pc);
  pc.addTransceiver(stream.getAudioTracks()[0], {direction: "sendonly"});
  const camera = pc.addTransceiver(stream.getVideoTracks()[0], {direction: "sendonly"});
  const all = RTCRtpSender.getCapabilities("video").codecs;
  camera.setCodecPreferences([all[place], ...all.filter((_, each) => each !== place)]);
  await offer(name);
}
async function watch(name, slots) {
  connect();
  receive(slots);
  await offer(name);
}
async function pictures() {
  const stats = await pc.getStats(), found = {};
  stats.forEach(each => {
    if (each.type !== "inbound-rtp" || each.kind !== "video" || !each.packetsReceived) return;
    const slot = pc.getTransceivers().find(({receiver}) => receiver.track.id === each.trackIdentifier);
    found[slot.mid] = {codec: stats.get(each.codecId)?.mimeType ?? "", frames: each.framesDecoded ?? 0};
  });
  return found;
}
"""

Told: TypeAlias = dict[str, Any]
"""`codec` and `frames` of what a browser plays of a publisher, or what it `lacks`."""


def key_of(form: dict[str, str | None]) -> str | None:
    """The format of one of a browser's capabilities, if it is one that is forwarded."""
    name = str(form["mimeType"]).removeprefix("video/")
    return codec_key(Codec(0, f"{name}/90000", form["sdpFmtpLine"] or ""))


class Matrix:
    """A room of publishers, one for each codec of each browser, and one viewer of each browser."""

    def __init__(self, meeting: Meeting) -> None:
        self._meeting = meeting
        self.publishers: dict[str, str] = {}
        self.viewers: dict[str, tuple[str, Page]] = {}

    async def page(self, kind: str) -> tuple[str, Page]:
        """A page of a browser, and the name that it will have in the room."""
        page = await self._meeting.open(kind)
        await page.add_script_tag(content=PAGE)
        return f"p{len(self._meeting.pages) - 1}", page

    async def publish_all(self, kind: str) -> None:
        """Lets a browser publish in each codec that it says it can encode."""
        name, page = await self.page(kind)
        offered = await page.evaluate("forms(RTCRtpSender)")
        for place, form in enumerate(offered):
            if (key := key_of(form)) is not None:
                await page.evaluate(f"publish('{name}.{place}', {place})")
                self.publishers[f"{name}.{place}"] = f"{kind} {form['mimeType']} {key}"

    async def watch_all(self, kind: str) -> None:
        """Lets a browser show every publisher."""
        name, page = await self.page(kind)
        await page.evaluate(f"watch('{name}', {len(self.publishers)})")
        self.viewers[kind] = (name, page)

    async def plays(self, kind: str) -> list[str]:
        """The formats that a browser says it can decode."""
        forms = await self.viewers[kind][1].evaluate("forms(RTCRtpReceiver)")
        return sorted({key for form in forms if (key := key_of(form)) is not None})

    async def told(self, kind: str) -> dict[str, Told]:
        """What a browser shows of each publisher now."""
        name, page = self.viewers[kind]
        pictures, slots = await page.evaluate("pictures()"), self._slots(name)
        return {
            self.publishers[str(slot.owner)]: {"lacks": slot.lacks} if slot.lacks else pictures.get(slot.mid, {})
            for slot in slots
            if slot.kind == "video" and slot.owner is not None
        }

    def _slots(self, viewer: str) -> tuple[Slot, ...]:
        told = (each for each in reversed(self._meeting.events) if isinstance(each, SlotsChanged))
        return next((each.slots for each in told if each.peer == viewer), ())

    def settled(self, told: dict[str, Told]) -> bool:
        """Whether every publisher is played, or can't be."""
        done = [each for each in told.values() if each.get("lacks") or each.get("frames", 0) >= ENOUGH]
        return len(done) == len(self.publishers)


@dataclass(frozen=True, slots=True)
class View:
    """What a browser can decode, and what it made of each publisher."""

    plays: list[str]
    sees: dict[str, Told]


async def play(kinds: Sequence[str], addresses: tuple[str, ...]) -> dict[str, View]:
    """Each browser's view, as soon as all is settled or the time is up."""
    async with Meeting(addresses, LONG_OFFERS) as meeting:
        matrix = Matrix(meeting)
        for kind in kinds:
            await matrix.publish_all(kind)
        for kind in kinds:
            await matrix.watch_all(kind)
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while True:
            views = {kind: View(await matrix.plays(kind), await matrix.told(kind)) for kind in kinds}
            if all(matrix.settled(view.sees) for view in views.values()) or loop.time() > end:
                return views
            await asyncio.sleep(0.3)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=["chromium"])
    parser.add_argument("--address", action="append", default=[])
    chosen = parser.parse_args()
    views = asyncio.run(play(chosen.kinds, tuple(chosen.address)))
    print(json.dumps({kind: asdict(view) for kind, view in views.items()}))


if __name__ == "__main__":
    main()
