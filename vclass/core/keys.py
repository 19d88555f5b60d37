"""Typed keys of the application and of a request, and the actor: who is asking.

A feature's ``web.py`` needs nothing from the roof: what it uses of the application stands here.
"""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from config import Settings
from config.secrets import Keyring
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.refusals import NotSignedInError

PLATFORM = 0
"""Stands where an institution's id stands for roles that hold everywhere."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from the session or a verified token only (never from a body field).

    ``roles`` pairs institution ids with role names; ``person_id`` is None for the anonymous visitor.
    """

    person_id: int | None = None
    public_id: str = ""
    email: str = ""
    name: str = ""
    zone: str = "Etc/UTC"
    language: str = "en"
    institution_id: int | None = None
    roles: frozenset[tuple[int, str]] = field(default_factory=frozenset)

    @property
    def signed_in(self) -> bool:
        return self.person_id is not None

    def own_id(self) -> int:
        """The person's id.

        Raises:
            NotSignedInError: Nobody is signed in.
        """
        if self.person_id is None:
            raise NotSignedInError
        return self.person_id

    def has(self, role: str, institution_id: int) -> bool:
        return (institution_id, role) in self.roles


ANONYMOUS = Actor()

SETTINGS = web.AppKey("settings", Settings)
KEYRING = web.AppKey("keyring", Keyring)
CLOCK = web.AppKey[Clock]("clock", Clock)  # type: ignore[arg-type]  # a callable type is no class
DATABASE = web.AppKey("database", Database)
STOPPING = web.AppKey("stopping", asyncio.Event)

ACTOR = web.RequestKey("actor", Actor)
SESSION = web.RequestKey("session", str)
LANGUAGE = web.RequestKey("language", str)
REQUEST_ID = web.RequestKey("request_id", str)
