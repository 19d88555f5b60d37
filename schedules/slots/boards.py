"""Everybody's free starts on one grid, and why the others are not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from schedules.slots.comfort import HOLIDAY, Clock, Comfort, minutes_off
from schedules.slots.grid import Grid, Mask, union
from schedules.slots.model import Candidate, Choice, Need, Person, Presence, Query
from schedules.slots.timetable import Obstacle, closed, obstacles, reasons, taken
from vclass.core import hours, zones
from vclass.core.zones import Instant

__all__ = ["Boards", "PersonBoard", "RoomBoard"]


@dataclass(frozen=True, slots=True)
class PersonBoard:
    """One person: the starts at which nothing stands in the way, those on holidays, and what is against the others."""

    person: Person
    clock: Clock
    against: tuple[Obstacle, ...]
    free: Mask
    holidays: Mask = 0


@dataclass(frozen=True, slots=True)
class RoomBoard:
    """One candidate for a need, and the starts at which it is free."""

    key: str
    free: Mask


@dataclass(frozen=True, slots=True)
class Boards:
    """All that a query is about, on one grid that reaches to a horizon."""

    query: Query
    grid: Grid
    horizon: Instant
    people: tuple[PersonBoard, ...]
    needs: tuple[tuple[RoomBoard, ...], ...]

    @classmethod
    def of(cls, query: Query, grid: Grid, horizon: Instant) -> "Boards":
        """Look at the time between the beginning of the query and the horizon."""
        clock = cache(lambda zone: tuple(hours.stretches(zone, query.first, horizon)))
        people = tuple(_person(query, grid, clock(each.timetable.zone), each) for each in query.people)
        needs = tuple(
            tuple(_room(query, grid, clock(each.zone), each) for each in need.candidates) for need in query.needs
        )
        return cls(query, grid, horizon, people, needs)

    def essentials(self) -> list[Mask]:
        """For each thing that a lesson cannot be without, the starts at which it is there."""
        required = [board.free for board in self.people if board.person.required]
        return [*required, *(union(room.free for room in rooms) for rooms in self.needs)]

    def comfort(self) -> Comfort:
        """How gentle the starts are to those who come."""
        coming: dict[Clock, Mask] = {}
        for board in self.people:
            coming[board.clock] = coming.get(board.clock, 0) | board.free
        holidays = union(board.free & board.holidays for board in self.people)
        return Comfort(self.grid, self.query.minutes, coming.items(), holidays)

    def presences(self, starts: Instant) -> tuple[Presence, ...]:
        """Everybody at one time."""
        return tuple(self._presence(board, starts) for board in self.people)

    def missing(self, starts: Instant) -> tuple[Presence, ...]:
        """Those who cannot come at one time on the grid."""
        position = self.grid.index(starts)
        return tuple(self._presence(board, starts) for board in self.people if not board.free >> position & 1)

    def choices(self, starts: Instant) -> tuple[Choice, ...]:
        """For each need, who is free at one time on the grid."""
        bit = 1 << self.grid.index(starts)
        pairs: Iterable[tuple[Need, Sequence[RoomBoard]]] = zip(self.query.needs, self.needs, strict=True)
        return tuple(Choice(need.key, tuple(room.key for room in rooms if room.free & bit)) for need, rooms in pairs)

    def _presence(self, board: PersonBoard, starts: Instant) -> Presence:
        person, zone, span = board.person, board.person.timetable.zone, (starts, starts + self.query.seconds)
        position = self.grid.index(starts)
        local, comes = zones.local(starts, zone), board.free >> position & 1
        return Presence(
            key=person.key,
            required=person.required,
            zone=zone,
            local=local,
            comfort=HOLIDAY if board.holidays & 1 << position else minutes_off(local, self.query.minutes),
            reasons=() if comes else reasons(board.against, span, self.horizon),
        )


def _person(query: Query, grid: Grid, clock: Clock, person: Person) -> PersonBoard:
    against = (*obstacles(person.timetable, clock), taken(person.busy))
    holidays = grid.touching(person.holidays, query.seconds)
    return PersonBoard(person, clock, against, _free(query, grid, against), holidays)


def _room(query: Query, grid: Grid, clock: Clock, room: Candidate) -> RoomBoard:
    return RoomBoard(room.key, _free(query, grid, (closed(room.openings, clock), _held(room))))


def _held(candidate: Candidate) -> Obstacle:
    """What is busy, wider by what the lesson's own setup and teardown would take."""
    spans = ((starts - candidate.teardown, ends + candidate.setup) for starts, ends in candidate.busy if starts < ends)
    return taken(spans)


def _free(query: Query, grid: Grid, against: Iterable[Obstacle]) -> Mask:
    return grid.all & ~union(grid.touching(each.spans, query.seconds) for each in against)
