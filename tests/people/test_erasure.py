"""Erasing somebody: no trace of the address anywhere, and no room given away."""

import asyncio
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

import vclass.tables  # noqa: F401  makes all tables known
from rooms.store.tables import resource
from schedules import Done, Lesson, forget_person, visible_lesson
from schedules.answers.tables import answer, stray_answer
from tests.office import Office
from tests.schedules.answers.mail import Post, stamp
from tests.schedules.ical.replies import counter
from tests.support import SATURDAY
from vclass import people
from vclass.core import audit, erasure, outbox
from vclass.core.db import Database, metadata
from vclass.core.idempotency import key_of
from vclass.core.refusals import ForbiddenError, NotFoundError
from vclass.people import LastAdministratorError, NewPerson
from vclass.people import erasure as erasing

TEACHER = "teacher@vienna.example"
STUDENT = "student@vienna.example"


def traces(connection: sa.Connection, text: str) -> list[str]:
    """Every text column of every table in which a text stands."""
    return [
        str(column)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.Text)
        and connection.execute(sa.select(column).where(column.icontains(text, autoescape=True))).first() is not None
    ]


async def erase(office: Office, who: tuple[str, str], by: tuple[str, str]) -> Sequence[str]:
    public_id = office.world.actors[who].public_id
    return list(
        await office.database.transaction(
            erasing.erase_person, office.world.actors[by], public_id, [forget_person], SATURDAY
        )
    )


async def booked(office: Office) -> Lesson:
    """A lesson with a key, mails in every state, links and sessions, all of which know the teacher and the student."""
    actor, body = office.teacher, office.body(description=f"Ask {TEACHER} or Joanna-{TEACHER}")
    answer = await office.lessons.create(actor, body, key_of(office.world.person_ids["teacher", "vienna"], "k", body))
    assert isinstance(answer, Done)
    rows = await office.database.write(outbox.lease, SATURDAY)
    await office.database.write(outbox.mark_sent, rows[0].id, SATURDAY)
    await office.database.write(outbox.mark_dead, rows[-1].id, SATURDAY, f"550 no such user {TEACHER.upper()}")
    await office.database.write(people.begin_sign_in, office.keyring, TEACHER, SATURDAY)
    return answer.lesson


async def test_no_trace_of_the_address_or_the_words_of_an_erased_teacher_is_left(office: Office) -> None:
    await booked(office)
    assert len(await office.database.read(traces, TEACHER)) > 5
    await erase(office, ("teacher", "vienna"), by=("institution_admin", "vienna"))
    for text in (TEACHER, "teacher of vienna", "Joint seminar", "Ask "):
        assert await office.database.read(traces, text) == []


async def test_no_trace_is_left_in_what_approvers_were_told(office: Office) -> None:
    asked = sa.update(resource).where(resource.c.kind == "hall").values(approval="required")
    await office.database.write(lambda c: c.execute(asked))
    lesson = await booked(office)
    assert lesson.state == "held"
    assert "outbox.facts" in await office.database.read(traces, "teacher of vienna")
    await erase(office, ("teacher", "vienna"), by=("institution_admin", "vienna"))
    for text in (TEACHER, "teacher of vienna", "Joint seminar"):
        assert await office.database.read(traces, text) == []


async def test_no_trace_of_who_proposed_another_time_is_left_in_what_the_owner_was_told(office: Office) -> None:
    post = Post(office, await booked(office))
    about = {"uid": post.lesson.uid, "attendee": STUDENT, "dtstamp": stamp(SATURDAY), "comment": "Only after lunch."}
    wanted = counter("20261201T150000", "DTEND;TZID=W. Europe Standard Time:20261201T163000", **about)
    await post.send(wanted, header_from=STUDENT, envelope_sender=STUDENT)
    assert "outbox.facts" in await office.database.read(traces, "Only after lunch")
    await erase(office, ("student", "vienna"), by=("student", "vienna"))
    for text in (STUDENT, "student of vienna", "Only after lunch"):
        assert await office.database.read(traces, text) == []


async def test_nothing_is_written_to_somebody_erased(office: Office) -> None:
    nobody = outbox.Effect("notice", "k", "k", erasure.placeholder("p1"), {})
    await office.database.write(outbox.put, [nobody], SATURDAY)
    assert await office.count(outbox.outbox) == 0


async def test_no_trace_of_an_erased_student_is_left_and_the_lesson_keeps_its_words(office: Office) -> None:
    lesson = await booked(office)
    seats = await erase(office, ("student", "vienna"), by=("student", "vienna"))
    assert await office.database.read(traces, STUDENT) == []
    assert await office.database.read(traces, "student of vienna") == []
    after = await office.read(lesson)
    assert after.draft.title == "Joint seminar"
    assert [each.public_id for each in lesson.attendees if each.email == STUDENT] == seats
    assert STUDENT not in {each.email for each in after.attendees}


async def test_the_rooms_of_an_erased_teacher_stay_booked(office: Office) -> None:
    await booked(office)
    before = await office.held()
    await erase(office, ("teacher", "vienna"), by=("institution_admin", "vienna"))
    assert await office.held() == before


async def test_every_way_in_is_shut(office: Office) -> None:
    lesson = await booked(office)
    token = office.world.tokens["teacher", "vienna"]
    link = await office.database.write(people.repeatable_sign_in, office.keyring, lesson.owner_id, SATURDAY)
    cookie = await office.database.write(people.finish_sign_in, link, SATURDAY, repeatable=True)
    await erase(office, ("teacher", "vienna"), by=("teacher", "vienna"))
    assert await office.database.read(people.actor_by_token, token, SATURDAY) is None
    assert await office.database.read(people.visit_by_session, cookie, SATURDAY) is None
    assert await office.database.read(people.whose_sign_in, link, SATURDAY, repeatable=True) is None
    assert await office.database.read(people.person_by_email, TEACHER) is None


async def test_nothing_more_is_sent_to_somebody_erased(office: Office) -> None:
    await booked(office)
    await erase(office, ("student", "kyiv"), by=("student", "kyiv"))
    waiting = await office.database.write(outbox.lease, SATURDAY + 3600, 100)
    assert waiting
    assert "student@kyiv.example" not in {each.recipient for each in waiting}


async def test_mails_to_others_leave_without_the_name(office: Office) -> None:
    await booked(office)
    await erase(office, ("teacher", "vienna"), by=("institution_admin", "vienna"))
    mails = await office.mails()
    assert mails
    assert {(each.owner, each.owner_email) for each in mails} == {("", erasure.NOBODY)}


async def test_an_erased_persons_lesson_can_still_be_cancelled(office: Office) -> None:
    lesson = await booked(office)
    await erase(office, ("teacher", "vienna"), by=("institution_admin", "vienna"))
    administrator = office.world.actors["institution_admin", "vienna"]
    standing = await office.database.read(visible_lesson, administrator, lesson.public_id, "lesson.see")
    await office.lessons.cancel(administrator, lesson.public_id, "", standing.version)
    assert await office.held() == []


async def test_what_was_done_stays_on_record_under_a_number(office: Office) -> None:
    person_id = office.world.person_ids["student", "vienna"]
    await erase(office, ("student", "vienna"), by=("institution_admin", "vienna"))
    *_, entry = await office.database.read(audit.history, "person", person_id)
    assert (entry["action"], entry["facts"]) == ("person.erase", "{}")
    assert entry["person_id"] == office.world.person_ids["institution_admin", "vienna"]


async def test_an_address_that_only_ends_like_it_stays(office: Office) -> None:
    wish = NewPerson(f"ann-{STUDENT}", "Ann", office.world.public_ids["vienna"], ("student",))
    other = await office.database.write(people.create_person, wish, SATURDAY)
    await erase(office, ("student", "vienna"), by=("student", "vienna"))
    assert await office.database.read(people.person_by_email, other.email) == other


async def test_an_erased_address_can_have_an_account_again(office: Office) -> None:
    await erase(office, ("student", "vienna"), by=("student", "vienna"))
    wish = NewPerson(STUDENT, "Somebody new", office.world.public_ids["vienna"], ("student",))
    made = await office.database.write(people.create_person, wish, SATURDAY)
    assert made.id != office.world.person_ids["student", "vienna"]


async def test_a_person_is_erased_once(office: Office) -> None:
    await erase(office, ("student", "vienna"), by=("institution_admin", "vienna"))
    with pytest.raises(NotFoundError):
        await erase(office, ("student", "vienna"), by=("institution_admin", "vienna"))


async def test_the_last_administrator_stays_until_there_is_another(office: Office) -> None:
    admin = ("institution_admin", "vienna")
    with pytest.raises(LastAdministratorError, match="somebody else the role"):
        await erase(office, admin, by=admin)
    deputy, place = office.world.person_ids["teacher", "vienna"], office.world.institutions["vienna"]
    await office.database.write(people.give_role, deputy, "institution_admin", place)
    await erase(office, admin, by=admin)


async def test_two_administrators_who_erase_each_other_at_once_leave_one(office: Office) -> None:
    place = office.world.institutions["vienna"]
    deputy = office.world.person_ids["teacher", "vienna"]
    await office.database.write(people.give_role, deputy, "institution_admin", place)
    other = Database(office.database.url)
    other.open()
    both = [(office.database, ("institution_admin", "vienna")), (other, ("teacher", "vienna"))]
    answers = await asyncio.gather(
        *(
            database.transaction(
                erasing.erase_person, office.world.actors[who], office.world.actors[who].public_id, [], SATURDAY
            )
            for database, who in both
        ),
        return_exceptions=True,
    )
    await other.close()
    assert sorted(type(each).__name__ for each in answers) == ["LastAdministratorError", "list"]


@pytest.mark.parametrize(
    ("who", "by", "refusal"),
    [
        (("student", "vienna"), ("teacher", "vienna"), ForbiddenError),
        (("student", "kyiv"), ("institution_admin", "vienna"), ForbiddenError),
        (("platform_admin", "vienna"), ("institution_admin", "vienna"), ForbiddenError),
    ],
)
async def test_whom_one_does_not_manage_one_does_not_erase(
    office: Office, who: tuple[str, str], by: tuple[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await erase(office, who, by)


async def test_what_somebody_answered_goes_with_them_under_whatever_address(office: Office) -> None:
    post = Post(office, await office.book())
    mine = post.reply("DECLINED", attendee=STUDENT, style="Outlook", comment="I am ill")
    await post.send(mine, header_from=STUDENT)
    await post.send(post.reply(attendee="alias@vienna.example"), header_from=STUDENT)
    assert [await office.count(each) for each in (answer, stray_answer)] == [1, 1]
    await erase(office, ("student", "vienna"), ("institution_admin", "vienna"))
    assert [await office.count(each) for each in (answer, stray_answer)] == [0, 0]
    assert await office.database.read(traces, "I am ill") == []
