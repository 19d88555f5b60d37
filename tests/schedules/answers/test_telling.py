"""What attendees' calendars hear of answers: their own, kept while it holds, and no to a proposal."""

import pytest

from schedules import LessonPatch, MailFacts, Repeat, calendar_object
from schedules.answers import SentLatelyError, decline, overview, send_again
from schedules.facts import MailMethod
from schedules.ical import Instance, decline_counter
from schedules.recurrence import Rule
from tests.judges import libical
from tests.office import DOMAIN, GRETA, Office, attendee_id
from tests.schedules.answers.mail import Post, stamp
from tests.schedules.answers.test_receiving import proposed
from tests.schedules.ical.examples import invitation, lines

HOUR = 3600
LINK = "https://vclass.example/join/aGVsbG8"


@pytest.fixture
async def post(office: Office) -> Post:
    return Post(office, await office.book(repeat=Repeat("week", count=3)))


async def last(post: Post, method: MailMethod = "REQUEST") -> bytes:
    """The calendar object of the last mail to Greta."""
    facts = (await post.office.mails(GRETA.email))[-1]
    assert facts.method == method
    return written(facts)


def written(facts: MailFacts) -> bytes:
    return calendar_object(facts, link=LINK, domain=DOMAIN, rsvp=True)


def partstats(calendar: bytes) -> list[str]:
    return [line.partition("PARTSTAT=")[2].partition(";")[0] for line in lines(calendar, "ATTENDEE")]


async def test_an_update_of_the_title_keeps_the_answer(post: Post) -> None:
    await post.send(post.reply("ACCEPTED"))
    await post.office.change(post.lesson, title="Phonetics")
    assert partstats(await last(post)) == ["ACCEPTED"]


async def test_an_update_of_the_time_asks_anew(post: Post) -> None:
    await post.send(post.reply("ACCEPTED"))
    await post.office.change(post.lesson, start="2026-12-01T11:00")
    assert partstats(await last(post)) == ["NEEDS-ACTION"]


async def test_an_update_keeps_the_answer_to_one_date_beside_that_to_the_whole(post: Post) -> None:
    name = f"RECURRENCE-ID:{stamp(post.lesson.occurrences[1].starts)}"
    await post.send(post.reply("ACCEPTED"), post.reply("DECLINED", after=90, recurrence=name))
    await post.office.change(post.lesson, title="Phonetics")
    calendar = await last(post)
    assert partstats(calendar) == ["ACCEPTED", "DECLINED"]
    assert libical.complaints(calendar) == ""
    assert libical.spans(calendar) == [(each.starts, each.ends) for each in post.lesson.occurrences]


async def test_a_date_that_moves_asks_anew_for_itself(post: Post) -> None:
    await post.send(post.reply("ACCEPTED"))
    patch = LessonPatch(start="2026-12-08T12:00")
    await post.office.lessons.change_meeting(
        post.office.teacher, post.lesson.public_id, "2026-12-08T10:00", patch, "this", 1
    )
    assert partstats(await last(post)) == ["NEEDS-ACTION"]
    (facts,) = (await post.office.mails("student@kyiv.example"))[-1:]
    assert partstats(written(facts)) == ["NEEDS-ACTION"]


@pytest.mark.parametrize(("rsvp", "disallowed"), [(True, "FALSE"), (False, "TRUE")])
async def test_other_times_may_be_proposed_where_answers_are_read(post: Post, *, rsvp: bool, disallowed: str) -> None:
    (facts,) = await post.office.mails(GRETA.email)
    calendar = calendar_object(facts, link=LINK, domain=DOMAIN, rsvp=rsvp)
    assert lines(calendar, "X-MICROSOFT-DISALLOW-COUNTER") == [f"X-MICROSOFT-DISALLOW-COUNTER:{disallowed}"]
    assert f"RSVP={str(rsvp).upper()}" in lines(calendar, "ATTENDEE")[0]


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Africa/Cairo"])
@pytest.mark.parametrize("rule", [None, Rule("week", count=3)])
def test_r12_no_to_a_proposal_passes_the_table_of_rfc_5546(zone: str, rule: Rule | None) -> None:
    lesson = invitation(zone=zone, rule=rule)
    some: list[tuple[Instance, ...]] = [(), lesson.occurrences[:1]]
    for about in some:
        calendar = decline_counter(lesson, *about)
        assert libical.complaints(calendar) == ""
        assert b"METHOD:DECLINECOUNTER\r\n" in calendar


async def test_r12_no_is_said_once_to_whoever_proposed(post: Post) -> None:
    office = post.office
    await post.send(proposed(post, "20261201T150000", "20261201T160000"))
    (offered,) = (await office.database.read(overview, post.lesson, office.clock())).offered
    await office.database.write(decline, office.teacher, post.lesson.public_id, offered.proposal.id, office.clock())
    calendar = await last(post, "DECLINECOUNTER")
    assert libical.complaints(calendar) == ""
    assert lines(calendar, "RECURRENCE-ID") == ["RECURRENCE-ID;TZID=Europe/Vienna:20261201T100000"]
    assert len(await office.mails("student@kyiv.example")) == 1
    assert (await office.database.read(overview, post.lesson, office.clock())).offered == ()


async def test_a_teacher_sends_again_the_same_sequence_with_a_newer_stamp(post: Post) -> None:
    office, greta = post.office, attendee_id(post.lesson, GRETA.email)
    await post.send(post.reply("ACCEPTED"))
    await office.database.write(send_again, office.teacher, post.lesson.public_id, greta, office.clock())
    first, again = await office.mails(GRETA.email)
    assert (again.sequence, again.dtstamp > first.dtstamp) == (first.sequence, True)
    assert partstats(written(again)) == ["ACCEPTED"]
    with pytest.raises(SentLatelyError):
        await office.database.write(send_again, office.teacher, post.lesson.public_id, greta, office.clock())


async def test_a_cancellation_can_be_sent_again(post: Post) -> None:
    office, greta = post.office, attendee_id(post.lesson, GRETA.email)
    await office.cancel(post.lesson)
    await office.database.write(send_again, office.teacher, post.lesson.public_id, greta, office.clock())
    assert [each.method for each in await office.mails(GRETA.email)] == ["REQUEST", "CANCEL", "CANCEL"]


async def test_r12_a_proposal_is_told_to_the_owner_with_a_way_to_take_it_up_or_decline_it(post: Post) -> None:
    await post.send(proposed(post, "20261201T150000", "20261201T160000"))
    (told,) = await post.office.notices("teacher@vienna.example")
    at = post.lesson.occurrences[0].starts + 5 * HOUR
    assert (told.notice, told.by, told.proposed, told.taken) == ("proposed", "Greta", (at, at + HOUR), ())
    assert told.first == (post.lesson.occurrences[0].starts, post.lesson.occurrences[0].ends)
    assert told.path == f"/lessons/{post.lesson.public_id}#answers"


async def test_r12_a_proposal_that_came_twice_is_told_once_and_another_one_besides(post: Post) -> None:
    again = proposed(post, "20261201T150000", "20261201T160000")
    for each in (again, again, proposed(post, "20261201T160000", "20261201T170000")):
        await post.send(each)
        post.office.clock.advance(60)
    assert [each.notice for each in await post.office.notices()] == ["proposed"] * 2


async def test_r12_a_proposal_says_what_is_not_free_then(post: Post) -> None:
    await post.office.book(start="2026-12-01T12:00", attendees=())
    await post.send(proposed(post, "20261201T120000", "20261201T133000"))
    (told,) = await post.office.notices()
    assert {"Hall of vienna", "Hall of kyiv"} <= set(told.taken)


async def test_r12_whoever_proposes_all_day_is_told_of_five_times(post: Post) -> None:
    for hour in range(11, 19):
        await post.send(proposed(post, f"20261201T{hour}3000", f"20261201T{hour}4500"))
        post.office.clock.advance(60)
    assert len(await post.office.notices()) == 5


async def test_r12_a_proposal_for_a_time_that_has_moved_is_told_to_nobody(post: Post) -> None:
    old = proposed(post, "20261201T150000", "20261201T160000")
    await post.office.change(post.lesson, start="2026-12-01T12:00")
    await post.send(old)
    assert await post.office.notices() == []
