"""Changes of a lesson that waits for an approval: nobody hears of it before nothing of it is pending any more."""

from typing import Any

import pytest
import sqlalchemy as sa

from rooms.store.tables import claim, resource
from schedules import Lesson, LessonPatch, Repeat, calendar_object
from schedules.answers import send_again
from tests.office import DOMAIN, GRETA, Office, attendee_id
from tests.schedules.answers.mail import Post, stamp

WEEKLY = Repeat("week", count=3)
NAME = "2026-12-08T10:00"


@pytest.fixture
async def asking(office: Office) -> Office:
    """The large hall in Vienna needs approval."""

    def ask_first(connection: sa.Connection) -> None:
        large = resource.c.id == office.world.halls["vienna large"].id
        connection.execute(sa.update(resource).where(large).values(approval="required"))

    await office.database.write(ask_first)
    return office


async def book(office: Office, *places: str, **changes: Any) -> Lesson:  # noqa: ANN401  any field of a lesson
    return await office.book(rooms=tuple(map(office.hall, places)), teachers=(), **changes)


async def one(office: Office, lesson: Lesson, scope: Any = "this", **patch: Any) -> Lesson:  # noqa: ANN401  any field
    body = LessonPatch(**patch)
    return await office.lessons.change_meeting(office.teacher, lesson.public_id, NAME, body, scope, lesson.version)


async def undecided(office: Office, lesson: Lesson) -> Lesson:
    """Its second date shall be at another time in a hall that needs approval."""
    return await one(office, lesson, start="2026-12-09T15:00", rooms=(office.hall("vienna large"),))


async def news(office: Office) -> list[str]:
    return [each.news for each in await office.mails(GRETA.email)]


async def test_changes_of_what_is_requested_are_told_to_nobody(asking: Office) -> None:
    lesson = await book(asking, "vienna large", repeat=WEEKLY)
    assert (lesson.state, lesson.published_at) == ("requested", None)
    after = await one(asking, lesson, start="2026-12-09T10:00")
    assert (after.state, after.version, await news(asking)) == ("requested", 2, [])


async def test_everyone_is_invited_once_a_change_leaves_nothing_pending(asking: Office) -> None:
    lesson = await book(asking, "vienna large", repeat=WEEKLY)
    after = await asking.change(lesson, rooms=(asking.hall("vienna"),))
    assert (after.state, await news(asking)) == ("confirmed", ["invited"])
    assert (await asking.read(after)).published_at == asking.clock()


async def test_everyone_is_invited_once_what_was_pending_is_cancelled(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    asked = await one(asking, lesson, rooms=(asking.hall("vienna large"),))
    assert [each.state for each in asked.dates] == ["confirmed", "requested", "confirmed"]
    claims = await asking.held()
    gone = await asking.lessons.cancel_meeting(asking.teacher, asked.public_id, NAME, "this", "", asked.version)
    assert (gone.state, await asking.held()) == ("confirmed", claims)


async def test_a_half_without_anything_pending_is_told_alone(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    later = await one(asking, lesson, "following", rooms=(asking.hall("vienna large"),))
    assert (later.state, later.published_at) == ("requested", None)
    assert [(each.news, each.unsure) for each in await asking.mails(GRETA.email)] == [("invited", False), ("cut", True)]
    settled = await asking.change(later, rooms=(asking.hall("vienna"),))
    assert (settled.state, await news(asking)) == ("confirmed", ["invited", "cut", "invited"])


async def test_whoever_is_asked_about_another_time_reads_when_it_was(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    await asking.change(lesson, start="2026-12-01T15:00", rooms=(asking.hall("vienna large"),))
    told = await asking.notices()
    assert {each.to for each in told} == {"owner", "approver"}
    assert {each.before for each in told} == {(lesson.dates[0].starts, lesson.dates[0].ends)}


async def test_whoever_is_asked_about_other_rooms_alone_reads_of_no_other_time(asking: Office) -> None:
    await one(asking, await book(asking, "vienna", repeat=WEEKLY), rooms=(asking.hall("vienna large"),))
    assert {each.before for each in await asking.notices()} == {None}


async def test_a_requested_meeting_holds_nothing(asking: Office) -> None:
    await one(asking, await book(asking, "vienna", repeat=WEEKLY), rooms=(asking.hall("vienna large"),))
    assert await asking.count(claim) == 2 * 2


async def test_a_series_that_moved_and_was_refused_is_taken_out_of_calendars_as_they_knew_it(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    moved = await asking.change(lesson, start="2026-12-01T15:00", rooms=(asking.hall("vienna large"),))
    admin = asking.world.actors["room_admin", "vienna"]
    await asking.approvals.reject(admin, moved.dates[0].booking_public_id, "all", "Needed for exams.")
    told = (await asking.mails(GRETA.email))[-1]
    written = calendar_object(told, link="https://vclass.example/join/x", domain=DOMAIN, rsvp=False)
    assert (told.news, b"METHOD:CANCEL" in written) == ("cancelled", True)
    assert [each.starts for each in told.meetings] == [each.starts for each in lesson.dates]


async def test_a_new_link_is_told_with_the_times_and_rooms_that_people_know(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    await undecided(asking, lesson)
    await asking.lessons.renew_link(asking.teacher, lesson.public_id, attendee_id(lesson, GRETA.email))
    told = (await asking.mails(GRETA.email))[-1]
    assert (told.news, [each.starts for each in told.meetings]) == ("link", [each.starts for each in lesson.dates])
    assert {each.places for each in told.meetings} == {None}


async def test_a_new_link_invites_nobody(asking: Office) -> None:
    lesson = await book(asking, "vienna large", repeat=WEEKLY)
    await asking.lessons.renew_link(asking.teacher, lesson.public_id, attendee_id(lesson, GRETA.email))
    assert await news(asking) == []


async def test_a_date_that_is_cancelled_meanwhile_is_told_alone(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    asked = await undecided(asking, lesson)
    last = str(lesson.dates[2].recurrence)
    await asking.lessons.cancel_meeting(asking.teacher, asked.public_id, last, "this", "", asked.version)
    told = (await asking.mails(GRETA.email))[-1]
    assert (told.news, [each.starts for each in told.about]) == ("cancelled-one", [lesson.dates[2].starts])
    assert [each.starts for each in told.meetings] == [each.starts for each in lesson.dates[:2]]


async def test_what_changed_meanwhile_is_told_when_the_last_undecided_date_is_cancelled(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    asked = await asking.change(await undecided(asking, lesson), title="Phonetics")
    await asking.lessons.cancel_meeting(asking.teacher, asked.public_id, NAME, "this", "", asked.version)
    told = (await asking.mails(GRETA.email))[-1]
    assert (told.news, told.title) == ("updated", "Phonetics")
    assert [each.starts for each in told.meetings] == [lesson.dates[0].starts, lesson.dates[2].starts]


async def test_an_undecided_date_that_is_cancelled_is_told_at_the_time_that_people_know(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    asked = await undecided(asking, lesson)
    await asking.lessons.cancel_meeting(asking.teacher, asked.public_id, NAME, "this", "Ill.", asked.version)
    told = (await asking.mails(GRETA.email))[-1]
    assert (told.news, told.reason) == ("cancelled-one", "Ill.")
    assert [each.starts for each in told.about] == [lesson.dates[1].starts]


async def test_what_is_cancelled_meanwhile_leaves_calendars_as_they_know_it(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    moved = await asking.change(lesson, start="2026-12-01T15:00", rooms=(asking.hall("vienna large"),))
    await asking.cancel(moved)
    told = (await asking.mails(GRETA.email))[-1]
    assert (told.news, told.start) == ("cancelled", "2026-12-01T10:00")
    assert [each.starts for each in told.meetings] == [each.starts for each in lesson.dates]


async def test_what_is_sent_again_meanwhile_keeps_answers_to_single_dates(asking: Office) -> None:
    lesson = await book(asking, "vienna", repeat=WEEKLY)
    post, third = Post(asking, lesson), f"RECURRENCE-ID:{stamp(lesson.dates[2].starts)}"
    await post.send(post.reply("ACCEPTED"), post.reply("DECLINED", after=90, recurrence=third))
    await undecided(asking, lesson)
    greta = attendee_id(lesson, GRETA.email)
    await asking.database.write(send_again, asking.teacher, lesson.public_id, greta, asking.clock())
    told = (await asking.mails(GRETA.email))[-1]
    assert [each.starts for each in told.meetings] == [each.starts for each in lesson.dates]
    assert (told.partstat, told.meetings[2].partstat) == ("ACCEPTED", "DECLINED")
