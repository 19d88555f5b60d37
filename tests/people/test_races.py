"""What two processes do at the same moment: each thing is made once, and whoever comes second is told."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import sqlalchemy as sa

from config import Keyring
from tests.houses import VIENNA
from tests.support import SATURDAY
from vclass import people
from vclass.core.db import Database
from vclass.people import InstitutionExistsError, NewPerson, PersonExistsError, SignInLinkError

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

ANNA = NewPerson("anna@vienna.example", "Anna")


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes' views of one database."""
    opened = Database(database_url), Database(database_url)
    for each in opened:
        each.open()
    yield opened
    for each in opened:
        await each.close()


async def at_once(both: tuple[Database, Database], work: Callable[[sa.Connection], object]) -> list[object]:
    """What eight calls come to that are made at the same moment, by turns in either process."""
    return await asyncio.gather(*(each.transaction(work) for _ in range(4) for each in both), return_exceptions=True)


@pytest.mark.parametrize(
    ("create", "refused"),
    [
        (lambda connection: people.create_person(connection, ANNA, SATURDAY), PersonExistsError),
        (lambda connection: people.create_institution(connection, VIENNA, SATURDAY), InstitutionExistsError),
    ],
    ids=["person", "institution"],
)
async def test_of_many_who_create_the_same_one_succeeds(
    both: tuple[Database, Database], create: Callable[[sa.Connection], object], refused: type[Exception]
) -> None:
    found = await at_once(both, create)
    assert sum(isinstance(each, refused) for each in found) == len(found) - 1
    assert sum(isinstance(each, Exception) for each in found) == len(found) - 1


async def test_a_sign_in_link_opens_one_session(both: tuple[Database, Database], keyring: Keyring) -> None:
    def mailed(connection: sa.Connection) -> str | None:
        people.create_person(connection, ANNA, SATURDAY)
        people.begin_sign_in(connection, keyring, ANNA.email, SATURDAY)
        link = connection.execute(sa.text("select public_id, key_id from sign_in")).one()
        return people.sign_in_token(keyring, link.public_id, link.key_id)

    token = await both[0].write(mailed)
    assert token is not None
    found = await at_once(both, lambda connection: people.finish_sign_in(connection, token, SATURDAY))
    assert sum(isinstance(each, str) for each in found) == 1
    assert sum(isinstance(each, SignInLinkError) for each in found) == len(found) - 1
