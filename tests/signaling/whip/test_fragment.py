"""SDP fragments, read and written."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu import sdp
from signaling.whip.fragment import MOST_CANDIDATES, credentials, of_answer, parse
from signaling.whip.refusals import BrokenSdpError
from tests.signaling.sfu.offers import SMALL, offer

NEW = "a=ice-ufrag:efgh\r\na=ice-pwd:efghijklmnopqrstuvwxyz\r\n"


def test_a_fragment_with_the_offers_own_credentials_trickles() -> None:
    ufrag, password = credentials(SMALL)
    fragment = parse(f"a=ice-ufrag:{ufrag}\na=ice-pwd:{password}\nm=audio 9 RTP/AVP 0\na=mid:0\na=candidate:1\n")
    assert (fragment.restarts(SMALL), fragment.candidates) == (False, 1)


def test_a_fragment_without_credentials_trickles() -> None:
    assert not parse("a=end-of-candidates\r\n").restarts(SMALL)


def test_other_credentials_restart_ice() -> None:
    assert parse(NEW).restarts(SMALL)


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_restart_changes_the_credentials_of_every_section_and_nothing_else(name: str) -> None:
    before = offer(name)
    after = parse(NEW).applied(before)
    read = sdp.parse(after, sdp.Limits())
    assert (read.ufrag, read.password) == ("efgh", "efghijklmnopqrstuvwxyz")
    assert read.sections == sdp.parse(before, sdp.Limits()).sections
    assert after.count("\r\n") == before.count("\r\n")


def test_a_client_may_send_more_than_it_must() -> None:
    written_by_a_library = "v=0\r\ns= \r\nt=0 0\r\n" + NEW + "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
    assert parse(written_by_a_library).ufrag == "efgh"


def test_an_answer_is_told_by_its_ice_lines_each_once() -> None:
    section = "m=audio 9 X 1\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\na=setup:passive\r\na=candidate:1 x\r\n"
    assert of_answer("a=ice-lite\r\n" + section * 2) == (
        "a=ice-lite\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\na=candidate:1 x\r\n"
    )


@given(st.text() | st.from_regex(r"(a=ice-(ufrag|pwd):\w*\r?\n|a=candidate:.*\n|[a-z]=.*\n)*"))
def test_any_text_is_a_fragment_or_refused(text: str) -> None:
    with contextlib.suppress(BrokenSdpError):
        fragment = parse(text)
        assert fragment.candidates <= MOST_CANDIDATES
        assert credentials(fragment.applied(SMALL)) == (fragment.ufrag, fragment.password)
