"""From a page's content to an answer: the frame around it, in the reader's language."""

import re
from dataclasses import replace
from typing import Final

from aiohttp import hdrs, web

from rooms.approvals import number_of_requests
from vclass.core.keys import ACTOR, CLOCK, DATABASE, LANGUAGE, SETTINGS
from vclass.people import may_ever
from vclass.web import cookies
from vclass.web.pages import notices, reading
from vclass.web.pages.contexts import Frame, Notice, Page, Reader
from vclass.web.pages.keys import DEMO
from vclass.web.pages.parts import reader_of
from vclass.web.pages.reading import Seen
from vclass.web.rendering import RENDERER
from vclass.web.words import Words, words

OWN_PATH: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", re.ASCII)
"""A path of this site: no second slash, no backslash, no space or control, all of which browsers read in ways
of their own."""

LONGEST_PATH: Final = 500
SEEN = web.RequestKey("seen", Seen)


def said_to(request: web.Request, language: str = "") -> Words:
    """The words of whoever reads the answer."""
    return words(language or request[LANGUAGE])


def wants_fragment(request: web.Request) -> bool:
    return request.headers.get("HX-Request") == "true"


async def show(
    request: web.Request,
    page: Page,
    language: str = "",
    *,
    nav: str = "",
    status: int = 200,
    notice: Notice | None = None,
    reader: bool = True,
) -> web.Response:
    """Answer with a page.

    Args:
        request: What is answered.
        page: The content.
        language: Another language than the request's, where a link tells the reader's.
        nav: The place in the navigation.
        status: HTTP status.
        notice: What has just happened, instead of what the last form left to say.
        reader: Whether to find out who reads; an error page does without the database.
    """
    said = said_to(request, language)
    frame = Frame(
        language=said.language,
        now=request.config_dict[CLOCK](),
        csrf=request[cookies.CSRF],
        path=here(request),
        nav=nav,
        reader=await _reader(request, said) if reader else None,
        notice=notice or notices.notice_of(request, said, _houses(request)),
        demo=DEMO in request.config_dict,
        relay=bool(request.config_dict[SETTINGS].turn.urls),
    )
    text = request.config_dict[RENDERER].page(frame, page)
    response = web.Response(text=text, content_type="text/html", status=status)
    if not wants_fragment(request):
        notices.forget(request, response)
    return response


def _houses(request: web.Request) -> dict[int, str]:
    seen = request.get(SEEN)
    return {} if seen is None else {each.id: each.name for each in seen.around.institutions.values()}


async def _reader(request: web.Request, said: Words) -> Reader | None:
    actor = request[ACTOR]
    if not actor.signed_in:
        return None
    reader = reader_of(said, actor, await own_lessons(request))
    if wants_fragment(request) or not may_ever(actor, "bookings.approve"):
        return reader
    now = request.config_dict[CLOCK]()
    return replace(reader, requests=await request.config_dict[DATABASE].read(number_of_requests, actor, now))


async def own_lessons(request: web.Request) -> Seen:
    """The reader's own lessons, read once a request; a part of a page needs none of them."""
    if SEEN not in request:
        read = reading.no_lessons if wants_fragment(request) else reading.own_lessons
        now = request.config_dict[CLOCK]()
        request[SEEN] = await request.config_dict[DATABASE].read(read, request[ACTOR], now)
    return request[SEEN]


def here(request: web.Request) -> str:
    """The own path to come back to: only what was got can be got again."""
    return safe_next(request.path_qs) if request.method in {hdrs.METH_GET, hdrs.METH_HEAD} else "/"


def safe_next(path: str) -> str:
    """A path to go on to, if it is one of ours (rule H3); else the start."""
    return path if OWN_PATH.fullmatch(path) and len(path) <= LONGEST_PATH else "/"
