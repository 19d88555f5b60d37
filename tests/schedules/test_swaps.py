"""Two lessons exchange their rooms: both or neither, and nobody comes between."""

from typing import Any

import pytest

from rooms import booking
from schedules import ClashError, EquipmentWish, Lesson, Repeat
from schedules.wire import RoomSwap
from tests.office import GRETA, Office
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.refusals import InvalidInputError, NotFoundError

WEEKLY = Repeat("week", count=3)


async def booked(office: Office, place: str, **changes: Any) -> Lesson:  # noqa: ANN401  any field of a lesson
    return await office.book(rooms=(office.hall(place),), teachers=(), transparent=True, **changes)


def admin(office: Office) -> Actor:
    return office.world.actors["institution_admin", "vienna"]


def halls(office: Office, lesson: Lesson) -> list[str]:
    """The rooms of each meeting."""
    places = {hall.id: place for place, hall in office.world.halls.items()}
    return [
        " ".join(places[want.resource_id] for want in each.wants if want.resource_id in places) for each in lesson.dates
    ]


async def swap(office: Office, one: Lesson, other: Lesson, *names: str) -> tuple[Lesson, Lesson]:
    body = RoomSwap((one.public_id, other.public_id), (names[0], names[1]) if names else None)
    return await office.lessons.swap(office.teacher, body)


async def test_two_lessons_exchange_rooms_at_all_meetings(office: Office) -> None:
    kit = EquipmentWish(office.world.kit["vienna"].public_id, 2)
    one = await booked(office, "vienna", repeat=WEEKLY, equipment=(kit,))
    other = await booked(office, "vienna large", repeat=WEEKLY)
    one, other = await swap(office, one, other)
    assert (halls(office, one), halls(office, other)) == (["vienna large"] * 3, ["vienna"] * 3)
    assert one.draft.resources[1].quantity == 2
    assert [each.version for each in (one, other)] == [2, 2]
    assert len(await office.held()) == 9


async def test_one_meeting_of_each_exchanges_rooms(office: Office) -> None:
    one, other = [await booked(office, place, repeat=WEEKLY) for place in ("vienna", "vienna large")]
    one, other = await swap(office, one, other, "2026-12-08T10:00", "2026-12-08T10:00")
    assert halls(office, one) == ["vienna", "vienna large", "vienna"]
    assert halls(office, other) == ["vienna large", "vienna", "vienna large"]
    assert [each.news for each in await office.mails(GRETA.email)][-2:] == ["changed-one", "changed-one"]


async def test_a_swap_keeps_bookings_and_whose_they_are(office: Office) -> None:
    one = await booked(office, "vienna")
    answer = await office.lessons.create(
        admin(office), office.body(rooms=(office.hall("vienna large"),), teachers=(), attendees=(), transparent=True)
    )
    body = RoomSwap((one.public_id, answer.lesson.public_id))  # type: ignore[union-attr]  # no key, no replay
    after, _ = await office.lessons.swap(admin(office), body)
    assert after.dates[0].booking_id == one.dates[0].booking_id
    owners = await office.database.read(lambda c: [row.owner_id for row in c.execute(booking.select())])
    assert owners == [office.teacher.person_id, admin(office).person_id]


async def test_a_swap_that_does_not_fit_changes_neither(office: Office) -> None:
    one, other = await booked(office, "vienna"), await booked(office, "vienna large", start="2026-12-02T10:00")
    await booked(office, "vienna", start="2026-12-02T10:00")
    before = await office.held()
    with pytest.raises(ClashError) as refusal:
        await swap(office, one, other)
    assert [each.recurrence for each in refusal.value.facts["clashes"]] == ["2026-12-02T10:00"]
    assert await office.held() == before
    assert [(await office.read(each)).version for each in (one, other)] == [1, 1]


async def test_each_lesson_has_one_row_in_the_audit(office: Office) -> None:
    one, other = await swap(office, await booked(office, "vienna"), await booked(office, "vienna large"))
    for each in (one, other):
        entries = await office.database.read(audit.history, "lesson", each.id)
        assert [entry["action"] for entry in entries] == ["lesson.create", "lesson.change"]


async def test_a_lesson_exchanges_no_rooms_with_itself_or_with_a_strangers(office: Office) -> None:
    one = await booked(office, "vienna")
    with pytest.raises(InvalidInputError):
        await swap(office, one, one)
    stranger = office.world.actors["teacher", "athens"]
    with pytest.raises(NotFoundError):
        await office.lessons.swap(stranger, RoomSwap((one.public_id, one.public_id[::-1])))
