"""What is said by mail: a snapshot for one reader, in order, once."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import icalendar
import msgspec
import pytest

from schedules import Lesson, MailFacts, Repeat, calendar_object, organizer_address
from schedules.invitations import News, effects, lane
from schedules.recurrence import Rule
from tests.judges import libical
from tests.office import DOMAIN, GRETA, Office
from tests.schedules.ical.examples import lines
from vclass.core import outbox
from vclass.core.outbox import Effect
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
        *effects(lesson, [first], "link", places=(), again=True),
        *effects(lesson, [renewed], "link", places=(), again=True),
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


def one_moved(lesson: Lesson, which: int, seconds: int) -> Lesson:
    """The lesson after one occurrence was moved."""
    dates = list(lesson.dates)
    one = dates[which]
    dates[which] = dataclasses.replace(one, starts=one.starts + seconds, ends=one.ends + seconds)
    return following(lesson, dates=tuple(dates))


def following(lesson: Lesson, **changes: Any) -> Lesson:  # noqa: ANN401  any field of a lesson
    """The next revision of a lesson."""
    counts = {"sequence": lesson.sequence + 1, "revision": lesson.revision + 1, "told_at": lesson.told_at + 60}
    return dataclasses.replace(lesson, **(counts | changes))


def told(written_: Sequence[Effect]) -> list[MailFacts]:
    """The facts of outbox rows, after their way through the table."""
    return [msgspec.convert(json.loads(json.dumps(each.facts)), MailFacts) for each in written_]


async def test_a_mail_on_one_week_tells_calendars_of_that_week_alone(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3))
    after = one_moved(lesson, 1, 7200)
    former, now = lesson.dates[1], after.dates[1]
    (facts,) = told(effects(after, after.present[:1], "moved-one", places=(), about=[now], before=former.starts))
    calendar = written(facts)
    assert (facts.method, facts.news, facts.before) == ("REQUEST", "moved-one", former.starts)
    assert lines(calendar, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Vienna:20261208T100000"]
    assert lines(calendar, "DTSTART")[-1] == "DTSTART;TZID=Europe/Vienna:20261208T120000"


async def test_a_cancelled_week_is_taken_out_alone_and_says_why(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3))
    gone = dataclasses.replace(lesson.dates[0], state="cancelled")
    after = following(lesson, dates=(gone, *lesson.dates[1:]))
    (facts,) = told(effects(after, after.present[:1], "cancelled-one", places=(), about=[gone], reason="Ill."))
    assert (facts.method, facts.reason, len(facts.meetings)) == ("CANCEL", "Ill.", 2)
    assert lines(written(facts), "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Vienna:20261201T100000"]
    assert libical.complaints(written(facts)) == ""


async def test_a_later_invitation_holds_the_moved_and_leaves_out_the_cancelled_week(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3))
    moved = one_moved(lesson, 2, 3600)
    after = following(moved, dates=(dataclasses.replace(moved.dates[0], state="cancelled"), *moved.dates[1:]))
    (facts,) = told(effects(after, after.present[:1], "invited", places=()))
    assert libical.spans(written(facts)) == [(each.starts, each.ends) for each in after.dates[1:]]


async def test_a_week_in_other_rooms_names_them(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=2))
    (place, *_) = (await office.mails(GRETA.email))[0].places
    own = {lesson.dates[1].recurrence: [msgspec.structs.replace(place, name="Library")]}
    (facts,) = told(effects(lesson, lesson.present[:1], "updated", places=[place], own_places=own))
    series, one = lines(written(facts), "LOCATION")
    assert "Hall of vienna" in series
    assert "Library" in one


async def test_a_row_written_before_meetings_were_facts_still_makes_its_calendar(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3))
    (effect,) = effects(lesson, lesson.present[:1], "invited", places=())
    new = {"meetings", "about", "transparent"}
    old = msgspec.convert({key: value for key, value in effect.facts.items() if key not in new}, MailFacts)
    assert written(old) == written(msgspec.convert(effect.facts, MailFacts))


async def test_the_rest_of_a_change_that_calendars_would_keep_is_withdrawn_first(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3))
    timing = dataclasses.replace(lesson.draft.timing, zone="Africa/Cairo")
    after = following(lesson, draft=dataclasses.replace(lesson.draft, timing=timing))
    withdrawn, updated = told(effects(after, after.present[:1], "updated", places=(), was=lesson))
    assert [each.news for each in (withdrawn, updated)] == ["withdrawn", "updated"]
    assert lines(written(withdrawn), "METHOD") == ["METHOD:CANCEL"]
    assert lines(written(withdrawn), "RECURRENCE-ID") == []
    assert (withdrawn.sequence, withdrawn.dtstamp) == (updated.sequence, updated.dtstamp - 1)


@pytest.mark.parametrize("news", ["cut", "ended"])
async def test_a_cut_of_dates_apart_takes_out_the_rest_and_says_no_more(office: Office, news: News) -> None:
    lesson = await office.book(zone="Africa/Cairo", repeat=Repeat("week", count=3))
    timing = dataclasses.replace(lesson.draft.timing, rule=Rule("week", count=2))
    after = following(lesson, draft=dataclasses.replace(lesson.draft, timing=timing), dates=lesson.dates[:2])
    (facts,) = told(effects(after, after.present[:1], news, places=(), was=lesson))
    assert (facts.method, facts.news) == ("CANCEL", news)
    assert lines(written(facts), "RECURRENCE-ID") == ["RECURRENCE-ID:20261215T080000Z"]


async def test_a_cut_of_a_series_tells_the_shorter_rule(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3))
    timing = dataclasses.replace(lesson.draft.timing, rule=Rule("week", count=2))
    after = following(lesson, draft=dataclasses.replace(lesson.draft, timing=timing), dates=lesson.dates[:2])
    (facts,) = told(effects(after, after.present[:1], "cut", places=(), was=lesson))
    assert facts.method == "REQUEST"
    assert "RRULE:FREQ=WEEKLY;COUNT=2" in lines(written(facts), "RRULE")


async def test_mails_of_one_revision_have_keys_of_their_own(office: Office) -> None:
    lesson = await office.book(repeat=Repeat("week", count=3))
    found = [
        each.dedupe_key
        for news in ("updated", "moved-one")
        for about in lesson.dates
        for each in effects(lesson, lesson.present, news, places=(), about=[about] if news == "moved-one" else ())
    ]
    assert len(set(found)) == len(lesson.present) * 4
