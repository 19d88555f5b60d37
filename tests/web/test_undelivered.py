"""Mail that failed: administrators see their own house's, send it again or take it off the list; others nothing."""

from typing import Final

import pytest

from tests.web.api import Api, Json
from vclass.core import outbox
from vclass.core.outbox import Effect, Standing

ADMIN: Final = ("institution_admin", "vienna")
PLATFORM: Final = ("platform_admin", "vienna")
GRETA: Final = "greta@example.org"
REFUSED: Final = "550 5.1.1 no such user"
HOUR: Final = 3600


async def rows(api: Api, email: str = GRETA) -> list[Standing]:
    """What was said to an address, oldest first."""
    found = await api.database.read(outbox.listing)
    return [each for each in reversed(found) if each.leased.recipient == email]


async def refused(api: Api, email: str = GRETA) -> str:
    """Let a mail come back; its id."""
    row = (await rows(api, email))[-1].leased.id
    await api.database.write(outbox.mark_bounced, row, api.clock(), REFUSED)
    return str(row)


async def listed(api: Api, who: tuple[str, str] = ADMIN) -> list[Json]:
    reply = await api.ask("GET", "/undelivered", who=who)
    assert reply.status == 200
    mails: list[Json] = reply.body["mails"]
    return mails


async def press(api: Api, mail: str, what: str, who: tuple[str, str] = ADMIN) -> int:
    return (await api.ask("POST", f"/undelivered/{mail}/{what}", {}, who)).status


async def test_it_says_whom_of_which_lesson_when_and_what_the_server_said(api: Api) -> None:
    lesson = (await api.booked()).body["id"]
    mail = await refused(api)
    [found] = await listed(api)
    assert (found["id"], found["lesson"], found["title"], found["error"]) == (mail, lesson, "Joint seminar", REFUSED)
    assert (found["email"], found["state"], found["news"], found["again"]) == (GRETA, "bounced", "invited", True)
    assert found["at"] == "2026-11-21T10:00:00Z"


@pytest.mark.parametrize("who", [("teacher", "vienna"), ("room_admin", "vienna"), ("student", "kyiv")])
async def test_b2_who_administers_no_house_may_not_know(api: Api, who: tuple[str, str]) -> None:
    await api.booked()
    mail = await refused(api)
    assert (await api.ask("GET", "/undelivered", who=who)).status == 403
    assert [await press(api, mail, what, who) for what in ("again", "settle")] == [403, 403]


async def test_b1_another_houses_mail_is_not_there(api: Api) -> None:
    kyiv = ("teacher", "kyiv")
    body = api.lesson(rooms=[api.hall("kyiv")], teachers=[], attendees=[{"email": GRETA}])
    assert (await api.ask("POST", "/lessons", body, kyiv)).status == 201
    mail = await refused(api)
    assert await listed(api) == []
    assert [await press(api, mail, what) for what in ("again", "settle")] == [404, 404]
    assert [each["id"] for each in await listed(api, PLATFORM)] == [mail]


async def test_other_mail_belongs_to_the_house_of_its_reader(api: Api) -> None:
    for place in ("vienna", "kyiv"):
        notice = Effect("notice", place, place, f"teacher@{place}.example", {"notice": "law", "title": "Seminar"})
        await api.database.write(outbox.put, [notice], api.clock())
        await refused(api, notice.recipient)
    assert [each["email"] for each in await listed(api)] == ["teacher@vienna.example"]
    assert len(await listed(api, PLATFORM)) == 2


async def test_sent_again_the_lesson_is_told_as_it_stands_and_the_list_is_empty(api: Api) -> None:
    await api.booked()
    mail = await refused(api)
    api.clock.advance(HOUR)
    assert await press(api, mail, "again") == 200
    assert (await rows(api))[-1].leased.facts["news"] == "again"
    assert await listed(api) == []
    assert await press(api, mail, "again") == 404


async def test_what_is_too_late_is_only_taken_off_the_list(api: Api) -> None:
    link = Effect("sign-in", "k", "k", "teacher@vienna.example", {"name": "Teacher"})
    await api.database.write(outbox.put, [link], api.clock())
    mail = await refused(api, link.recipient)
    problem = await api.ask("POST", f"/undelivered/{mail}/again", {}, ADMIN)
    assert (problem.status, problem.body["type"]) == (409, "not-to-send")
    assert [await press(api, mail, "settle") for _ in range(2)] == [200, 404]
    assert await listed(api) == []


async def test_who_administers_everything_sees_a_lessons_mail_but_invites_nobody(api: Api) -> None:
    await api.booked()
    mail = await refused(api)
    [found] = await listed(api, PLATFORM)
    assert not found["again"]
    assert await press(api, mail, "again", PLATFORM) == 403
    assert await press(api, mail, "settle", PLATFORM) == 200


@pytest.mark.parametrize("mail", ["none", "0", "-1", "1" * 40, "١"])
async def test_a_number_that_is_none_is_not_there(api: Api, mail: str) -> None:
    assert await press(api, mail, "settle") == 404
