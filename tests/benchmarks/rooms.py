"""What choosing among the sizes of a picture saves.

Usage: python -m tests.benchmarks.rooms [--json] [--rounds N]

A room of 25, all of whom send sound and a picture in three sizes over real ICE, DTLS and SRTP; each sees one other
large and nine small, and hears three. ``times_fewer``: packets that full-mesh forwarding would send, the largest
picture and the sound of everybody to everybody else, over those that the server sent in the same time, its own
feedback among them. ``slots_right``: the share of slots in which the picture asked for came, whole and nothing else,
publisher by publisher and layer by layer, before and after everybody asked for somebody else. ``change_seconds``: from
that asking until all slots showed what was asked for.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from signaling.media import Answer, Offer, PeerId, Quality, RoomId, Sink, SlotWish, TrackId, Want
from signaling.sfu import Sfu, SfuSettings
from tests.benchmarks import report
from tests.benchmarks.load import LOCAL, Negotiate
from tests.benchmarks.member import PICTURE_MID, Member, Picture

ROOM: Final = RoomId("room")
WINDOW_SECONDS: Final = 5.0
PATIENCE: Final = 60.0
NEARLY_ALL: Final = 0.9


@dataclass(frozen=True, slots=True)
class Shape:
    """How many people, and how many pictures of each size and sounds each of them gets."""

    people: int = 25
    large: int = 1
    small: int = 9
    sounds: int = 3

    def wishes(self, number: int, turn: int) -> dict[str, Picture]:
        """What one wants to see in which slot; with each turn everybody wants somebody else large."""
        count = self.large + self.small
        others = [(number + 1 + (turn + place) % (self.people - 1)) % self.people for place in range(count)]
        return {f"v{place}": Picture(who, "f" if place < self.large else "q") for place, who in enumerate(others)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a window."""

    mesh: int
    sent: int
    right: float


class Room:
    """People in one room of one server."""

    def __init__(self, sfu: Sfu, shape: Shape) -> None:
        self._sfu, self._shape = sfu, shape
        self.members = [Member(each, shape.large + shape.small, shape.sounds) for each in range(shape.people)]

    async def fill(self) -> None:
        for member in self.members:
            await member.join(self._negotiator(member))
            member.begin()

    def _negotiator(self, member: Member) -> Negotiate:
        async def negotiate(sdp: str) -> str:
            answer = await self._sfu.negotiate(Offer(PeerId(f"p{member.number}"), ROOM, sdp))
            if not isinstance(answer, Answer):
                raise ConnectionError(answer.sentence)
            return answer.sdp

        return negotiate

    def ask(self, turn: int) -> None:
        """Everybody asks for what this turn wants."""
        for member in self.members:
            wishes = self._shape.wishes(member.number, turn).items()
            wanted = tuple(SlotWish(mid, track_of(each), quality_of(each)) for mid, each in wishes)
            self._sfu.command(Want(PeerId(f"p{member.number}"), wanted))

    async def settle(self, turn: int) -> float:
        """Waits until every slot shows what was asked for; says how long that took."""
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            while not self._settled(turn, await self._watch(0.3)):
                pass
        return time.monotonic() - began

    def _settled(self, turn: int, seen: Sequence[Mapping[str, Mapping[Picture, int]]]) -> bool:
        return all(
            set(seen[number][mid]) == {wish}
            for number in range(self._shape.people)
            for mid, wish in self._shape.wishes(number, turn).items()
        )

    async def _watch(self, seconds: float) -> list[dict[str, dict[Picture, int]]]:
        """What comes in a while, by person, slot and picture."""
        for member in self.members:
            for seen in member.seen.values():
                seen.clear()
        await asyncio.sleep(seconds)
        return [{mid: dict(seen) for mid, seen in member.seen.items()} for member in self.members]

    async def measure(self, turn: int, seconds: float) -> Outcome:
        """Holds what came in a window against what was asked for, and against what a full mesh would have sent."""
        before, sent_before = self._sfu.figures().packets_out, [dict(each.sent) for each in self.members]
        seen = await self._watch(seconds)
        sent = [
            {name: count - old.get(name, 0) for name, count in each.sent.items()}
            for each, old in zip(self.members, sent_before, strict=True)
        ]
        mesh = (self._shape.people - 1) * sum(each["f"] + each["sound"] for each in sent)
        right = [
            set(seen[number][mid]) == {wish} and seen[number][mid][wish] >= NEARLY_ALL * sent[wish.number][wish.quality]
            for number in range(self._shape.people)
            for mid, wish in self._shape.wishes(number, turn).items()
        ]
        return Outcome(mesh, self._sfu.figures().packets_out - before, statistics.fmean(right))

    async def close(self) -> None:
        for member in self.members:
            await member.close()


def track_of(picture: Picture) -> TrackId:
    return TrackId(f"p{picture.number}/{PICTURE_MID}")


def quality_of(picture: Picture) -> Quality:
    return "f" if picture.quality == "f" else "q"


@asynccontextmanager
async def room(shape: Shape, settings: SfuSettings, tell: Sink = lambda _: None) -> AsyncIterator[Room]:
    """A full room."""
    sfu = Sfu(settings, tell)
    await sfu.open()
    made = Room(sfu, shape)
    try:
        await made.fill()
        yield made
    finally:
        await made.close()
        await sfu.close()


async def one_round(shape: Shape, settings: SfuSettings, seconds: float) -> dict[str, float]:
    async with room(shape, settings) as full:
        full.ask(0)
        await full.settle(0)
        first = await full.measure(0, seconds)
        full.ask(1)
        changed = await full.settle(1)
        second = await full.measure(1, seconds)
    print(f"{first.sent} packets sent, a full mesh {first.mesh}", file=sys.stderr)
    return {
        "times_fewer": (first.mesh + second.mesh) / (first.sent + second.sent),
        "slots_right": (first.right + second.right) / 2,
        "change_seconds": changed,
    }


async def main() -> None:
    """Run the rounds and print the medians."""
    settings = SfuSettings(udp_port=0, announced_addresses=(LOCAL,))
    rounds = [await one_round(Shape(), settings, WINDOW_SECONDS) for _ in range(report.rounds(default=3))]
    report.show("rooms", {key: statistics.median(each[key] for each in rounds) for key in rounds[0]})


if __name__ == "__main__":
    asyncio.run(main())
