"""Two pages talk over a way that loses packets, or that is narrow: what they see and hear.

``python -m tests.faults.lossy [--seconds 60] [--case NAME]... [--json]`` plays each case with Chromium and an SFU of
this process, both pages behind `tests.faults.narrow`:

``loss5``, ``loss10``: so many per cent are lost both ways, with 20 ms of delay and 15 ms of jitter;
``narrow``: 300 kbit/s down, cameras of 960x540 in three layers;
``visits``: a good way, on which a third comes and goes again and again.

Told for the worse of the two pages: ``frozen_share`` of the time without a new picture; ``plis_in_8_seconds`` that the
SFU sent to both, the most in any 8 s; ``audio_share`` of the seconds of which at least half was heard; the usual
``width`` of pictures in the second half; ``connected``, with pictures coming still; ``offers`` of the two, and
``slots_short``: how often the SFU told them to offer more slots.
"""

import argparse
import asyncio
import json
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import pairwise
from statistics import mode
from typing import Any, Final, TypeAlias

from playwright.async_api import Page, Route

from signaling.media import Leave, NeedSlots, PeerId
from tests.faults.narrow import Weather, way
from tests.journeys.house import free_port
from tests.signaling.sfu.browsers import Meeting, received

CASES: Final[Mapping[str, Weather]] = {
    "loss5": Weather(loss=5, delay=20, jitter=15),
    "loss10": Weather(loss=10, delay=20, jitter=15),
    "narrow": Weather(kilobits=300, delay=20),
    "visits": Weather(),
}
LAYERED: Final = frozenset({"narrow"})
NAMES: Final = (PeerId("p0"), PeerId("p1"))
PATIENCE: Final = 60.0
ASK_EVERY: Final = 0.2
SPAN: Final = 8
WARM_UP_SECONDS: Final = 3
VISIT_SECONDS: Final = 5.0

WATCH: Final = """
window.blocked = "tcp";
window.rows = [];
window.look = async () => {
  const row = {frames: 0, frozen: 0, width: 0, samples: 0, concealed: 0};
  (await pc.getStats()).forEach(each => {
    if (each.type !== "inbound-rtp") return;
    if (each.kind === "video" && each.framesDecoded > row.frames)
      Object.assign(row, {frames: each.framesDecoded, frozen: each.totalFreezesDuration || 0, width: each.frameWidth});
    if (each.kind !== "audio") return;
    row.samples += each.totalSamplesReceived || 0; row.concealed += each.concealedSamples || 0;
  });
  rows.push(row);
};
"""

Row: TypeAlias = dict[str, float]
Told: TypeAlias = dict[str, Any]


class Talk:
    """Two pages of a meeting behind the proxy, and what is noted of them each second."""

    def __init__(self, meeting: Meeting, port: int) -> None:
        self._meeting = meeting
        self._port = port
        self.pages: list[Page] = []
        self.offers = 0
        self.plis: list[int] = []

    async def enter(self, *, layered: bool) -> None:
        for name in NAMES:
            page = await self._meeting.open("chromium", WATCH)
            await page.route("**/offer/*", self._reroute)
            await page.evaluate(f"join({json.dumps(name)}, 2, {json.dumps(layered)})")
            self.pages.append(page)
        async with asyncio.timeout(PATIENCE):
            while not all([(await received(page)).sees(1) for page in self.pages]):  # noqa: ASYNC110 - the pages have the event
                await asyncio.sleep(ASK_EVERY)

    async def _reroute(self, route: Route) -> None:
        """Lets the page find the SFU behind the proxy."""
        self.offers += 1
        answer = await route.fetch()
        ((_, port),) = self._meeting.sfu.addresses
        text = (await answer.text()).replace(f" {port} typ host", f" {self._port} typ host")
        await route.fulfill(response=answer, body=text)

    async def watch(self, seconds: float) -> None:
        """Notes each second what came."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for second in range(1, int(seconds) + 1):
            await asyncio.gather(*(page.evaluate("look()") for page in self.pages))
            self.plis.append(self._meeting.sfu.figures().plis_sent)
            await asyncio.sleep(max(0.0, began + second - loop.time()))

    async def visits(self) -> None:
        """A third comes and goes."""
        while True:
            page = await self._meeting.open("chromium")
            await page.evaluate("join('visitor', 2, false)")
            await asyncio.sleep(VISIT_SECONDS)
            self._meeting.sfu.command(Leave(PeerId("visitor")))
            await page.context.close()

    async def told(self) -> Told:
        rows = [await page.evaluate("rows") for page in self.pages]
        states = [(await received(page)).state for page in self.pages]
        return {
            "frozen_share": max(frozen_share(each) for each in rows),
            "plis_in_8_seconds": most_in(self.plis, SPAN),
            "audio_share": min(audio_share(each) for each in rows),
            "width": max(usual_width(each) for each in rows),
            "frames": min(each[-1]["frames"] - each[0]["frames"] for each in rows),
            "connected": all(state == "connected" for state in states) and all(lives(each) for each in rows),
            "offers": self.offers,
            "slots_short": sum(isinstance(each, NeedSlots) and each.peer in NAMES for each in self._meeting.events),
        }


def steps(rows: Sequence[Row], name: str) -> list[float]:
    """By how much a count grew from each row to the next."""
    return [after[name] - before[name] for before, after in pairwise(rows)]


def frozen_share(rows: Sequence[Row]) -> float:
    """As the browser counts freezes that ended; one that goes on shows in seconds without a picture."""
    still = sum(not new for new in steps(rows, "frames"))
    return max(sum(steps(rows, "frozen")), still) / (len(rows) - 1)


def audio_share(rows: Sequence[Row]) -> float:
    seconds = zip(steps(rows, "samples"), steps(rows, "concealed"), strict=True)
    return sum(concealed < came / 2 for came, concealed in seconds) / (len(rows) - 1)


def usual_width(rows: Sequence[Row]) -> float:
    """The most frequent one in the second half: now and then a better layer is tried."""
    return mode(row["width"] for row in rows[len(rows) // 2 :])


def lives(rows: Sequence[Row]) -> bool:
    """Whether pictures came in the last seconds."""
    return any(steps(rows[-5:], "frames"))


def most_in(counts: Sequence[int], span: int) -> int:
    """By how much a count grew at most in so many steps."""
    return max((counts[min(at + span, len(counts) - 1)] - count for at, count in enumerate(counts)), default=0)


async def play(case: str, seconds: float) -> Told:
    """One case."""
    async with AsyncExitStack() as stack:
        meeting = await stack.enter_async_context(Meeting(("127.0.0.1",), budgets=True))
        ((_, port),) = meeting.sfu.addresses
        door = free_port(socket.SOCK_DGRAM)
        await stack.enter_async_context(way(door, port, CASES[case]))
        talk = Talk(meeting, door)
        await talk.enter(layered=case in LAYERED)
        await asyncio.sleep(WARM_UP_SECONDS)
        visiting = asyncio.create_task(talk.visits()) if case == "visits" else None
        await talk.watch(seconds)
        if visiting is not None:
            assert not visiting.done(), visiting
            visiting.cancel()
            await asyncio.wait([visiting])
        return await talk.told()


def main() -> None:
    parser = argparse.ArgumentParser(description="Talk over a bad way, and tell what was seen and heard.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--case", action="append", choices=CASES, help="this one only; may be repeated")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    options = parser.parse_args()
    told = {case: asyncio.run(play(case, options.seconds)) for case in options.case or CASES}
    print(json.dumps(told, indent=None if options.json else 2), file=sys.stdout)


if __name__ == "__main__":
    main()
