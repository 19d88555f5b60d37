"""Mail as people read it: complete, in their language, on their clock, and harmless."""

import html
import re
from dataclasses import replace

import pytest

from tests.web.mail_samples import MAIL, lesson_mails, mails
from vclass.web.i18n import LANGUAGES
from vclass.web.mails import COLOURS, render_lesson_mail
from vclass.web.rendering import Renderer

NAMES = [(name, language) for language in LANGUAGES for name in mails(language)]


@pytest.mark.parametrize(("name", "language"), NAMES)
def test_a_mail_says_the_same_in_both_bodies(name: str, language: str) -> None:
    mail = mails(language)[name]
    link = re.search(r'<a class="bt" href="([^"]+)"', mail.html)
    assert ("https://" in mail.text) == bool(link)
    assert link is None or link[1] in mail.text
    assert f'<html lang="{language}"' in mail.html


@pytest.mark.parametrize(("name", "language"), NAMES)
def test_a_mail_is_complete_without_its_style_block(name: str, language: str) -> None:
    bare = re.sub(r"<style>.*?</style>", "", mails(language)[name].html, flags=re.DOTALL)
    texts = re.findall(r"<(?:p|h1|span|a)\b[^>]*>", bare)
    assert all("color:" in text for text in texts)
    assert not re.search(r"<img|<script|<link|url\(", bare)


@pytest.mark.parametrize("name", [name for name in lesson_mails("en") if name != "removed"])
def test_the_readers_own_time_leads(name: str) -> None:
    mail = mails("en")[name]
    first_hours = re.search(r"\d\d:\d\d–\d\d:\d\d", re.sub(r"^Moved.*|Before:.*", "", mail.text))
    city = lesson_mails("en")[name].zone.split("/")[1].replace("_", " ")
    assert first_hours is not None
    assert f"{first_hours[0]} {city}, your clock" in mail.text
    assert re.search(rf'class="big t"[^>]*>(<s>)?{first_hours[0]}', mail.html)


def test_each_subject_says_what_happened() -> None:
    subjects = {name: mail.subject for name, mail in mails("en").items()}
    assert subjects["invitation"] == "Invitation: Comparative Media Law, 13 lessons from Tue 13 Oct, 08:00 New York"
    assert subjects["moved"].startswith("Moved: ")
    assert subjects["changed"].startswith("Changed: ")
    assert subjects["cancelled"].startswith("Cancelled: ")
    assert subjects["removed"] == "No longer invited: Comparative Media Law"


def test_a_cancellation_and_a_removal_carry_no_link() -> None:
    for name in ("cancelled", "cancelled-why", "removed", "cancelled-one", "withdrawn"):
        assert "https://" not in mails("en")[name].text + mails("en")[name].html


def test_an_update_says_what_the_time_was() -> None:
    assert "Before: Tuesday 6 October, 04:00 New York." in mails("en")["moved"].text


@pytest.mark.parametrize(("name", "same"), [("changed", True), ("changed-one-week", False)])
def test_an_update_says_that_the_time_is_the_same_only_where_it_is(name: str, *, same: bool) -> None:
    mail = mails("en")[name]
    assert ["The time is the same" in body for body in (mail.text, mail.html)] == [same, same]


@pytest.mark.parametrize(
    ("language", "name", "sentence"),
    [
        ("en", "moved-one", "Only Tuesday 5 January is moved: from 06:00 to 08:00."),
        ("en", "moved-one-date", "Only Monday 4 January is moved: from 08:00 to Tuesday 5 January, 08:00."),
        ("en", "changed-one", "Only Tuesday 5 January is changed. All other lessons stay as they are."),
        (
            "en",
            "cancelled-one",
            "Only Tuesday 5 January is cancelled. The hall is closed. All other lessons take place.",
        ),
        ("en", "cut", "These lessons now end on Tuesday 5 January."),
        ("en", "ended", "These lessons now end on Tuesday 5 January. All later ones are cancelled."),
        ("en", "continued", "From Tuesday 13 October on, the lesson goes on like this."),
        ("en", "withdrawn", "The dates of this lesson are arranged anew. The next mail brings those that stand."),
        ("en", "one-week-elsewhere", "One lesson is at another time. Tuesday 5 January: 09:00."),
        ("uk", "moved-one", "Перенесено лише одне заняття: вівторок, 5 січня, було о 06:00, тепер 08:00."),
        ("uk", "cancelled-one", "Скасовано лише одне заняття: вівторок, 5 січня."),
    ],
)
def test_what_concerns_some_dates_alone_is_said_of_them(language: str, name: str, sentence: str) -> None:
    mail = mails(language)[name]
    assert sentence in mail.text
    assert sentence in html.unescape(re.sub(r"</?strong>", "", mail.html))


def test_subjects_of_some_dates_alone_name_them() -> None:
    title = "Comparative Media Law"
    found = {name: mail.subject.replace(f"{title}, ", "") for name, mail in mails("en").items()}
    assert found["moved-one-date"] == "Moved: only Mon 4 Jan, now Tue 5 Jan, 08:00 New York"
    assert found["cancelled-one"] == "Cancelled: only Tue 5 Jan, 08:00 New York"
    assert found["cut"] == "Changed: until Tue 5 Jan"
    assert found["continued"] == "Changed: from Tue 13 Oct on, 08:00 New York"


def test_a_shift_is_told_with_its_date() -> None:
    said = "On Tuesday 27 October it is 10:00 in New York instead of 09:00."
    assert said in mails("en")["invitation"].text
    assert said in mails("en")["invitation"].html


def test_a_title_becomes_neither_markup_nor_a_header() -> None:
    title = "Law & <b>Order</b>\r\nBcc: all@uni.example"
    mail = render_lesson_mail(Renderer(), replace(MAIL, title=title))
    assert "\n" not in mail.subject
    assert "<b>Order" not in mail.html
    assert "Law & <b>Order</b>" in mail.text


def test_a_place_with_an_apostrophe_is_plain_in_plain_text() -> None:
    shifts = lesson_mails("en")["invitation"].shifts
    elsewhere = replace(MAIL, shifts=(replace(shifts[0], zone="America/St_Johns"),))
    mail = render_lesson_mail(Renderer(), elsewhere)
    assert "in St. John's instead" in mail.text
    assert "in St. John&#39;s instead" in mail.html


def test_every_hue_has_its_colours() -> None:
    assert list(COLOURS) == list(range(1, 9))
    assert all(re.fullmatch(r"#[0-9a-f]{6}", shade) for shades in COLOURS.values() for shade in shades)
