"""What msgspec needs to know of a type it knows before the first thread asks."""

from dataclasses import dataclass

import msgspec
import pytest

from vclass.core import structs
from vclass.core.db import Database

Seats = int


@dataclass(frozen=True)
class Hall:
    """Its annotation can be read only as long as the name stands for something."""

    seats: "Seats"


class Seminar(msgspec.Struct):
    """Holds a dataclass."""

    hall: Hall


def test_a_type_is_looked_at_once_and_early(monkeypatch: pytest.MonkeyPatch) -> None:
    structs.complete()
    monkeypatch.delitem(globals(), "Seats")
    assert msgspec.convert({"hall": {"seats": 3}}, Seminar) == Seminar(Hall(3))


async def test_an_open_database_has_all_types_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    class Lab(msgspec.Struct):
        seats: "Seats"

    database = Database(f"sqlite:///{tmp_path}/vclass.db")
    database.open()
    monkeypatch.delitem(globals(), "Seats")
    assert msgspec.convert({"seats": 3}, Lab) == Lab(3)
    await database.close()
