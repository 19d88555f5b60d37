"""The sides of lessons with their working time: houses of rooms and people, and teachers with hours of their own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import sqlalchemy as sa

from schedules.busy.store import busy_between
from schedules.drift import Flag, Partner, flag_sentence, flags
from schedules.holidays import Holiday, holidays_of
from schedules.recurrence import Occurrence
from schedules.slots import DaysOff, Timetable
from schedules.terms import hours_of_people, timetables
from schedules.wire import FlagView, WeekView
from vclass.core.hours import Opening
from vclass.core.spans import Span
from vclass.people import Institution, institutions, people_by_id


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
    """The houses of a lesson, of its rooms and its kit, everybody who is invited, and from when to when it meets."""

    houses: frozenset[int]
    people: tuple[Somebody, ...]
    span: Span | None = None

    @property
    def accounts(self) -> set[int]:
        return {each.person_id for each in self.people if each.person_id is not None}


def partners_of(
    connection: sa.Connection, gatherings: Sequence[Gathering], language: str = "en"
) -> list[list[Partner]]:
    """The sides of each lesson, in as many queries for a hundred lessons as for one; holidays have a language."""
    accounts = sorted({each for gathering in gatherings for each in gathering.accounts})
    homes = {each.id: each.institution_id for each in people_by_id(connection, accounts).values()}
    joined = [_houses(each, homes) for each in gatherings]
    spans = [each.span for each in gatherings if each.span is not None]
    whole = (min(spans)[0], max(ends for _, ends in spans)) if spans else (0, 0)
    known = {each.id: each for each in institutions(connection)}
    tables = {
        house: _keeping(table, known[house], whole, language)
        for house, table in timetables(connection, sorted({house for houses in joined for house in houses})).items()
    }
    own, busy = hours_of_people(connection, accounts), busy_between(connection, accounts, whole)
    return [
        [
            *(Partner(tables[house], known[house].name) for house in houses),
            *(_partner(who, own, busy) for who in gathering.people
              if who.teaches and who.person_id is not None and (who.person_id in own or who.person_id in busy)),
        ]
        for gathering, houses in zip(gatherings, joined, strict=True)
    ]  # fmt: skip


def _partner(who: Somebody, own: Mapping[int, tuple[Opening, ...]], busy: Mapping[int, Sequence[Span]]) -> Partner:
    assert who.person_id is not None, "only who has an account has times of their own"
    return Partner(Timetable(who.zone, own.get(who.person_id, ())), who.name, tuple(busy.get(who.person_id, ())))


def _keeping(table: Timetable, house: Institution, whole: Span, language: str) -> Timetable:
    """The calendar of a house with the public holidays of its country and region."""
    kept = holidays_of(house, whole, language) if whole[0] < whole[1] else ()
    return replace(table, off=(*table.off, *map(day_off, kept)))


def day_off(each: Holiday) -> DaysOff:
    """A public holiday among the days off of its house."""
    return DaysOff(each.date, each.date, "worked_holiday" if each.worked else "holiday", each.name)


def flags_of(
    connection: sa.Connection, gathering: Gathering, occurrences: Sequence[Occurrence], language: str
) -> tuple[Flag, ...]:
    """The meetings at a bad time for a side, with holidays by their names in a language."""
    (partners,) = partners_of(connection, [gathering], language)
    return tuple(flags(occurrences, partners))


def flag_views(occurrences: Sequence[Occurrence], partners: Iterable[Partner]) -> tuple[FlagView, ...]:
    """The meetings at a bad time for a side."""
    return tuple(map(_flag_view, flags(occurrences, partners)))


def _houses(gathering: Gathering, homes: dict[int, int | None]) -> list[int]:
    theirs = {home for each in gathering.accounts if (home := homes.get(each)) is not None}
    return sorted(gathering.houses | theirs)


def _flag_view(flag: Flag) -> FlagView:
    weeks = tuple(WeekView(str(each.recurrence), str(each.local)) for each in flag.weeks)
    return FlagView(flag.partner, flag.zone, flag.why, flag.detail, weeks, flag_sentence(flag))
