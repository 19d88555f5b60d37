"""Response headers that hold for every answer (security rules H1 and H7)."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from yarl import URL

from config.settings import Server

STATIC: Final = "/static/"
BUILT: Final = "/static/dist/"
YEAR: Final = 365 * 86400
ONE_CLICK: Final = "/reminders/"
STREAMS: Final = ("/whip/", "/whep/")
LINKED: Final = ("/join/", "/live/", "/cal/", "/fb/", ONE_CLICK)
"""Paths of personal links and of the lessons behind them: no address of theirs goes anywhere as a Referer."""

Signal = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def content_security_policy(server: Server) -> str:
    site = URL(server.public_url).origin()
    directives = (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        f"connect-src 'self' {site.with_scheme('wss' if is_https(server) else 'ws')}",
        "require-trusted-types-for 'script'",
        "trusted-types htmx",
    )
    return "; ".join(directives)


def signal(server: Server) -> Signal:
    """What ``on_response_prepare`` calls for every answer, web sockets and files included."""
    fixed = {
        "Content-Security-Policy": content_security_policy(server),
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if is_https(server):
        fixed["Strict-Transport-Security"] = f"max-age={YEAR}"

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.popall(hdrs.SERVER, None)
        for name, value in (*fixed.items(), *_by_path(request, response)):
            response.headers.setdefault(name, value)

    return prepare


def is_https(server: Server) -> bool:
    return server.public_url.startswith("https://")


def _by_path(request: web.Request, response: web.StreamResponse) -> tuple[tuple[str, str], ...]:
    linked = request.path.startswith(LINKED)
    referrer = ("Referrer-Policy", "no-referrer" if linked else "same-origin")
    if request.path.startswith(STATIC) and response.status < HTTPStatus.BAD_REQUEST:
        named_by_content = "v" in request.query or request.path.startswith(BUILT)
        kept = f"public, max-age={YEAR}, immutable" if named_by_content else "no-cache"
        return referrer, (hdrs.CACHE_CONTROL, kept)
    return referrer, (hdrs.CACHE_CONTROL, "no-store"), (hdrs.VARY, "Cookie")
