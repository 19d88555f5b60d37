"""From bodies to drafts: every wrong field is named, all at once."""

from typing import Any

import pytest

from schedules import EquipmentWish, Guest, Lesson, LessonPatch, NewLesson, Repeat, new_draft
from schedules.drafts import changed_draft
from schedules.model import MOST_ATTENDEES, Draft
from tests.office import Office
from vclass.core.refusals import InvalidInputError


async def drafted(office: Office, body: NewLesson) -> Draft:
    return await office.database.read(new_draft, office.teacher, body)


async def redrafted(office: Office, lesson: Lesson, **patch: Any) -> Draft:  # noqa: ANN401  any field of a patch
    return await office.database.read(changed_draft, lesson, LessonPatch(**patch))


async def wrong_fields(office: Office, **changes: Any) -> list[str]:  # noqa: ANN401  any field of a lesson
    with pytest.raises(InvalidInputError) as refusal:
        await drafted(office, office.body(**changes))
    return [each.field for each in refusal.value.errors]


async def test_the_owner_comes_first_and_everyone_once(office: Office) -> None:
    body = office.body(
        teachers=("teacher@kyiv.example", "TEACHER@vienna.example"),
        attendees=(Guest("teacher@kyiv.example"), Guest(" Greta@Example.org ", " Greta ")),
    )
    draft = await drafted(office, body)
    assert [(each.email, each.teaches) for each in draft.invitees] == [
        ("teacher@vienna.example", True),
        ("teacher@kyiv.example", True),
        ("greta@example.org", False),
    ]
    assert draft.invitees[-1].name == "Greta"


async def test_rooms_come_before_equipment_with_its_quantity(office: Office) -> None:
    kit = office.world.kit["vienna"]
    draft = await drafted(office, office.body(equipment=(EquipmentWish(kit.public_id, 3),)))
    halls = [office.world.halls[place].id for place in ("vienna", "kyiv")]
    assert [(each.resource_id, each.quantity) for each in draft.resources] == [*((i, 1) for i in halls), (kit.id, 3)]


async def test_a_lesson_needs_no_room(office: Office) -> None:
    assert (await drafted(office, office.body(rooms=()))).resources == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " \t"}, "title"),
        ({"title": "Joint\x00seminar"}, "title"),
        ({"title": "Joint\u202eseminar"}, "title"),
        ({"description": "Bring\x00 the text"}, "description"),
        ({"attendees": (Guest("greta@example.org", "Greta\u202e"),)}, "attendees[0].name"),
        ({"zone": "Europe/Wien"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"start": "tomorrow"}, "start"),
        ({"start": "2026-02-30T10:00"}, "start"),
        ({"start": "2026-12-01T10:00Z"}, "start"),
        ({"repeat": Repeat("week")}, "repeat.count"),
        ({"repeat": Repeat("week", count=2, weekdays=("TU", "TU"))}, "repeat.weekdays"),
        ({"teachers": ("nobody",)}, "teachers[0]"),
        ({"attendees": (Guest("a@b.example"), Guest("a,b@c.example"))}, "attendees[1].email"),
        ({"rooms": ("nowhere",)}, "rooms[0]"),
        ({"equipment": (EquipmentWish("nothing"),)}, "equipment[0].id"),
    ],
)
async def test_a_wrong_field_is_named(office: Office, changes: dict[str, Any], field: str) -> None:
    assert await wrong_fields(office, **changes) == [field]


async def test_all_wrong_fields_are_named_at_once(office: Office) -> None:
    found = await wrong_fields(office, zone="Nowhere", start="now", rooms=("x",), teachers=("x",))
    assert found == ["zone", "start", "rooms[0]", "teachers[0]"]


async def test_a_hall_that_another_institution_keeps_to_itself_is_as_unknown_as_none(office: Office) -> None:
    assert await wrong_fields(office, rooms=(office.hall("athens"),)) == ["rooms[0]"]


async def test_equipment_is_no_room_and_a_room_no_equipment(office: Office) -> None:
    kit = office.world.kit["vienna"].public_id
    assert await wrong_fields(office, rooms=(kit,), equipment=(EquipmentWish(office.hall("vienna")),)) == [
        "rooms[0]",
        "equipment[0].id",
    ]


async def test_no_more_is_asked_of_a_pool_than_it_has(office: Office) -> None:
    kit = office.world.kit["vienna"]
    assert await wrong_fields(office, equipment=(EquipmentWish(kit.public_id, kit.quantity + 1),)) == [
        "equipment[0].id"
    ]


async def test_a_room_that_is_named_twice_is_refused(office: Office) -> None:
    assert await wrong_fields(office, rooms=(office.hall("vienna"),) * 2) == ["rooms"]


async def test_more_people_than_a_lesson_takes_are_refused(office: Office) -> None:
    crowd = tuple(Guest(f"guest{number}@example.org") for number in range(MOST_ATTENDEES))
    assert await wrong_fields(office, attendees=crowd) == ["attendees"]


async def test_an_empty_patch_leaves_the_draft_as_it_is(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3), description="Bring a map.")
    assert await redrafted(office, lesson) == lesson.draft


async def test_a_patch_changes_what_it_names(office: Office) -> None:
    lesson = await office.book()
    draft = await redrafted(office, lesson, title=" Phonetics ", start="2026-12-01T11:00")
    assert (draft.title, str(draft.timing.start), draft.timing.minutes) == ("Phonetics", "2026-12-01T11:00", 90)
    assert (draft.resources, draft.invitees) == (lesson.draft.resources, lesson.draft.invitees)


async def test_rooms_and_equipment_are_changed_apart(office: Office) -> None:
    kit = office.world.kit["vienna"]
    lesson = await office.book(equipment=(EquipmentWish(kit.public_id, 2),))
    moved = await redrafted(office, lesson, rooms=(office.hall("vienna large"),))
    assert {each.resource_id for each in moved.resources} == {kit.id, office.world.halls["vienna large"].id}
    bare = await redrafted(office, lesson, equipment=())
    assert kit.id not in {each.resource_id for each in bare.resources}
    assert len(bare.resources) == 2


async def test_attendees_change_without_the_teachers_and_the_owner_always_stays(office: Office) -> None:
    lesson = await office.book()
    draft = await redrafted(office, lesson, attendees=(Guest("new@example.org"),))
    assert [each.email for each in draft.invitees] == [
        "teacher@vienna.example",
        "teacher@kyiv.example",
        "new@example.org",
    ]
    alone = await redrafted(office, lesson, teachers=(), attendees=())
    assert [each.email for each in alone.invitees] == ["teacher@vienna.example"]


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"title": "  "}, "title"),
        ({"zone": "Moon"}, "zone"),
        ({"start": "soon"}, "start"),
        ({"rooms": ("nowhere",)}, "rooms[0]"),
        ({"attendees": (Guest("@"),)}, "attendees[0].email"),
        ({"repeat": Repeat("day", count=0)}, "repeat.count"),
    ],
)
async def test_a_wrong_field_of_a_patch_is_named(office: Office, patch: dict[str, Any], field: str) -> None:
    lesson = await office.book()
    with pytest.raises(InvalidInputError) as refusal:
        await redrafted(office, lesson, **patch)
    assert [each.field for each in refusal.value.errors] == [field]


async def test_an_administrator_of_all_changes_a_lesson_within_the_scope_of_its_own_house(office: Office) -> None:
    lesson = await office.book()
    draft = await redrafted(office, lesson, rooms=(office.hall("vienna large"),))
    assert [each.resource_id for each in draft.resources] == [office.world.halls["vienna large"].id]
    with pytest.raises(InvalidInputError):
        await redrafted(office, lesson, rooms=(office.hall("athens"),))
