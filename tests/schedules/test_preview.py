"""The preview of a lesson: all that is known before it is booked, and nothing taken."""

from typing import Any

import sqlalchemy as sa

from rooms.store.tables import booking, resource
from schedules import Repeat
from schedules.terms import service
from schedules.terms.model import Hours, WorkingWeek
from schedules.wire import LessonPreview
from tests.office import Office
from tests.schedules.test_closed import close

SPRING = Repeat("week", count=4)


async def preview(office: Office, **changes: Any) -> LessonPreview:  # noqa: ANN401  any field of a lesson
    return await office.lessons.preview(office.teacher, office.body(**changes))


def ask_first(connection: sa.Connection, room_id: int) -> None:
    """Let a room need approval."""
    connection.execute(sa.update(resource).where(resource.c.id == room_id).values(approval="required"))


async def test_weeks_that_drift_are_told_in_a_sentence(office: Office) -> None:
    shown = await preview(office, zone="America/New_York", start="2027-03-09T10:00", repeat=SPRING)
    vienna = next(each for each in shown.shifts if each.zone == "Europe/Vienna")
    assert vienna.sentence == (
        "In weeks 2 and 3 (16 Mar and 23 Mar) it is one hour earlier for Vienna (15:00 instead of 16:00)."
    )
    assert [each.state for each in shown.occurrences] == ["confirmed"] * 4


async def test_meetings_outside_of_a_sides_hours_are_flagged(office: Office) -> None:
    week = WorkingWeek(tuple(Hours(day, "09:00", "17:00") for day in ("MO", "TU", "WE")))
    admin = office.world.actors["room_admin", "kyiv"]
    _, version = await office.database.read(service.hours_of_house, admin, None)
    await office.database.write(service.put_house_hours, admin, week, version=version, now=0)
    shown = await preview(office, start="2027-01-12T15:30", repeat=SPRING)
    assert [(each.partner, each.reason, len(each.weeks)) for each in shown.flags] == [("KPI", "after_hours", 4)]
    assert "KPI" in shown.flags[0].sentence
    assert (await preview(office, start="2026-12-01T10:00")).flags == ()


async def test_what_clashes_is_told_with_ways_on_that_work(office: Office) -> None:
    await office.book(start="2026-12-08T10:00")
    shown = await preview(office, repeat=SPRING)
    assert [each.state for each in shown.occurrences] == ["confirmed", "clash", "confirmed", "confirmed"]
    assert {each.recurrence for each in shown.clashes} == {"2026-12-08T10:00"}
    way = shown.alternatives[0]
    await office.book(start=way.start, rooms=way.rooms, repeat=SPRING, on_clash=way.on_clash)


async def test_dates_that_would_be_skipped_are_named(office: Office) -> None:
    await close(office, "kyiv", "2026-12-08")
    shown = await preview(office, repeat=SPRING)
    assert [(each.recurrence, each.reason) for each in shown.skipped] == [("2026-12-08T10:00", "closed")]
    assert len(shown.occurrences) == 3


async def test_who_must_approve_is_named(office: Office) -> None:
    await office.database.write(ask_first, office.world.halls["kyiv"].id)
    shown = await preview(office)
    assert [each.name for each in shown.approvals] == ["KPI"]
    assert [each.state for each in shown.occurrences] == ["held"]


async def test_a_preview_takes_nothing(office: Office) -> None:
    await preview(office, repeat=SPRING)
    assert (await office.count(booking), await office.mails()) == (0, [])
