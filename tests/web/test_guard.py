"""Deny by default: what names no action doesn't start."""

from pathlib import Path

import pytest
from aiohttp import web

from vclass.web.guard import UnguardedRouteError, check_routes, page


async def dummy(_request: web.Request) -> web.Response:
    return web.Response()


@page(action="site.public")
async def public(_request: web.Request) -> web.Response:
    return web.Response()


@page(action="lesson.burn")
async def burning(_request: web.Request) -> web.Response:
    return web.Response()


def test_b2_a_route_without_action_does_not_start() -> None:
    app = web.Application()
    app.router.add_get("/dummy/{id}", dummy)
    with pytest.raises(UnguardedRouteError, match=r"GET /dummy/\{id\} \(dummy\) names no action: decorate it"):
        check_routes(app)


def test_b2_an_action_that_the_matrix_does_not_know_does_not_start() -> None:
    app = web.Application()
    app.router.add_post("/dummy", burning)
    with pytest.raises(UnguardedRouteError, match=r"names the action lesson\.burn"):
        check_routes(app)


def test_b2_the_routes_of_a_sub_application_are_looked_at_too() -> None:
    app, live = web.Application(), web.Application()
    live.router.add_get("/ws", dummy)
    app.add_subapp("/live", live)
    with pytest.raises(UnguardedRouteError, match="/live/ws"):
        check_routes(app)


def test_routes_with_actions_and_static_files_start(tmp_path: Path) -> None:
    app = web.Application()
    app.router.add_get("/", public)
    app.router.add_static("/static/", tmp_path)
    check_routes(app)
