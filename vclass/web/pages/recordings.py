"""The page of a lesson's recordings: what there is to load, the view with everybody in it, and deleting."""

from aiohttp import web

from schedules import lesson_subject
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.zones import parse_rfc3339
from vclass.people import allowed
from vclass.recordings import (
    RecordingView,
    StillRunningError,
    Switch,
    delete,
    described,
    put_switch,
    recordings_of,
    want_joined,
)
from vclass.web.guard import page
from vclass.web.pages.contexts.recordings import FileLine, RecordingCard, RecordingsPage
from vclass.web.pages.framing import show
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()


@routes.get("/lessons/{lesson}/recordings")
@page(action="recordings.see")
async def recordings(request: web.Request) -> web.Response:
    """Everything that was recorded of the lesson."""
    actor = request[ACTOR]
    lesson, found = await request.app[DATABASE].read(recordings_of, actor, request.match_info["lesson"])
    cards = tuple([_card(await described(request, each)) for each in found])
    may_delete = allowed(actor, "recordings.delete", lesson_subject(lesson))
    return await show(request, RecordingsPage(lesson.public_id, lesson.draft.title, cards, may_delete), nav="day")


@routes.post("/lessons/{lesson}/recordings/{recording}/join")
@page(action="recordings.see")
async def join(request: web.Request) -> web.Response:
    """Let the view with everybody in it be made."""
    try:
        await request.app[DATABASE].write(want_joined, request[ACTOR], request.match_info["recording"])
    except StillRunningError:
        return see_other(request, _path(request), "stillrecording")
    return see_other(request, _path(request), "joining")


@routes.post("/lessons/{lesson}/recordings/{recording}/delete")
@page(action="recordings.delete")
async def remove(request: web.Request) -> web.Response:
    """Delete a recording for good."""
    now = request.app[CLOCK]()
    try:
        await request.app[DATABASE].write(delete, request[ACTOR], request.match_info["recording"], now)
    except StillRunningError:
        return see_other(request, _path(request), "stillrecording")
    return see_other(request, _path(request), "recordinggone")


@routes.post("/rooms/manage/recordings")
@page(action="recordings.allow")
async def switch(request: web.Request) -> web.Response:
    """Allow recordings of lessons in which the institution takes part, or no longer."""
    wanted = Switch((await request.post()).get("allowed") == "1")
    await request.app[DATABASE].write(put_switch, request[ACTOR], wanted, request.app[CLOCK]())
    return see_other(request, "/rooms/manage/closed", "saved")


def _card(view: RecordingView) -> RecordingCard:
    files = tuple(FileLine(each.publisher, each.url, round(each.seconds), each.octets) for each in view.files)
    return RecordingCard(
        id=view.id,
        begun=parse_rfc3339(view.begun_at),
        state=view.state,
        seconds=view.seconds,
        expires=parse_rfc3339(view.expires_at),
        joined=view.joined,
        progress=view.progress,
        files=files,
        failed=bool(view.failure),
    )


def _path(request: web.Request) -> str:
    return f"/lessons/{request.match_info['lesson']}/recordings"
