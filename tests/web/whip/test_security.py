"""The security rules at the doors of encoders and players, each with its number."""

import pytest

from tests.web.whip.studio import PLAYS, PUBLISHES, RESTARTED, STUDENT, Studio

DOORS = pytest.mark.parametrize("door", ["whip", "whep"])
STRANGER = ("teacher", "athens")


@DOORS
async def test_a1_without_a_token_nobody_gets_in(studio: Studio, door: str) -> None:
    for who in (None, "nonsense", "x" * 5000):
        reply = await studio.post(door, who=who)
        assert (*reply.told, reply.headers["WWW-Authenticate"]) == (401, "not-signed-in", "Bearer")
    assert studio.there() == []


@DOORS
async def test_a1_whoever_asks_is_looked_at_before_what_is_sent(studio: Studio, door: str) -> None:
    assert (await studio.post(door, "nonsense", who=None, Content_Type="text/plain")).status == 401


@DOORS
async def test_b1_others_lessons_are_as_if_there_were_none(studio: Studio, door: str) -> None:
    foreign = await studio.post(door, who=STRANGER)
    missing = await studio.ask("POST", f"/{door}/nowhere", PUBLISHES, Content_Type="application/sdp")
    assert foreign.told == missing.told == (404, "not-found")
    assert foreign.problem["detail"] == missing.problem["detail"]


async def test_b1_who_sees_a_lesson_without_an_invitation_does_not_get_in(studio: Studio) -> None:
    for who in (("room_admin", "vienna"), ("platform_admin", "vienna")):
        assert (await studio.post(who=who)).told == (403, "forbidden")


async def test_b1_a_session_answers_only_who_began_it(studio: Studio) -> None:
    session = await studio.begun()
    for who, status in ((STUDENT, 404), (STRANGER, 404), (None, 401)):
        assert (await studio.delete(session, who=who)).status == status
        assert (await studio.patch(session, RESTARTED, who=who, If_Match="*")).status == status
    assert len(studio.there()) == 1


async def test_b1_a_session_is_found_under_its_own_lesson_and_door_only(studio: Studio) -> None:
    session = (await studio.begun()).headers["Location"]
    for path in (session.replace("/whip/", "/whep/"), session.replace(studio.lesson, "nowhere")):
        assert (await studio.ask("DELETE", path)).status == 404


async def test_d1_a_cookie_is_no_token_here(studio: Studio) -> None:
    client = studio.api.client
    client.session.cookie_jar.update_cookies({"sid": "x", "seat": "y"}, client.make_url("/"))
    assert (await studio.post(who=None)).status == 401


async def test_h7_no_other_origin_is_let_in(studio: Studio) -> None:
    evil = {"Origin": "https://evil.example", "Access_Control_Request_Method": "POST"}
    asked = await studio.ask("OPTIONS", f"/whip/{studio.lesson}", who=None, **evil)
    posted = await studio.begun(Origin="https://evil.example")
    for reply in (asked, posted):
        assert "Access-Control-Allow-Origin" not in reply.headers
        assert "Access-Control-Allow-Credentials" not in reply.headers


async def test_h4_the_location_is_a_path_of_ours_whatever_host_is_asked(studio: Studio) -> None:
    assert (await studio.begun(Host="evil.example")).headers["Location"].startswith("/whip/")


async def test_e1_fragments_come_at_a_measured_pace(studio: Studio) -> None:
    session = await studio.begun()
    taken = 0
    while (reply := await studio.patch(session, If_Match="*")).status == 204:
        taken += 1
    assert (*reply.told, reply.headers["Retry-After"]) == (429, "too-many", "1")
    assert taken >= 50


async def test_e1_too_many_candidates_are_refused(studio: Studio) -> None:
    session = await studio.begun()
    lines = "".join(f"a=candidate:{each} 1 udp 1 192.0.2.1 {each} typ host\r\n" for each in range(1025, 1046))
    assert (await studio.patch(session, lines, If_Match="*")).told == (400, "broken-sdp")
    assert (await studio.post(body=PUBLISHES + lines)).problem["cause"] == "too_many_candidates"


async def test_h2_whatever_is_posted_is_no_fault_of_ours(studio: Studio) -> None:
    for cut in range(0, len(PLAYS), 7):
        studio.api.clock.now += 2  # not too many in a row
        assert (await studio.post("whep", PLAYS[:cut])).status in {201, 400, 422}
