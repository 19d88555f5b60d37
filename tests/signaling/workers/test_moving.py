"""A lesson on workers over real sockets: a worker dies, everybody keeps the seat, and pictures come again."""

import signal
import time
from typing import cast

from signaling.media import Answer, Offer, Refused
from signaling.sfu import Sfu
from signaling.workers import Care
from tests.signaling.conftest import OFFER, Person
from tests.signaling.sfu.clients import Client, until
from tests.signaling.test_streams import post
from tests.signaling.workers.conftest import StaffedSchool


class Wire:
    """Negotiates over a person's socket, each time as a new connection."""

    def __init__(self, person: Person) -> None:
        self.person = person

    async def negotiate(self, offer: Offer) -> Answer | Refused:
        rev = 1 + len([each for each in self.person.heard if each["type"] == "answer"])
        await self.person.say("offer", sdp=offer.sdp, rev=rev, fresh=True)
        answer = await self.person.hear("answer", rev=rev)
        return Answer(offer.peer, rev, answer["sdp"])


async def connected(person: Person) -> Client:
    return await Client(cast("Sfu", Wire(person)), "unused").publish(audio=False).slots(1, ("video",)).join()


def rests(client: Client, seconds: float = 0.5) -> bool:
    """Whether no picture has come for so long: several frames would have been due."""
    return bool(client.seen) and time.monotonic() - client.seen[-1] > seconds


async def test_a_killed_worker_costs_no_seat_and_pictures_come_again_without_another_word_on_muting(
    staffed: StaffedSchool,
) -> None:
    people = [await staffed.school.enter(name) for name in ("Olena", "Marko")]
    seats = [person.heard[0]["me"]["id"] for person in people]
    before = [await connected(person) for person in people]
    await people[0].say("mute", kind="video", muted=False)
    await until(lambda: before[1].decoded("video") > 0)
    staffed.crew.signal(staffed.crew.home("lesson"), signal.SIGKILL)
    moves = [await person.hear("moved") for person in people]
    assert all(move["epoch"] > person.heard[0]["epoch"] for move, person in zip(moves, people, strict=True))
    after = [await connected(person) for person in people]
    await until(lambda: after[1].decoded("video") > 0)
    snapshot = staffed.school.live.snapshot("lesson")
    assert snapshot is not None
    assert [each.id for each in snapshot.participants] == seats
    for client in (*before, *after):
        await client.close()


async def test_a_drained_worker_forwards_until_everybody_has_gone_from_it_and_then_ends(
    staffed: StaffedSchool,
) -> None:
    people = [await staffed.school.enter(name) for name in ("Olena", "Marko")]
    before = [await connected(person) for person in people]
    await people[0].say("mute", kind="video", muted=False)
    await until(lambda: before[1].decoded("video") > 0)
    home = staffed.crew.home("lesson")
    staffed.crew.signal(home, signal.SIGTERM)
    moves = [await person.hear("moved") for person in people]
    assert all(move["linger"] > 1000 for move in moves)
    shown = before[1].decoded("video")
    after = [await connected(person) for person in people]
    await until(lambda: after[1].decoded("video") > 0 and before[1].decoded("video") > shown)
    for client in before:
        await client.close()
    await staffed.crew.up(home, restarts=1)
    assert staffed.crew.home("lesson") != home
    for client in after:
        await client.close()


async def test_muted_while_the_old_worker_lingers_nothing_comes_over_it_any_more(staffed: StaffedSchool) -> None:
    people = [await staffed.school.enter(name) for name in ("Olena", "Marko")]
    before = [await connected(person) for person in people]
    await people[0].say("mute", kind="video", muted=False)
    await until(lambda: before[1].decoded("video") > 0)
    staffed.crew.signal(staffed.crew.home("lesson"), signal.SIGTERM)
    await people[0].hear("moved")
    await people[0].say("mute", kind="video", muted=True)
    await people[0].hear("muted", kind="video", muted=True)
    await until(lambda: rests(before[1]), patience=Care().linger - 1)
    for client in before:
        await client.close()


async def test_from_the_kill_to_the_new_answer_it_takes_less_than_half_a_second(staffed: StaffedSchool) -> None:
    olena = await staffed.school.enter("Olena")
    await olena.say("offer", sdp=OFFER, rev=1)
    await olena.hear("answer")
    began = time.monotonic()
    staffed.crew.signal(staffed.crew.home("lesson"), signal.SIGKILL)
    await olena.hear("moved")
    await olena.say("offer", sdp=OFFER, rev=2, fresh=True)
    await olena.hear("answer", rev=2)
    assert time.monotonic() - began < 0.5


async def test_an_offer_that_died_with_its_worker_may_be_made_again_later(staffed: StaffedSchool) -> None:
    olena = await staffed.school.enter("Olena")
    await olena.say("offer", sdp=OFFER, rev=1)
    await olena.hear("answer")
    home = staffed.crew.home("lesson")
    staffed.crew.signal(home, signal.SIGSTOP)
    await olena.say("offer", sdp=OFFER, rev=2)
    await until(lambda: any(each._owed for each in staffed.crew.supervisor._handles.values()))
    staffed.crew.signal(home, signal.SIGKILL)
    error = await olena.hear("error")
    assert (error["code"], error["retry"]) == ("media_unavailable", "later")
    await olena.say("offer", sdp=OFFER, rev=3, fresh=True)
    assert (await olena.hear("answer"))["rev"] == 3


async def test_an_encoder_gives_up_its_seat_with_the_worker_and_may_come_again(staffed: StaffedSchool) -> None:
    marko = await staffed.school.enter("Marko")
    await post(staffed.school, "Hall 3")
    hall = (await marko.hear("joined"))["participant"]["id"]
    staffed.crew.signal(staffed.crew.home("lesson"), signal.SIGKILL)
    await marko.hear("moved")
    await marko.hear("left", participant=hall, reason="bye")
    await post(staffed.school, "Hall 3")
    assert (await marko.hear("joined"))["participant"]["name"] == "Hall 3"


async def test_a_shutdown_ends_the_workers_too(staffed: StaffedSchool) -> None:
    olena = await staffed.school.enter("Olena")
    await olena.say("offer", sdp=OFFER, rev=1)
    await olena.hear("answer")
    await staffed.school.client.server.close()
    assert (await olena.hear("closed"))["retry"] == "resume"
    assert [each.phase for each in staffed.crew.supervisor.workers()] == ["down", "down"]
