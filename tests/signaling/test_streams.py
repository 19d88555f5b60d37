"""An encoder and a player among people with browsers: what those are told of them, and may do to them."""

from typing import cast

import msgspec
import pytest
from aiohttp import ClientResponse

from signaling import Admitted, Role
from signaling.media import Answer, Offer
from signaling.sfu import Sfu
from signaling.whip import Stream, UnavailableError
from signaling.whip.fragment import parse
from signaling.whip.offers import checked
from tests.signaling.conftest import OpenSchool, School
from tests.signaling.parts import admitted
from tests.signaling.sfu.clients import Client, until
from tests.signaling.sfu.offers import SMALL
from tests.signaling.test_pictures import connected
from vclass.core.refusals import NotFoundError

PUBLISHES = SMALL.replace("a=recvonly", "a=sendonly")
RESTARTED = "a=ice-ufrag:efgh\r\na=ice-pwd:efghijklmnopqrstuvwxyz\r\n"
SDP = {"Content-Type": "application/sdp"}


class Wire:
    """Posts an encoder's offer."""

    def __init__(self, school: School, name: str) -> None:
        self._school, self._name = school, name

    async def negotiate(self, offer: Offer) -> Answer:
        response = await post(self._school, self._name, offer=offer.sdp)
        return Answer(offer.peer, offer.revision, await response.text())


async def post(school: School, name: str, door: str = "whip", offer: str = PUBLISHES) -> ClientResponse:
    """Lets somebody's encoder publish, or a player play."""
    if door == "whep":
        offer = offer.replace("a=sendonly", "a=recvonly")
    headers = {"Authorization": school.ticket(name, Role.ROOM), **SDP}
    response = await school.client.post(f"/{door}/lesson", data=offer, headers=headers)
    assert response.status == 201, await response.text()
    return response


async def end(school: School, session: ClientResponse) -> None:
    headers = {"Authorization": session.request_info.headers["Authorization"]}
    response = await school.client.delete(session.headers["Location"], headers=headers)
    assert response.status == 200, await response.text()


async def test_people_see_an_encoder_come_unmuted_and_go(school: School) -> None:
    marko = await school.enter("Marko")
    session = await post(school, "Hall 3")
    joined = await marko.hear("joined")
    assert (joined["participant"]["name"], joined["participant"]["role"]) == ("Hall 3", "room")
    assert [(await marko.hear("muted"))["muted"] for _ in range(2)] == [False, False]
    await end(school, session)
    await marko.hear("left", participant=joined["participant"]["id"], reason="bye")


async def test_nobody_plays_a_lesson_unseen(school: School) -> None:
    marko = await school.enter("Marko")
    await post(school, "Recorder", "whep")
    assert (await marko.hear("joined"))["participant"]["name"] == "Recorder"


async def test_a_teacher_mutes_an_encoder_and_a_student_does_not(school: School) -> None:
    marko, olena = await school.enter("Marko"), await school.enter("Olena", Role.TEACHER)
    await post(school, "Hall 3")
    hall = (await olena.hear("joined"))["participant"]["id"]
    await marko.say("mute_other", kind="audio", participant=hall)
    await marko.hear("error", code="forbidden")
    await olena.say("mute_other", kind="audio", participant=hall)
    await olena.hear("muted", participant=hall, kind="audio", muted=True)


async def test_with_its_sponsors_right_an_encoder_goes(school: School) -> None:
    marko = await school.enter("Marko")
    await post(school, "Hall 3")
    school.live.revoke("attendee-Hall 3")
    await marko.hear("left", reason="removed")


async def test_an_encoder_that_never_connects_is_given_up(open_school: OpenSchool) -> None:
    school = await open_school()
    marko = await school.enter("Marko")
    session = await post(school, "Hall 3")
    hall = (await marko.hear("joined"))["participant"]["id"]
    (peer,) = school.sfu._peers.values()
    peer.transport.life.since -= school.sfu._settings.connect_deadline
    await marko.hear("left", participant=hall)
    assert session.status == 201
    assert school.sfu.figures().peers == 0


async def test_the_sessions_of_a_server_that_goes_down_end_with_it(school: School) -> None:
    await post(school, "Hall 3")
    await school.client.close()
    assert school.live.lessons() == ()


async def test_people_in_browsers_see_and_hear_an_encoder(school: School) -> None:
    viewer = await connected(await school.enter("Marko"))
    encoder = await Client(cast("Sfu", Wire(school, "Hall 3")), "unused").publish().join()
    await until(lambda: min(viewer.decoded("video"), viewer.decoded("audio")) > 5)
    for client in (encoder, viewer):
        await client.close()


def encoder(school: School) -> Stream:
    """An encoder before it takes a seat."""
    stream = Stream(school.live._hub, "whip", "holder", {})
    stream.take(checked(PUBLISHES, "whip"))
    return stream


async def right() -> Admitted:
    return admitted("Hall 3")


async def test_a_restart_that_fails_leaves_the_ice_session_as_it_was(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = encoder(school)
    await stream.begin("lesson", right())
    with monkeypatch.context() as patch:
        patch.setattr(school.sfu, "negotiate", silent)
        with pytest.raises(UnavailableError):
            await stream.restart(parse(RESTARTED))
    assert (stream.revision, stream.offer) == (1, PUBLISHES)
    await stream.restart(parse(RESTARTED))
    assert stream.revision > 1


async def silent(_offer: Offer) -> Answer:
    """A media plane that doesn't answer."""
    raise TimeoutError


async def test_rule_c3_who_is_turned_away_at_the_threshold_does_not_slip_in(school: School) -> None:
    """The right is withdrawn between the answer to who somebody is and the seat."""

    async def withdrawn() -> Admitted:
        school.live.revoke("attendee-Olena")
        return msgspec.structs.replace(admitted("Hall 3"), sponsor="attendee-Olena")

    stream = encoder(school)
    with pytest.raises(NotFoundError):
        await stream.begin("lesson", withdrawn())
    assert school.live.lessons() == ()


async def test_rule_e2_abandoned_offers_leave_nothing_behind(school: School) -> None:
    sessions = [await post(school, f"Hall {number}", door) for number in range(20) for door in ("whip", "whep")]
    assert school.sfu.figures().peers == len(sessions)
    for peer in school.sfu._peers.values():
        peer.transport.life.since -= school.sfu._settings.connect_deadline
    await until(lambda: school.live.lessons() == ())
    assert (school.sfu.figures().peers, len(school.live._hub._sockets)) == (0, 0)
