"""The error table: each refusal's status and title, and the answer made of it (RFC 9457). Never a trace."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

import rooms
import rooms.approvals
import rooms.custody
import rooms.waiting
import schedules
import schedules.answers
import schedules.busy
import schedules.feeds
import schedules.undelivered
from schedules import caldav
from signaling import whip
from vclass import people, recordings
from vclass.core import idempotency, refusals
from vclass.core.db import DatabaseUnavailableError
from vclass.core.keys import REQUEST_ID
from vclass.core.openapi import PROBLEM
from vclass.core.refusals import Refusal
from vclass.core.wire import API
from vclass.web.headers import STREAMS

RETRY_SECONDS: Final = 2
logger = logging.getLogger(__name__)


class CrossSiteError(Refusal):
    """A change was asked for by another site, or without the page's token."""

    slug = "cross-site"

    def __init__(self) -> None:
        super().__init__("This did not come from an open page of this site. Reload the page and send it again.")


class BodyTooSlowError(Refusal):
    """The body did not arrive in time."""

    slug = "too-slow"

    def __init__(self) -> None:
        super().__init__("The request took too long to arrive. Send it again.")


class BrokenBodyError(Refusal):
    """The body breaks the rules of its transfer coding or text."""

    slug = "broken-body"

    def __init__(self) -> None:
        super().__init__("The body of the request is broken. Send it again, as UTF-8.")


TABLE: Final[Mapping[type[Exception], tuple[int, str]]] = {
    refusals.InvalidInputError: (422, "Invalid input"),
    refusals.NotSignedInError: (401, "Not signed in"),
    refusals.ForbiddenError: (403, "Forbidden"),
    refusals.NotFoundError: (404, "Not found"),
    refusals.VersionMissingError: (428, "If-Match is missing"),
    refusals.StaleError: (412, "Changed in the meantime"),
    refusals.UnsupportedTypeError: (415, "Unsupported type"),
    refusals.TooManyError: (429, "Too many requests"),
    idempotency.KeyReusedError: (422, "Idempotency-Key used before"),
    people.PersonExistsError: (409, "Account exists"),
    people.InstitutionExistsError: (409, "Institution exists"),
    people.SignInLinkError: (410, "Link used or too old"),
    people.LastAdministratorError: (409, "The last administrator"),
    rooms.NameTakenError: (409, "Name taken"),
    rooms.waiting.OfferGoneError: (409, "Offer gone"),
    rooms.waiting.NotWaitingError: (409, "Not waiting"),
    rooms.custody.NotToHandOutError: (409, "Not to be handed out"),
    rooms.custody.KitOutError: (409, "Kit is out"),
    rooms.custody.AlreadyBackError: (409, "Back already"),
    rooms.StillBookedError: (409, "Still booked"),
    rooms.InTheWayError: (409, "Clash"),
    rooms.approvals.AlreadyDecidedError: (409, "Already decided"),
    schedules.ClashError: (409, "Clash"),
    schedules.feeds.TooManyFeedsError: (409, "Too many links"),
    caldav.TooManyPasswordsError: (409, "Too many passwords"),
    caldav.BrokenXmlError: (400, "Broken XML"),
    caldav.PreconditionError: (403, "Precondition failed"),
    caldav.ReadOnlyError: (403, "Read-only"),
    schedules.AlreadyBegunError: (409, "Already begun"),
    schedules.AlreadyCancelledError: (409, "Already cancelled"),
    schedules.ClosedDayError: (409, "Closed that day"),
    schedules.busy.CalendarRefusedError: (422, "Calendar refused"),
    schedules.busy.TooManyCalendarsError: (409, "Too many calendars"),
    schedules.busy.NotAnAddressError: (409, "Came as a file"),
    schedules.TermNameTakenError: (409, "Name taken"),
    schedules.ClosedError: (409, "Took place"),
    schedules.NotConfirmedError: (409, "Not confirmed"),
    schedules.NothingLostError: (409, "Nothing lost"),
    schedules.OverlapError: (409, "Meets already"),
    schedules.AlreadyInvitedError: (409, "Already invited"),
    schedules.undelivered.NotToSendError: (409, "Not to be sent again"),
    schedules.answers.NothingSentError: (409, "Nothing sent yet"),
    schedules.answers.SentLatelyError: (429, "Sent lately"),
    schedules.GapError: (422, "No such time"),
    schedules.FoldError: (422, "Ambiguous time"),
    schedules.InThePastError: (422, "In the past"),
    whip.BrokenSdpError: (400, "Broken SDP"),
    whip.NotAcceptableError: (406, "Not acceptable"),
    whip.OfferRefusedError: (422, "Offer refused"),
    whip.UnavailableError: (503, "Unavailable"),
    recordings.NotAllowedError: (409, "Recording not allowed"),
    recordings.WithMinorsError: (409, "Recording not allowed"),
    recordings.RecordingStateError: (409, "Not in this state"),
    recordings.StillRunningError: (409, "Still running"),
    CrossSiteError: (403, "Not from this site"),
    BodyTooSlowError: (408, "Too slow"),
    BrokenBodyError: (400, "Broken body"),
    Refusal: (422, "Refused"),
}
"""Looked up along the class's bases, so that a special case shares its general one's row."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for machines and people; ``facts`` become members of the document."""

    slug: str
    title: str
    status: int
    detail: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


PageRenderer: TypeAlias = Callable[[web.Request, Problem], Awaitable[web.StreamResponse]]
"""Shows a problem to somebody who reads pages; a visitor who isn't signed in may be led to do so."""


def problem_of(error: Exception, request_id: str) -> Problem:
    """The problem that an exception stands for; an unforeseen one tells nothing of itself."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, web.HTTPException):
        return _by_aiohttp(error)
    if isinstance(error, DatabaseUnavailableError):
        sentence = "The database does not answer at the moment. Try again in a few seconds."
        return Problem("unavailable", "Unavailable", 503, sentence, headers={hdrs.RETRY_AFTER: str(RETRY_SECONDS)})
    sentence = f"Something went wrong on our side. If it stays so, tell your administrator the number {request_id}."
    return Problem("internal", "Internal error", 500, sentence, {"request_id": request_id})


def _refused(error: Refusal) -> Problem:
    status, title = next(TABLE[each] for each in type(error).__mro__ if each in TABLE)
    wait = error.facts.get("retry_after")
    headers: dict[str, str] = {} if wait is None else {hdrs.RETRY_AFTER: str(wait)}
    if status == HTTPStatus.UNAUTHORIZED:
        headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return Problem(error.slug, title, status, error.sentence, error.facts, headers)


def _by_aiohttp(error: web.HTTPException) -> Problem:
    """What the router or the parser refused: no such path, a wrong method, too large a body."""
    reason = HTTPStatus(error.status)
    headers = {str(name): value for name, value in error.headers.items() if name == hdrs.ALLOW}
    slug = reason.phrase.lower().replace(" ", "-")
    return Problem(slug, reason.phrase, error.status, f"{reason.description or reason.phrase}.", headers=headers)


def document(problem: Problem) -> web.Response:
    """The problem as ``application/problem+json``."""
    known = {"type": problem.slug, "title": problem.title, "status": problem.status, "detail": problem.detail}
    body = msgspec.json.encode({**problem.facts, **known})
    return web.Response(body=body, status=problem.status, headers=problem.headers, content_type=PROBLEM)


def wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get(hdrs.ACCEPT, "") and not request.path.startswith((f"{API}/", *STREAMS))


def middleware(page: PageRenderer | None) -> Middleware:
    """The one place where exceptions become answers.

    Args:
        page: Renders problems for people; None: they get the document too.
    """

    @web.middleware
    async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRedirection:
            raise
        except Exception as error:  # noqa: BLE001  the edge of the application: everything becomes an answer
            return await _answered(request, error, page)

    return answer_errors


async def _answered(request: web.Request, error: Exception, page: PageRenderer | None) -> web.StreamResponse:
    problem = problem_of(error, request[REQUEST_ID])
    _log(request, error, problem)
    if request.writer.output_size > 0:
        raise error  # the head is out already: aiohttp can but close the connection
    if caldav.speaks(request.path):
        return caldav.refused(request, error, problem.status, problem.detail, problem.headers)
    if page is None or not wants_page(request):
        return document(problem)
    try:
        response = await page(request, problem)
    except Exception:
        logger.exception("error page failed", extra={"request_id": request[REQUEST_ID]})
        return document(problem)
    response.headers.update(problem.headers)
    return response


def _log(request: web.Request, error: Exception, problem: Problem) -> None:
    resource = request.match_info.route.resource
    about = {
        "request_id": request[REQUEST_ID],
        "route": f"{request.method} {resource.canonical if resource else '?'}",
        "status": problem.status,
    }
    if problem.slug == "internal":
        logger.error("request failed", exc_info=error, extra=about)
    elif problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("request refused: %s", error, extra=about)
