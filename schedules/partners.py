"""The sides of lessons with their working time: houses of rooms and people, and teachers with hours of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from schedules.drift import Flag, Partner, flag_sentence, flags
from schedules.recurrence import Occurrence
from schedules.slots import Timetable
from schedules.terms import hours_of_people, timetables
from schedules.wire import FlagView, WeekView
from vclass.people import institutions, people_by_id


class Somebody(Protocol):
    """Who takes part in a lesson; a guest has no person."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def teaches(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Gathering:
    """The houses of a lesson, of its rooms and its kit, and everybody who is invited."""

    houses: frozenset[int]
    people: tuple[Somebody, ...]

    @property
    def accounts(self) -> set[int]:
        return {each.person_id for each in self.people if each.person_id is not None}


def partners_of(connection: sa.Connection, gatherings: Sequence[Gathering]) -> list[list[Partner]]:
    """The sides of each lesson, in as many queries for a hundred lessons as for one."""
    accounts = sorted({each for gathering in gatherings for each in gathering.accounts})
    homes = {each.id: each.institution_id for each in people_by_id(connection, accounts).values()}
    joined = [_houses(each, homes) for each in gatherings]
    names = {each.id: each.name for each in institutions(connection)}
    tables = timetables(connection, sorted({house for houses in joined for house in houses}))
    own = hours_of_people(connection, accounts)
    return [
        [
            *(Partner(tables[house], names[house]) for house in houses),
            *(Partner(Timetable(who.zone, own[who.person_id]), who.name) for who in gathering.people
              if who.teaches and who.person_id in own),
        ]
        for gathering, houses in zip(gatherings, joined, strict=True)
    ]  # fmt: skip


def flag_views(occurrences: Sequence[Occurrence], partners: Iterable[Partner]) -> tuple[FlagView, ...]:
    """The meetings at a bad time for a side."""
    return tuple(map(_flag_view, flags(occurrences, partners)))


def _houses(gathering: Gathering, homes: dict[int, int | None]) -> list[int]:
    theirs = {home for each in gathering.accounts if (home := homes.get(each)) is not None}
    return sorted(gathering.houses | theirs)


def _flag_view(flag: Flag) -> FlagView:
    weeks = tuple(WeekView(str(each.recurrence), str(each.local)) for each in flag.weeks)
    return FlagView(flag.partner, flag.zone, flag.why, flag.detail, weeks, flag_sentence(flag))
