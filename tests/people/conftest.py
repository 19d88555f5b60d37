"""A database with two institutions and a person of each role, without HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from tests.houses import KYIV, VIENNA
from tests.support import SATURDAY
from vclass import people
from vclass.core.db import Database
from vclass.core.keys import Actor
from vclass.people import Institution, NewPerson, Role


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    """One transaction on an empty database, as a service function gets it."""
    engine = Database(database_url).engine
    with engine.begin() as opened:
        yield opened
    engine.dispose()


@dataclass(frozen=True)
class House:
    """Two institutions, and a maker of actors."""

    vienna: Institution
    kyiv: Institution
    actor: Callable[..., Actor]


@pytest.fixture
def house(connection: sa.Connection) -> House:
    vienna = people.create_institution(connection, VIENNA, SATURDAY)
    kyiv = people.create_institution(connection, KYIV, SATURDAY)

    def actor(role: Role, at: Institution = vienna) -> Actor:
        wish = NewPerson(f"{role}@{at.slug}.example", role, at.public_id, (role,))
        return actor_of(connection, people.create_person(connection, wish, SATURDAY).id)

    return House(vienna, kyiv, actor)


def actor_of(connection: sa.Connection, person_id: int) -> Actor:
    found = people.actor_by_id(connection, person_id)
    assert found is not None
    return found
