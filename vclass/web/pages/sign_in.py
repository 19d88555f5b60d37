"""Signing in by a mailed link, and signing out."""

from typing import Final

from aiohttp import web

from vclass import people
from vclass.core.addresses import AddressError, address
from vclass.core.keys import ACTOR, CLOCK, DATABASE, KEYRING, SESSION, SETTINGS
from vclass.web import cookies
from vclass.web.guard import page
from vclass.web.limits import charge_bad_link, charge_sign_in
from vclass.web.pages import reading
from vclass.web.pages.contexts import Demonstrator, SignInLinkPage, SignInPage, SignInSentPage
from vclass.web.pages.framing import safe_next, said_to, show
from vclass.web.pages.keys import DEMO
from vclass.web.pages.notices import see_other
from vclass.web.pages.parts import own_side, role_of

routes = web.RouteTableDef()

NEXT_NAME: Final = "next"
GONE: Final = 410
UNPROCESSABLE: Final = 422


@routes.get("/sign-in")
@page(action="session.begin")
async def sign_in_page(request: web.Request) -> web.Response:
    path = safe_next(request.query.get("next", "/"))
    if request[ACTOR].signed_in:
        return see_other(request, path)
    return await show(request, SignInPage(next_path=path, demonstrators=await _demonstrators(request)))


@routes.post("/sign-in")
@page(action="session.begin")
async def send_link(request: web.Request) -> web.Response:
    """Mail a link to a known address; the answer is the same for any other."""
    form = await request.post()
    email, path = str(form.get("email", "")).strip(), safe_next(str(form.get("next", "/")))
    try:
        address(email)
    except AddressError:
        return await _wrong_address(request, email, path)
    charge_sign_in(request, email)
    await request.app[DATABASE].write(people.begin_sign_in, request.app[KEYRING], email, request.app[CLOCK]())
    outbox = "/dev/outbox" if DEMO in request.app else ""
    response = await show(request, SignInSentPage(email, people.SIGN_IN_SECONDS // 60, outbox))
    cookies.set_cookie(response, request.app[SETTINGS].server, NEXT_NAME, path, people.SIGN_IN_SECONDS)
    return response


@routes.get("/sign-in/{token}")
@page(action="session.begin")
async def link_page(request: web.Request) -> web.Response:
    """Changes nothing: mail scanners and link previews come here, too."""
    token, now, demo = request.match_info["token"], request.app[CLOCK](), DEMO in request.app
    person = await request.app[DATABASE].read(people.whose_sign_in, token, now, repeatable=demo)
    if person is None:
        return await _spent(request)
    return await show(request, SignInLinkPage("ready", request.path, person.name, person.email))


@routes.post("/sign-in/{token}")
@page(action="session.begin")
async def sign_in(request: web.Request) -> web.Response:
    """Begin a session of its own; one that was open in this browser ends."""
    token, now, demo = request.match_info["token"], request.app[CLOCK](), DEMO in request.app
    try:
        session = await request.app[DATABASE].write(people.finish_sign_in, token, now, repeatable=demo)
    except people.SignInLinkError:
        return await _spent(request)
    await _end_session(request)
    server = request.app[SETTINGS].server
    response = see_other(request, safe_next(request.cookies.get(NEXT_NAME, "/")))
    cookies.set_session(response, server, session)
    cookies.set_cookie(response, server, NEXT_NAME, "", 0)
    return response


@routes.post("/sign-out")
@page(action="session.end")
async def sign_out(request: web.Request) -> web.Response:
    await _end_session(request)
    response = see_other(request, "/sign-in", "left")
    cookies.clear_session(response, request.app[SETTINGS].server)
    return response


async def _demonstrators(request: web.Request) -> tuple[Demonstrator, ...]:
    """Whom a visitor of the demo can be; nobody elsewhere."""
    demo = request.app.get(DEMO)
    if demo is None:
        return ()
    said, paths = said_to(request), demo.sign_in_paths()
    actors, homes = await request.app[DATABASE].read(reading.demonstrators, list(paths))
    return tuple(
        Demonstrator(each.name, role_of(said, each), own_side(said, each, homes), paths[each.email]) for each in actors
    )


async def _wrong_address(request: web.Request, email: str, path: str) -> web.Response:
    sentence = said_to(request).gettext("This is no mail address. Write it like name@university.edu.")
    shown = SignInPage(email, sentence, path, await _demonstrators(request))
    return await show(request, shown, status=UNPROCESSABLE)


async def _spent(request: web.Request) -> web.Response:
    """The same for a used, an old and a misspelt link; who guesses is slowed down."""
    charge_bad_link(request)
    return await show(request, SignInLinkPage("spent"), status=GONE)


async def _end_session(request: web.Request) -> None:
    session = request.get(SESSION)
    if session is not None:
        await request.app[DATABASE].write(people.end_session, session)
