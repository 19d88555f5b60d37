"""What must hold in the tables after every step, whatever the model says: the invariants by their numbers."""

import datetime as dt
import json
from collections import Counter, defaultdict
from typing import Final

from tests.stateful.model import HOLDING
from tests.stateful.twins import Office, Row
from tests.stateful.world import MINUTE, SLOT, THINGS, ZONES, readings

BOOKINGS: Final = "select id, state, starts, ends, wants, purpose, owner_id, hold_until, wish from booking"
CLAIMS: Final = "select booking_id, resource_id, quantity, starts, ends from claim"
MEETINGS: Final = """
select l.public_id, o.recurrence, o.wall_start, o.minutes, o.fold, o.starts, o.ends, o.booking_id, l.zone, l.version
from occurrence o join lesson l on l.id = o.lesson_id order by o.starts, o.id
"""
UNTOLD: Final = """
select l.public_id, l.version, count(a.id) from lesson l
left join audit a on a.entity = 'lesson' and a.entity_id = l.id
group by l.public_id, l.version having l.version <> count(a.id)
"""
DAY: Final = 24 * 3600


class Tables:
    """What stands in one database after a step."""

    def __init__(self, office: Office) -> None:
        self.bookings = {row[0]: row for row in office.rows(BOOKINGS)}
        self.claims = office.rows(CLAIMS)
        self.meetings = office.rows(MEETINGS)
        self.untold = office.rows(UNTOLD)
        self.things = office.names.resources
        self.places = {zone: place for place, zone in ZONES.items()}

    def check(self) -> None:
        self.never_more_than_there_is()
        self.all_claims_or_none()
        self.instants_come_from_walls()
        assert not self.untold, f"I11: lesson, version, entries of the audit log: {self.untold}"

    def never_more_than_there_is(self) -> None:
        """I1."""
        used: Counter[tuple[str, int]] = Counter()
        for _, resource_id, quantity, starts, ends in self.claims:
            for slot in range(starts, ends, SLOT):
                used[self.things[resource_id], slot] += quantity
        over = {key: taken for key, taken in used.items() if taken > THINGS[key[0]].quantity}
        assert not over, f"I1: taken more than once: {over}"

    def all_claims_or_none(self) -> None:
        """I2, I3 and I4: who holds has claims on all it wants, buffers included, in pieces of a day at most."""
        held: defaultdict[int, Counter[tuple[str, int]]] = defaultdict(Counter)
        edges: defaultdict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
        for booking_id, resource_id, quantity, starts, ends in self.claims:
            assert 0 < ends - starts <= DAY, "I4: a claim lasts a day at most"
            held[booking_id][self.things[resource_id], quantity] += ends - starts
            edges[booking_id, self.things[resource_id]] += [(starts, ends)]
        for row in self.bookings.values():
            assert held[row[0]] == self._due(row), f"I2, I3, I4: {row} holds {dict(held[row[0]])}"
            for name, _ in held[row[0]]:
                spans = sorted(edges[row[0], name])
                assert (spans[0][0], spans[-1][1]) == _held(name, row[2], row[3]), f"I4: {row} holds {spans} of {name}"

    def _due(self, row: Row) -> Counter[tuple[str, int]]:
        """What a booking must hold in all: seconds of each thing."""
        _, state, starts, ends, wants, *_ = row
        if state not in HOLDING:
            return Counter()
        wanted = [(self.things[resource_id], quantity) for resource_id, quantity in json.loads(wants)]
        spans = {name: _held(name, starts, ends) for name, _ in wanted}
        return Counter({(name, quantity): spans[name][1] - spans[name][0] for name, quantity in wanted})

    def instants_come_from_walls(self) -> None:
        """I5."""
        for _, _, wall, minutes, fold, starts, ends, booking_id, zone, _ in self.meetings:
            found = readings(dt.datetime.fromisoformat(wall), self.places[zone])
            assert starts == found[(fold or 0) if len(found) > 1 else 0], f"I5: {wall} in {zone}"
            assert ends == starts + MINUTE * minutes, f"I5: {wall} lasts {minutes} minutes"
            assert self.bookings[booking_id][2:4] == (starts, ends), f"I5: {wall} is booked at another time"


def _held(name: str, starts: int, ends: int) -> tuple[int, int]:
    thing = THINGS[name]
    return starts - MINUTE * thing.setup, ends + MINUTE * thing.teardown
