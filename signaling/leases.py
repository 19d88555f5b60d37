"""Which server carries which lesson: the port behind which somebody keeps that, and how a hub uses it."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from signaling.model import Refusal

logger: Final = logging.getLogger(__name__)

RENEW_SECONDS: Final = 2
LEASE_SECONDS: Final = 8
"""A server that is lost gives up its lessons after so long; the same one that comes back has them at once."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a server says of a lesson that it carries: its epoch, and the worker that it is on."""

    epoch: int
    worker: str


class Leases(Protocol):
    """Who carries which lesson, known to all servers of an installation."""

    async def take(self, lesson: str, seconds: int) -> int | None:
        """A new epoch of a lesson, which is ours for so long; none while another server has it."""

    async def renew(self, lessons: Mapping[str, Carried], seconds: int) -> Collection[str]:
        """Keeps them for so long from now; gives those that another server has taken meanwhile."""

    async def release(self, lessons: Collection[str]) -> None:
        """Gives them back."""


class Alone:
    """The only server there is: everything is its own."""

    async def take(self, _lesson: str, _seconds: int) -> int | None:
        return 0

    async def renew(self, _lessons: Mapping[str, Carried], _seconds: int) -> Collection[str]:
        return ()

    async def release(self, _lessons: Collection[str]) -> None:
        return None


def elsewhere() -> Refusal:
    return Refusal(
        "elsewhere",
        "Another server carries this lesson at the moment. Get a new ticket from the page and try again.",
        retry="ticket",
    )
