"""The clerk who writes that two lessons exchanged rooms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from rooms import Result, Wish
from schedules.clerks.answers import Refused, admit_current
from schedules.clerks.change import ChangeClerk
from schedules.model import Lesson, Swap
from schedules.planning import CHANGE
from schedules.swaps import references


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Both lessons as they stand now."""

    lessons: tuple[Lesson, Lesson]


class SwapClerk:
    """Changes two lessons at once, or neither; each has its own version, mails and row in the audit."""

    def __init__(self, clerk: ChangeClerk) -> None:
        self.clerk = clerk

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return admit_current(connection, wishes)

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [self._record(connection, each) for each in results]

    def _record(self, connection: sa.Connection, result: Result) -> Exchanged | Refused:
        if result.clashes:
            return Refused(tuple(replace(each, reference=_name(each.reference)) for each in result.clashes))
        one, other = (self._change(connection, result, place) for place in (0, 1))
        return Exchanged((one, other))

    def _change(self, connection: sa.Connection, result: Result, place: int) -> Lesson:
        change = _swap(result.wish).changes[place]
        names = references(change, place)
        taken = tuple(
            replace(each, reference=names[each.reference]) for each in result.taken if each.reference in names
        )
        return self.clerk.write(connection, Result(replace(result.wish, kind=CHANGE, payload=change), taken, ()))


def _name(reference: str) -> str:
    return reference.partition("|")[2]


def _swap(wish: Wish) -> Swap:
    assert isinstance(wish.payload, Swap)
    return wish.payload
