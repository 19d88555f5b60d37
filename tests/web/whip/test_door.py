"""What the doors of encoders and players answer (RFC 9725), over HTTP and the whole application."""

import pytest

from signaling import LiveSettings
from tests.support import SettableClock
from tests.web.whip.studio import FRAGMENT, PLAYS, PUBLISHES, RESTARTED, SDP, STUDENT, TRICKLED, Studio
from vclass.web.pages.keys import LIVE

DOORS = pytest.mark.parametrize("door", ["whip", "whep"])


@DOORS
async def test_an_offer_is_answered_with_a_session_of_its_own(studio: Studio, door: str) -> None:
    reply = await studio.begun(door)
    assert (reply.headers["Content-Type"], reply.headers["ETag"]) == (SDP, '"v1"')
    assert reply.headers["Location"].startswith(f"/{door}/{studio.lesson}/")
    assert "a=ice-lite" in reply.text
    assert reply.text.count("a=setup:passive") == 2


@DOORS
async def test_whoever_offers_to_wait_for_the_handshake_gets_one_who_begins(studio: Studio, door: str) -> None:
    passive = (PUBLISHES if door == "whip" else PLAYS).replace("a=setup:actpass", "a=setup:passive")
    assert (await studio.begun(door, body=passive)).text.count("a=setup:active") == 2


@DOORS
async def test_a_session_is_a_participant_until_it_is_deleted(studio: Studio, door: str) -> None:
    session = await studio.begun(door)
    assert studio.there() == [("teacher of vienna", "host")]
    assert (await studio.delete(session)).status == 200
    assert studio.there() == []
    assert (await studio.delete(session)).told == (404, "not-found")


async def test_the_role_is_that_of_the_seat(studio: Studio) -> None:
    await studio.begun(who=STUDENT)
    assert studio.there() == [("student of kyiv", "student")]


async def test_one_token_publishes_and_plays_at_once(studio: Studio) -> None:
    await studio.begun("whip")
    await studio.begun("whep")
    assert len(studio.there()) == 2


async def test_who_publishes_again_takes_over_the_own_seat(studio: Studio) -> None:
    first = await studio.begun()
    await studio.begun()
    assert len(studio.there()) == 1
    assert (await studio.patch(first, If_Match="*")).status == 404


async def test_trickled_candidates_are_taken_and_let_go(studio: Studio) -> None:
    session = await studio.begun()
    fragment = TRICKLED + "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n"
    reply = await studio.patch(session, fragment, If_Match=session.headers["ETag"])
    assert (reply.status, reply.text, "ETag" in reply.headers) == (204, "", False)


async def test_an_ice_restart_is_answered_with_new_credentials_and_a_new_tag(studio: Studio) -> None:
    session = await studio.begun()
    reply = await studio.patch(session, RESTARTED, If_Match="*")
    assert (reply.status, reply.headers["Content-Type"], reply.headers["ETag"]) == (200, FRAGMENT, '"v2"')
    lines = reply.text.split("\r\n")
    assert [line for line in lines if line.startswith(("a=ice-ufrag:", "a=ice-pwd:")) and line in session.text] == []
    assert [line.partition(":")[0] for line in lines[:4]] == ["a=ice-lite", "a=ice-ufrag", "a=ice-pwd", "a=candidate"]


async def test_an_older_ice_session_is_told_from_the_present_one(studio: Studio) -> None:
    session = await studio.begun()
    await studio.patch(session, RESTARTED, If_Match="*")
    assert (await studio.patch(session, If_Match=session.headers["ETag"])).told == (412, "stale")
    again = RESTARTED.replace("efgh", "ijkl")
    assert (await studio.patch(session, again, If_Match='"v2"')).headers["ETag"] == '"v3"'


async def test_a_fragment_says_to_which_ice_session_it_belongs(studio: Studio) -> None:
    session = await studio.begun()
    assert (await studio.patch(session)).told == (428, "version-missing")
    assert (await studio.patch(session, ETag="v1")).status == 204


@DOORS
async def test_options_are_told_without_a_token(studio: Studio, door: str) -> None:
    session = (await studio.begun(door)).headers["Location"]
    endpoint = await studio.ask("OPTIONS", f"/{door}/{studio.lesson}", who=None)
    assert (endpoint.headers["Allow"], endpoint.headers["Accept-Post"]) == ("POST, OPTIONS", SDP)
    other = await studio.ask("OPTIONS", session, who=None)
    assert (other.headers["Allow"], other.headers["Accept-Patch"]) == ("PATCH, DELETE, OPTIONS", FRAGMENT)


@DOORS
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_kept_for_later(studio: Studio, door: str, method: str) -> None:
    sent = {"Authorization": f"Bearer {studio.api.world.tokens['teacher', 'vienna']}"}
    response = await studio.api.client.request(method, f"/{door}/{studio.lesson}", headers=sent)
    assert (response.status, response.headers["Allow"]) == (405, "OPTIONS,POST")


async def test_only_sdp_is_taken(studio: Studio) -> None:
    assert (await studio.post(Content_Type="text/plain")).told == (415, "unsupported-type")
    session = await studio.begun()
    assert (await studio.patch(session, Content_Type=SDP, If_Match="*")).told == (415, "unsupported-type")


async def test_who_does_not_take_sdp_gets_none(studio: Studio) -> None:
    assert (await studio.post(Accept="application/json, text/html;q=0.9")).told == (406, "not-acceptable")
    assert (await studio.post(Accept="application/json, application/*;q=0.5")).status == 201


@pytest.mark.parametrize("body", ["", "hello", b"v=0\r\n\xff", "v=0\r\nm=audio\r\n"])
async def test_what_is_no_sdp_is_a_bad_request(studio: Studio, body: str | bytes) -> None:
    assert (await studio.post(body=body)).told == (400, "broken-sdp")
    assert studio.there() == []


async def test_a_broken_fragment_ends_nothing(studio: Studio) -> None:
    session = await studio.begun()
    for broken in ("", "hello", "a=ice-ufrag:x\r\n", "a=ice-ufrag:efgh\r\n"):
        assert (await studio.patch(session, broken, If_Match="*")).told == (400, "broken-sdp")
    assert len(studio.there()) == 1


async def test_more_than_an_offer_may_have_is_not_read(studio: Studio) -> None:
    assert (await studio.post(body=PUBLISHES + "a=x:" + "y" * 32_768)).status == 413


@pytest.mark.parametrize(
    ("door", "old", "new", "cause"),
    [
        ("whip", "a=sendonly", "a=recvonly", "wrong_direction"),
        ("whip", "a=sendonly", "a=inactive", "wrong_direction"),
        ("whep", "a=recvonly", "a=sendonly", "wrong_direction"),
        ("whip", "opus/48000/2", "speex/8000", "no_codec"),
        ("whip", "a=fingerprint:sha-256", "a=fingerprint:sha-1", "no_fingerprint"),
        ("whip", "BUNDLE 0 1", "BUNDLE 0", "not_bundled"),
    ],
)
async def test_an_offer_that_cannot_be_served_whole_is_refused(
    studio: Studio, door: str, old: str, new: str, cause: str
) -> None:
    offer = (PUBLISHES if door == "whip" else PLAYS).replace(old, new, 1)
    reply = await studio.post(door, offer)
    assert (*reply.told, reply.problem["cause"]) == (422, "offer-refused", cause)
    assert studio.there() == []


async def test_a_full_room_asks_to_come_again(studio: Studio) -> None:
    hub = studio.api.client.app[LIVE]._hub
    hub.settings = LiveSettings(participants=1)  # type: ignore[misc]  # no installation has so small rooms
    await studio.begun(who=STUDENT)
    reply = await studio.post()
    assert (*reply.told, reply.headers["Retry-After"]) == (503, "unavailable", "5")


async def test_when_the_lesson_ends_its_sessions_end(studio: Studio, clock: SettableClock) -> None:
    session = await studio.begun()
    clock.advance(3 * 3600)
    studio.api.client.app[LIVE].end(studio.lesson)
    assert studio.there() == []
    assert (await studio.delete(session)).status == 404
