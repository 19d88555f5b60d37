"""The session cookie and the visitor's: names, attributes, and the token against cross-site requests."""

from typing import Final

from aiohttp import web

from config.secrets import Keyring
from config.settings import Server
from vclass.core import tokens
from vclass.web.headers import is_https

SESSION_NAME: Final = "sid"
VISIT_NAME: Final = "visit"
LANGUAGE_NAME: Final = "lang"
SESSION_SECONDS: Final = 30 * 86400
PURPOSE: Final = "csrf"
FIELD: Final = "csrf"
HEADER: Final = "X-CSRF-Token"

CSRF = web.RequestKey("csrf", str)
"""The token that this reader's forms carry; templates get it as ``frame.csrf``."""

FRESH_VISIT = web.RequestKey("fresh_visit", str)
"""What a browser without session and visitor's cookie gets, so that its first form can be sent."""


def session_name(server: Server) -> str:
    return _name(server, SESSION_NAME)


def visit_name(server: Server) -> str:
    return _name(server, VISIT_NAME)


def set_session(response: web.StreamResponse, server: Server, cookie: str) -> None:
    """Sign the browser in."""
    set_cookie(response, server, session_name(server), cookie, SESSION_SECONDS)


def clear_session(response: web.StreamResponse, server: Server) -> None:
    """Sign the browser out; the session itself ends in the database."""
    set_cookie(response, server, session_name(server), "", 0)


def set_cookie(response: web.StreamResponse, server: Server, name: str, value: str, seconds: int | None) -> None:
    """A cookie for this host alone, out of reach of scripts and of other sites' posts."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=is_https(server), httponly=True, samesite="Lax")


def csrf_token(keyring: Keyring, binding: str) -> str:
    """The token of one session or visit, from the newest key."""
    return tokens.derive(keyring.current.octets, PURPOSE, tokens.digest(binding), 0)


def csrf_holds(keyring: Keyring, binding: str, presented: str) -> bool:
    """Whether a token belongs to the session or visit, by any active key."""
    return tokens.holds(keyring, PURPOSE, tokens.digest(binding), 0, presented)


def _name(server: Server, name: str) -> str:
    """``__Host-`` binds a cookie to this very host and to TLS (RFC 6265bis section 4.1.3.2)."""
    return f"__Host-{name}" if is_https(server) else name
