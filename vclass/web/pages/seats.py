"""The cookie of one lesson: sent to that lesson's addresses only, gone with the browser."""

from aiohttp import web

from vclass.admission import Seat
from vclass.core.keys import SETTINGS
from vclass.web.headers import is_https
from vclass.web.pages.keys import ADMISSION

NAME = "seat"


def set_seat(request: web.Request, response: web.StreamResponse, lesson_id: str, value: str) -> None:
    response.set_cookie(
        NAME,
        value,
        path=f"/live/{lesson_id}",
        secure=is_https(request.app[SETTINGS].server),
        httponly=True,
        samesite="Lax",
    )


async def seat_of(request: web.Request) -> Seat | None:
    """The seat that the browser's cookie gives in the lesson of the address."""
    cookie = request.cookies.get(NAME, "")
    return await request.app[ADMISSION].seat(cookie, request.match_info["lesson"])
