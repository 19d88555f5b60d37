"""The mail around a calendar object: its tree, its exact bytes, its headers."""

import dataclasses
import email
import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.ical import AddressError, Letter, cancel, compose, envelope_sender, message_id, request
from tests.schedules.ical.examples import invitation

LETTER = Letter(
    sender="noreply@vclass.example",
    sender_name="vclass, Dr. Weber",
    recipient="anna@kyiv.example",
    recipient_name="Анна Коваленко",
    subject="Спільний семінар: 6 жовтня, 11:00",
    text="Вітаємо!\n\nhttps://vclass.example/join/aGVsbG8\n",
    html='<p>Вітаємо! <a href="https://vclass.example/join/aGVsbG8">Join</a></p>',
    message_id="<0123456789abcdef0123456789abcdef@vclass.example>",
    written=1_790_000_000,
)
WRITTEN = request(invitation(summary="Спільний семінар"))


def sent(letter: Letter = LETTER, calendar: bytes | None = WRITTEN) -> EmailMessage:
    """The mail as the other side reads it."""
    raw = compose(letter, calendar)
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


def with_address(field: str, address: str) -> Letter:
    changed = {"sender": LETTER.sender, "recipient": LETTER.recipient, "reply_to": "", field: address}
    return dataclasses.replace(
        LETTER, sender=changed["sender"], recipient=changed["recipient"], reply_to=changed["reply_to"]
    )


def test_r1_the_tree_is_the_one_that_calendar_programs_expect() -> None:
    assert [part.get_content_type() for part in sent().walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip


def test_r1_the_calendar_arrives_octet_for_octet_twice() -> None:
    *_, inline, attached = sent().walk()
    assert inline.get_payload(decode=True) == attached.get_payload(decode=True) == WRITTEN
    assert inline["Content-Transfer-Encoding"] == attached["Content-Transfer-Encoding"] == "base64"
    assert inline.get_content_disposition() is None
    assert attached.get_content_disposition() == "attachment"
    assert attached.get_filename() == "invite.ics"


@pytest.mark.parametrize(("calendar", "method"), [(WRITTEN, "REQUEST"), (cancel(invitation()), "CANCEL")])
def test_r1_the_method_parameter_is_the_calendars_own(calendar: bytes, method: str) -> None:
    *_, inline, _ = sent(calendar=calendar).walk()
    assert inline.get_param("method") == method
    assert inline.get_param("charset") == "utf-8"


def test_a_calendar_without_method_is_refused() -> None:
    with pytest.raises(ValueError, match="METHOD"):
        compose(LETTER, b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")


def test_the_words_arrive_as_they_were_written() -> None:
    plain, html = (sent().get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html


def test_every_octet_is_ascii_and_every_line_short_and_ended_by_crlf() -> None:
    raw = compose(LETTER, WRITTEN)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_letter_without_a_calendar_has_words_only() -> None:
    kinds = [part.get_content_type() for part in sent(calendar=None).walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_the_headers_say_who_and_that_a_machine_wrote_it() -> None:
    mail = sent(dataclasses.replace(LETTER, reply_to="weber@vienna.example"))
    assert mail["From"].addresses[0].addr_spec == "noreply@vclass.example"
    assert mail["From"].addresses[0].display_name == "vclass, Dr. Weber"
    assert mail["To"].addresses[0].display_name == "Анна Коваленко"
    assert mail["Reply-To"].addresses[0].addr_spec == "weber@vienna.example"
    assert mail["Subject"] == LETTER.subject
    assert mail["Message-ID"] == LETTER.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["Date"] == "Mon, 21 Sep 2026 14:13:20 +0000"


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=100).map(str.strip)


@settings(deadline=None)
@given(NAMES | st.text(st.sampled_from('a ?="\\(),<>@._'), max_size=100).map(str.strip), st.text(max_size=300))
def test_names_subjects_and_words_arrive_as_they_are(name: str, text: str) -> None:
    raw = compose(dataclasses.replace(LETTER, subject=name, recipient_name=name, text=text), WRITTEN)
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert mail["Subject"] == name
    assert shown_name(raw) == name
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert lines(plain.get_content()) == lines(text.encode("utf-8", "replace").decode())
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.isascii()


def lines(text: str) -> list[str]:
    """As mail knows them: other separators are characters like any other."""
    return re.sub(r"\r\n|\r", "\n", text).removesuffix("\n").split("\n")


def shown_name(raw: bytes) -> str:
    """Of To; the new parser of the standard library puts spaces between the encoded words of a name."""
    header = email.message_from_bytes(raw, policy=email.policy.compat32)["To"]
    name, _ = parseaddr(str(header).replace("\r\n", ""))
    return str(make_header(decode_header(name))) if "=?" in name else name


def test_the_same_letter_has_the_same_octets() -> None:
    assert compose(LETTER, WRITTEN) == compose(LETTER, WRITTEN)


def test_a_reminder_can_be_ended_with_one_press_and_an_invitation_cannot() -> None:
    mail = sent(dataclasses.replace(LETTER, unsubscribe="https://vclass.example/quiet/abc"))
    assert mail["List-Unsubscribe"] == "<https://vclass.example/quiet/abc>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not [name for name in sent().keys() if name.startswith("List-")]  # noqa: SIM118  headers, not a mapping


@settings(deadline=None)
@given(
    st.text(max_size=150),
    st.sampled_from(["", "\r\nBcc: evil@x.example", "\n\nbody", "\u2028Bcc: e@x", ", e@x.example"]),
)
def test_no_name_or_subject_adds_a_header_or_a_recipient(text: str, evil: str) -> None:
    hostile = text + evil
    mail = sent(dataclasses.replace(LETTER, subject=hostile, recipient_name=hostile, sender_name=hostile, text=hostile))
    assert set(mail.keys()) == set(sent().keys())
    assert [found.addr_spec for found in mail["To"].addresses] == ["anna@kyiv.example"]
    assert [found.addr_spec for found in mail["From"].addresses] == ["noreply@vclass.example"]
    *_, inline, _ = mail.walk()
    assert inline.get_payload(decode=True) == WRITTEN


@pytest.mark.parametrize("field", ["sender", "recipient", "reply_to"])
def test_an_address_that_is_none_is_refused(field: str) -> None:
    with pytest.raises(AddressError):
        compose(with_address(field, "b@x>\r\nRCPT TO:<evil@x.example"), WRITTEN)


@pytest.mark.parametrize("wrong", ["", "no", "<a b@x>", "<a@x>\r\nBcc: e@x", "<" + "a" * 60 + "@x>"])
def test_a_message_id_that_is_none_or_too_long_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        compose(dataclasses.replace(LETTER, message_id=wrong), WRITTEN)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("vclass.example", f"<{'a' * 32}@vclass.example>"),
        ("rooms.calendar.university.example", f"<{'a' * 32}@calendar.university.example>"),
        ("x" * 63 + ".example", f"<{'a' * 32}@example>"),
        ("x" * 63, f"<{'a' * 32}@{'x' * 25}>"),
    ],
)
def test_a_message_id_keeps_within_sixty_characters(domain: str, expected: str) -> None:
    found = message_id("a" * 32, domain)
    assert found.endswith("example>") or found == expected
    assert len(found) <= 60
    assert sent(dataclasses.replace(LETTER, message_id=found))["Message-ID"] == found


def test_a_bounce_names_its_mail_by_the_return_path() -> None:
    assert envelope_sender("17-abc", "vclass.example") == "bounce+17-abc@vclass.example"
    with pytest.raises(ValueError, match="return path"):
        envelope_sender("a@b", "vclass.example")
