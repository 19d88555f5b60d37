"""The picture of a room over HTTP."""

from aiohttp import hdrs, web

from rooms import service
from rooms.changes import PutPhoto
from rooms.photos import LARGEST, TYPES, read_photo
from rooms.resources_model import Room
from rooms.web.base import changed, routes
from vclass.core.keys import ACTOR, DATABASE
from vclass.core.wire import if_match


@routes.operation(
    "GET",
    "/rooms/{room_id}/photo",
    action="rooms.see",
    summary="The picture of a room, for those who may see the room",
    problems=(403, 404),
    gives=TYPES,
)
async def get_photo(request: web.Request, *, room_id: str) -> web.Response:
    photo = await request.app[DATABASE].read(service.see_photo, request[ACTOR], room_id)
    headers = {hdrs.ETAG: f'"{photo.digest}"', hdrs.CACHE_CONTROL: "private, no-cache"}
    if any(each.value in (photo.digest, "*") for each in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_DISPOSITION] = "inline"
    return web.Response(body=photo.content, content_type=photo.media_type, headers=headers)


@routes.operation(
    "PUT",
    "/rooms/{room_id}/photo",
    action="rooms.manage",
    summary="Give a room of your institution a picture: PNG, JPEG or WebP of at most 2 MiB",
    status=204,
    problems=(403, 404),
    versioned=True,
    takes=TYPES,
    largest=LARGEST,
)
async def put_photo(request: web.Request, *, room_id: str) -> None:
    photo = read_photo(await request.read())
    await changed(request, PutPhoto(request[ACTOR], room_id, Room, if_match(request), photo))


@routes.operation(
    "DELETE",
    "/rooms/{room_id}/photo",
    action="rooms.manage",
    summary="Take the picture of a room of your institution away",
    status=204,
    problems=(403, 404),
    versioned=True,
)
async def remove_photo(request: web.Request, *, room_id: str) -> None:
    await changed(request, PutPhoto(request[ACTOR], room_id, Room, if_match(request), None))
