"""Who sees and does what with a lesson: the owner, partners, students, administrators, strangers."""

import contextlib

import pytest

from schedules import Guest, Lesson, lesson_subject, lessons_between, rename, sent_invitations, visible_lesson
from schedules.clashes import ALTERNATIVES
from schedules.service import prepare_cancellation, prepare_change, prepare_new, see_lesson
from schedules.wire import LessonPatch
from tests.office import GRETA, Office
from vclass.core import outbox
from vclass.core.keys import ANONYMOUS, Actor
from vclass.core.refusals import ForbiddenError, NotFoundError, NotSignedInError

DAY = 24 * 3600
SEES = [
    ("teacher", "vienna"),
    ("teacher", "kyiv"),
    ("student", "vienna"),
    ("student", "kyiv"),
    ("room_admin", "vienna"),
    ("institution_admin", "vienna"),
    ("platform_admin", "vienna"),
]
SEES_NOTHING = [
    ("teacher", "athens"),
    ("student", "athens"),
    ("room_admin", "athens"),
    ("room_admin", "kyiv"),
    ("quality_officer", "vienna"),
    ("organiser", "vienna"),
]
CHANGES = [("teacher", "vienna"), ("institution_admin", "vienna"), ("platform_admin", "vienna")]
Who = tuple[str, str]


async def listed(office: Office, actor: Actor) -> list[Lesson]:
    now = office.clock()
    return await office.database.read(lessons_between, actor, now, now + 30 * DAY)


@pytest.mark.parametrize("who", SEES)
async def test_these_see_the_lesson_and_find_it_in_their_list(office: Office, who: Who) -> None:
    lesson = await office.book()
    actor = office.world.actors[who]
    view, version = await office.database.read(see_lesson, actor, lesson.public_id, office.clock())
    assert (view.title, version) == ("Joint seminar", 1)
    assert await listed(office, actor) == [lesson]


@pytest.mark.parametrize("who", SEES_NOTHING)
async def test_to_these_it_is_as_unknown_as_none(office: Office, who: Who) -> None:
    lesson = await office.book()
    actor = office.world.actors[who]
    found = []
    for public_id in (lesson.public_id, "A" * 22):
        with pytest.raises(NotFoundError) as refusal:
            await office.database.read(see_lesson, actor, public_id, office.clock())
        found.append(str(refusal.value))
    assert found[0] == found[1]
    assert await listed(office, actor) == []


@pytest.mark.parametrize("who", SEES)
async def test_who_may_see_is_told_why_a_change_is_refused(office: Office, who: Who) -> None:
    lesson = await office.book()
    actor, read, now = office.world.actors[who], office.database.read, office.clock()
    refused = contextlib.nullcontext() if who in CHANGES else pytest.raises(ForbiddenError)
    with refused:
        await read(prepare_change, actor, lesson.public_id, LessonPatch(title="Mine"), version=1, now=now)
    with refused:
        await read(prepare_cancellation, actor, lesson.public_id, "no", version=1, now=now)


@pytest.mark.parametrize("who", SEES_NOTHING)
async def test_a_stranger_changes_nothing_and_learns_nothing(office: Office, who: Who) -> None:
    lesson = await office.book()
    with pytest.raises(NotFoundError):
        await office.lessons.change(office.world.actors[who], lesson.public_id, LessonPatch(title="Mine"), 1)
    with pytest.raises(NotFoundError):
        await office.database.read(sent_invitations, office.world.actors[who], lesson.public_id)


@pytest.mark.parametrize("who", SEES)
async def test_addresses_of_attendees_are_for_those_who_may_invite(office: Office, who: Who) -> None:
    lesson = await office.book()
    view, _ = await office.database.read(see_lesson, office.world.actors[who], lesson.public_id, office.clock())
    assert (view.attendees is not None) == (who in {("teacher", "vienna"), ("institution_admin", "vienna")})


async def test_who_was_removed_sees_it_no_more(office: Office) -> None:
    lesson = await office.book()
    await office.change(lesson, attendees=(GRETA,))
    with pytest.raises(NotFoundError):
        await office.database.read(see_lesson, office.world.actors["student", "kyiv"], lesson.public_id, office.clock())
    assert await listed(office, office.world.actors["student", "kyiv"]) == []


@pytest.mark.parametrize("who", [("student", "vienna"), ("quality_officer", "vienna"), ("platform_admin", "vienna")])
async def test_these_book_nothing(office: Office, who: Who) -> None:
    actor = office.world.actors[who]
    with pytest.raises(ForbiddenError):
        await office.database.read(prepare_new, actor, office.body(), key=None, now=office.clock())


async def test_a_visitor_is_asked_to_sign_in(office: Office) -> None:
    with pytest.raises(NotSignedInError):
        await office.database.read(prepare_new, ANONYMOUS, office.body(), key=None, now=office.clock())
    lesson = await office.book()
    with pytest.raises(NotSignedInError):
        await office.database.read(visible_lesson, ANONYMOUS, lesson.public_id, "lesson.see")


async def test_a_list_holds_the_lessons_that_touch_the_span_in_order_of_their_start(office: Office) -> None:
    late, early = await office.book(start="2026-12-03T10:00"), await office.book(start="2026-12-02T10:00")
    meeting = early.occurrences[0]
    between = office.database.read
    assert await listed(office, office.teacher) == [early, late]
    assert await between(lessons_between, office.teacher, meeting.starts + 1, meeting.ends) == [early]
    assert await between(lessons_between, office.teacher, meeting.ends, meeting.ends + 60) == []


async def test_the_subject_names_present_people_alone(office: Office) -> None:
    lesson = await office.change(await office.book(), attendees=(Guest("student@kyiv.example"),))
    found = lesson_subject(lesson)
    ids = office.world.person_ids
    assert found.owner == ids["teacher", "vienna"]
    assert found.invited == {ids[who] for who in (("teacher", "vienna"), ("teacher", "kyiv"), ("student", "kyiv"))}


async def test_a_view_tells_what_the_partner_sees(office: Office) -> None:
    lesson = await office.book()
    view, _ = await office.database.read(see_lesson, office.teacher, lesson.public_id, office.clock())
    assert [(each.zone, each.usual) for each in view.shifts] == [("Europe/Kyiv", "11:00")]
    assert [each.name for each in view.rooms] == ["Hall of vienna", "Hall of kyiv"]
    assert [each.institution for each in view.rooms] == [office.world.public_ids[place] for place in ("vienna", "kyiv")]
    assert view.institution == office.world.public_ids["vienna"]


async def test_invitations_tell_who_was_told_what_and_how_it_went(office: Office) -> None:
    lesson = await office.book()
    first, second, third, *_ = await office.database.write(outbox.lease, office.clock())
    await office.database.write(outbox.mark_sent, first.id, office.clock.now + 5)
    await office.database.write(outbox.mark_dead, second.id, office.clock(), "550 no such user")
    await office.database.write(outbox.mark_for_retry, third, office.clock(), "451 later")
    found = await office.database.read(sent_invitations, office.teacher, lesson.public_id)
    assert [each.state for each in found] == ["sent", "dead", "waiting", "waiting", "waiting"]
    assert (found[0].at, found[1].error, found[2].error) == ("2026-11-21T10:00:05Z", "550 no such user", "451 later")
    assert {each.email for each in found} == {each.email for each in lesson.present}


async def test_an_attendee_chooses_the_name_that_others_see_and_keeps_it(office: Office) -> None:
    lesson = await office.book()
    student = next(each for each in lesson.attendees if each.email == "student@kyiv.example")
    await office.database.write(rename, student.id, "Danylo")
    changed = await office.change(lesson, title="Phonetics")
    assert "Danylo" in {each.name for each in changed.present}


async def test_no_more_than_three_ways_out_are_offered(office: Office) -> None:
    await office.book(rooms=(office.hall("vienna"),), transparent=True)
    with pytest.raises(Exception, match=r"Hall of vienna is taken at 1 of 1") as refusal:
        await office.book(rooms=(office.hall("vienna"),))
    assert len(refusal.value.facts["alternatives"]) == ALTERNATIVES  # type: ignore[attr-defined]  # a ClashError
