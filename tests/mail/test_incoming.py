"""What a received mail is: calendars wherever they stand, reports, and everything that counts for nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.answers import Incoming
from tests.mail.mails import CALENDAR, TO, mail, multipart, reply_part, report, with_headers
from vclass.mail.incoming import LONGEST, Envelope, Received, classify

ENVELOPE = Envelope("greta@example.org", TO, 1_800_000_000)
RESULTS = "mx.vclass.example; dmarc=pass header.from=example.org"


def read(content: bytes) -> Received:
    return classify(content, ENVELOPE, "mx.vclass.example")


def incoming(content: bytes) -> Incoming:
    found = read(content).incoming
    assert found is not None
    return found


def test_a_reply_comes_with_all_that_is_known_of_it() -> None:
    headers = {"Message_ID": " <1@example.org>", "Authentication_Results": RESULTS}
    found = incoming(with_headers(multipart(reply_part(), kind="alternative"), **headers))
    assert (found.recipient, found.envelope_sender, found.received_at) == (TO, "greta@example.org", 1_800_000_000)
    assert (found.header_from, found.message_id) == ("greta@example.org", "<1@example.org>")
    assert (found.authenticated, found.auto_submitted) == ("pass", False)
    assert [(each.content.strip(), each.method_parameter) for each in found.parts] == [(CALENDAR.strip(), "REPLY")]


PARTS = {
    "no method": reply_part("text/calendar"),
    "application/ics": reply_part("application/ics; name=reply.ics"),
    "8bit": reply_part("text/calendar; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", "COMMENT:Привіт".encode()),
    "upper case": reply_part("TEXT/Calendar; METHOD=REPLY"),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_calendar_is_found_however_it_is_dressed(name: str) -> None:
    deep = multipart(multipart(reply_part("text/plain", b"Yes"), PARTS[name], kind="alternative"))
    (part,) = incoming(with_headers(deep)).parts
    assert part.content.strip() in PARTS[name]


def test_a_calendar_that_is_the_whole_mail_is_found() -> None:
    (part,) = incoming(mail("text/calendar; method=COUNTER", "BEGIN:VCALENDAR")).parts
    assert (part.content, part.method_parameter) == (b"BEGIN:VCALENDAR", "COUNTER")


def test_base64_and_quoted_printable_are_decoded() -> None:
    coded = mail("text/calendar", "QkVHSU46VkNBTEVOREFS", Content_Transfer_Encoding="base64")
    quoted = mail("text/calendar", "BEGIN=3AVCALENDAR", Content_Transfer_Encoding="quoted-printable")
    assert {incoming(each).parts[0].content for each in (coded, quoted)} == {b"BEGIN:VCALENDAR"}


OTHERS = {
    "out of office": mail("text/plain", "I am away.", Auto_Submitted="auto-replied"),
    "text": mail("text/plain", "Yes, with pleasure!"),
    "forwarded": with_headers(
        multipart(b"Content-Type: message/rfc822\r\n\r\n" + with_headers(multipart(reply_part())))
    ),
    "empty": b"",
    "30 MB": mail("text/calendar", "x" * 30_000_000),
    "no boundary": mail("multipart/mixed", "x"),
    "unknown charset": mail("text/plain; charset=klingon", "x"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_case_39_other_mails_say_nothing(name: str) -> None:
    found = read(OTHERS[name])
    assert found.incoming is None
    assert found.bounce is None


def test_r13_a_report_is_a_bounce_even_where_it_quotes_a_calendar() -> None:
    found = read(report())
    assert found.incoming is None
    assert found.bounce is not None
    assert (found.bounce.failed, found.bounce.reason) == (True, "5.1.1 550 no such user")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_a_report_of_anything_but_a_failure_changes_nothing(action: str) -> None:
    found = read(report(action)).bounce
    assert found is not None
    assert not found.failed


def test_a_calendars_own_automatic_reply_says_that_it_is_one() -> None:
    assert incoming(mail("text/calendar", "x", Auto_Submitted="auto-replied; owner=x")).auto_submitted
    assert not incoming(mail("text/calendar", "x", Auto_Submitted="no")).auto_submitted


@pytest.mark.parametrize("senders", ["a@x.example, b@x.example", "", "Greta"])
def test_a_mail_without_one_author_has_none(senders: str) -> None:
    assert incoming(mail("text/calendar", "x", From=senders)).header_from == ("greta" if senders == "Greta" else "")


def test_a_mail_with_too_many_parts_costs_little() -> None:
    many = with_headers(multipart(*[reply_part("text/plain", b"x")] * 20_000, reply_part()))
    before = time.process_time()
    assert read(many).incoming is None
    assert time.process_time() - before < 20
    assert len(many) < LONGEST


@given(st.binary(max_size=2000), st.sampled_from([b"", report()[:-200], with_headers(multipart(reply_part()))[:-30]]))
def test_whatever_comes_nothing_raises(noise: bytes, start: bytes) -> None:
    assert isinstance(read(start + noise), Received)
    assert isinstance(read(noise + start), Received)
