"""Refusals and faults as pages, in the reader's language; a visitor whom nobody knows may sign in first."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web
from yarl import URL

from vclass.core.keys import REQUEST_ID, SETTINGS
from vclass.web.errors import Problem
from vclass.web.pages import sentences
from vclass.web.pages.contexts import Notice, NoticeFragment, ProblemPage
from vclass.web.pages.framing import here, safe_next, said_to, show, wants_fragment
from vclass.web.pages.notices import see_other

SHOWN_AS: Final[Mapping[int, int]] = {400: 422, 408: 422, 410: 404, 415: 422, 428: 412}
"""Statuses that say the same to people as another one."""


async def problem_page(request: web.Request, problem: Problem) -> web.Response:
    """The page of a problem; who isn't signed in is led to do so and comes back."""
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return _to_sign_in(request)
    if wants_fragment(request):
        return await _beside_the_page(request, problem)
    broken = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    shown = ProblemPage(
        status=SHOWN_AS.get(problem.status, problem.status),
        detail=sentences.of_problem(said_to(request), problem.slug, problem.facts),
        reference=request[REQUEST_ID] if broken else "",
        back=_back(request),
    )
    return await show(request, shown, status=problem.status, reader=not broken)


async def _beside_the_page(request: web.Request, problem: Problem) -> web.Response:
    """What went wrong with a part of a page; what renews itself stays as it is."""
    said = said_to(request)
    text = sentences.of_problem(said, problem.slug, problem.facts) or sentences.nothing_changed(said)
    notice = Notice(text, "bad")
    response = await show(request, NoticeFragment(), status=problem.status, notice=notice, reader=False)
    if request.method == hdrs.METH_GET:
        response.headers["HX-Reswap"] = "none"
    return response


def _to_sign_in(request: web.Request) -> web.Response:
    """Lead to the door; htmx takes the browser there only if a header says so."""
    path = _back(request) if wants_fragment(request) else here(request)
    target = f"/sign-in?next={quote(path or '/', safe='/')}"
    if wants_fragment(request):
        return web.Response(status=204, headers={"HX-Redirect": target})
    return see_other(request, target)


def _back(request: web.Request) -> str:
    """The page of ours from which a form or a fragment was asked for, if the browser tells."""
    if request.method in {hdrs.METH_GET, hdrs.METH_HEAD}:
        return ""
    site = URL(request.config_dict[SETTINGS].server.public_url)
    try:
        referer = URL(request.headers.get(hdrs.REFERER, ""))
        same = referer.is_absolute() and referer.origin() == site.origin()
    except ValueError:
        return ""
    return safe_next(referer.raw_path_qs) if same else ""
