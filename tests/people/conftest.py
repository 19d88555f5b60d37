"""A database with two institutions and a person of each role, without HTTP."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from tests.houses import KYIV, VIENNA
from tests.support import SATURDAY
from vclass import people
from vclass.core.db import metadata
from vclass.core.keys import Actor
from vclass.people import Institution, NewPerson, Role


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    """One transaction on an empty database in memory, as a service function gets it."""
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(":memory:"), poolclass=sa.StaticPool)
    metadata.create_all(engine, tables=[each for each in metadata.sorted_tables if each.name in TABLES])
    with engine.begin() as opened:
        yield opened
    engine.dispose()


TABLES = {"institution", "person", "role", "api_token", "sign_in", "session", "outbox", "audit", "idempotency"}


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
