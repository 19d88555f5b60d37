"""XML of CalDAV, without a server: what is read of questions, and what is written into answers."""

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.caldav import xml
from schedules.caldav.model import Address, BrokenXmlError, PreconditionError, address, mark
from schedules.caldav.service import first_of
from schedules.caldav.store import Member
from schedules.caldav.xml import Filter, Sync, Wanted, cal, dav

NAMES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
EVENT = '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{}</C:comp-filter></C:comp-filter>'


def query(inside: str) -> Filter:
    body = f"<C:calendar-query {NAMES}><prop/><C:filter>{inside}</C:filter></C:calendar-query>"
    found = xml.read_report(body.encode())
    assert isinstance(found, xml.Query)
    return found.filter


def member(number: int, changed: int) -> Member:
    return Member(number, str(number), 1, 0, changed)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("", Wanted()),
        (f"<propfind {NAMES}><allprop/></propfind>", Wanted()),
        (f"<propfind {NAMES}><propname/></propfind>", Wanted(values=False)),
        (f"<propfind {NAMES}><prop><getetag/><C:x/></prop></propfind>", Wanted((dav("getetag"), cal("x")))),
    ],
)
def test_a_propfind_says_what_it_wants(body: str, wanted: Wanted) -> None:
    assert xml.read_propfind(body.encode()) == wanted


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        (EVENT.format(""), Filter()),
        (EVENT.format('<C:time-range start="19700101T000000Z" end="19700101T010000Z"/>'), Filter((0, 3600))),
        (
            EVENT.format('<C:prop-filter name="UID"><C:text-match> a@b </C:text-match></C:prop-filter>'),
            Filter(uid="a@b"),
        ),
        (EVENT.replace("VEVENT", "VTODO").format(""), Filter(nothing=True)),
        (EVENT.format("<C:is-not-defined/>"), Filter(nothing=True)),
        ('<C:comp-filter name="VCALENDAR"/>', Filter()),
    ],
)
def test_a_filter_narrows_down_to_events_spans_and_uids(inside: str, found: Filter) -> None:
    assert query(inside) == found


@pytest.mark.parametrize(
    "inside",
    [
        '<C:comp-filter name="VEVENT"/>',
        EVENT.format('<C:time-range start="tomorrow"/>'),
        EVENT.format('<C:time-range start="20261202T000000Z" end="20261201T000000Z"/>'),
        EVENT.format('<C:comp-filter name="VALARM"/>'),
        EVENT.format('<C:prop-filter name="SUMMARY"><C:text-match>x</C:text-match></C:prop-filter>'),
    ],
)
def test_a_filter_that_is_wrong_or_unknown_is_refused(inside: str) -> None:
    with pytest.raises(PreconditionError):
        query(inside)


def test_catching_up_brings_its_mark_and_limit() -> None:
    inside = "<sync-token>t</sync-token><limit><nresults>7</nresults></limit><prop/>"
    body = f"<sync-collection {NAMES}>{inside}</sync-collection>"
    assert xml.read_report(body.encode()) == Sync(Wanted(()), "t", 7)


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(octets: bytes) -> None:
    for read in (xml.read_propfind, xml.read_report):
        try:
            read(octets)
        except (BrokenXmlError, PreconditionError):
            continue


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_an_answer(path: str, title: str) -> None:
    written = xml.multistatus([xml.response(path, [xml.element(dav("displayname"), xml.text(title))], ["{x:y}z", "q"])])
    assert fromstring(written)[0][1][0][0].tag == dav("displayname")


@pytest.mark.parametrize(
    "path",
    ["/dav/", "/dav/principals/p/", "/dav/calendars/p/", "/dav/calendars/p/lessons/", "/dav/calendars/p/c/l.ics"],
)
def test_every_address_is_found_again_by_its_path(path: str) -> None:
    found = address(path)
    assert found is not None
    assert found.path == path


@pytest.mark.parametrize(
    "path", ["/davx", "/dav/x", "/dav/calendars/p/c/l.txt", "/dav/calendars/p/c/l.ics/", "/dav/calendars/ї/"]
)
def test_other_paths_name_nothing(path: str) -> None:
    assert address(path) is None


def test_a_lesson_is_in_a_calendar_of_a_person() -> None:
    assert address("/dav/calendars/p/c/l.ics") == Address("lesson", "p", "c", "l")


@pytest.mark.parametrize("text", ["", "urn:vclass:sync:x:1", "urn:vclass:sync:a:-1", "urn:vclass:sync:a:1 2"])
def test_a_mark_is_ours_or_refused(text: str) -> None:
    with pytest.raises(PreconditionError):
        mark(text)


@given(st.lists(st.integers(0, 6), max_size=20), st.integers(1, 6))
def test_by_parts_everything_comes_and_comes_to_an_end(numbers: list[int], most: int) -> None:
    everything = [member(each, changed) for each, changed in enumerate(sorted(numbers))]
    seen: list[Member] = []
    following: int | None = 0
    for _ in range(len(everything) + 1):
        part, following = first_of([each for each in everything if each.changed >= (following or 0)], most)
        seen += part
        if following is None:
            break
    assert seen == everything
