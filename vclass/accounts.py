"""Accounts from the command line: whoever may run it on the server is its administrator."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import sqlalchemy as sa

from schedules import FORGETS
from vclass import people
from vclass.core.db import Database, DatabaseUnavailableError
from vclass.core.refusals import NotFoundError, Refusal
from vclass.core.wire import convert

T = TypeVar("T")

SENTENCES = (Refusal, DatabaseUnavailableError)
"""What the functions here raise that says in a sentence what to do."""


def add(url: str, email: str, name: str, institution: str | None, roles: Sequence[str]) -> people.Person:
    """Create an account.

    Raises:
        Refusal: Some value is wrong, or the address has an account.
    """
    given = {"email": email, "name": name, "institution": institution, "roles": list(roles)}
    wish = convert(given, people.NewPerson)
    return _write(url, lambda connection: people.create_person(connection, wish, int(time.time())))


def erase(url: str, email: str) -> people.Person:
    """Erase a person's name and address; what was booked stays booked.

    Raises:
        NotFoundError: Nobody has this address.
        LastAdministratorError: Nobody else administers the institution.
    """

    def work(connection: sa.Connection) -> people.Person:
        person = people.person_by_email(connection, email)
        if person is None:
            raise NotFoundError("account")
        people.erase(connection, person, FORGETS, int(time.time()))
        return person

    return _write(url, work)


def token(url: str, email: str) -> str:
    """Make an API token.

    Raises:
        NotFoundError: Nobody has this address.
    """

    def make(connection: sa.Connection) -> str:
        person = people.person_by_email(connection, email)
        if person is None:
            raise NotFoundError("account")
        return people.make_token(connection, person.id, "command line", int(time.time()))

    return _write(url, make)


def _write(url: str, work: Callable[[sa.Connection], T]) -> T:
    database = Database(url)
    try:
        with database.engine.begin() as connection:
            return work(connection)
    except sa.exc.OperationalError as error:
        raise DatabaseUnavailableError(f"{error.orig}. Run `vclass db upgrade`, or see `vclass doctor`.") from error
    finally:
        database.engine.dispose()
