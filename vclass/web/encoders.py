"""The bearer tokens of encoders, room codecs and players: where a device gets one, and who comes with one."""

from typing import Annotated

import msgspec
from aiohttp import web

from signaling import Admitted
from vclass.core.keys import ACTOR, SETTINGS
from vclass.core.refusals import NotSignedInError
from vclass.core.wire import Answer, Routes
from vclass.core.zones import rfc3339
from vclass.devices import Devices
from vclass.web.limits import charge_bad_link
from vclass.web.middlewares import bearer

DEVICES = web.AppKey("devices", Devices)

routes = Routes("devices")


class NewDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device to bring into a lesson; everybody there sees the name."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class DeviceView(msgspec.Struct, frozen=True):
    """A device's token, told once, and where it publishes and plays with it."""

    name: str
    token: str
    expires: str
    whip: str
    whep: str


@routes.operation(
    "POST",
    "/lessons/{lesson_id}/devices",
    action="lesson.equip",
    summary="A token with which a room codec or encoder publishes and plays in one lesson (WHIP, WHEP)",
    status=201,
    problems=(403, 404),
)
async def add_device(request: web.Request, *, lesson_id: str, body: NewDevice) -> Answer[DeviceView]:
    device, token = await request.app[DEVICES].equip(request[ACTOR], lesson_id, body.name)
    site = request.app[SETTINGS].server.public_url
    whip, whep = (f"{site}/{door}/{lesson_id}" for door in ("whip", "whep"))
    return Answer(DeviceView(device.name, token, rfc3339(device.expires), whip, whep))


async def admit(request: web.Request) -> Admitted:
    """Who the bearer token is in the lesson of the path.

    Raises:
        NotSignedInError: There is none, or nobody has it; guessing is slow.
    """
    token, lesson, devices = bearer(request), request.match_info["lesson"], request.config_dict[DEVICES]
    if token is None:
        raise NotSignedInError
    if request[ACTOR].signed_in:
        return await devices.admit_person(request[ACTOR], lesson)
    admitted = await devices.admit_device(token, lesson)
    if admitted is None:
        charge_bad_link(request)
        raise NotSignedInError
    return admitted
