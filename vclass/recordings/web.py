"""Recordings over HTTP: start, stop, list, download, join, delete."""

from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
from aiohttp import hdrs, web

from signaling.sfu.recording import File
from vclass.core.keys import ACTOR, CLOCK, DATABASE
from vclass.core.refusals import NotFoundError
from vclass.core.wire import API, Answer, Routes
from vclass.core.zones import rfc3339
from vclass.recordings import joining, service
from vclass.recordings.keeper import KEEPER
from vclass.recordings.model import Direction, FileView, Nothing, Recording, RecordingView, Switch

MEDIA: Final = {"webm": ("video/webm", "webm"), "matroska": ("video/x-matroska", "mkv")}

routes = Routes("recordings")


@routes.operation(
    "GET",
    "/institution/recordings",
    action="recordings.allow",
    summary="Whether your institution allows recordings",
    problems=(403,),
)
async def see_switch(request: web.Request) -> Answer[Switch]:
    return Answer(await request.app[DATABASE].read(service.see_switch, request[ACTOR]))


@routes.operation(
    "PUT",
    "/institution/recordings",
    action="recordings.allow",
    summary="Allow recordings, or no longer",
    problems=(403,),
)
async def put_switch(request: web.Request, body: Switch) -> Answer[Switch]:
    now = request.app[CLOCK]()
    return Answer(await request.app[DATABASE].write(service.put_switch, request[ACTOR], body, now))


@routes.operation(
    "GET", "/lessons/{lesson}/recordings", action="recordings.see", summary="A lesson's recordings", problems=(404,)
)
async def list_recordings(request: web.Request, lesson: str) -> Answer[list[RecordingView]]:
    _, found = await request.app[DATABASE].read(service.recordings_of, request[ACTOR], lesson)
    return Answer([await described(request, each) for each in found])


@routes.operation(
    "POST",
    "/lessons/{lesson}/recordings",
    action="recordings.direct",
    summary="Record a lesson that is held now; everybody in it is asked",
    status=201,
    problems=(404, 409),
)
async def begin(request: web.Request, lesson: str, body: Nothing) -> Answer[RecordingView]:
    del body
    public_id = await request.app[KEEPER].begin(request[ACTOR], lesson)
    view = await _view(request, public_id)
    return Answer(view, location=f"{API}/recordings/{public_id}")


@routes.operation(
    "GET", "/recordings/{recording}", action="recordings.see", summary="A recording and its files", problems=(404,)
)
async def see(request: web.Request, recording: str) -> Answer[RecordingView]:
    return Answer(await _view(request, recording))


@routes.operation(
    "POST",
    "/recordings/{recording}/direction",
    action="recordings.direct",
    summary="Pause, resume or stop a recording",
    problems=(404, 409),
)
async def direct(request: web.Request, recording: str, body: Direction) -> Answer[RecordingView]:
    await request.app[KEEPER].change(request[ACTOR], recording, body.action)
    return Answer(await _view(request, recording))


@routes.operation(
    "POST",
    "/recordings/{recording}/joined",
    action="recordings.see",
    summary="Make the view with everybody in it",
    status=202,
    problems=(404, 409),
)
async def join(request: web.Request, recording: str, body: Nothing) -> Answer[RecordingView]:
    del body
    _, found = await request.app[DATABASE].write(service.want_joined, request[ACTOR], recording)
    return Answer(await described(request, found))


@routes.operation(
    "DELETE",
    "/recordings/{recording}",
    action="recordings.delete",
    summary="Delete a recording for good",
    status=204,
    problems=(404, 409),
)
async def delete(request: web.Request, recording: str) -> Answer[None]:
    await request.app[DATABASE].write(service.delete, request[ACTOR], recording, request.app[CLOCK]())
    return Answer(None)


@routes.operation(
    "GET",
    "/recordings/{recording}/files/{file}",
    action="recordings.see",
    summary="Download a file of a recording, or a part of it (Range)",
    problems=(404,),
    gives=("video/webm", "video/x-matroska"),
)
async def download(request: web.Request, recording: str, file: str) -> web.StreamResponse:
    """One publisher's file or the joined view, always as an attachment (rule F8)."""
    await request.app[DATABASE].read(service.recording_for, request[ACTOR], recording)
    path, kind, name = await _file(request, recording, file)
    if not path.is_file():
        raise NotFoundError("file")
    headers = {
        hdrs.CONTENT_TYPE: kind,
        hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        hdrs.CACHE_CONTROL: "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


async def _file(request: web.Request, recording: str, file: str) -> tuple[Path, str, str]:
    """Where a file is, its media type, and the name to save it under.

    Raises:
        NotFoundError: The manifest knows of no such file.
    """
    home = request.app[KEEPER].home(recording)
    if file == joining.NAME:
        return home / file, MEDIA["webm"][0], joining.NAME
    found = await request.app[KEEPER].manifest(recording)
    for publisher in () if found is None else found.publishers:
        for each in publisher.files:
            if each.name == file:
                kind, extension = MEDIA[each.container]
                return home / file, kind, f"{publisher.name or publisher.id}.{extension}"
    raise NotFoundError("file")


async def _view(request: web.Request, public_id: str) -> RecordingView:
    _, found = await request.app[DATABASE].read(service.recording_for, request[ACTOR], public_id)
    return await described(request, found)


async def described(request: web.Request, found: Recording) -> RecordingView:
    """A recording with its files; they are there once it is over."""
    whole = await request.app[KEEPER].manifest(found.public_id) if found.state != "running" else None
    files = (
        ()
        if whole is None
        else tuple(
            _file_view(found, each, publisher.name) for publisher in whole.publishers for each in publisher.files
        )
    )
    if found.joined == "ready":
        files = (*files, _file_view(found, File(joining.NAME, "webm", 0, 1000 * found.seconds), ""))
    view = RecordingView(
        id=found.public_id,
        begun_at=rfc3339(found.begun_at),
        ended_at=None if found.ended_at is None else rfc3339(found.ended_at),
        state=found.state,
        failure=found.failure,
        seconds=found.seconds,
        octets=found.octets,
        expires_at=rfc3339(found.expires_at),
        joined=found.joined,
        progress=found.progress,
    )
    return msgspec.structs.replace(view, files=files)


def _file_view(found: Recording, file: File, publisher: str) -> FileView:
    url = f"{API}/recordings/{found.public_id}/files/{file.name}"
    return FileView(file.name, publisher, url, file.milliseconds / 1000, file.octets)
