"""Answers of real programs as values, and strangers' octets as one refusal."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.ical import Answerer, Moment, Statement, UnreadableCalendarError, read
from tests.schedules.ical.replies import ANNA, STYLES, UID, counter, reply
from vclass.core.zones import WallTime, rfc3339


def only(content: bytes, method: str | None = None) -> Statement:
    (statement,) = read(content, method).statements
    return statement


def instant(moment: Moment | None) -> str:
    assert moment is not None
    assert moment.instant is not None
    return rfc3339(moment.instant)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_r10_the_answer_of_every_program_is_read(style: str, partstat: str) -> None:
    said = only(reply(style, partstat, sequence=3))
    assert (said.uid, said.sequence, said.attendees) == (UID, 3, (Answerer(ANNA, partstat),))
    assert rfc3339(said.dtstamp or 0) == "2026-10-02T09:00:00Z"


def test_case_33_an_answer_of_exchange_names_no_organizer() -> None:
    assert only(reply("Outlook")).organizer == ""
    assert only(reply("Google")).organizer == "b-3f9c@vclass.example"


def test_case_34_the_method_may_stand_beside_the_object_alone() -> None:
    bare = reply("Google").replace(b"METHOD:REPLY\r\n", b"")
    assert read(bare, "reply").method == "REPLY"
    assert read(reply("Google")).method == "REPLY"
    assert read(reply("Google"), "request").method == "REPLY"
    with pytest.raises(UnreadableCalendarError, match="no METHOD"):
        read(bare)


@pytest.mark.parametrize(
    "line",
    [
        "RECURRENCE-ID:20261006T080000Z",
        "RECURRENCE-ID;TZID=Europe/Vienna:20261006T100000",
        "RECURRENCE-ID;TZID=Europe/Kyiv:20261006T110000",
        "RECURRENCE-ID;TZID=Europe/Kiev:20261006T110000",
        "RECURRENCE-ID;TZID=W. Europe Standard Time:20261006T100000",
        "RECURRENCE-ID;TZID=/mozilla.org/20050126_1/Europe/Vienna:20261006T100000",
        'RECURRENCE-ID;TZID="(UTC+01:00) Amsterdam, Berlin, Bern":20261006T100000',
    ],
)
def test_case_46_a_recurrence_id_in_any_zone_is_one_instant(line: str) -> None:
    written = reply("Outlook", recurrence=line, tzid="(UTC+01:00) Amsterdam, Berlin, Bern")
    assert instant(only(written).recurrence) == "2026-10-06T08:00:00Z"


def test_case_42_a_zone_of_its_own_is_read_from_its_definition_on_both_sides_of_a_change() -> None:
    for day, utc in (("20261025", "2026-10-25T09:00:00Z"), ("20261024", "2026-10-24T08:00:00Z")):
        line = f"RECURRENCE-ID;TZID=Ours:{day}T100000"
        assert instant(only(reply("Outlook", recurrence=line, tzid="Ours")).recurrence) == utc


def test_case_43_an_unknown_zone_is_not_taken_for_utc() -> None:
    written = reply("Outlook", recurrence="RECURRENCE-ID;TZID=Nowhere/Zone:20261006T100000", defined=False)
    assert only(written).recurrence == Moment(WallTime.parse("2026-10-06T10:00"))


def test_a_recurrence_id_may_be_a_date_or_float() -> None:
    dated = only(reply(recurrence="RECURRENCE-ID;VALUE=DATE:20261006")).recurrence
    assert dated == Moment(WallTime.parse("2026-10-06T00:00"), is_date=True)
    floating = only(reply(recurrence="RECURRENCE-ID:20261006T100000")).recurrence
    assert floating == Moment(WallTime.parse("2026-10-06T10:00"))


def test_r12_a_proposal_says_from_when_to_when() -> None:
    said = only(counter(comment="Later\\, please"))
    assert [instant(said.starts), instant(said.ends)] == ["2026-10-06T09:00:00Z", "2026-10-06T10:30:00Z"]
    assert said.comment == "Later, please"
    lasting = only(counter("20261006T110000", "DURATION:PT1H"))
    assert instant(lasting.ends) == "2026-10-06T10:00:00Z"


def test_who_stands_in_and_who_was_sent_are_read() -> None:
    others = 'DELEGATED-TO="mailto:ben@kyiv.example";SENT-BY="mailto:c@kyiv.example"'
    line = f"ATTENDEE;PARTSTAT=DELEGATED;{others}:mailto:{ANNA}"
    made = f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1\n{line}\nEND:VEVENT\nEND:VCALENDAR\n".encode()
    (who,) = only(made).attendees
    assert who == Answerer(ANNA, "DELEGATED", "c@kyiv.example", ("ben@kyiv.example",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_case_41_an_answer_in_any_alphabet_is_read(encoding: str) -> None:
    made = reply("Outlook", comment="Grüße").decode()
    assert only(made.encode(encoding)).comment == "Grüße"
    assert only(made.replace("\r\n", "\n").encode(encoding)).comment == "Grüße"


def test_one_broken_event_leaves_the_others() -> None:
    good, bad = (reply(uid=uid).partition(b"BEGIN:VEVENT")[2].partition(b"END:VEVENT")[0] for uid in (UID, ""))
    events = b"".join(b"BEGIN:VEVENT" + each + b"END:VEVENT\r\n" for each in (bad, good))
    found = read(b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + events + b"END:VCALENDAR\r\n")
    assert [each.uid for each in found.statements] == [UID]
    assert found.errors == ("event 1: no UID, or none of ours",)


BOMBS = {
    "octets": reply(comment="x" * 300_000, style="Outlook"),
    "lines": b"BEGIN:VCALENDAR\r\n" + b"X:\r\n" * 5000,
    "components": b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 201,
    "depth": b"BEGIN:VEVENT\r\n" * 1000,
    "line": reply(comment="x" * 9000, style="Outlook"),
    "nothing": b"",
    "page": b"<html>ATTENDEE:mailto:anna@kyiv.example</html>",
    "unfinished": reply().partition(b"END:VEVENT")[0],
    "event alone": b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n",
    "nul": b"\x00" * 1000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_f2_what_is_too_much_or_no_calendar_is_one_refusal(bomb: str) -> None:
    with pytest.raises(UnreadableCalendarError):
        read(BOMBS[bomb])


def test_f2_what_the_limits_let_in_is_read_within_half_a_second() -> None:
    line = "ATTENDEE;PARTSTAT=ACCEPTED;CN=" + "x" * 40 + ":mailto:anna@kyiv.example\r\n"
    worst = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\n" + line * 2700
    begun = time.process_time()
    assert len(only(f"{worst}END:VEVENT\r\nEND:VCALENDAR\r\n".encode()).attendees) == 2700
    assert time.process_time() - begun < 0.5


PIECES = [
    *reply("Outlook").split(b"\r\n"),
    b"BEGIN:",
    b":",
    b";",
    b'"',
    b"\xff",
    b"RRULE:FREQ=SECONDLY",
    b" ",
    b"END:X",
]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=60))
def test_f2_nothing_but_the_refusal_ever_comes_out(pieces: list[bytes]) -> None:
    try:
        assert read(b"\r\n".join(pieces), "REPLY").method
    except UnreadableCalendarError:
        return


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 1500), st.binary(min_size=1, max_size=8))
def test_f2_a_damaged_answer_is_read_or_refused(place: int, damage: bytes) -> None:
    whole = reply("Outlook")
    try:
        read(whole[:place] + damage + whole[place + len(damage) :])
    except UnreadableCalendarError:
        return
