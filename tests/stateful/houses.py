"""Rules of those who administer houses, and of those who wait."""

import datetime as dt
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from rooms.blockings.model import NewBlocking
from rooms.blockings.service import prepare_blocking, prepare_removal
from rooms.quotas.model import NewQuota
from rooms.quotas.service import add_quota, delete_quota
from schedules.approvals import APPROVALS
from tests.stateful import duties
from tests.stateful.courses import DONE, Told
from tests.stateful.duties import Blocking
from tests.stateful.limits import Limit
from tests.stateful.model import Booking, Entry
from tests.stateful.stage import Stage
from tests.stateful.twins import Office
from tests.stateful.world import ADMINISTRATORS, HOUR, POOLS, ROOMS, text
from vclass.core.refusals import Refusal

PICK: Final = st.integers(0, 99)
NIGHT: Final = dt.datetime(2027, 10, 28)  # noqa: DTZ001  a wall time
STARTS: Final = st.integers(0, 4 * 24).map(lambda hours: NIGHT + dt.timedelta(hours=hours))
LASTING: Final = st.sampled_from([1, 2, 5, 30]).map(lambda hours: dt.timedelta(hours=hours))
HOUSES: Final = st.sampled_from(sorted(ADMINISTRATORS))
BOOKING_OF: Final = """
select b.public_id from booking b join occurrence o on o.booking_id = b.id join lesson l on l.id = o.lesson_id
where l.public_id = '{}' and o.recurrence = '{}'
"""


class HouseRules(Stage):
    """Blockings, quotas, the waiting list, and time."""

    @initialize()
    def open_houses(self) -> None:
        self.blockings: list[Blocking] = []
        self.limits: dict[int, Limit] = {}

    @rule(house=HOUSES, start=STARTS, lasting=LASTING, displace=st.booleans(), which=PICK)
    def block(self, house: str, start: dt.datetime, lasting: dt.timedelta, which: int, *, displace: bool) -> None:
        mine = [name for name, thing in {**ROOMS, **POOLS}.items() if thing.house == house]
        names = tuple({mine[which % len(mine)], mine[which % 7 % len(mine)]})
        by, number, end = ADMINISTRATORS[house], len(self.blockings), start + lasting
        told, made = duties.block(self.model, by, names, (start, end), self.now, displace=displace)

        async def step(office: Office) -> object:
            called = tuple(office.names.public_ids[name] for name in names)
            body = NewBlocking(called, text(start), text(end), "Exam", "displace" if displace else "refuse")
            wish = await office.database.read(prepare_blocking, office.actor(by), body, None, office.clock())
            office.blockings[number] = wish.name or ""
            return _granted(await office.desk.submit(wish))

        self.step("block", told, step)
        if told.answer == DONE:
            self.blockings.append(Blocking(number, by, made))

    @precondition(lambda self: self.blockings)
    @rule(pick=PICK)
    def unblock(self, pick: int) -> None:
        blocking = self.blockings[pick % len(self.blockings)]
        told = duties.unblock(self.model, blocking, self.now)

        async def step(office: Office) -> object:
            name = office.blockings[blocking.number]
            wish = await office.database.read(prepare_removal, office.actor(blocking.by), name, office.clock())
            return _granted(await office.desk.submit(wish))

        self.step("unblock", told, step)

    @rule(house=HOUSES, person=st.booleans(), most=st.integers(0, 3), by_minutes=st.booleans())
    def limit(self, house: str, most: int, *, person: bool, by_minutes: bool) -> None:
        subject, number = "person" if person else "institution", len(self.limits)
        bookings, minutes = (None, 120 * most) if by_minutes else (most, None)
        quota = NewQuota(subject, "week", bookings=bookings, minutes=minutes)  # type: ignore[arg-type]  # one of the two subjects

        async def step(office: Office) -> None:
            who = office.actor(ADMINISTRATORS[house])
            office.quotas[number] = (await office.database.write(add_quota, who, quota, office.clock())).public_id

        self.step("limit", Told(DONE), step)
        self.limits[number] = Limit(house, subject, bookings, minutes)  # type: ignore[arg-type]  # likewise
        self.model.desk.limits.append(self.limits[number])

    @precondition(lambda self: self.model.desk.limits)
    @rule(pick=PICK)
    def lift(self, pick: int) -> None:
        limit = self.model.desk.limits.pop(pick % len(self.model.desk.limits))
        number = next(each for each, known in self.limits.items() if known is limit)

        async def step(office: Office) -> object:
            who = office.actor(ADMINISTRATORS[limit.house])
            return await office.database.write(delete_quota, who, office.quotas[number], version=1, now=office.clock())

        self.step("lift a limit", Told(DONE), step)

    @precondition(lambda self: self.model.desk.waiting)
    @rule(pick=PICK)
    def accept(self, pick: int) -> None:
        entry = self._entry(pick)
        owner, names = entry.bookings[0].owner, self._names(entry)
        told = duties.accept(self.model, entry, self.now)

        async def step(office: Office) -> object:
            return await office.line.accept(office.actor(owner), self._booking(office, names))

        self.step("accept", told, step)

    @precondition(lambda self: self.model.desk.waiting)
    @rule(pick=PICK)
    def decline(self, pick: int) -> None:
        entry = self._entry(pick)
        owner, names = entry.bookings[0].owner, self._names(entry)
        told = duties.give_up(self.model, entry, self.now)

        async def step(office: Office) -> object:
            return await office.line.decline(office.actor(owner), self._booking(office, names))

        self.step("decline", told, step)

    @precondition(lambda self: self.asking())
    @rule(pick=PICK, whole=st.booleans())
    def approve(self, pick: int, *, whole: bool) -> None:
        house, booking, names = self._asking(pick)
        told = duties.approve(self.model, house, booking, self.now, whole=whole)

        async def step(office: Office) -> object:
            who = office.actor(ADMINISTRATORS[house])
            return await office.app[APPROVALS].approve(who, self._booking(office, names), "all" if whole else "this")

        self.step("approve", told, step)

    @precondition(lambda self: self.asking())
    @rule(pick=PICK, whole=st.booleans())
    def reject(self, pick: int, *, whole: bool) -> None:
        house, booking, names = self._asking(pick)
        told = duties.reject(self.model, house, booking, self.now, whole=whole)

        async def step(office: Office) -> object:
            who, scope = office.actor(ADMINISTRATORS[house]), "all" if whole else "this"
            return await office.app[APPROVALS].reject(who, self._booking(office, names), scope, "No")  # type: ignore[arg-type]  # one of the two scopes

        self.step("reject", told, step)

    @rule(hours=st.sampled_from([1, 1, 3, 12]))
    def pass_time(self, hours: int) -> None:
        """An hour passes, or some; then the clockwork does its duty."""
        self.twins.clock.advance(hours * HOUR)
        duties.expire(self.model, self.now)
        duties.look_through(self.model, self.now)

        async def step(office: Office) -> None:
            await office.app[APPROVALS].expire()
            await office.line.retry()

        self.step("pass time", Told(DONE), step)

    def asking(self) -> list[tuple[str, Booking]]:
        """The bookings of which a house was asked, those first that wait for its answer."""
        known = [
            (house, booking)
            for course in self.model.courses
            for meeting in course.meetings
            for booking in [meeting.booking]
            for house in booking.approvals
        ]
        return sorted(known, key=lambda each: each[1].state not in ("requested", "held"))

    def _asking(self, pick: int) -> tuple[str, Booking, tuple[int, str]]:
        known = self.asking()
        house, booking = known[pick % len(known) if pick % 3 == 0 else pick % min(3, len(known))]
        found = self.model.meeting_of(booking)
        assert found is not None
        return house, booking, (found[0].number, text(found[1].name))

    def _entry(self, pick: int) -> Entry:
        """One with an offer, if there is any and the number is even."""
        line = self.model.desk.waiting
        offered = [each for each in line if each.offered]
        some = offered if offered and pick % 2 == 0 else line
        return some[pick % len(some)]

    def _names(self, entry: Entry) -> tuple[int, str]:
        """Number of the lesson and name of the meeting that the first booking of an entry belongs to."""
        found = self.model.meeting_of(entry.listed[0])
        assert found is not None
        return found[0].number, text(found[1].name)

    def _booking(self, office: Office, names: tuple[int, str]) -> str:
        ((public_id,),) = office.rows(BOOKING_OF.format(office.ids[names[0]], names[1]))
        return str(public_id)


def _granted(answer: object) -> object:
    if isinstance(answer, Refusal):
        raise answer
    return answer
