"""Offers that nobody follows up: they cost little, are soon forgotten, and leave nothing behind."""

import asyncio
import gc
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

import signaling
from signaling.media import Sink
from signaling.sfu import Sfu, SfuSettings
from signaling.sfu.dtls import DtlsLink
from signaling.sfu.peer import Peer
from signaling.sfu.room import Room
from signaling.whip.stream import Stream
from tests.signaling.conftest import OFFER, OpenSchool, School
from tests.signaling.sfu.clients import until
from tests.signaling.sfu.offers import SMALL

OFFERS = 500
AT_ONCE = 50
MOST_OCTETS = 150_000
OURS = [
    tracemalloc.Filter(inclusive=True, filename_pattern=pattern)
    for pattern in (f"{Path(signaling.__file__).parent}/*", "*/aiortc/*", "*/OpenSSL/*", "*/pylibsrtp/*")
]
"""The client of the test keeps something of each of its requests; that is not ours."""
HASTY = SfuSettings(udp_port=0, announced_addresses=("127.0.0.1",), connect_deadline=0.2)
PUBLISHING = SMALL.replace("a=recvonly", "a=sendonly")


def hasty(sink: Sink) -> Sfu:
    return Sfu(HASTY, sink)


async def over_a_socket(school: School, number: int) -> None:
    """Offers, and is never heard of again, not even on the socket."""
    person = await school.enter(f"Guest {number}")
    await person.say("offer", sdp=OFFER, rev=1)
    await person.hear("answer")
    await person.ws.close()


async def over_whip(school: School, number: int) -> None:
    headers = {"Authorization": school.ticket(f"Hall {number}"), "Content-Type": "application/sdp"}
    async with school.client.post("/whip/lesson", data=PUBLISHING, headers=headers) as answer:
        assert answer.status == 201, await answer.text()


def remains() -> tuple[int, int, int]:
    """Descriptors, tasks, and objects of connections, as far as they can't be collected."""
    gc.collect()
    kept = sum(isinstance(each, Peer | Room | DtlsLink | Stream) for each in gc.get_objects())
    return len(list(Path("/proc/self/fd").iterdir())), len(asyncio.all_tasks()), kept


async def abandon(school: School, offers: int, offer: Callable[[School, int], Awaitable[None]]) -> None:
    """So many offers, some at a time, until the last of them is forgotten."""
    for start in range(0, offers, AT_ONCE):
        await asyncio.gather(*(offer(school, start + number) for number in range(AT_ONCE)))
        school.clock.now += school.live._hub.settings.resume_seconds + 1
        await until(lambda: not school.live.lessons() and not school.sfu.figures().peers)
        school.attendance.clear()


@pytest.mark.parametrize("offer", [over_a_socket, over_whip])
async def test_after_500_abandoned_offers_everything_is_as_before(
    open_school: OpenSchool, offer: Callable[[School, int], Awaitable[None]]
) -> None:
    school = await open_school(hasty)
    await abandon(school, AT_ONCE, offer)
    before = remains()
    tracemalloc.start()
    await abandon(school, OFFERS, offer)
    await until(lambda: remains() <= before)
    grown = sum(each.size for each in tracemalloc.take_snapshot().filter_traces(OURS).statistics("filename"))
    tracemalloc.stop()
    assert remains() == before
    assert grown < MOST_OCTETS


async def test_one_person_has_one_connection_however_often_it_is_offered(school: School) -> None:
    person = await school.enter("Olena")
    for rev in range(1, school.live._hub.settings.offers_at_once + 1):
        await person.say("offer", sdp=OFFER, rev=rev, fresh=True)
        await person.hear("answer", rev=rev)
        assert school.sfu.figures().peers == 1
    await person.say("offer", sdp=OFFER, rev=100, fresh=True)
    assert (await person.hear("error"))["code"] == "too_fast"
    school.clock.now += 2
    await person.say("offer", sdp=OFFER, rev=101, fresh=True)
    await person.hear("answer", rev=101)
