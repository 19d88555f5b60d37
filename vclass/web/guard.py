"""Deny by default: every route names its action in the permission matrix, or the application does not start."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractView

from vclass.core.wire import ACTION, FILES, LARGEST
from vclass.core.wire import guarded as page
from vclass.people import ACTIONS

__all__ = ["UnguardedRouteError", "action_of", "check_routes", "is_static", "page"]


class UnguardedRouteError(Exception):
    """A route names no action, or one that the matrix doesn't know."""


def check_routes(app: web.Application) -> None:
    """Look at every route, those of sub-applications too; the last step of making the application.

    Raises:
        UnguardedRouteError: Names the routes and what to do.
    """
    unguarded = [sentence for route in app.router.routes() if (sentence := _complaint(route))]
    if unguarded:
        raise UnguardedRouteError(" ".join(dict.fromkeys(unguarded)))


def action_of(request: web.Request) -> str | None:
    """The action of the request's route; None for static files and for paths that lead nowhere.

    Raises:
        UnguardedRouteError: The route was added after the check.
    """
    match = request.match_info
    if match.http_exception is not None or is_static(match.route):
        return None
    if complaint := _complaint(match.route):
        raise UnguardedRouteError(complaint)
    return _action(match.route)


def largest(request: web.Request, usual: int) -> int:
    """How many octets the body may have."""
    return getattr(request.match_info.route.handler, LARGEST, None) or usual


def takes_files(request: web.Request) -> bool:
    """Whether the form may bring files."""
    return getattr(request.match_info.route.handler, FILES, False)


def is_free(request: web.Request) -> bool:
    """Whether nobody need be known for this: static files and the operator's checks."""
    return is_static(request.match_info.route) or action_of(request) == "site.operate"


def is_static(route: web.AbstractRoute) -> bool:
    return isinstance(route.resource, web.StaticResource)


def _action(route: web.AbstractRoute) -> str | None:
    handler: Callable[..., Any] | type[AbstractView] = route.handler
    return getattr(handler, ACTION, None)


def _complaint(route: web.AbstractRoute) -> str:
    action = _action(route)
    if is_static(route) or action in ACTIONS:
        return ""
    path = route.resource.canonical if route.resource else "?"
    name = getattr(route.handler, "__qualname__", repr(route.handler))
    if action is None:
        return f"{route.method} {path} ({name}) names no action: decorate it with @page(action=...)."
    return f"{route.method} {path} ({name}) names the action {action}, which vclass/people/policy.py doesn't know."
