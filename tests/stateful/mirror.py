"""Whether the tables of a database say what the model says: lessons, bookings, who waits, who must approve."""

import json
from collections import Counter
from typing import Any, TypeAlias

from tests.stateful.courses import Course, Registry
from tests.stateful.invariants import Tables
from tests.stateful.model import Booking
from tests.stateful.twins import Office, Row
from tests.stateful.world import text

Fact: TypeAlias = tuple[Any, ...]


def compare(office: Office, tables: Tables, model: Registry) -> None:
    """Raise if the tables hold anything that the model doesn't, or the other way round."""
    read = _Reader(office, tables)
    mine, theirs = Counter(map(_fact, model.desk.bookings)), Counter(map(read.fact, tables.bookings.values()))
    assert mine == theirs, f"{office.kind}: only in the model {mine - theirs}, only in the tables {theirs - mine}"
    stand: dict[str, list[Fact]] = {}
    for row in tables.meetings:
        stand.setdefault(row[0], []).append(read.meeting(row))
    for course in model.courses:
        there = stand.pop(office.ids[course.number])
        assert sorted(there, key=repr) == sorted(_meetings(course), key=repr), f"{office.kind}: {there}"
    assert not stand, f"{office.kind}: lessons that nobody asked for: {stand}"
    line = [[sorted(map(_fact, each.listed), key=repr), each.offer_until] for each in model.desk.waiting]
    assert read.line() == line, f"{office.kind}: {read.line()} wait, in the model {line}"


class _Reader:
    """Rows in the words of the model."""

    def __init__(self, office: Office, tables: Tables) -> None:
        self._office = office
        self._tables = tables

    def fact(self, row: Row) -> Fact:
        _, state, starts, ends, wants, purpose, owner_id, hold_until, _ = row
        names = self._office.names
        wanted = sorted((names.resources[i], quantity) for i, quantity in json.loads(wants))
        return purpose, names.persons[owner_id], state, starts, ends, tuple(wanted), hold_until

    def meeting(self, row: Row) -> Fact:
        _, name, start, minutes, *_, booking_id, _, version = row
        return name, start, minutes, version, self.fact(self._tables.bookings[booking_id])

    def line(self) -> list[list[object]]:
        entries = self._office.rows("select wish, offer_until from waiting order by id")
        return [[sorted(self._listed(wish), key=repr), until] for wish, until in entries]

    def _listed(self, wish: str) -> list[Fact]:
        listed = (row for row in self._tables.bookings.values() if row[8] == wish and row[1] in ("waiting", "held"))
        return [self.fact(row) for row in listed]


def _fact(each: Booking) -> Fact:
    return (
        each.purpose,
        each.owner,
        each.state,
        each.starts,
        each.ends,
        tuple(sorted(each.wants.items())),
        each.hold_until,
    )


def _meetings(course: Course) -> list[Fact]:
    return [
        (text(each.name), text(each.start), each.minutes, course.version, _fact(each.booking))
        for each in course.meetings
    ]
