"""Erasing somebody: the name and address go, what was booked and done stays under a number that says nothing.

A person's row is where name and address live; what other features copied of them they erase themselves, as ``Forget``
functions that the composition root collects. Bookings stay, so that no room is given away unawares.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa
from aiohttp import web

from vclass.core import audit, erasure, idempotency, outbox
from vclass.core.keys import Actor
from vclass.core.refusals import ForbiddenError, NotFoundError, Refusal
from vclass.people import model, store
from vclass.people.model import Person
from vclass.people.policy import Subject, require

Forget: TypeAlias = Callable[[sa.Connection, Person], Collection[str]]
"""Erases a person from one feature's tables; gives the public ids of seats in lessons that were withdrawn."""


class LastAdministratorError(Refusal):
    """Nobody else administers the institution."""

    slug = "last-administrator"

    def __init__(self) -> None:
        super().__init__(
            "Nobody else administers this institution. Give somebody else the role institution_admin first, then erase."
        )


@dataclass(frozen=True, slots=True)
class Erasure:
    """How this installation erases: what each feature forgets, and who is told of a seat that is withdrawn."""

    forgets: Sequence[Forget]
    revoke: Callable[[str], None]


ERASURE = web.AppKey("erasure", Erasure)


def erase_person(
    connection: sa.Connection, actor: Actor, public_id: str, forgets: Sequence[Forget], now: int
) -> Collection[str]:
    """Erase oneself, or somebody whose account one manages; gives the seats that were withdrawn.

    Raises:
        NotFoundError: There is no such person, or it is none of the actor's business.
        ForbiddenError: The person's roles stand above the actor's.
        LastAdministratorError: Nobody else administers the institution.
    """
    person = store.person_by_public_id(connection, public_id)
    if person is None:
        raise NotFoundError("person")
    itself = person.id == actor.person_id
    require(actor, "person.erase", Subject(institution=person.institution_id, owner=person.id))
    held = store.roles_of(connection, person.id)
    if not itself and any(model.level([role]) > model.level_at(actor, place) for place, role in held):
        raise ForbiddenError("You can erase people with roles up to your own only. Ask an administrator above.")
    return erase(connection, person, forgets, now, by=actor.person_id)


def erase(
    connection: sa.Connection, person: Person, forgets: Sequence[Forget], now: int, *, by: int | None = None
) -> Collection[str]:
    """Erase a person; ``by`` is None for the command line.

    Raises:
        LastAdministratorError: Nobody else administers an institution.
    """
    for place, role in store.roles_of(connection, person.id):
        if role == "institution_admin" and store.lock_administrators(connection, place) == {person.id}:
            raise LastAdministratorError
    seats = [seat for forget in forgets for seat in forget(connection, person)]
    idempotency.forget_person(connection, person.id)
    outbox.forget_recipient(connection, person.email)
    name = frozenset({person.name})
    idempotency.rewrite(connection, person.email, lambda answer: erasure.without(answer, name))
    outbox.rewrite_with(connection, person.name, lambda facts: erasure.without(facts, name))
    store.blank_person(connection, person.id, erasure.placeholder(person.public_id), now)
    erasure.sweep(connection, person.email)
    entry = audit.Entry(now, by, person.institution_id, "person.erase", "person", person.id, {})
    audit.append(connection, [entry])
    return seats
