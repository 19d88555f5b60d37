"""Answers on pages: one's own by the personal link, everybody's for the lesson's teachers, and the doctor."""

import re
from typing import Any

import icalendar
import pytest

from schedules.answers import Outcome, receive
from tests.schedules.answers.mail import incoming, stamp
from tests.schedules.ical.replies import counter, reply
from tests.web.pages.campus import ANNA, SOPHIE, Campus, Visitor
from tests.web.pages.test_join import NIKOS, links
from vclass.core import outbox
from vclass.mail import POSTMAN

WEEKLY = {
    "date": "2026-12-01",
    "repeat": "weekly",
    "count": "3",
    "guests": "Nikos <nikos@asl.example>\nsophie@vii.example",
}


async def partstats(campus: Campus, path: str, email: str) -> list[str]:
    """What somebody's answers come to: for the whole, then for each date."""
    lesson = await campus.lesson(path)
    whole, each_one = lesson.partstats(next(each for each in lesson.present if each.email == email))
    return [whole, *each_one.values()]


async def mailed(campus: Campus, path: str, content: bytes, **changes: Any) -> Outcome:  # noqa: ANN401  of a mail
    lesson, at = await campus.lesson(path), campus.clock() + 60
    mail = incoming(lesson, content, at=at, **{"header_from": NIKOS, "envelope_sender": NIKOS, **changes})
    return await campus.database.write(receive, mail, at)


async def said(campus: Campus, path: str, partstat: str = "ACCEPTED", **changes: Any) -> bytes:  # noqa: ANN401  of a reply
    lesson = await campus.lesson(path)
    usual = {"uid": lesson.uid, "attendee": NIKOS, "dtstamp": stamp(campus.clock())}
    return reply(partstat=partstat, **(usual | changes))


@pytest.fixture
async def path(campus: Campus, anna: Visitor) -> str:
    return await campus.booked(anna, **WEEKLY)


@pytest.fixture
async def link(campus: Campus, path: str) -> str:
    return (await links(campus, path))[NIKOS]


async def test_c8_a_scanner_that_follows_every_link_answers_nothing(campus: Campus, path: str, link: str) -> None:
    scanner = await campus.visitor()
    for query in ("", "?answer=declined", "?answer=accepted"):
        page = await scanner.get(link + query)
        assert page.status == 200
        await scanner.client.head(link + query)
    assert (await scanner.get(f"{link}/answer")).status == 405
    assert await partstats(campus, path, NIKOS) == ["NEEDS-ACTION"] * 4


async def test_c8_a_form_of_another_site_answers_nothing(campus: Campus, path: str, link: str) -> None:
    visitor = await campus.visitor()
    await visitor.get(link)
    visitor.csrf = "forged"
    assert (await visitor.post(f"{link}/answer", {"answer": "accepted", "occurrence": ""})).status == 403
    assert await partstats(campus, path, NIKOS) == ["NEEDS-ACTION"] * 4


async def test_an_attendee_answers_and_changes_their_mind(campus: Campus, path: str, link: str) -> None:
    visitor = await campus.visitor()
    await visitor.get(link)
    for answer, shown in (("accepted", "Yes"), ("declined", "No")):
        page = await visitor.send(f"{link}/answer", {"answer": answer, "occurrence": ""})
        assert "Thank you. Your answer is noted." in page.text
        assert re.search(rf'value="{answer}" aria-pressed="true">.*?{shown}', page.html, re.DOTALL)
    assert await partstats(campus, path, NIKOS) == ["DECLINED"] * 4


async def test_an_attendee_answers_to_one_date(campus: Campus, path: str, link: str) -> None:
    visitor = await campus.visitor()
    page = await visitor.get(link)
    date = [each for each in page.values("occurrence") if each][1]
    await visitor.send(f"{link}/answer", {"answer": "tentative", "occurrence": date})
    assert await partstats(campus, path, NIKOS) == ["NEEDS-ACTION", "NEEDS-ACTION", "TENTATIVE", "NEEDS-ACTION"]


async def test_an_answer_from_a_page_that_shows_the_old_time_asks_again(
    campus: Campus, anna: Visitor, path: str, link: str
) -> None:
    visitor = await campus.visitor()
    shown = (await visitor.get(link)).value("sequence")
    page = await anna.get(path)
    moved = {"version": page.value("version"), "zone": "Europe/Vienna", "date": "2026-12-01", "time": "11:00"}
    assert (await anna.post(f"{path}/move", moved | {"minutes": "90"})).status == 303
    again = await visitor.send(f"{link}/answer", {"answer": "accepted", "occurrence": "", "sequence": shown})
    assert "The lesson has moved since you opened the page." in again.text
    assert await partstats(campus, path, NIKOS) == ["NEEDS-ACTION"] * 4


async def test_nobody_answers_to_a_lesson_that_is_off(campus: Campus, anna: Visitor, path: str, link: str) -> None:
    visitor = await campus.visitor()
    await visitor.get(link)
    await anna.send(f"{path}/cancel", {"version": (await anna.get(path)).value("version"), "reason": ""})
    assert "Will you come?" not in (await visitor.get(link)).text
    assert (await visitor.post(f"{link}/answer", {"answer": "accepted", "occurrence": ""})).status == 409


@pytest.mark.parametrize("form", [{"answer": "perhaps"}, {"answer": "accepted", "occurrence": "none"}])
async def test_an_answer_that_there_is_not_is_refused(
    campus: Campus, path: str, link: str, form: dict[str, str]
) -> None:
    visitor = await campus.visitor()
    await visitor.get(link)
    assert (await visitor.post(f"{link}/answer", form)).status == 404
    assert await partstats(campus, path, NIKOS) == ["NEEDS-ACTION"] * 4


async def test_a_foreign_link_answers_nothing_and_tells_nothing(campus: Campus, link: str) -> None:
    visitor = await campus.visitor()
    await visitor.get(link)
    answer = await visitor.post("/join/AAAAAAAAAAAAAAAAAAAAAA/answer", {"answer": "accepted"})
    assert (answer.status, answer.location) == (303, "/join/AAAAAAAAAAAAAAAAAAAAAA")
    assert (await visitor.get("/join/AAAAAAAAAAAAAAAAAAAAAA/invite.ics")).status == 404


async def test_teachers_see_who_answered_what(campus: Campus, anna: Visitor, path: str, link: str) -> None:
    visitor = await campus.visitor()
    await visitor.get(link)
    await visitor.send(f"{link}/answer", {"answer": "accepted", "occurrence": ""})
    text = (await anna.get(path)).text
    assert re.search(r"Answers Yes 1 Nikos", text)
    assert "No answer yet" in text


async def test_b5_a_student_sees_their_own_answer_alone(campus: Campus, path: str, sophie: Visitor) -> None:
    await mailed(campus, path, await said(campus, path, "DECLINED"))
    page = await sophie.get(path)
    assert "Your answer: No answer yet" in page.text
    assert NIKOS not in page.text
    assert "Nikos" not in page.text
    assert (await sophie.get(f"{path}/invitations")).status == 403
    own = (await links(campus, path))[SOPHIE]
    assert "Nikos" not in (await (await campus.visitor()).get(own)).text


async def test_g6_an_answer_in_ones_name_is_confirmed_on_the_page(campus: Campus, path: str, link: str) -> None:
    assert await mailed(campus, path, await said(campus, path), header_from="x@y.example") is Outcome.ASKED
    visitor = await campus.visitor()
    page = await visitor.get(link)
    assert "An answer came in your name." in page.text
    await visitor.send(f"{link}/confirm", {"id": page.value("id"), "mine": "yes"})
    assert (await partstats(campus, path, NIKOS))[0] == "ACCEPTED"
    assert "An answer came in your name." not in (await visitor.get(link)).text


async def test_r12_a_proposal_leads_to_the_form_filled_in(campus: Campus, anna: Visitor, path: str) -> None:
    await mailed(campus, path, await proposal(campus, path))
    page = await anna.get(path)
    assert "Nikos proposes another time" in page.text
    assert "15:00–16:00 Vienna" in page.text
    assert "16:00–17:00 Kyiv" in page.text
    assert "Everything is free then" in page.text
    (accept,) = re.findall(r'href="([^"]+occurrences[^"]+date=[^"]+)"', page.html)
    form = await anna.get(accept.replace("&amp;", "&"))
    assert (form.value("date"), form.value("time"), form.value("minutes")) == ("2026-12-01", "15:00", "60")


async def test_r12_a_proposal_is_mailed_in_the_teachers_language_with_a_link_to_where_it_is_answered(
    campus: Campus, anna: Visitor, path: str
) -> None:
    await anna.send("/settings/language", {"language": "uk", "next": "/"})
    await mailed(campus, path, await proposal(campus, path))
    row = (await campus.database.read(outbox.listing))[0].leased
    mail = campus.server.app[POSTMAN].compose(row).message
    text = mail.get_body(("plain",)).get_content()
    assert (row.recipient, mail["Subject"].partition(":")[0]) == (ANNA, "Пропонують інший час")
    assert "Nikos пропонує інший час для" in text
    (link,) = re.findall(r"https?://[^/]+(/\S+)", text)
    assert "/decline" in (await anna.get(link.partition("#")[0])).html


async def test_r12_a_proposal_for_all_fills_the_form_of_the_lesson(campus: Campus, anna: Visitor, path: str) -> None:
    await mailed(campus, path, await proposal(campus, path, recurrence=""))
    page = await anna.get(path)
    (accept,) = re.findall(rf'href="({path}[?]zone=[^"]+)"', page.html)
    form = await anna.get(accept.replace("&amp;", "&").partition("#")[0])
    assert (form.value("date"), form.value("time"), form.value("minutes")) == ("2026-12-01", "15:00", "60")


async def test_r12_a_proposal_is_declined_with_one_press(campus: Campus, anna: Visitor, path: str) -> None:
    await mailed(campus, path, await proposal(campus, path))
    (decline,) = re.findall(r'action="([^"]+/decline)"', (await anna.get(path)).html)
    page = await anna.send(decline)
    assert "Declined. The person is told" in page.text
    rows = await campus.database.read(outbox.listing)
    assert rows[0].leased.facts["method"] == "DECLINECOUNTER"
    assert (await anna.post(decline)).status == 404


async def test_case_37_a_teacher_matches_an_answer_from_an_alias(campus: Campus, anna: Visitor, path: str) -> None:
    content = await said(campus, path, "TENTATIVE", attendee="n@asl.example")
    await mailed(campus, path, content, header_from="n@asl.example")
    page = await anna.get(path)
    (settle,) = re.findall(r'action="([^"]+/strays/[^"]+)"', page.html)
    (nikos,) = re.findall(r'<option value="([^"]+)">Nikos', page.html)
    await anna.send(settle, {"attendee": nikos})
    assert (await partstats(campus, path, NIKOS))[0] == "TENTATIVE"
    assert "n@asl.example" not in (await anna.get(path)).text


async def test_the_doctor_tells_tries_errors_bounces_and_answers(campus: Campus, anna: Visitor, path: str) -> None:
    rows = {each.leased.recipient: each.leased for each in await campus.database.read(outbox.listing)}
    await campus.database.write(outbox.mark_sent, rows[NIKOS].id, campus.clock())
    await campus.database.write(outbox.mark_bounced, rows[NIKOS].id, campus.clock() + 5, "550 no such user")
    await mailed(campus, path, await said(campus, path, "DECLINED", style="Outlook", comment="Ill"))
    text = (await anna.get(f"{path}/invitations")).text
    for each in ("Came back", "550 no such user", "SEQUENCE 0", "by mail", "Ill", "Waiting to be sent"):
        assert each in text


async def test_a_sent_file_is_shown_without_the_link_and_whole_to_its_holder(
    campus: Campus, anna: Visitor, path: str, link: str
) -> None:
    page = await anna.get(f"{path}/invitations")
    files = re.findall(r'href="([^"]+/invite.ics)"', page.html)
    token = link.rpartition("/")[2]
    shown = [(await anna.get(each)).html for each in files]
    assert len(shown) >= 2
    assert not [each for each in shown if token in each.replace("\r\n ", "")]
    assert "/join/hidden" in shown[0].replace("\r\n ", "")
    own = await (await campus.visitor()).get(f"{link}/invite.ics")
    calendar = icalendar.Calendar.from_ical(own.html)
    assert calendar["METHOD"] == "REQUEST"
    assert token in own.html.replace("\r\n ", "")


async def test_a_mail_without_a_calendar_entry_has_no_file(campus: Campus, anna: Visitor, path: str) -> None:
    await mailed(campus, path, await said(campus, path), header_from="x@y.example")
    (row, *_) = await campus.database.read(outbox.listing)
    assert row.leased.facts["news"] == "confirm"
    assert "Was it you?" in (await anna.get(f"{path}/invitations")).text
    assert (await anna.get(f"{path}/invitations/{row.leased.id}/invite.ics")).status == 404


async def test_b1_files_and_the_doctor_are_for_the_lessons_own_teachers(
    anna: Visitor, maria: Visitor, path: str
) -> None:
    (first, *_) = re.findall(r'href="([^"]+/invite.ics)"', (await anna.get(f"{path}/invitations")).html)
    for each in (first, f"{path}/invitations", f"{path}/invitations/999999/invite.ics"):
        assert (await maria.get(each)).status == 404
    for number in ("999999", "9" * 20, "9" * 5000, "none"):
        assert (await anna.get(f"{path}/invitations/{number}/invite.ics")).status == 404


async def test_send_again_goes_once_an_hour(campus: Campus, anna: Visitor, path: str) -> None:
    page = await anna.get(f"{path}/invitations")
    again = re.findall(r'action="([^"]+/again)"', page.html)[-1]
    assert "on its way once more" in (await anna.send(again)).text
    assert "within this hour" in (await anna.send(again)).text
    campus.clock.now += 3600
    assert "on its way once more" in (await anna.send(again)).text


async def proposal(campus: Campus, path: str, **changes: str) -> bytes:
    lesson = await campus.lesson(path)
    usual = {
        "uid": lesson.uid,
        "attendee": NIKOS,
        "dtstamp": stamp(campus.clock()),
        "recurrence": f"RECURRENCE-ID:{stamp(lesson.occurrences[0].starts)}",
    }
    end = "DTEND;TZID=W. Europe Standard Time:20261201T160000"
    return counter("20261201T150000", end, **(usual | changes))
