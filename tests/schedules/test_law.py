"""A country changes its clocks: lessons keep their wall time, and nobody is silently booked twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rooms import Desk
from schedules import NOTICE, law
from schedules.model import Lesson
from tests import releases
from tests.office import Office
from vclass.core import audit, outbox, zones

HOUR = 3600


@pytest.fixture(scope="module")
def other_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zone database with Athens in it as it would be without summer time."""
    return releases.doctored(tmp_path_factory.mktemp("release"), "Europe/Athens", releases.WITHOUT_SUMMER)


@pytest.fixture
def doctored(other_release: Path) -> Iterator[Path]:
    """That database, not yet in use."""
    yield other_release
    zones.use_database(None)


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office.database, {law.KIND: law.LawClerk()})


async def athens(office: Office, start: str, **changes: object) -> Lesson:
    """A lesson by Athens' clock in the hall of Vienna, led by nobody whose time matters."""
    return await office.book(
        zone="Europe/Athens", start=start, transparent=True, **{"rooms": (office.hall("vienna"),), **changes}
    )


async def carry_out(office: Office, desk: Desk) -> object:
    wish = await office.database.read(law.prepare, office.clock())
    return None if wish is None else await desk.submit(wish)


async def test_while_the_law_stands_there_is_nothing_to_do(office: Office, desk: Desk) -> None:
    await athens(office, "2027-06-01T10:00")
    assert await carry_out(office, desk) is None


async def test_a_lesson_keeps_its_wall_time_and_its_claims_move(office: Office, desk: Desk, doctored: Path) -> None:
    before = await athens(office, "2027-06-01T10:00")
    zones.use_database(doctored)
    assert await carry_out(office, desk) == 1
    after = await office.read(before)
    assert [each.start for each in after.dates] == [each.start for each in before.dates]
    assert after.dates[0].starts == before.dates[0].starts + HOUR
    assert await office.held() == [(office.world.halls["vienna"].id, after.dates[0].starts)]


async def test_winter_lessons_and_other_zones_are_left_alone(office: Office, desk: Desk, doctored: Path) -> None:
    winter = await athens(office, "2027-01-12T10:00")
    vienna = await office.book(start="2027-06-02T10:00")
    zones.use_database(doctored)
    assert await carry_out(office, desk) == 0
    assert [await office.read(winter), await office.read(vienna)] == [winter, vienna]


async def test_a_second_look_finds_nothing_to_do(office: Office, desk: Desk, doctored: Path) -> None:
    lesson = await athens(office, "2027-06-01T10:00")
    zones.use_database(doctored)
    await carry_out(office, desk)
    standing = await office.read(lesson)
    assert await carry_out(office, desk) is None
    assert await office.read(lesson) == standing


async def test_two_that_move_one_after_the_other_do_not_meet(office: Office, desk: Desk, doctored: Path) -> None:
    first = await athens(office, "2027-06-01T10:00", minutes=60)
    second = await athens(office, "2027-06-01T11:00", minutes=60)
    zones.use_database(doctored)
    assert await carry_out(office, desk) == 2
    assert [(await office.read(each)).state for each in (first, second)] == ["confirmed", "confirmed"]


async def test_who_no_longer_fits_is_displaced_and_overlaps_nobody(office: Office, desk: Desk, doctored: Path) -> None:
    standing = await office.book(start="2027-06-01T10:00", rooms=(office.hall("vienna"),), minutes=60)
    moved = await athens(office, "2027-06-01T10:00", minutes=60)
    zones.use_database(doctored)
    await carry_out(office, desk)
    assert [(await office.read(each)).state for each in (standing, moved)] == ["confirmed", "displaced"]
    assert len(await office.held()) == len(set(await office.held()))


async def test_of_two_that_would_meet_the_first_to_be_confirmed_stays(
    office: Office, desk: Desk, doctored: Path
) -> None:
    later = await office.book(start="2027-06-01T10:30", rooms=(office.hall("vienna"),), minutes=30, transparent=True)
    first = await athens(office, "2027-06-01T10:00", minutes=60)
    zones.use_database(doctored)
    await carry_out(office, desk)
    assert [(await office.read(each)).state for each in (later, first)] == ["confirmed", "displaced"]


async def test_the_change_is_in_the_log_with_old_and_new_instant(office: Office, desk: Desk, doctored: Path) -> None:
    lesson = await athens(office, "2027-06-01T10:00")
    zones.use_database(doctored)
    await carry_out(office, desk)
    [entry] = [
        each for each in await office.database.read(audit.history, "lesson", lesson.id) if each["action"] == law.KIND
    ]
    assert str(lesson.dates[0].starts) in entry["facts"]
    assert str(lesson.dates[0].starts + HOUR) in entry["facts"]


async def test_the_owner_is_told_the_old_and_the_new_time(office: Office, desk: Desk, doctored: Path) -> None:
    lesson = await athens(office, "2027-06-01T10:00")
    zones.use_database(doctored)
    await carry_out(office, desk)
    [told] = [each.leased for each in await office.database.read(outbox.listing) if each.leased.kind == NOTICE]
    before = lesson.dates[0].starts
    assert (told.recipient, told.facts["notice"]) == (office.teacher.email, "law")
    assert (told.facts["before"][0], told.facts["first"][0]) == (before, before + HOUR)
