"""A small form of the benchmark `rooms`: everybody gets the pictures asked for, and no more."""

from dataclasses import replace

from signaling.media import Event, NeedSlots, PeerId, SlotsChanged
from signaling.sfu import SfuSettings
from tests.benchmarks.member import SILENCE
from tests.benchmarks.rooms import Shape, one_round, room
from tests.signaling.sfu.clients import until

LOUD = 20


def shown(events: list[Event], peer: str, kind: str) -> list[str | None]:
    """Who is in the slots of a kind of a peer now."""
    told = [each.slots for each in events if isinstance(each, SlotsChanged) and each.peer == peer]
    return [slot.owner for slot in (told[-1] if told else ()) if slot.kind == kind]


async def shows(events: list[Event], peer: str, kind: str, *owners: str | None) -> None:
    """Waits until a peer's slots of a kind show these, in any order."""
    await until(lambda: set(shown(events, peer, kind)) == set(owners))


async def test_everybody_gets_the_pictures_asked_for_and_no_more(settings: SfuSettings) -> None:
    figures = await one_round(Shape(people=6, large=1, small=3, sounds=1), settings, seconds=1.0)
    assert figures["slots_right"] == 1
    assert figures["times_fewer"] > 3


async def test_who_speaks_is_seen_and_heard_instead_of_who_was_silent_longest(settings: SfuSettings) -> None:
    events: list[Event] = []
    async with room(Shape(people=5, large=1, small=1, sounds=2), settings, events.append) as full:
        await shows(events, "p0", "video", "p1", "p2")
        for speaker, before in ((3, 2), (4, 3)):
            full.members[speaker].level = LOUD
            await shows(events, "p0", "video", f"p{before}", f"p{speaker}")
            assert f"p{speaker}" in shown(events, "p0", "audio")
            full.members[speaker].level = SILENCE


async def test_nobody_gets_more_pictures_than_the_last_n_or_is_told_to_ask_for_them(settings: SfuSettings) -> None:
    events: list[Event] = []
    shape = Shape(people=4, large=1, small=2, sounds=3)
    async with room(shape, replace(settings, last_n=2), events.append) as full:
        await shows(events, "p0", "audio", "p1", "p2", "p3")
        assert shown(events, "p0", "video") == ["p1", "p2", None]
        full.ask(0)
        assert shown(events, "p0", "video")[2] is None
    assert not any(isinstance(each, NeedSlots) and each.peer == PeerId("p0") for each in events)
