"""The front door of the pages; the package itself imports nothing, since templates' contexts are used without it."""

from collections.abc import Callable, Mapping

from aiohttp import web

from vclass.web.pages import (
    answers,
    approvals,
    booking,
    busy,
    calendars,
    clocks,
    connection,
    day,
    invitations,
    join,
    kit,
    lesson,
    live,
    manage,
    manage_closed,
    manage_custody,
    occurrence,
    outbox,
    recordings,
    reminders,
    room,
    rooms,
    settings,
    sign_in,
    slots,
    undelivered,
    waiting,
)
from vclass.web.pages.keys import ADMISSION, DEMO, LIVE, Demo
from vclass.web.pages.problem import problem_page

__all__ = ["ADMISSION", "LIVE", "install", "problem_page"]

PAGES = (
    sign_in,
    settings,
    undelivered,
    busy,
    calendars,
    day,
    approvals,
    booking,
    slots,
    lesson,
    occurrence,
    waiting,
    clocks,
    rooms,
    manage_closed,
    manage_custody,
    kit,
    manage,
    room,
    answers,
    invitations,
    join,
    connection,
    recordings,
    reminders,
    live,
)


def install(app: web.Application, sign_in_paths: Callable[[], Mapping[str, str]] | None = None) -> None:
    """Add the routes of all pages.

    Args:
        app: The application.
        sign_in_paths: Gives, in the demo only, for each address the path that signs its person in.
    """
    for each in PAGES:
        app.add_routes(each.routes)
    if sign_in_paths is not None:
        app[DEMO] = Demo(sign_in_paths)
        app.add_routes(outbox.routes)
