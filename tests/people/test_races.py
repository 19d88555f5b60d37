"""What two processes do at the same moment: each thing is made once, and whoever comes second is told."""

import asyncio
import threading
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


async def at_once(both: tuple[Database, Database], work: Callable[[sa.Connection], object]) -> tuple[object, object]:
    """What the same work comes to in both: the second one begins before the first has committed."""
    done, go_on = threading.Event(), threading.Event()

    def first(connection: sa.Connection) -> object:
        answer = work(connection)
        done.set()
        assert go_on.wait(10)
        return answer

    early = asyncio.ensure_future(both[0].transaction(first))
    await asyncio.to_thread(done.wait, 10)
    late = asyncio.ensure_future(both[1].transaction(work))
    while not await both[0].read(somebody_waits):  # noqa: ASYNC110  the server tells nobody when somebody waits
        await asyncio.sleep(0.01)
    go_on.set()
    return await asyncio.gather(early, late, return_exceptions=True)


def somebody_waits(connection: sa.Connection) -> bool:
    return bool(connection.execute(sa.text("select count(*) from pg_locks where not granted")).scalar_one())


@pytest.mark.parametrize(
    ("create", "refused"),
    [
        (lambda connection: people.create_person(connection, ANNA, SATURDAY), PersonExistsError),
        (lambda connection: people.create_institution(connection, VIENNA, SATURDAY), InstitutionExistsError),
    ],
    ids=["person", "institution"],
)
async def test_who_creates_what_another_process_is_creating_is_told(
    both: tuple[Database, Database], create: Callable[[sa.Connection], object], refused: type[Exception]
) -> None:
    early, late = await at_once(both, create)
    assert not isinstance(early, Exception)
    assert isinstance(late, refused)


async def test_a_sign_in_link_opens_one_session(both: tuple[Database, Database], keyring: Keyring) -> None:
    def mailed(connection: sa.Connection) -> str | None:
        people.create_person(connection, ANNA, SATURDAY)
        people.begin_sign_in(connection, keyring, ANNA.email, SATURDAY)
        link = connection.execute(sa.text("select public_id, key_id from sign_in")).one()
        return people.sign_in_token(keyring, link.public_id, link.key_id)

    token = await both[0].write(mailed)
    assert token is not None
    early, late = await at_once(both, lambda connection: people.finish_sign_in(connection, token, SATURDAY))
    assert isinstance(early, str)
    assert isinstance(late, SignInLinkError)
