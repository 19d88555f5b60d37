"""Signing in by a mailed link, signing out, choosing a language."""

import pytest

from tests.web.pages.campus import ANNA, Campus, Visitor
from vclass.core import outbox
from vclass.web.pages.framing import safe_next


async def test_a_visitor_is_led_to_the_door(campus: Campus) -> None:
    visitor = await campus.visitor()
    assert (await visitor.get("/")).location == "/sign-in"
    assert (await visitor.get("/rooms")).location == "/sign-in?next=/rooms"


async def test_a_mailed_link_signs_in_once(campus: Campus, anna: Visitor) -> None:
    assert "Good morning, Anna" in (await anna.get("/")).text
    path = await campus.mailed_path()
    other = await campus.visitor()
    assert (await other.get(path)).status == 410
    assert (await other.post(path)).status == 410
    assert "used up" in (await other.post(path)).text


async def test_a_look_at_the_link_does_not_use_it_up(campus: Campus) -> None:
    visitor = await campus.visitor()
    await visitor.get("/sign-in")
    await visitor.post("/sign-in", {"email": ANNA})
    path = await campus.mailed_path()
    for _ in range(2):
        assert "Welcome, Anna" in (await visitor.get(path)).text


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(campus: Campus) -> None:
    visitor = await campus.visitor()
    await visitor.get("/sign-in")
    known = await visitor.post("/sign-in", {"email": ANNA})
    unknown = await visitor.post("/sign-in", {"email": "nobody@vii.example"})
    assert known.text.replace(ANNA, "") == unknown.text.replace("nobody@vii.example", "")
    assert len(await campus.database.read(outbox.listing)) == 1


async def test_a_misspelt_address_comes_back_with_a_hint(campus: Campus) -> None:
    visitor = await campus.visitor()
    await visitor.get("/sign-in")
    shown = await visitor.post("/sign-in", {"email": "anna@"})
    assert (shown.status, shown.value("email")) == (422, "anna@")
    assert "Write it like name@university.edu" in shown.text


async def test_signing_in_leads_on_to_where_one_wanted_to_go(campus: Campus) -> None:
    visitor = await campus.visitor()
    asked = await visitor.get((await visitor.get("/lessons/new")).location)
    await visitor.post("/sign-in", {"email": ANNA, "next": asked.values("next")[-1]})
    path = await campus.mailed_path()
    await visitor.get(path)
    assert (await visitor.post(path)).location == "/lessons/new"


async def test_each_sign_in_begins_a_session_of_its_own_and_ends_the_one_before(campus: Campus) -> None:
    visitor = await campus.person(ANNA)
    (before,) = (each.value for each in visitor.client.session.cookie_jar if each.key == "sid")
    await visitor.get("/settings")
    await visitor.post("/sign-in", {"email": ANNA})
    await visitor.send(await campus.mailed_path())
    (after,) = (each.value for each in visitor.client.session.cookie_jar if each.key == "sid")
    stranger = await campus.visitor()
    stranger.client.session.cookie_jar.update_cookies({"sid": before}, stranger.client.make_url("/"))
    assert after != before
    assert (await stranger.get("/")).location == "/sign-in"


async def test_signing_out_ends_the_session(anna: Visitor) -> None:
    await anna.get("/settings")
    assert "You are signed out." in (await anna.send("/sign-out")).text
    assert (await anna.get("/")).location == "/sign-in"


async def test_a_visitor_chooses_a_language(campus: Campus) -> None:
    visitor = await campus.visitor()
    await visitor.get("/sign-in")
    shown = await visitor.send("/settings/language", {"language": "uk", "next": "/sign-in"})
    assert '<html lang="uk"' in shown.html


async def test_the_language_of_somebody_signed_in_goes_along_to_other_browsers(campus: Campus, anna: Visitor) -> None:
    await anna.get("/settings")
    await anna.send("/settings/language", {"language": "uk", "next": "/settings"})
    elsewhere = await campus.person(ANNA)
    assert '<html lang="uk"' in (await elsewhere.get("/")).html


async def test_a_language_that_we_do_not_speak_changes_nothing(anna: Visitor) -> None:
    await anna.get("/settings")
    shown = await anna.send("/settings/language", {"language": "xx", "next": "/settings"})
    assert '<html lang="en"' in shown.html


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "", "@evil", "/a\nb", "/ b"],
)
def test_h3_a_path_of_another_site_leads_to_the_start(path: str) -> None:
    assert safe_next(path) == "/"


@pytest.mark.parametrize("path", ["/", "/rooms", "/lessons/new?partner=x", "/%2f%2fevil.example", "/user@host"])
def test_h3_an_own_path_stays(path: str) -> None:
    assert safe_next(path) == path
