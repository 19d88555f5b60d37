"""Answers on pages: the attendee's own, from the personal page, and what a lesson's teachers do about others'."""

import re
from typing import Final

import sqlalchemy as sa
from aiohttp import web

from schedules import answers as features
from schedules import last_told, told_by_token
from schedules.partstats import Answer
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.outbox import Standing
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant
from vclass.web.guard import page
from vclass.web.letters import LETTERS
from vclass.web.limits import charge_bad_link
from vclass.web.pages.answers_view import PRESSED
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()

CALENDAR: Final = "text/calendar"
SEQUENCE: Final = re.compile(r"\d{1,9}", re.ASCII)


@routes.post("/join/{token}/answer")
@page(action="lesson.join")
async def answer(request: web.Request) -> web.Response:
    """Say whether one comes, to the whole or to one date; pressed again, the newer word counts."""
    form = await request.post()
    partstat = PRESSED.get(str(form.get("answer", "")))
    if partstat is None:
        raise NotFoundError("answer")
    token, shown = request.match_info["token"], str(form.get("sequence", ""))
    sequence = int(shown) if SEQUENCE.fullmatch(shown) else 0
    pressed = Answer(str(form.get("occurrence", "")), partstat, sequence, 0)
    holds = await request.app[DATABASE].write(_answer, token, pressed, request.app[CLOCK]())
    if holds is None:
        charge_bad_link(request)
        return see_other(request, f"/join/{token}")
    return see_other(request, f"/join/{token}#answer", "answered" if holds else "oldtime")


@routes.post("/join/{token}/confirm")
@page(action="lesson.join")
async def confirm(request: web.Request) -> web.Response:
    """Say whether an answer that came in one's name was one's own."""
    form, token = await request.post(), request.match_info["token"]
    mine = form.get("mine") == "yes"
    asked = await request.app[DATABASE].write(_confirm, token, str(form.get("id", "")), mine, request.app[CLOCK]())
    if not asked:
        charge_bad_link(request)
        return see_other(request, f"/join/{token}")
    return see_other(request, f"/join/{token}#answer", "answered" if mine else "disowned")


@routes.get("/join/{token}/invite.ics")
@page(action="lesson.join")
async def own_file(request: web.Request) -> web.Response:
    """The calendar object as it was last sent to the holder of the link, who alone gets it whole."""
    row = await request.app[DATABASE].read(_last, request.match_info["token"], request.app[CLOCK]())
    if row is None:
        charge_bad_link(request)
        raise NotFoundError("calendar entry")
    return calendar(request.app[LETTERS].invite_file(row.leased, redacted=False))


@routes.post("/lessons/{lesson}/proposals/{proposal}/decline")
@page(action="lesson.change")
async def decline(request: web.Request) -> web.Response:
    parts = request.match_info
    await request.app[DATABASE].write(
        features.decline, request[ACTOR], parts["lesson"], parts["proposal"], request.app[CLOCK]()
    )
    return see_other(request, f"/lessons/{parts['lesson']}#answers", "declined")


@routes.post("/lessons/{lesson}/strays/{stray}")
@page(action="lesson.invite")
async def settle(request: web.Request) -> web.Response:
    """Say whose an answer from an unknown address is, or put it away."""
    form, parts = await request.post(), request.match_info
    whose = str(form.get("attendee", "")) or None
    await request.app[DATABASE].write(
        features.settle_stray, request[ACTOR], parts["lesson"], parts["stray"], whose, request.app[CLOCK]()
    )
    return see_other(request, f"/lessons/{parts['lesson']}#answers", "saved")


def calendar(content: bytes) -> web.Response:
    """A calendar object to keep; nobody between keeps a copy."""
    headers = {"Content-Disposition": 'attachment; filename="invite.ics"', "Cache-Control": "no-store"}
    return web.Response(body=content, content_type=CALENDAR, charset="utf-8", headers=headers)


def _answer(connection: sa.Connection, token: str, pressed: Answer, now: Instant) -> bool | None:
    """Whether the answer holds; None for a link that leads nowhere."""
    found = told_by_token(connection, token, now)
    return None if found is None else features.answer_on_page(connection, *found, pressed, now)


def _confirm(connection: sa.Connection, token: str, answer_id: str, mine: bool, now: Instant) -> bool:  # noqa: FBT001  passed through
    found = told_by_token(connection, token, now)
    if found is None:
        return False
    features.confirm(connection, *found, answer_id, now, mine=mine)
    return True


def _last(connection: sa.Connection, token: str, now: Instant) -> Standing | None:
    found = told_by_token(connection, token, now)
    return None if found is None else last_told(connection, *found)
