"""App passwords: one for each calendar program, shown once, kept as a digest, revoked at once.

A password is derived like a personal link, so that a request that is sent again gets the same answer although the
password stands nowhere. It has 128 bits: guessing is hopeless, and a digest needs no slow hash.
"""

import base64
import re
from dataclasses import dataclass
from functools import partial
from typing import Final

import sqlalchemy as sa

from config import Keyring
from schedules.caldav import store
from schedules.caldav.store import Password
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.paging import fetched
from vclass.core.refusals import FieldError, InvalidInputError, NotFoundError, Refusal
from vclass.core.texts import is_line
from vclass.core.tokens import derive, digest, new_id
from vclass.core.zones import Instant
from vclass.people import Person, actor_by_id, require

PURPOSE: Final = "app-password"
MOST: Final = 20
GROUP: Final = 5
NOTED_EVERY: Final = 3600
IGNORED: Final = re.compile(r"[\s-]+")


class TooManyPasswordsError(Refusal):
    """Somebody has as many app passwords as are allowed."""

    slug = "too-many-passwords"

    def __init__(self) -> None:
        super().__init__(f"You have {MOST} app passwords. Revoke one that you no longer use, then make a new one.")


@dataclass(frozen=True, slots=True)
class Login:
    """Who comes with which password, and whether that is to be noted."""

    actor: Actor
    password_id: int
    fresh: bool


def create(connection: sa.Connection, actor: Actor, keyring: Keyring, name: str, now: Instant) -> Password:
    """Make a password for a program that its owner names.

    Raises:
        InvalidInputError: The name is no visible line.
        TooManyPasswordsError: The actor has too many.
    """
    require(actor, "passwords.manage")
    owner, shown = actor.own_id(), name.strip()
    if not is_line(shown):
        raise InvalidInputError([FieldError("name", "say in one line which program it is for")])
    if len(store.passwords_of(connection, owner, most=MOST)) == MOST:
        raise TooManyPasswordsError
    public_id = new_id()
    values = {"public_id": public_id, "person_id": owner, "name": shown, "created_at": now}
    secret = secret_of(keyring, public_id)
    made = store.insert_password(connection, values | {"digest": _digest(secret)})
    _note(connection, actor, made.id, {"made": True}, now)
    return made


def secret_of(keyring: Keyring, public_id: str) -> str:
    """The password itself, in groups that can be read out: only for whoever has just made it."""
    token = derive(keyring.current.octets, PURPOSE, public_id, 1)
    letters = base64.b32encode(base64.urlsafe_b64decode(token + "==")).decode().rstrip("=").lower()
    return "-".join(letters[first : first + GROUP] for first in range(0, len(letters), GROUP))


def listed(connection: sa.Connection, actor: Actor, cursor: str | None = None) -> tuple[list[Password], str | None]:
    """A page of the actor's passwords, the newest first."""
    require(actor, "passwords.manage")
    found, following = fetched(partial(store.passwords_of, connection, actor.own_id()), cursor)
    return list(found), following


def by_public_id(connection: sa.Connection, actor: Actor, public_id: str) -> Password:
    """One of the actor's passwords.

    Raises:
        NotFoundError: There is none.
    """
    mine = store.passwords_of(connection, actor.own_id())
    found = next((each for each in mine if each.public_id == public_id), None)
    if found is None:
        raise NotFoundError("app password")
    return found


def revoke(connection: sa.Connection, actor: Actor, public_id: str, now: Instant) -> None:
    """Let a password open nothing from now on.

    Raises:
        NotFoundError: The actor has no such password.
    """
    require(actor, "passwords.manage")
    found = by_public_id(connection, actor, public_id)
    store.delete_password(connection, found.id)
    _note(connection, actor, found.id, {"revoked": True}, now)


def login(connection: sa.Connection, email: str, secret: str, now: Instant) -> Login | None:
    """Who signs in with an address and an app password; None for a wrong one."""
    found = store.password_by_digest(connection, _digest(secret))
    actor = None if found is None else actor_by_id(connection, found.person_id)
    if found is None or actor is None or actor.email.casefold() != email.strip().casefold():
        return None
    return Login(actor, found.id, found.used_at is None or now - found.used_at >= NOTED_EVERY)


def note_use(connection: sa.Connection, used: Login, now: Instant) -> None:
    store.note_use(connection, used.password_id, now)


def forget_person(connection: sa.Connection, person: Person) -> list[str]:
    """Delete the passwords of somebody who is erased."""
    store.delete_passwords_of(connection, person.id)
    return []


def _digest(secret: str) -> str:
    """Groups and capitals don't count: people type them from another screen."""
    return digest(IGNORED.sub("", secret).lower())


def _note(connection: sa.Connection, actor: Actor, password_id: int, facts: dict[str, object], now: Instant) -> None:
    entry = audit.Entry(
        now, actor.person_id, actor.institution_id, "passwords.manage", "app_password", password_id, facts
    )
    audit.append(connection, [entry])
