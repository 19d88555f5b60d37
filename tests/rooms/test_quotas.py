"""Quotas: what a person or another institution holds of a house in a week or a term, counted once and in time."""

import asyncio
import datetime as dt
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from rooms import BookingWish, Desk, Exceeded, Result, Want, Wish, preview
from rooms.meter import metered
from rooms.quotas.model import NewQuota, Quota, QuotaPatch, Term, Use
from rooms.quotas.service import add_quota, change_quota, delete_quota, see_quotas
from rooms.store.tables import resource
from tests.houses import KYIV
from tests.rooms.house import HOUR, House, PlainClerk, states
from tests.support import SATURDAY
from vclass import people
from vclass.core.db import Database
from vclass.core.keys import Actor
from vclass.core.refusals import InvalidInputError, NotFoundError, StaleError
from vclass.core.zones import parse_rfc3339
from vclass.people import NewPerson

DAY = 24 * HOUR
MONDAY = parse_rfc3339("2026-11-22T23:00:00Z")
"""The first moment of the ISO week after Saturday, on the clocks of Vienna."""


@dataclass
class Counted:
    """A house with quotas, a desk, and ways to book."""

    database: Database
    house: House
    desk: Desk

    async def limit(self, subject: str = "person", period: str = "week", **limits: object) -> Quota:
        wish = NewQuota(subject, period, **limits)  # type: ignore[arg-type]  # words of the types
        return await self.database.write(add_quota, self.administrator, wish, SATURDAY)

    @property
    def administrator(self) -> Actor:
        place = self.house.institution
        return Actor(person_id=self.house.teacher, institution_id=place, roles=frozenset({(place, "room_admin")}))

    def at(self, hour: int, *wants: Want, hours: int = 1) -> BookingWish:
        """The hall for some hours, so many hours after the week began."""
        starts = MONDAY + hour * HOUR
        return BookingWish(str(hour), starts, starts + hours * HOUR, wants or (Want(self.house.hall),))

    async def book(self, *bookings: BookingWish, **changes: object) -> Result:
        result = await self.desk.submit(replace(self.house.wish(*bookings), **changes))  # type: ignore[arg-type]  # fields of a wish
        assert isinstance(result, Result)
        return result


@pytest.fixture
def counted(database: Database, house: House, desk: Desk) -> Counted:
    return Counted(database, house, desk)


async def test_what_exceeds_a_week_is_refused_until_the_next_with_what_was_used(counted: Counted) -> None:
    await counted.limit(bookings=2)
    await counted.book(counted.at(10), counted.at(20))
    result = await counted.book(counted.at(30))
    [clash] = result.clashes
    assert (clash.reason, clash.until, clash.exceeded) == ("quota", MONDAY + 7 * DAY, Exceeded("bookings", 2, 2))
    assert (clash.resource_id, clash.reference) == (counted.house.hall, "30")
    assert (await counted.book(counted.at(7 * 24))).taken


async def test_the_way_forward_that_a_refusal_names_works(counted: Counted) -> None:
    await counted.limit(minutes=60)
    await counted.book(counted.at(10))
    [clash] = (await counted.book(counted.at(30))).clashes
    assert clash.until is not None
    assert (
        await counted.book(BookingWish("later", clash.until, clash.until + HOUR, (Want(counted.house.hall),)))
    ).taken


async def test_a_week_begins_on_monday_on_the_clocks_of_the_house(counted: Counted) -> None:
    await counted.limit(bookings=1)
    await counted.book(counted.at(-1))
    assert (await counted.book(counted.at(0))).taken
    assert (await counted.book(counted.at(-2))).refused


async def test_minutes_are_those_of_the_booking_however_many_rooms_it_has(counted: Counted) -> None:
    await counted.limit(minutes=120)
    both = (Want(counted.house.hall), Want(counted.house.other_hall), Want(counted.house.projectors, 2))
    assert (await counted.book(counted.at(10, *both, hours=2))).taken
    [clash] = (await counted.book(counted.at(20))).clashes
    assert clash.exceeded == Exceeded("minutes", 120, 120)


async def test_a_wish_counts_its_own_bookings(counted: Counted) -> None:
    await counted.limit(bookings=2)
    assert (await counted.book(counted.at(1), counted.at(2), counted.at(3))).refused
    skipping = await counted.book(counted.at(1), counted.at(2), counted.at(3), counted.at(200), on_clash="skip")
    assert [each.reference for each in skipping.taken] == ["1", "2", "200"]


async def test_of_many_at_once_as_many_are_granted_as_the_quota_allows(counted: Counted) -> None:
    await counted.limit(bookings=3)
    results = await asyncio.gather(*(counted.book(counted.at(hour)) for hour in range(10)))
    assert [bool(each.taken) for each in results] == [True] * 3 + [False] * 7


async def test_a_move_is_not_counted_twice(counted: Counted) -> None:
    await counted.limit(bookings=1)
    first = await counted.book(counted.at(10))
    moved = await counted.book(counted.at(20), release=(first.taken[0].booking_id,))
    assert moved.taken
    assert (await counted.book(counted.at(30))).refused


async def test_what_stands_above_a_lowered_quota_can_still_be_moved(counted: Counted) -> None:
    first = await counted.book(counted.at(10), counted.at(20))
    await counted.limit(bookings=1)
    ids = tuple(each.booking_id for each in first.taken)
    assert (await counted.book(counted.at(30), counted.at(40), release=ids)).taken


async def test_what_is_let_go_can_be_used_again_even_in_the_same_batch(counted: Counted) -> None:
    await counted.limit(bookings=1)
    first = await counted.book(counted.at(10))
    results = await asyncio.gather(
        counted.book(counted.at(20)),
        counted.book(release=(first.taken[0].booking_id,)),
        counted.book(counted.at(30)),
        counted.book(counted.at(40)),
    )
    assert [bool(each.taken) for each in results] == [False, False, True, False]


async def test_a_request_counts_once_it_holds_something(counted: Counted) -> None:
    await counted.limit(bookings=1)
    must = sa.update(resource).where(resource.c.id == counted.house.hall).values(approval="required")
    await counted.database.write(lambda c: c.execute(must))
    first, second = await counted.book(counted.at(10)), await counted.book(counted.at(20))
    assert [each.taken[0].state for each in (first, second)] == ["requested", "requested"]
    approved = [
        replace(counted.at(hour), standing=each.taken[0].booking_id, state="confirmed")
        for hour, each in ((10, first), (20, second))
    ]
    assert (await counted.book(approved[0])).taken
    assert (await counted.book(approved[1])).refused
    assert (await counted.book(approved[1], approves=frozenset({counted.house.institution}))).taken


async def test_blockings_are_not_counted(counted: Counted) -> None:
    await counted.limit(bookings=0)
    assert (await counted.book(counted.at(10), purpose="blocking")).taken


async def test_peoples_time_is_not_counted(counted: Counted) -> None:
    await counted.limit(bookings=0)
    assert (await counted.book(replace(counted.at(10), wants=()))).taken


async def test_a_term_counts_what_starts_between_its_days(counted: Counted) -> None:
    days = Term(dt.date(2026, 11, 24), dt.date(2026, 11, 25))
    await counted.limit(period="term", term=days, bookings=1)
    assert (await counted.book(counted.at(23), counted.at(24), counted.at(72))).taken
    [clash] = (await counted.book(counted.at(71))).clashes
    assert clash.until == MONDAY + 3 * DAY


async def test_another_institution_is_limited_as_a_whole_and_the_house_is_not(counted: Counted) -> None:
    kyiv = await counted.database.write(people.create_institution, KYIV, SATURDAY)
    teachers = [
        await counted.database.write(
            people.create_person, NewPerson(f"{name}@kyiv.example", name, kyiv.public_id, ("teacher",)), SATURDAY
        )
        for name in ("one", "two")
    ]
    await counted.limit("institution", bookings=1)
    theirs = [{"institution_id": kyiv.id, "owner_id": each.id} for each in teachers]
    assert (await counted.book(counted.at(10), **theirs[0])).taken
    assert (await counted.book(counted.at(20), **theirs[1])).refused
    assert (await counted.book(counted.at(30), counted.at(40))).taken


async def test_two_processes_share_a_quota(counted: Counted) -> None:
    await counted.limit(bookings=5)
    other = Database(counted.database.url)
    other.open()
    desks = (counted.desk, Desk(other, {"test": PlainClerk()}))
    wishes = [counted.house.wish(counted.at(hour)) for hour in range(20)]
    await asyncio.gather(*(desks[place % 2].submit(each) for place, each in enumerate(wishes)))
    await other.close()
    assert await counted.database.read(states) == ["confirmed"] * 5


async def test_where_there_is_no_quota_one_query_says_so(counted: Counted) -> None:
    def look(connection: sa.Connection) -> int:
        asked: list[str] = []
        sa.event.listen(connection, "before_cursor_execute", lambda _c, _cursor, text, *_: asked.append(text))
        assert metered(connection, [counted.house.wish(counted.at(1), counted.at(2))], None) is None
        return len(asked)

    assert await counted.database.write(look) == 1


async def test_a_look_at_a_house_without_quotas_asks_for_none(counted: Counted) -> None:
    """The way of `preview`, which alternatives are sought with dozens of times."""

    def look(connection: sa.Connection) -> list[str]:
        asked: list[str] = []
        sa.event.listen(connection, "before_cursor_execute", lambda _c, _cursor, text, *_: asked.append(text))
        assert preview(connection, counted.house.wish(counted.at(1))) == []
        return [each for each in asked if "FROM quota" in each and "EXISTS" not in each]

    assert await counted.database.read(look) == []


async def test_a_look_counts_quotas_as_the_desk_does(counted: Counted) -> None:
    await counted.limit(bookings=1)
    await counted.book(counted.at(10))
    [clash] = await counted.database.read(preview, counted.house.wish(counted.at(20)))
    assert (clash.reason, clash.exceeded) == ("quota", Exceeded("bookings", 1, 1))


async def test_a_batch_is_counted_in_as_many_queries_as_one_wish(counted: Counted) -> None:
    await counted.limit(bookings=5)
    await counted.limit("institution", minutes=600)

    def look(connection: sa.Connection, wishes: list[Wish]) -> int:
        asked: list[str] = []
        sa.event.listen(connection, "before_cursor_execute", lambda _c, _cursor, text, *_: asked.append(text))
        metered(connection, wishes, None)
        return len(asked)

    one = [counted.house.wish(counted.at(1))]
    many = [counted.house.wish(counted.at(hour), counted.at(hour + 200)) for hour in range(50)]
    assert await counted.database.write(look, one) == await counted.database.write(look, many) <= 5


async def test_quotas_are_changed_and_lifted_from_the_version_that_stands(counted: Counted) -> None:
    made = await counted.limit(minutes=60)
    write, actor = counted.database.write, counted.administrator
    after = await write(change_quota, actor, made.public_id, QuotaPatch(minutes=90), version=1, now=SATURDAY)
    assert (after.minutes, after.version) == (90, 2)
    with pytest.raises(StaleError):
        await write(delete_quota, actor, made.public_id, version=1, now=SATURDAY)
    await write(delete_quota, actor, made.public_id, version=2, now=SATURDAY)
    assert await counted.database.read(see_quotas, actor) == []


async def test_the_quota_of_another_house_is_not_there(counted: Counted) -> None:
    made = await counted.limit(minutes=60)
    stranger = Actor(person_id=1, institution_id=99, roles=frozenset({(99, "room_admin")}))
    with pytest.raises(NotFoundError):
        await counted.database.write(
            change_quota, stranger, made.public_id, QuotaPatch(minutes=1), version=1, now=SATURDAY
        )


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (NewQuota("person", "week"), "minutes"),
        (NewQuota("person", "term", minutes=1), "term"),
        (NewQuota("person", "week", Term(dt.date(2026, 1, 1), dt.date(2026, 2, 1)), minutes=1), "term"),
        (NewQuota("person", "term", Term(dt.date(2026, 2, 1), dt.date(2026, 1, 1)), minutes=1), "term.last"),
    ],
)
async def test_a_quota_that_makes_no_sense_is_refused(counted: Counted, wish: NewQuota, field: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        await counted.database.write(add_quota, counted.administrator, wish, SATURDAY)
    assert [each.field for each in refusal.value.errors] == [field]


def test_a_week_with_a_change_of_clocks_has_its_own_length() -> None:
    week = Quota(1, "q", 1, "person", "week", None, None, 1, None, 1)
    span = week.period_at(parse_rfc3339("2026-10-25T12:00:00Z"), "Europe/Vienna")
    assert span == (parse_rfc3339("2026-10-18T22:00:00Z"), parse_rfc3339("2026-10-25T23:00:00Z"))


def test_the_last_days_of_a_year_may_count_in_the_first_week_of_the_next() -> None:
    week = Quota(1, "q", 1, "person", "week", None, None, 1, None, 1)
    spans = {
        week.period_at(parse_rfc3339(each), "Etc/UTC") for each in ("2026-12-28T00:00:00Z", "2027-01-03T23:00:00Z")
    }
    assert len(spans) == 1


def test_a_use_that_does_not_grow_exceeds_nothing() -> None:
    limited = Quota(1, "q", 1, "person", "week", None, None, 60, 1, 1)
    assert limited.exceeded(Use(3, 9 * HOUR), Use(3, 9 * HOUR)) is None
    assert limited.exceeded(Use(0, 0), Use(2, HOUR)) == "bookings"
    assert limited.exceeded(Use(0, 0), Use(1, HOUR + 1)) == "minutes"
