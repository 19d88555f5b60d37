"""The page behind a reminder's link, and the one press that ends reminders."""

from typing import Any

from schedules.reminders import Choice, choice_of, reminder_path
from tests.web.pages.campus import SOPHIE, Campus, Visitor
from vclass.core.keys import KEYRING

NIKOS = "nikos@asl.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def link_of(campus: Campus, path: str, email: str = NIKOS) -> str:
    seat = next(each.public_id for each in (await campus.lesson(path)).present if each.email == email)
    return reminder_path(campus.server.app[KEYRING], seat)


async def chosen(campus: Campus) -> Choice:
    choice, _ = await campus.database.read(choice_of, NIKOS)
    return choice


async def test_g5_one_press_in_a_mail_program_ends_reminders(campus: Campus, anna: Visitor) -> None:
    link = await link_of(campus, await campus.booked(anna))
    stranger: Any = await campus.visitor()
    answer = await stranger.client.post(link, data=ONE_CLICK)  # no cookie, no page, no token of a form (RFC 8058)
    assert (answer.status, await chosen(campus)) == (200, Choice(day=False, soon=False))


async def test_c8_who_only_looks_changes_nothing(campus: Campus, anna: Visitor) -> None:
    link = await link_of(campus, await campus.booked(anna))
    visitor = await campus.visitor()
    shown = await visitor.get(link)
    assert shown.html.count("checked") == 2
    assert await chosen(campus) == Choice()


async def test_what_is_ticked_is_what_is_sent(campus: Campus, anna: Visitor) -> None:
    link = await link_of(campus, await campus.booked(anna))
    visitor = await campus.visitor()
    await visitor.get(link)
    saved = await visitor.post(link, {"soon": "yes"})
    assert "Saved." in saved.text
    assert await chosen(campus) == Choice(day=False, soon=True)


async def test_a_link_that_is_not_one_opens_and_changes_nothing(campus: Campus, anna: Visitor) -> None:
    link = await link_of(campus, await campus.booked(anna))
    visitor = await campus.visitor()
    broken = link[:-1] + ("A" if link[-1] != "A" else "B")
    for answer in (await visitor.get(broken), await visitor.post(broken)):
        assert "This link does not open your reminders" in answer.text
        assert NIKOS not in answer.html
    assert await chosen(campus) == Choice()


async def test_your_own_reminders_are_chosen_from_the_version_you_saw(campus: Campus) -> None:
    sophie = (await campus.person(SOPHIE)).client
    seen = await sophie.get("/api/v1/me/reminders")
    assert await seen.json() == {"day": True, "soon": True}
    token = {"X-CSRF-Token": await form_token(sophie), "Sec-Fetch-Site": "same-origin"}
    put = {"json": {"day": False, "soon": True}, "headers": token | {"If-Match": seen.headers["ETag"]}}
    assert (await sophie.put("/api/v1/me/reminders", **put)).status == 200
    assert (await sophie.put("/api/v1/me/reminders", **put)).status == 412
    assert await (await sophie.get("/api/v1/me/reminders")).json() == {"day": False, "soon": True}


async def form_token(client: Any) -> str:  # noqa: ANN401  aiohttp's
    """What a form of a page carries."""
    visitor = Visitor(client)
    await visitor.get("/settings")
    return visitor.csrf
