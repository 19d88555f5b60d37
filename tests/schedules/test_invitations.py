"""What is said by mail: a snapshot for one reader, in order, once."""

import dataclasses

import icalendar
import msgspec
import pytest

from schedules import MailFacts, Repeat, calendar_object, organizer_address
from schedules.invitations import effects, lane
from tests.judges import libical
from tests.office import DOMAIN, GRETA, Office
from tests.schedules.ical.examples import lines
from vclass.core import outbox
from vclass.core.zones import rfc3339

LINK = "https://vclass.example/join/aGVsbG8"


def written(facts: MailFacts, *, rsvp: bool = False) -> bytes:
    return calendar_object(facts, link=LINK, domain=DOMAIN, rsvp=rsvp)


async def test_everyone_gets_one_mail_of_their_own(office: Office) -> None:
    lesson = await office.book()
    mails = await office.mails()
    assert [each.email for each in mails] == [each.email for each in lesson.present]
    assert {(each.uid, each.sequence, each.dtstamp) for each in mails} == {(lesson.uid, 0, office.clock())}


async def test_a_mail_names_its_reader_alone(office: Office) -> None:
    await office.book()
    (facts,) = await office.mails(GRETA.email)
    calendar = written(facts)
    (line,) = lines(calendar, "ATTENDEE")
    assert line.endswith("mailto:greta@example.org")
    others = {each.email for each in await office.mails()} - {GRETA.email}
    assert not [each for each in others if each.encode() in calendar]


async def test_a_row_of_the_outbox_holds_no_link(office: Office) -> None:
    lesson = await office.book()
    rows = await office.database.read(outbox.listing)
    assert {key for row in rows for key in row.leased.facts} == {
        each.encode_name for each in msgspec.structs.fields(MailFacts)
    }
    assert lesson.attendees[0].public_id in {row.leased.facts["attendee"] for row in rows}
    assert not [row for row in rows if "/join/" in str(row.leased.facts)]


async def test_facts_are_what_was_committed_whatever_comes_later(office: Office) -> None:
    lesson = await office.book()
    await office.cancel(await office.change(lesson, title="Phonetics", start="2026-12-01T11:00"))
    booked, moved, gone = await office.mails(GRETA.email)
    assert (booked.title, booked.start, booked.method) == ("Joint seminar", "2026-12-01T10:00", "REQUEST")
    assert (moved.title, moved.start, moved.before) == ("Phonetics", "2026-12-01T11:00", lesson.occurrences[0].starts)
    assert (gone.start, gone.method, gone.news) == ("2026-12-01T11:00", "CANCEL", "cancelled")


async def test_three_mails_have_one_uid_and_rising_sequences(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3))
    await office.cancel(await office.change(lesson, start="2026-12-01T11:00"))
    mails = await office.mails("student@kyiv.example")
    assert {each.uid for each in mails} == {lesson.uid}
    assert [each.sequence for each in mails] == [0, 1, 2]
    assert [icalendar.Calendar.from_ical(written(each))["METHOD"] for each in mails] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [libical.complaints(written(each)) for each in mails] == ["", "", ""]


async def test_the_calendar_holds_the_instants_of_the_lesson(office: Office) -> None:
    lesson = await office.book(start="2027-03-23T10:00", repeat=Repeat("week", count=2))
    (facts,) = await office.mails(GRETA.email)
    assert libical.spans(written(facts)) == [(each.starts, each.ends) for each in lesson.occurrences]
    assert rfc3339(facts.starts[0]) == "2027-03-23T09:00:00Z"
    assert rfc3339(facts.starts[1]) == "2027-03-30T08:00:00Z"


async def test_the_lesson_itself_is_the_organizer_never_a_person(office: Office) -> None:
    lesson = await office.book()
    for facts in await office.mails():
        (line,) = lines(written(facts), "ORGANIZER")
        assert line.endswith(f"mailto:b-{lesson.address_token}@{DOMAIN}")
        assert organizer_address(facts, DOMAIN) != facts.email
        assert "teacher of vienna" in line


@pytest.mark.parametrize(("rsvp", "word"), [(False, "RSVP=FALSE"), (True, "RSVP=TRUE")])
async def test_buttons_are_asked_for_when_answers_are_read(office: Office, rsvp: bool, word: str) -> None:
    await office.book()
    (facts,) = await office.mails(GRETA.email)
    assert word in lines(written(facts, rsvp=rsvp), "ATTENDEE")[0]


async def test_teachers_lead_and_students_attend(office: Office) -> None:
    await office.book()
    roles = {facts.email: lines(written(facts), "ATTENDEE")[0] for facts in await office.mails()}
    assert "ROLE=CHAIR" in roles["teacher@kyiv.example"]
    assert "ROLE=REQ-PARTICIPANT" in roles["student@kyiv.example"]


async def test_places_name_hall_town_and_house(office: Office) -> None:
    await office.book()
    (facts,) = await office.mails(GRETA.email)
    assert [(each.name, each.city, each.code) for each in facts.places] == [
        ("Hall of vienna", "Vienna", "VIE"),
        ("Hall of kyiv", "Kyiv", "KYI"),
    ]
    assert "Hall of vienna\\, Vienna" in lines(written(facts), "LOCATION")[0]


async def test_the_same_news_is_written_once(office: Office) -> None:
    lesson = await office.book()
    again = effects(lesson, lesson.present, "invited", places=())
    await office.database.write(outbox.put, again, office.clock())
    assert len(await office.mails()) == len(lesson.present)


async def test_each_revision_method_and_generation_has_a_key_of_its_own(office: Office) -> None:
    lesson = await office.book()
    (first, *_) = lesson.present
    changed = dataclasses.replace(lesson, revision=1)
    renewed = dataclasses.replace(first, generation=2)
    told = [
        *effects(lesson, [first], "invited", places=()),
        *effects(changed, [first], "updated", places=()),
        *effects(lesson, [first], "removed", places=()),
        *effects(lesson, [first], "link", places=()),
        *effects(lesson, [renewed], "link", places=()),
    ]
    assert len({each.dedupe_key for each in told}) == len(told)
    assert {each.lane for each in told} == {lane(lesson, first)}


async def test_the_mails_of_one_attendee_leave_in_order(office: Office) -> None:
    lesson = await office.book()
    await office.cancel(await office.change(lesson, start="2026-12-01T11:00"))
    seen = []
    for _ in range(3):
        rows = await office.database.write(outbox.lease, office.clock())
        seen.append([each.facts["sequence"] for each in rows])
        for each in rows:
            await office.database.write(outbox.mark_sent, each.id, office.clock())
    people = len(lesson.present)
    assert seen == [[0] * people, [1] * people, [2] * people]
