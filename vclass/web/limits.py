"""Rate limits: token buckets in memory, one for each kind of request and each actor or address."""

import math
import time
from collections.abc import Callable
from typing import Final

import msgspec
from aiohttp import web

from vclass.core.keys import ACTOR
from vclass.core.networks import subscriber
from vclass.core.refusals import TooManyError

MOST_BUCKETS: Final = 20_000


class Rate(msgspec.Struct, frozen=True):
    """So many a second in the long run, ``burst`` at once."""

    per_second: float
    burst: float


UNLIMITED: Final = Rate(math.inf, math.inf)


class Limits(msgspec.Struct, frozen=True):
    """The rates in force. A classroom behind one address must be able to join within a minute."""

    visitor: Rate = Rate(10, 50)
    person: Rate = Rate(10, 300)
    join: Rate = Rate(200, 3000)
    bad_link: Rate = Rate(30 / 60, 30)
    probe: Rate = Rate(5, 150)
    sign_in_email: Rate = Rate(5 / 60, 5)
    sign_in_address: Rate = Rate(30 / 60, 30)

    @classmethod
    def lifted(cls) -> "Limits":
        """No limits at all, for load tests and the demo."""
        return cls(*[UNLIMITED] * len(cls.__struct_fields__))


class Limiter:
    """The buckets. A full bucket is forgotten, so memory follows those who were busy lately.

    Args:
        limits: The rates in force.
        clock: Seconds that never go back.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, kind: str, key: str) -> float:
        """Take one token; the answer is 0, or the seconds after which there will be one."""
        rate: Rate = getattr(self._limits, kind)
        if rate == UNLIMITED:
            return 0.0
        now = self._clock()
        left, at = self._buckets.pop((kind, key), (rate.burst, now))
        left = min(rate.burst, left + (now - at) * rate.per_second)
        self._make_room(now)
        self._buckets[kind, key] = (max(left - 1, 0) if left >= 1 else left, now)
        return 0.0 if left >= 1 else (1 - left) / rate.per_second

    def _make_room(self, now: float) -> None:
        """Forget full buckets when there are too many, then, if need be, those longest unused."""
        if len(self._buckets) < MOST_BUCKETS:
            return
        kept = {name: state for name, state in self._buckets.items() if not self._full(name[0], state, now)}
        self._buckets = dict(list(kept.items())[-MOST_BUCKETS // 2 :])

    def _full(self, kind: str, state: tuple[float, float], now: float) -> bool:
        rate: Rate = getattr(self._limits, kind)
        return state[0] + (now - state[1]) * rate.per_second >= rate.burst


LIMITER = web.AppKey("limiter", Limiter)


def charge(request: web.Request, kind: str, key: str) -> None:
    """Count one request.

    Raises:
        TooManyError: There were too many of this kind.
    """
    seconds = request.config_dict[LIMITER].take(kind, key)
    if seconds > 0:
        wait = math.ceil(seconds)
        raise TooManyError(f"Too many requests. Try again in {wait} seconds.", retry_after=wait)


def charge_request(request: web.Request, action: str | None) -> None:
    """Count an ordinary request for whoever sends it; what belongs to joining has room for whole classrooms."""
    actor = request[ACTOR]
    if action == "lesson.join":
        charge(request, "join", client(request))
    elif actor.signed_in:
        charge(request, "person", str(actor.person_id))
    else:
        charge(request, "visitor", client(request))


def charge_bad_link(request: web.Request) -> None:
    """Count a link, ticket or token that was not found: guessing is slow, valid links are never held up."""
    charge(request, "bad_link", client(request))


def charge_sign_in(request: web.Request, email: str) -> None:
    """Count a wish for a sign-in link, for the mailbox and for the sender."""
    charge(request, "sign_in_email", email.strip().lower()[:254])
    charge(request, "sign_in_address", client(request))


def client(request: web.Request) -> str:
    """The client's address; of IPv6 the network, since a subscriber has 2 to the 64 addresses."""
    return subscriber(request.remote or "")
