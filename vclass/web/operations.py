"""What operators and programs ask: is the process alive, is it ready, what does the API look like."""

from collections.abc import Sequence

import msgspec
from aiohttp import web

from signaling import WorkerState
from vclass import migrations
from vclass.core import openapi
from vclass.core.keys import ANONYMOUS, DATABASE, SETTINGS, STOPPING
from vclass.core.wire import API, Routes
from vclass.people import may_ever
from vclass.web.guard import page
from vclass.web.pages.keys import LIVE

VERSION = "0.1.0"
FEATURES = web.AppKey[Sequence[Routes]]("features", Sequence)
DOCUMENT = web.AppKey("openapi", dict)

routes = web.RouteTableDef()


@routes.get("/healthz")
@page(action="site.operate")
async def health(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"status": "ok", "version": VERSION})


@routes.get("/readyz")
@page(action="site.operate")
async def readiness(request: web.Request) -> web.Response:
    """The database answers and has the shape that this program needs; a worker is up, and we are not about to end."""
    found, wanted = await request.app[DATABASE].read(migrations.current_of), migrations.head()
    workers = request.app[LIVE].workers()
    trouble = "stopping" if request.app[STOPPING].is_set() else _trouble(workers, migrated=found == wanted)
    body = {
        "status": trouble or "ok",
        "revision": found,
        "wanted": wanted,
        "workers": [_worker(each) for each in workers],
    }
    return web.json_response(body, status=503 if trouble else 200)


def _trouble(workers: Sequence[WorkerState], *, migrated: bool) -> str:
    if not migrated:
        return "not migrated"
    return "no media worker is up" if workers and all(each.phase != "up" for each in workers) else ""


def _worker(state: WorkerState) -> dict[str, object]:
    """What of a worker is anybody's to know."""
    facts = ("name", "phase", "rooms", "peers", "restarts")
    return {fact: getattr(state, fact) for fact in facts}


@routes.get(f"{API}/openapi.json")
@page(action="site.operate")
async def api_document(request: web.Request) -> web.Response:
    """The OpenAPI document, written when first asked for."""
    app = request.app
    known = app[DOCUMENT]
    if not known:
        known.update(openapi.document(app[FEATURES], VERSION, app[SETTINGS].server.public_url, _is_public))
    return web.Response(body=msgspec.json.encode(known), content_type="application/json")


def _is_public(action: str) -> bool:
    return may_ever(ANONYMOUS, action)
