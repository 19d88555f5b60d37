"""Ways around networks that let no media through: TURN servers, with credentials that don't last.

A relay knows a secret and no accounts: the user name says until when it is good, and for whom, and the password is its
HMAC. The shape is that of coturn's `use-auth-secret` (draft-uberti-behave-turn-rest), which fixes SHA-1.
"""

import base64
import hashlib
import hmac
from typing import Final, Literal, TypeAlias

import msgspec

from config.settings import Turn
from vclass.core.zones import Instant

LONGEST_SECONDS: Final = 2 * 3600
OVERTIME_SECONDS: Final = 15 * 60
"""So long after the end of the lesson credentials are good."""
SHORTEST_SECONDS: Final = 10 * 60
"""Who is still let in after that needs time to connect."""

IcePolicy: TypeAlias = Literal["all", "relay"]


class IceServer(msgspec.Struct, frozen=True):
    """An `RTCIceServer`, as browsers take it."""

    urls: tuple[str, ...]
    username: str
    credential: str


def ice_servers(turn: Turn, name: str, expires: Instant) -> tuple[IceServer, ...]:
    """The relays of an installation, with credentials for a name that are good until an instant."""
    if not turn.urls:
        return ()
    username = f"{expires}:{name}"
    return (IceServer(turn.urls, username, password(turn.secret, username)),)


def password(secret: str, username: str) -> str:
    """What proves that whoever knows the secret made this user name."""
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def expiry(ends: Instant, now: Instant) -> Instant:
    """Until when credentials for a lesson are good."""
    return min(now + LONGEST_SECONDS, max(ends + OVERTIME_SECONDS, now + SHORTEST_SECONDS))


def policy(turn: Turn, *, relayed: bool) -> IcePolicy:
    """Which ways a browser may try; without a relay there is one only."""
    return "relay" if relayed and turn.urls else "all"
