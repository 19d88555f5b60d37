"""Who was invited hears of a change of law when somebody says so: once, as an update of what calendars have (R16)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rooms import Desk
from schedules import LessonPatch, Repeat, calendar_object, law
from schedules.law.telling import Waiting, tell, waiting
from schedules.model import Lesson
from tests import releases
from tests.judges.calendar import SimulatedCalendar
from tests.office import DOMAIN, GRETA, Office
from vclass.core import zones
from vclass.core.zones import rfc3339

HOUR = 3600
STUDENT = "greta@example.org"
VANCOUVER = "America/Vancouver"
CAIRO = "Africa/Cairo"


@pytest.fixture(scope="module")
def before_the_law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release without Vancouver's law of 2026: the machine's, or the wheel's with the rules of Los Angeles."""
    if releases.machines() == "2025b":
        return releases.MACHINE
    return releases.doctored(tmp_path_factory.mktemp("release"), VANCOUVER, "America/Los_Angeles", "2025b")


@pytest.fixture
def old_law(before_the_law: Path) -> Iterator[None]:
    """Booked while the old rules hold."""
    zones.use_database(before_the_law)
    yield
    zones.use_database(None)


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office.database, {law.KIND: law.LawClerk()})


async def moved(office: Office, desk: Desk, **changes: object) -> Lesson:
    """A lesson in Vancouver that was booked by the old rules, after the new ones came."""
    usual = {"zone": VANCOUVER, "start": "2026-12-01T10:00", "rooms": (), "teachers": (), "attendees": (GRETA,)}
    try:
        lesson = await office.book(**usual | changes)
    finally:
        zones.use_database(None)
    await law.carry_out(office.database, desk, office.clock)
    return lesson


async def waits(office: Office) -> list[Waiting]:
    return await office.database.read(waiting, office.teacher)


async def press(office: Office, *ids: str) -> list[Lesson]:
    office.clock.advance(60)
    return await office.database.write(tell, office.teacher, ids, office.clock())


async def calendar_of(office: Office) -> SimulatedCalendar:
    shown = SimulatedCalendar()
    for each in await office.mails(STUDENT):
        shown.receive(calendar_object(each, link="https://vclass.example/join/x", domain=DOMAIN, rsvp=False))
    return shown


@pytest.mark.usefixtures("old_law")
async def test_r16_15_ten_in_vancouver_moves_an_hour_and_is_listed_not_told(office: Office, desk: Desk) -> None:
    lesson = await moved(office, desk)
    [found] = await waits(office)
    [move] = found.moves
    assert (rfc3339(move.before), rfc3339(move.after)) == ("2026-12-01T18:00:00Z", "2026-12-01T17:00:00Z")
    assert (found.lesson.public_id, move.recurrence) == (lesson.public_id, "2026-12-01T10:00")
    assert [each.news for each in await office.mails(STUDENT)] == ["invited"]


@pytest.mark.usefixtures("old_law")
async def test_r16_one_press_updates_what_calendars_have(office: Office, desk: Desk) -> None:
    lesson = await moved(office, desk)
    [told] = await press(office)
    mails = await office.mails(STUDENT)
    assert [(each.news, each.sequence, each.uid) for each in mails[1:]] == [("updated", 1, lesson.uid)]
    assert mails[-1].before == lesson.dates[0].starts
    assert mails[-1].starts == (told.dates[0].starts,) == (lesson.dates[0].starts - HOUR,)


@pytest.mark.usefixtures("old_law")
async def test_r16_the_second_press_tells_nobody(office: Office, desk: Desk) -> None:
    await moved(office, desk)
    await press(office)
    told = await office.mails()
    assert (await press(office), await waits(office)) == ([], [])
    assert await office.mails() == told


@pytest.mark.usefixtures("old_law")
async def test_r16_a_series_is_at_its_new_times_in_calendars(office: Office, desk: Desk) -> None:
    await moved(office, desk, repeat=Repeat("week", count=20))
    [told] = await press(office)
    assert (await calendar_of(office)).shown() == [(each.starts, each.ends) for each in told.dates]


async def test_r16_a_series_that_no_rule_tells_any_more_is_replaced_by_its_dates(
    office: Office, desk: Desk, tmp_path: Path
) -> None:
    zones.use_database(releases.doctored(tmp_path, CAIRO, releases.WITHOUT_SUMMER))
    await moved(office, desk, zone=CAIRO, start="2027-04-15T10:00", repeat=Repeat("week", count=5))
    [told] = await press(office)
    assert [each.news for each in await office.mails(STUDENT)] == ["invited", "withdrawn", "updated"]
    assert (await calendar_of(office)).shown() == [(each.starts, each.ends) for each in told.dates]


@pytest.mark.usefixtures("old_law")
async def test_r16_others_neither_see_nor_tell(office: Office, desk: Desk) -> None:
    await moved(office, desk)
    stranger = office.world.actors["teacher", "kyiv"]
    assert await office.database.read(waiting, stranger) == []
    assert await office.database.write(tell, stranger, (), office.clock()) == []
    administrator = office.world.actors["institution_admin", "vienna"]
    assert len(await office.database.read(waiting, administrator)) == 1


@pytest.mark.usefixtures("old_law")
async def test_r16_a_date_that_was_moved_on_or_is_off_waits_no_longer(office: Office, desk: Desk) -> None:
    lesson = await office.read(await moved(office, desk, repeat=Repeat("week", count=3)))
    first, second, third = (str(each.recurrence) for each in lesson.dates)
    way = office.teacher, lesson.public_id
    await office.lessons.cancel_meeting(*way, first, "this", "ill", lesson.version)
    patch = LessonPatch(start="2026-12-08T15:00")
    await office.lessons.change_meeting(*way, second, patch, "this", lesson.version + 1)
    assert [move.recurrence for each in await waits(office) for move in each.moves] == [third]
    [told] = await press(office)
    assert [each.asked for each in told.occurrences] == [told.sequence - 1, told.sequence]


@pytest.mark.usefixtures("old_law")
async def test_r16_a_lesson_that_is_cancelled_meanwhile_is_not_told_again(office: Office, desk: Desk) -> None:
    lesson = await moved(office, desk)
    await office.cancel(await office.read(lesson))
    assert (await waits(office), await press(office)) == ([], [])
