"""Mails to a lesson's own address: what counts, what is asked, and what changes nothing."""

from typing import Any

import pytest

from schedules import Attendee, LessonPatch, Repeat
from schedules.answers import CalendarPart, Outcome, confirm, history_of, overview, settle_stray
from schedules.answers.tables import answer, proposal, stray_answer
from tests.office import GRETA, Office
from tests.schedules.answers.mail import Post, stamp
from tests.schedules.ical.replies import STYLES, counter
from vclass.core.refusals import NotFoundError


@pytest.fixture
async def post(office: Office) -> Post:
    return Post(office, await office.book(repeat=Repeat("week", count=3)))


def recurrence(post: Post, which: int) -> str:
    return f"RECURRENCE-ID:{stamp(post.lesson.occurrences[which].starts)}"


@pytest.mark.parametrize("style", STYLES)
async def test_r10_the_answer_of_every_program_counts(post: Post, style: str) -> None:
    assert await post.send(post.reply("DECLINED", style=style)) is Outcome.RECORDED
    assert await post.partstat() == "DECLINED"
    assert await post.partstat("student@kyiv.example") == "NEEDS-ACTION"


async def test_case_34_an_attachment_alone_or_a_method_beside_it_is_enough(post: Post) -> None:
    bare = post.reply().replace(b"METHOD:REPLY\r\n", b"")
    parts = (CalendarPart(b"no calendar"), CalendarPart(bare, "REPLY"))
    assert await post.send(parts=parts) is Outcome.RECORDED


async def test_case_35_an_answer_to_the_old_time_is_kept_and_asked_again(post: Post) -> None:
    post.lesson = await post.office.change(post.lesson, start="2026-12-01T11:00")
    assert await post.send(post.reply("ACCEPTED", sequence=0)) is Outcome.RECORDED
    assert await post.partstat() == "NEEDS-ACTION"
    (given,) = await post.office.database.read(history_of, greta(post).id)
    assert (given.partstat, given.to_old_time) == ("ACCEPTED", True)


async def test_a_change_of_time_resets_answers_and_one_of_the_title_does_not(post: Post) -> None:
    await post.send(post.reply("ACCEPTED"))
    renamed = await post.office.change(post.lesson, title="Phonetics")
    assert await post.partstat() == "ACCEPTED"
    await post.office.change(renamed, start="2026-12-01T11:00")
    assert await post.partstat() == "NEEDS-ACTION"


async def test_a_date_that_is_moved_alone_is_asked_again_alone(post: Post) -> None:
    await post.send(post.reply("ACCEPTED"))
    moved = await post.office.lessons.change_meeting(
        post.office.teacher, post.lesson.public_id, "2026-12-08T10:00", LessonPatch(start="2026-12-08T12:00"), "this", 1
    )
    assert [await post.partstat(which=each) for each in (None, 0, 1, 2)] == [
        "ACCEPTED", "ACCEPTED", "NEEDS-ACTION", "ACCEPTED",
    ]  # fmt: skip
    late = f"RECURRENCE-ID:{stamp(post.lesson.occurrences[1].starts)}"
    await post.send(post.reply("TENTATIVE", sequence=moved.sequence, recurrence=late))
    assert await post.partstat(which=1) == "TENTATIVE"


async def test_case_36_the_same_reply_twice_is_one_row(post: Post) -> None:
    assert await post.send(post.reply(), post.reply()) is Outcome.RECORDED
    assert await post.send(post.reply(), message_id="<2@example.org>") is Outcome.KNOWN
    assert await post.office.count(answer) == 1


async def test_case_38_two_replies_that_come_swapped_end_at_the_later(post: Post) -> None:
    await post.send(post.reply("DECLINED", after=90))
    assert await post.send(post.reply("ACCEPTED", after=60)) is Outcome.KNOWN
    assert await post.partstat() == "DECLINED"


async def test_case_46_an_answer_to_one_date_in_utc_leaves_the_others(post: Post) -> None:
    await post.send(post.reply("ACCEPTED"))
    await post.send(post.reply("DECLINED", after=90, recurrence=recurrence(post, 1)))
    assert [await post.partstat(which=each) for each in (None, 0, 1)] == ["ACCEPTED", "ACCEPTED", "DECLINED"]


@pytest.mark.parametrize(("zone", "which"), [("Europe/Vienna", 0), ("Africa/Cairo", 1)])
async def test_case_46_a_name_that_two_dates_have_had_is_that_of_the_shape_that_calendars_have(
    office: Office, zone: str, which: int
) -> None:
    lesson = await office.book(zone=zone, repeat=Repeat("week", count=3), rooms=(), teachers=())
    known = lesson.occurrences[1].starts
    for start in ("2026-12-03T10:00", "2026-12-08T10:00"):
        lesson = await office.change(lesson, start=start)
    assert (lesson.occurrences[0].starts, lesson.occurrences[1].published_start) == (known, known)
    post = Post(office, lesson)
    await post.send(post.reply("DECLINED", sequence=lesson.sequence, recurrence=f"RECURRENCE-ID:{stamp(known)}"))
    partstats = [await post.partstat(which=each) for each in range(3)]
    assert partstats == ["DECLINED" if each == which else "NEEDS-ACTION" for each in range(3)]


async def test_case_37_a_stranger_or_an_alias_is_asked_about(post: Post) -> None:
    alias = post.reply(attendee="g@example.org")
    assert await post.send(alias, header_from="g@example.org") is Outcome.UNMATCHED
    assert await post.send(alias, header_from="g@example.org") is Outcome.KNOWN
    assert (await post.partstat(), await post.office.count(answer)) == ("NEEDS-ACTION", 0)
    (stray,) = (await post.office.database.read(overview, post.lesson, post.office.clock())).strays
    assert (stray.address, stray.partstat) == ("g@example.org", "ACCEPTED")


async def test_case_37_a_teacher_says_whose_an_answer_is(post: Post) -> None:
    await post.send(post.reply(attendee="g@example.org"), header_from="g@example.org")
    office = post.office
    (stray,) = (await office.database.read(overview, post.lesson, office.clock())).strays
    whose = (post.lesson.public_id, stray.id, greta(post).public_id, office.clock())
    await office.database.write(settle_stray, office.teacher, *whose)
    assert await post.partstat() == "ACCEPTED"
    with pytest.raises(NotFoundError):
        await office.database.write(settle_stray, office.teacher, *whose)


FOREIGN: dict[str, dict[str, Any]] = {
    "another lesson's address": {"recipient": "b-0123456789abcdef0123456789abcdef@vclass.example"},
    "no lesson's address": {"recipient": "lessons@vclass.example"},
    "a disowned sender": {"authenticated": "fail"},
}


@pytest.mark.parametrize("case", FOREIGN)
async def test_r11_a_foreign_reply_changes_nothing(post: Post, case: str) -> None:
    assert await post.send(post.reply(), **FOREIGN[case]) in {Outcome.FOREIGN, Outcome.REFUSED}
    await assert_untouched(post)


async def test_r11_a_reply_about_another_uid_or_date_changes_nothing(post: Post) -> None:
    assert await post.send(post.reply(uid="other@vclass.example")) is Outcome.FOREIGN
    assert await post.send(post.reply(recurrence="RECURRENCE-ID:20270101T090000Z")) is Outcome.FOREIGN
    await assert_untouched(post)


async def test_r11_a_sequence_or_a_stamp_from_the_future_locks_nobody_out(post: Post) -> None:
    await post.send(post.reply("ACCEPTED", sequence=2**31, dtstamp="20990101T000000Z"))
    later = post.reply("DECLINED", after=7200)
    post.office.clock.now += 7200
    await post.send(later)
    assert await post.partstat() == "DECLINED"


@pytest.mark.parametrize("auto_submitted", [True, False])
async def test_r13_case_39_a_mail_without_an_answer_changes_nothing(post: Post, *, auto_submitted: bool) -> None:
    request = post.reply().replace(b"METHOD:REPLY", b"METHOD:REQUEST")
    for parts in ((), (b"I am out of office",), (request,)):
        outcome = await post.send(*parts, auto_submitted=auto_submitted, envelope_sender="")
        assert outcome is Outcome.UNREADABLE
    await assert_untouched(post)


async def test_g6_without_a_verdict_an_answer_waits_for_its_attendee_where_the_house_says_so(post: Post) -> None:
    assert await post.send(post.reply(), policy="always") is Outcome.ASKED
    assert await post.partstat() == "NEEDS-ACTION"
    assert (await post.office.mails(GRETA.email))[-1].news == "confirm"
    assert await post.send(post.reply(), policy="always", authenticated="pass") is Outcome.RECORDED
    assert await post.partstat() == "ACCEPTED"
    assert await post.office.count(answer) == 1


@pytest.mark.parametrize("mine", [True, False])
async def test_g6_what_another_attendee_says_in_ones_name_waits_for_ones_word(post: Post, *, mine: bool) -> None:
    forged = {"header_from": "student@kyiv.example", "authenticated": "pass"}
    assert await post.send(post.reply("DECLINED"), **forged) is Outcome.ASKED
    assert await post.send(post.reply("DECLINED", after=70), **forged) is Outcome.ASKED
    asked = [each for each in await post.office.mails(GRETA.email) if each.news == "confirm"]
    assert [(each.method, each.said) for each in asked] == [("", "DECLINED")]
    waiting, _ = await post.office.database.read(history_of, greta(post).id)
    await post.office.database.write(confirm, post.lesson, greta(post), waiting.id, post.office.clock(), mine=mine)
    assert await post.partstat() == ("DECLINED" if mine else "NEEDS-ACTION")


async def test_who_was_sent_instead_is_noted(post: Post) -> None:
    delegated = post.reply('DELEGATED;DELEGATED-TO="mailto:ben@example.org"')
    await post.send(delegated)
    (given,) = await post.office.database.read(history_of, greta(post).id)
    assert (given.partstat, given.delegated_to) == ("DELEGATED", "ben@example.org")


async def test_answers_leave_the_etag_of_the_lesson(post: Post) -> None:
    await post.send(post.reply())
    assert (await post.office.read(post.lesson)).version == post.lesson.version


async def test_r12_a_proposal_is_kept_with_what_is_not_free_then(post: Post) -> None:
    await post.office.book(start="2026-12-01T12:00", attendees=())
    assert await post.send(proposed(post, "20261201T120000", "20261201T133000")) is Outcome.RECORDED
    (offered,) = (await post.office.database.read(overview, post.lesson, post.office.clock())).offered
    assert offered.attendee.email == GRETA.email
    assert {span for _, span in offered.taken} == {offered.proposal.span}
    assert await post.partstat(which=0) == "TENTATIVE"


async def test_r12_a_proposal_in_time_that_is_free_stands_until_the_date_moves(post: Post) -> None:
    await post.send(proposed(post, "20261201T150000", "20261201T160000"))
    (offered,) = (await post.office.database.read(overview, post.lesson, post.office.clock())).offered
    assert offered.taken == ()
    moved = await post.office.lessons.change_meeting(
        post.office.teacher, post.lesson.public_id, "2026-12-01T10:00", LessonPatch(start="2026-12-01T15:00"), "this", 1
    )
    assert (await post.office.database.read(overview, moved, post.office.clock())).offered == ()


async def test_r12_a_proposal_that_cannot_be_read_is_asked_about(post: Post) -> None:
    nowhere = proposed(post, "DTSTART;TZID=Nowhere:20261201T150000", "")
    assert await post.send(nowhere) is Outcome.UNMATCHED
    assert (await post.office.count(proposal), await post.office.count(stray_answer)) == (0, 1)


async def test_a_refresh_sends_the_present_whole_once_an_hour(post: Post) -> None:
    refresh = post.reply().replace(b"METHOD:REPLY", b"METHOD:REFRESH")
    assert await post.send(refresh) is Outcome.RECORDED
    assert await post.send(refresh) is Outcome.KNOWN
    first, again = await post.office.mails(GRETA.email)
    assert (again.news, again.sequence, again.meetings) == ("again", first.sequence, first.meetings)
    assert again.dtstamp > first.dtstamp


@pytest.mark.parametrize("changes", [{"auto_submitted": True}, {"envelope_sender": ""}, {"header_from": "x@y.example"}])
async def test_r13_a_machine_or_a_stranger_gets_nothing_sent_by_a_refresh(post: Post, changes: dict[str, Any]) -> None:
    refresh = post.reply().replace(b"METHOD:REPLY", b"METHOD:REFRESH")
    assert await post.send(refresh, **changes) is Outcome.REFUSED
    assert len(await post.office.mails(GRETA.email)) == 1


async def test_somebody_who_was_removed_and_came_back_is_asked_again(post: Post) -> None:
    await post.send(post.reply("ACCEPTED"))
    gone = await post.office.change(post.lesson, attendees=())
    await post.office.change(gone, attendees=(GRETA,))
    await post.send(post.reply("ACCEPTED", after=61))
    assert await post.partstat() == "NEEDS-ACTION"


async def test_r12_a_proposal_for_all_dates_says_what_is_not_free_on_any_of_them(post: Post) -> None:
    office = post.office
    await office.book(
        start="2026-12-15T15:00", rooms=(office.hall("vienna"),), teachers=(), attendees=(), transparent=True
    )
    about = {"uid": post.lesson.uid, "attendee": GRETA.email, "dtstamp": stamp(office.clock() + 60)}
    end = "DTEND;TZID=W. Europe Standard Time:20261201T163000"
    await post.send(counter("20261201T150000", end, recurrence="", **about))
    (offered,) = (await office.database.read(overview, post.lesson, office.clock())).offered
    third = post.lesson.occurrences[2].starts + 5 * 3600
    assert offered.proposal.occurrence == ""
    assert {span for _, span in offered.taken} == {(third, third + 5400)}


async def test_r12_a_proposal_for_all_dates_is_counted_from_the_first_that_calendars_have(post: Post) -> None:
    office, about = post.office, {"uid": post.lesson.uid, "attendee": GRETA.email}
    first, second, _ = post.lesson.occurrences
    off = await office.lessons.cancel_meeting(
        office.teacher, post.lesson.public_id, str(first.recurrence), "this", "", post.lesson.version
    )
    end = "DTEND;TZID=W. Europe Standard Time:20261201T163000"
    await post.send(counter("20261201T150000", end, recurrence="", dtstamp=stamp(office.clock() + 60), **about))
    (offered,) = (await office.database.read(overview, off, office.clock())).offered
    assert (offered.held.recurrence, offered.span) == (
        second.recurrence,
        (second.starts + 5 * 3600, second.ends + 5 * 3600),
    )


def proposed(post: Post, starts: str, ends: str) -> bytes:
    end = f"DTEND;TZID=W. Europe Standard Time:{ends}" if ends else "X-NOTHING:"
    name = recurrence(post, 0)
    about = {"uid": post.lesson.uid, "attendee": GRETA.email, "dtstamp": stamp(post.office.clock() + 60)}
    return counter(starts, end, recurrence=name, **about)


def greta(post: Post) -> Attendee:
    return next(each for each in post.lesson.attendees if each.email == GRETA.email)


async def assert_untouched(post: Post) -> None:
    assert [await post.office.count(each) for each in (answer, proposal, stray_answer)] == [0, 0, 0]
    assert await post.partstat() == "NEEDS-ACTION"
    assert len(await post.office.mails(GRETA.email)) == 1
