"""Lessons that a change of clock law moved: what people are to be told, and the press that tells them."""

from aiohttp import web

from schedules.law import Waiting, clocks_of, tell, waiting
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.web.guard import page
from vclass.web.pages.contexts.law import ClockLine, ClocksPage, MovedLine
from vclass.web.pages.framing import show
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()


@routes.get("/clocks")
@page(action="lessons.list")
async def clocks(request: web.Request) -> web.Response:
    """What moved and isn't told; looking tells nobody."""
    found = await request.app[DATABASE].read(waiting, request[ACTOR])
    return await show(request, ClocksPage(tuple(map(_line, found))), nav="settings")


@routes.post("/clocks")
@page(action="lessons.list")
async def tell_everyone(request: web.Request) -> web.Response:
    """Tell everybody invited to the lessons that were shown; what was told meanwhile isn't told again."""
    ids = [str(each) for each in (await request.post()).getall("lesson", [])]
    told = await request.app[DATABASE].write(tell, request[ACTOR], ids, request.app[CLOCK]()) if ids else []
    return see_other(request, "/clocks", "clocks", sum(len(each.present) for each in told))


def _line(found: Waiting) -> MovedLine:
    lesson, first = found.lesson, found.moves[0]
    return MovedLine(
        id=lesson.public_id,
        title=lesson.draft.title,
        first=first.after,
        number=len(found.moves),
        invited=len(lesson.present),
        clocks=tuple(
            ClockLine(zone, before.partition("T")[2], after.partition("T")[2])
            for zone, before, after in clocks_of(found, first)
        ),
    )
