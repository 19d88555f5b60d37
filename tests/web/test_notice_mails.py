"""What owners, approvers and borrowers are told of a booking."""

import re

import msgspec
import pytest

from tests.web.mail_samples import mails
from tests.web.notice_samples import REQUEST, notice_mails
from vclass.web.notice_facts import NoticeMail


def text(name: str, language: str = "en") -> str:
    return mails(language)[f"notice-{name}"].text


def test_facts_come_back_from_a_row_of_the_outbox() -> None:
    row = msgspec.json.decode(msgspec.json.encode(REQUEST))
    assert msgspec.convert(row, NoticeMail) == REQUEST


@pytest.mark.parametrize("name", notice_mails("en"))
def test_a_notice_has_one_link_and_it_is_the_button(name: str) -> None:
    mail = mails("en")[f"notice-{name}"]
    links = re.findall(r'href="([^"]+)"', mail.html)
    assert links == [notice_mails("en")[name].link]
    assert mail.text.count("https://") == 1


@pytest.mark.parametrize("name", notice_mails("en"))
def test_each_subject_names_title_time_and_place(name: str) -> None:
    subject, mail = mails("en")[f"notice-{name}"].subject, notice_mails("en")[name]
    assert mail.title in subject
    assert subject.endswith(mail.zone.split("/")[1])


@pytest.mark.parametrize("name", notice_mails("uk"))
def test_no_english_is_left_in_a_ukrainian_notice(name: str) -> None:
    lines = [line for line in text(name, "uk").splitlines() if re.search(r"[A-Za-z]{3}", line)]
    assert [line for line in lines if not re.search(r"[а-яіїєґ]", line)] == []


def test_a_request_says_until_when_it_is_held_on_the_readers_clock() -> None:
    assert "It is held until Friday 9 October, 10:42 Kyiv." in text("requested")
    assert "Nothing is held for it" in text("requested-unheld")


def test_a_request_decides_nothing_by_being_opened() -> None:
    assert "Nothing is decided before you press a button there." in text("requested")


def test_an_approval_says_who_is_still_asked() -> None:
    assert "It still waits for Vienna Institute of Informatics." in text("approved-half")
    assert "Your booking is confirmed." in text("approved")


def test_a_half_approval_says_until_when_it_is_held() -> None:
    assert "It is held until Friday 9 October, 09:42 Vienna." in text("approved-half-held")
    assert "It is held" not in text("approved-half")


def test_a_series_that_is_approved_in_part_names_what_it_has_and_what_it_has_not_with_ways_on() -> None:
    said = text("taken-in-part")
    assert "2 dates are confirmed. 2 dates could not be had any more." in said
    assert "Confirmed: Tue 6 Oct, Tue 13 Oct" in said
    assert (
        "- Tuesday 6 October, 10:00–11:30 Vienna\n  Free instead: Wed 14 Oct, 09:30–11:00 Vienna (A-101, Hall 214)"
        in said
    )
    assert "You can go on without these dates" in said


def test_a_request_to_move_says_when_it_was_and_that_people_still_have_the_old_time() -> None:
    assert "asks you to approve another time for" in text("requested-moved")
    said = text("asked-moved")
    assert "Before: Tuesday 6 October" in said
    assert "Who was invited before still has the old one." in said


def test_a_rejection_gives_the_reason_and_free_slots() -> None:
    said = text("rejected")
    assert "The room is needed for exams." in said
    assert "- Wednesday 14 October, 09:30–11:00 Vienna: A-101, Hall 214" in said


def test_both_sides_are_told_of_a_hold_that_ended() -> None:
    assert "Nobody answered in time." in text("expired")
    assert "It was not answered in time." in text("expired-approver")


def test_a_displaced_lesson_says_the_old_time() -> None:
    assert "Before: Tuesday 6 October, 10:00–11:30 Vienna." in text("displaced")


def test_an_offer_says_its_deadline() -> None:
    assert "It is kept for you until Wednesday 7 October, 09:42 Vienna." in text("offered")


def test_overdue_kit_is_told_to_the_next_borrower_and_to_the_administrator() -> None:
    assert "Eva Gruber has it still. You have booked it for Tuesday 6 October, 11:30 Vienna." in text("overdue")
    assert "It is needed again on Tuesday 6 October, 11:30 Vienna." in text("overdue-administrator")
    assert "needed again" not in text("overdue-unwanted")


def test_a_change_of_law_gives_old_and_new_time_or_says_that_nothing_changes_here() -> None:
    assert "Before: Tuesday 13 October, 10:00–11:30 Vienna." in text("law")
    assert "Your clock shows the same time as before." in text("law-same")


def test_a_proposal_says_when_in_whose_words_and_whether_that_is_free() -> None:
    said = text("proposed")
    assert "Greta proposes another time for Comparative Media Law" in said
    assert "Proposed: Tuesday 13 October, 10:00–11:30 Vienna. Everything is free then." in said
    assert "Greta writes: I teach until noon." in said
    assert "Not free then: A-101." in text("proposed-taken")


def test_a_proposal_is_told_in_the_readers_language() -> None:
    assert "Greta пропонує інший час для" in text("proposed", "uk")
