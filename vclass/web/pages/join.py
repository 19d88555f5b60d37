"""The personal link: a useful page in every state, and the POST behind Join that gives a seat."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from aiohttp import web

from schedules import (
    Attendee,
    Door,
    DoorState,
    Entrant,
    Held,
    Lesson,
    Place,
    door,
    entrant_by_token,
    places_of,
    rename,
    resend_link,
    told_by_token,
)
from schedules.answers import Given, history_of
from signaling import clean_name
from vclass.core.keys import CLOCK, DATABASE, LANGUAGE
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web import cookies
from vclass.web.guard import page
from vclass.web.i18n import choose_language
from vclass.web.letters import side_of
from vclass.web.limits import charge_bad_link
from vclass.web.pages.answers_view import answer_form
from vclass.web.pages.contexts import JoinFragment, JoinPage, JoinState, ReplacedLinkPage, RoomLine, Side
from vclass.web.pages.framing import show, wants_fragment
from vclass.web.pages.keys import ADMISSION, LIVE
from vclass.web.pages.notices import see_other
from vclass.web.pages.parts import is_weekly
from vclass.web.pages.seats import set_seat

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is at the door, and where the lesson meets.

    ``history`` is what they answered so far; None for who comes from the lesson itself, where nothing is behind the
    page that only the personal link opens.
    """

    lesson: Lesson
    attendee: Attendee
    places: tuple[Place, ...]
    history: tuple[Given, ...] | None = None


@routes.get("/join/{token}")
@page(action="lesson.join")
async def join_page(request: web.Request) -> web.Response:
    """Changes nothing: mail scanners and link previews come here, too."""
    invited = await _invited(request)
    if invited is None:
        return await _replaced(request)
    return await entrance(request, invited)


@routes.post("/join/{token}")
@page(action="lesson.join")
async def join(request: web.Request) -> web.StreamResponse:
    """Take a seat: a cookie for the lesson alone; its address carries no token."""
    now = request.app[CLOCK]()
    entrant = await request.app[DATABASE].read(entrant_by_token, request.match_info["token"], now)
    if entrant is None or entrant.door(now).state is not DoorState.OPEN:
        return await join_page(request)
    name = clean_name(str((await request.post()).get("name", "")))
    if name not in {"", entrant.name}:
        await request.app[DATABASE].write(rename, entrant.id, name)
    response = see_other(request, f"/live/{entrant.lesson_public_id}")
    set_seat(request, response, entrant.lesson_public_id, request.app[ADMISSION].seat_cookie(entrant))
    return response


@routes.post("/join/{token}/mail")
@page(action="site.public")
async def mail_new_link(request: web.Request) -> web.Response:
    """Send the present link to whom a replaced one was sent; the answer is the same for any link."""
    charge_bad_link(request)
    await request.app[DATABASE].write(resend_link, request.match_info["token"], request.app[CLOCK]())
    return await show(request, ReplacedLinkPage(mail_action=request.path, sent=True))


async def entrance(request: web.Request, invited: Invited) -> web.Response:
    """The lesson as it stands, to one attendee."""
    kind = JoinFragment if wants_fragment(request) else JoinPage
    shown = joining(invited, request.path, request.app[CLOCK](), kind, request.query.get("answer", ""))
    if shown.state == "open":
        request.app[LIVE].warm()
    return await show(request, shown, language_of(request, invited.attendee))


async def _invited(request: web.Request) -> Invited | None:
    return await request.app[DATABASE].read(_find, request.match_info["token"], request.app[CLOCK]())


def _find(connection: sa.Connection, token: str, now: Instant) -> Invited | None:
    told = told_by_token(connection, token, now)
    if told is None:
        return None
    lesson, attendee = told
    history = tuple(history_of(connection, attendee.id))
    return Invited(lesson, attendee, places_of(connection, [lesson])[lesson.id], history)


async def _replaced(request: web.Request) -> web.Response:
    """The same neutral page for a revoked, a foreign and a misspelt link."""
    charge_bad_link(request)
    if wants_fragment(request):
        return web.Response(status=204, headers={"HX-Redirect": request.path})
    return await show(request, ReplacedLinkPage(mail_action=f"/join/{request.match_info['token']}/mail"))


def joining(invited: Invited, path: str, now: Instant, kind: type[JoinPage] = JoinPage, chosen: str = "") -> JoinPage:
    """What the page says of a lesson to one attendee at an instant; ``chosen`` is the answer a link pointed to."""
    lesson, attendee, history = invited.lesson, invited.attendee, invited.history
    found = door(lesson, now)
    sides = sides_of(invited.places, attendee.zone)
    return kind(
        state=_state(lesson, found),
        path=path,
        title=lesson.draft.title,
        series=lesson.draft.timing.rule is not None,
        weekly=is_weekly(lesson.draft.timing.rule),
        sides=sides,
        zone=attendee.zone,
        others=tuple(side for side in sides if side.zone != attendee.zone),
        span=_span(found.occurrence),
        name=attendee.name,
        door_opens=found.opens,
        door_closes=found.closes,
        rooms=tuple(RoomLine(side_of(each), each.name) for each in _own_first(invited.places, attendee.zone)),
        before=_before(lesson),
        reason=lesson.cancel_reason,
        by=next(each.name for each in lesson.attendees if each.person_id == lesson.owner_id),
        next_span=None if found.following is None else _span(found.following),
        unsure=found.occurrence.asks,
        calendar_path=f"{path}/invite.ics" if history is not None and lesson.published_at is not None else "",
        test_path=f"{path.removesuffix('/left')}/connection",
        answers=None if history is None else answer_form(lesson, attendee, history, f"{path}/answer", now, chosen),
    )


def sides_of(places: Sequence[Place], own_zone: str) -> tuple[Side, ...]:
    """The institutions whose rooms a lesson has, each once, that on the reader's clock first."""
    return tuple({each.code: side_of(each) for each in _own_first(places, own_zone)}.values())


def _own_first(places: Sequence[Place], own_zone: str) -> list[Place]:
    return sorted(places, key=lambda each: each.zone != own_zone)


def language_of(request: web.Request, attendee: Attendee | Entrant) -> str:
    """Chosen in this browser, or a known person's own; a guest's is what the browser prefers."""
    if attendee.person_id is None or cookies.LANGUAGE_NAME in request.cookies:
        return request[LANGUAGE]
    return choose_language(attendee.language)


def _state(lesson: Lesson, found: Door[Held]) -> JoinState:
    moved = lesson.moved_from is not None and found.state is DoorState.EARLY
    return "moved" if moved else found.state.value


def _before(lesson: Lesson) -> Span | None:
    start = lesson.moved_from
    return None if start is None else (start, start + 60 * lesson.draft.timing.minutes)


def _span(occurrence: Held) -> Span:
    return (occurrence.starts, occurrence.ends)
