"""A house that will be closed: who has lessons there on those days is told, once for each closure."""

from datetime import date

import msgspec

from schedules import NoticeFacts, Repeat
from schedules.terms import Days, service
from tests.office import Office
from vclass.core.zones import local

WEEKLY = Repeat("week", count=4)
SECOND = date(2026, 12, 8)


async def close(office: Office, place: str, first: date = SECOND, last: date = SECOND) -> Days:
    admin = office.world.actors["room_admin", place]
    return await office.database.write(service.add, admin, "closure", "Winter break", first, last, office.clock())


async def prolong(office: Office, closed: Days, last: date) -> Days:
    admin = office.world.actors["room_admin", "kyiv"]
    wanted = {"name": msgspec.UNSET, "first_day": msgspec.UNSET, "last_day": last}
    return await office.database.write(
        service.change, admin, "closure", closed.public_id, wanted, version=closed.version, now=office.clock()
    )


async def closed_notices(office: Office) -> list[NoticeFacts]:
    return [each for each in await office.notices() if each.notice == "closed"]


def day(notice: NoticeFacts) -> date:
    return local(notice.first[0], "Europe/Kyiv").date


async def test_the_owner_is_told_which_house_is_closed_on_which_date(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    await close(office, "kyiv")
    (told,) = await closed_notices(office)
    assert (told.email, told.lesson, told.number, day(told)) == (office.teacher.email, lesson.public_id, 1, SECOND)
    assert told.reason == "Winter break"


async def test_nothing_is_moved(office: Office) -> None:
    lesson = await office.book(repeat=WEEKLY)
    before = await office.held()
    await close(office, "kyiv")
    assert await office.held() == before
    assert (await office.read(lesson)).version == lesson.version


async def test_a_house_that_is_not_involved_says_nothing(office: Office) -> None:
    await office.book(repeat=WEEKLY)
    await close(office, "athens")
    assert await closed_notices(office) == []


async def test_dates_that_were_left_out_or_cancelled_concern_nobody(office: Office) -> None:
    await close(office, "vienna")
    lesson = await office.book(repeat=WEEKLY)
    await office.cancel(lesson)
    await close(office, "kyiv", date(2026, 12, 1), date(2026, 12, 31))
    assert await closed_notices(office) == []


async def test_a_longer_closure_tells_of_the_days_that_it_gained(office: Office) -> None:
    await office.book(repeat=WEEKLY)
    closed = await close(office, "kyiv")
    await prolong(office, closed, date(2026, 12, 16))
    assert [day(each) for each in await closed_notices(office)] == [SECOND, date(2026, 12, 15)]


async def test_the_day_is_that_of_the_house(office: Office) -> None:
    """Half past eleven at night in Vienna is the next day in Kyiv."""
    await office.book(start="2026-12-07T23:30", minutes=60)
    await close(office, "kyiv")
    assert [day(each) for each in await closed_notices(office)] == [SECOND]
