"""Bookings of ten years in 500 rooms, and the same two questions about them asked in three shapes.

The conflict list of a room over 30 weeks, and the rooms that are free in all of 15 weeks: as this house asks (a
bounded look back by time), as one OR of overlaps (Indico), and with a query for each occurrence (MRBS). All shapes
give equal answers about the same bookings, through the same driver, as the same values; the OR of overlaps is built
and bound at each question, as our question is, and asked again as a finished text. Indico's are laid out as Indico
lays them out: occurrences of reservations of rooms, with an index for each column.
"""

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from rooms.resources_model import Room
from rooms.store import search
from rooms.store.bookings import claims_touching
from rooms.store.resources import room_of
from rooms.store.search import Scope
from rooms.store.tables import resource
from tests.houses import VIENNA
from vclass import people
from vclass.core.db import Database
from vclass.core.spans import Span
from vclass.people import NewPerson

ROOMS: Final = 500
FEW, MANY = 10_000, 1_000_000
MONDAY: Final = 1_795_392_000
"""2026-11-23T00:00:00Z."""
HOUR, DAY, WEEK = 3600, 24 * 3600, 7 * 24 * 3600
YEARS: Final = 10
WEEKS: Final = 52 * YEARS
BANDS: Final = range(7, 21, 2)
SEARCHED_WEEKS, LISTED_WEEKS = 15, 30
ASKED: Final = 15
"""So many times each question is asked in each shape, each time of another room or another week."""
TURNS: Final = 3
WARMING: Final = 12
"""A connection of a pool has been asked before: its statements are prepared, and planned once."""
ROWS_AT_ONCE: Final = 10_000

THEIRS: Final = "their_occurrence join their_reservation on their_reservation.id = reservation_id"
_reservation: Final = sa.table("their_reservation", sa.column("id"), sa.column("room_id", sa.BigInteger))
_occurrence: Final = sa.table(
    "their_occurrence",
    sa.column("reservation_id"),
    sa.column("starts", sa.BigInteger),
    sa.column("ends", sa.BigInteger),
)
_THEIRS: Final = _occurrence.join(_reservation, _reservation.c.id == _occurrence.c.reservation_id)
_starts, _ends = _occurrence.c.starts, _occurrence.c.ends
BOOKING_COLUMNS: Final = (
    *("id", "public_id", "wish", "institution_id", "owner_id", "state", "starts", "ends", "wants"),
    *("created_at", "confirmed_at", "version"),
)
SERIES: Final = 15
"""So many occurrences has a reservation."""
INDICO: Final = (
    "create table their_reservation (id bigint primary key, room_id bigint not null)",
    "create index on_room on their_reservation (room_id)",
    "create table their_occurrence (reservation_id bigint, starts bigint, ends bigint)",
    "create index on_reservation on their_occurrence (reservation_id, starts)",
    "create index on_start on their_occurrence (starts)",
    "create index on_end on their_occurrence (ends)",
)
CLAIM_COLUMNS: Final = ("booking_id", "resource_id", "quantity", "exclusive", "starts", "ends")


@dataclass
class Campus:
    """One house with its rooms, and the slots that were not taken yet, in a random order that is always the same."""

    database: Database
    institution: int = 0
    owner: int = 0
    rooms: tuple[int, ...] = ()
    slots: Iterator[int] = field(default_factory=lambda: iter(()))
    booked: int = 0
    in_room: Counter[int] = field(default_factory=Counter)

    def found(self) -> None:
        """Put the house, a teacher and the rooms into an empty database, and take the guard away while it is filled."""
        slots = random.Random(2026)
        self.slots = iter(slots.sample(range(ROOMS * WEEKS * 5 * len(BANDS)), MANY))
        with self.database.engine.begin() as connection:
            home = people.create_institution(connection, VIENNA, MONDAY)
            teacher = people.create_person(
                connection, NewPerson("teacher@uni-wien.example", "Teacher", home.public_id, ("teacher",)), MONDAY
            )
            self.institution, self.owner = home.id, teacher.id
            made = connection.execute(sa.insert(resource).returning(resource.c.id), self._halls())
            self.rooms = tuple(made.scalars())
            _drop_guard(connection)
            for statement in INDICO:
                connection.exec_driver_sql(statement)

    def _halls(self) -> list[dict[str, object]]:
        return [
            {
                "public_id": f"hall-{number}",
                "institution_id": self.institution,
                "kind": "hall",
                "name": f"Hall {number:03}",
                "zone": "Europe/Vienna",
                "seats": 30,
                "quantity": 1,
                "shared": False,
                "approval": "none",
                "created_at": MONDAY,
                "version": 1,
            }
            for number in range(ROOMS)
        ]

    def fill(self, wanted: int) -> None:
        """Book on until there are so many bookings."""
        with self.database.engine.begin() as connection:
            while self.booked < wanted:
                some = [next(self.slots) for _ in range(min(ROWS_AT_ONCE, wanted - self.booked))]
                taken = [(self.booked + place, *self._slot(slot)) for place, slot in enumerate(some, 1)]
                _copy(connection, "booking", BOOKING_COLUMNS, [self._booking(*each) for each in taken])
                _copy(connection, "claim", CLAIM_COLUMNS, [(i, room, 1, True, a, b) for i, room, a, b in taken])
                self._reserve(connection, taken)
                self.booked += len(some)
        with self.database.engine.connect() as connection:
            sqlite = connection.dialect.name == "sqlite"
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("analyze" if sqlite else "vacuum (analyze) claim, their_occurrence")

    def _reserve(self, connection: sa.Connection, taken: Sequence[tuple[int, int, int, int]]) -> None:
        """The same as occurrences of reservations, so many of each."""
        reservations, occurrences = [], []
        for _, room, starts, ends in taken:
            series, place = divmod(self.in_room[room], SERIES)
            self.in_room[room] += 1
            name = room * MANY + series
            occurrences.append((name, starts, ends))
            if place == 0:
                reservations.append((name, room))
        _copy(connection, "their_reservation", ("id", "room_id"), reservations)
        _copy(connection, "their_occurrence", ("reservation_id", "starts", "ends"), occurrences)

    def _slot(self, number: int) -> tuple[int, int, int]:
        """A room, the start and the end."""
        rest, room = divmod(number, ROOMS)
        rest, band = divmod(rest, len(BANDS))
        week, weekday = divmod(rest, 5)
        starts = MONDAY + week * WEEK + weekday * DAY + BANDS[band] * HOUR
        return self.rooms[room], starts, starts + 2 * HOUR

    def _booking(self, number: int, room: int, starts: int, ends: int) -> tuple[object, ...]:
        names = (number, f"booking-{number}", f"wish-{number}")
        who = (self.institution, self.owner, "confirmed")
        return (*names, *who, starts, ends, f"[[{room}, 1]]", MONDAY, MONDAY, 1)


def compare(url: str) -> dict[str, float]:
    """The figures of one database, which is empty and at the newest revision."""
    campus = Campus(Database(url))
    campus.found()
    campus.fill(FEW)
    few = _asked(campus)
    campus.fill(MANY)
    many = _asked(campus)
    campus.database.engine.dispose()
    return {
        "speed_conflicts_vs_or_shape": many.conflicts["or"] / many.conflicts["ours"],
        "speed_conflicts_vs_or_text": many.conflicts["text"] / many.conflicts["ours"],
        "speed_conflicts_vs_query_each": many.conflicts["each"] / many.conflicts["ours"],
        "speed_search_vs_or_shape": many.search["or"] / many.search["ours"],
        "speed_search_vs_query_each": many.search["each"] / many.search["ours"],
        "growth_1e4_1e6": max(many.conflicts["ours"] / few.conflicts["ours"], many.search["ours"] / few.search["ours"]),
        "conflicts_ms": many.conflicts["ours"],
        "search_ms": many.search["ours"],
    }


@dataclass(frozen=True)
class Times:
    """Median milliseconds of each shape."""

    conflicts: dict[str, float]
    search: dict[str, float]


def _asked(campus: Campus) -> Times:
    """Ask everything in all shapes; the answers must be the same."""
    chosen = random.Random(7)
    lists = [(chosen.choice(campus.rooms), _series(chosen, LISTED_WEEKS)) for _ in range(ASKED)]
    searches = [(_series(chosen, SEARCHED_WEEKS),) for _ in range(ASKED)]
    with campus.database.engine.connect() as connection:
        ours = {"ours": our_conflicts, "or": or_conflicts, "text": or_conflicts_as_text, "each": each_conflicts}
        theirs = {"ours": our_search, "or": or_search, "each": each_search}
        found = Times(
            _timed(connection, ours, lists),
            _timed(connection, theirs, [(campus.institution, *each) for each in searches]),
        )
        connection.rollback()
    return found


def _timed(
    connection: sa.Connection, shapes: dict[str, Callable[..., set[Any]]], questions: Sequence[tuple[Any, ...]]
) -> dict[str, float]:
    """Medians of some turns, in each of which every shape is asked all questions in a row.

    Asked in turns with the others, the quickest would be measured in what they left of the processor's caches.
    """
    times: dict[str, list[float]] = {name: [] for name in shapes}
    for shape in (each for each in shapes.values() for _ in range(WARMING)):
        shape(connection, *questions[0])
    for _ in range(TURNS):
        answers = []
        for name, shape in shapes.items():
            some = [_clocked(shape, connection, question) for question in questions]
            times[name] += (milliseconds for milliseconds, _ in some)
            answers.append([answer for _, answer in some])
        assert all(each == answers[0] for each in answers)
    return {name: statistics.median(each) for name, each in times.items()}


def _clocked(
    shape: Callable[..., set[Any]], connection: sa.Connection, question: tuple[Any, ...]
) -> tuple[float, set[Any]]:
    began = time.perf_counter()
    answer = shape(connection, *question)
    return 1000 * (time.perf_counter() - began), answer


def _series(chosen: random.Random, weeks: int) -> list[Span]:
    """A two-hour lesson in a random week, on a working day, in one of the bands."""
    week = chosen.randrange(WEEKS - weeks)
    first = MONDAY + week * WEEK + chosen.randrange(5) * DAY + chosen.choice(BANDS) * HOUR
    return [(first + each * WEEK, first + each * WEEK + 2 * HOUR) for each in range(weeks)]


def our_conflicts(connection: sa.Connection, room: int, spans: Sequence[Span]) -> set[Span]:
    return {(each.starts, each.ends) for each in claims_touching(connection, [(room, *span) for span in spans])}


def or_conflicts(connection: sa.Connection, room: int, spans: Sequence[Span]) -> set[Span]:
    """One OR of all overlaps, built and bound by SQLAlchemy at each question, as Indico does and as we do."""
    overlaps = sa.or_(*(sa.and_(_starts < ends, _ends > starts) for starts, ends in spans))
    found = sa.select(_starts, _ends).select_from(_THEIRS).where(_reservation.c.room_id == room, overlaps)
    return {(row[0], row[1]) for row in connection.execute(found)}


def or_conflicts_as_text(connection: sa.Connection, room: int, spans: Sequence[Span]) -> set[Span]:
    """The same as a text that nobody had to build."""
    return _spans(connection, f"{THEIRS} where room_id = {room} and ({_any_overlap(spans)})")


def each_conflicts(connection: sa.Connection, room: int, spans: Sequence[Span]) -> set[Span]:
    """A query for each occurrence, in a table with a good index, as MRBS has it."""
    asked = (f"claim where resource_id = {room} and {_any_overlap([span])}" for span in spans)
    return {found for each in asked for found in _spans(connection, each)}


def our_search(connection: sa.Connection, institution: int, spans: Sequence[Span]) -> set[str]:
    return _names(search.free(connection, spans, Scope(institution)))


def or_search(connection: sa.Connection, institution: int, spans: Sequence[Span]) -> set[str]:
    """No occurrence in the room is in the OR of all overlaps."""
    busy = f"{THEIRS} where room_id = resource.id and ({_any_overlap(spans)})"
    return _names(_rooms(connection, institution, busy))


def each_search(connection: sa.Connection, institution: int, spans: Sequence[Span]) -> set[str]:
    """The rooms that are free in each occurrence, one query after another."""
    busy = [f"claim where resource_id = resource.id and {_any_overlap([span])}" for span in spans]
    return set.intersection(*(_names(_rooms(connection, institution, each)) for each in busy))


def _any_overlap(spans: Sequence[Span]) -> str:
    return " or ".join(f"(starts < {ends} and ends > {starts})" for starts, ends in spans)


def _spans(connection: sa.Connection, source: str) -> set[Span]:
    return {(row[0], row[1]) for row in connection.exec_driver_sql(f"select starts, ends from {source}")}


def _rooms(connection: sa.Connection, institution: int, busy: str) -> list[Room]:
    text = (
        f"select * from resource where institution_id = {institution} and kind = 'hall' and retired_at is null "
        f"and not exists (select 1 from {busy}) order by name"
    )
    return [room_of(row) for row in connection.exec_driver_sql(text).mappings()]


def _names(rooms: Sequence[Room]) -> set[str]:
    return {each.name for each in rooms}


def _drop_guard(connection: sa.Connection) -> None:
    """It never fires here, and is read by no question; PostgreSQL would build its index for a minute."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("drop trigger no_double_booking")
    else:
        connection.exec_driver_sql("alter table claim drop constraint no_double_booking")


def _copy(connection: sa.Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    named = ", ".join(columns)
    raw = connection.connection.driver_connection
    assert raw is not None
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        raw.executemany(f"insert into {table} ({named}) values ({marks})", rows)
        return
    with raw.cursor() as cursor, cursor.copy(f"copy {table} ({named}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
