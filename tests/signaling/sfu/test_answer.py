"""Our answers: every codec that both sides know, one transport, ICE-lite; aiortc reads them too."""

import pytest
from aiortc.sdp import SessionDescription

from signaling.sfu.answer import REPAIRED_RID, RID, Local, Outgoing, build
from signaling.sfu.ice import Credentials
from signaling.sfu.sdp import Limits, parse
from tests.signaling.sfu.offers import SMALL, WITHIN_LIMITS, offer, simulcast

ADDRESSES = [("127.0.0.1", 8443), ("192.0.2.7", 8443)]
LOCAL = Local(Credentials("ourufrag", "o" * 24), "AA:" * 31 + "AA", "passive", ADDRESSES)


def answer(text: str) -> str:
    described = parse(text, Limits())
    outgoing = {each.mid: Outgoing(f"slot{each.mid}", 77, 88) for each in described.sections if each.receives}
    return build(described, LOCAL, outgoing)


def lines(text: str, section: int) -> list[str]:
    return text.split("\r\nm=")[section + 1].split("\r\n")


@pytest.mark.parametrize("name", WITHIN_LIMITS)
def test_aiortc_reads_the_answer_to_a_browser(name: str) -> None:
    read = SessionDescription.parse(answer(offer(name)))
    described = parse(offer(name), Limits())
    assert [each.rtp.muxId for each in read.media] == [each.mid for each in described.sections]
    assert all(each.ice_candidates[1].ip == "192.0.2.7" for each in read.media)
    assert {each.dtls.role for each in read.media if each.dtls} == {"server"}


def test_directions_are_mirrored() -> None:
    text = answer(SMALL)
    assert "a=recvonly" in lines(text, 0)
    assert "a=sendonly" in lines(text, 1)


def test_codecs_that_we_do_not_carry_are_left_out() -> None:
    text = SMALL.replace("AV1/90000", "H265/90000")
    assert lines(answer(text), 1)[0] == "video 8443 UDP/TLS/RTP/SAVPF 96 97"


def test_the_media_source_comes_before_the_one_that_repairs_it() -> None:
    sources = [line for line in lines(answer(SMALL), 1) if line.startswith("a=ssrc")]
    assert sources == ["a=ssrc-group:FID 77 88", "a=ssrc:77 cname:slot1", "a=ssrc:88 cname:slot1"]


def test_a_section_without_common_codecs_is_rejected_and_not_bundled() -> None:
    text = answer(SMALL.replace("opus", "speex"))
    assert lines(text, 0)[0].startswith("audio 0 ")
    assert "a=group:BUNDLE 1\r\n" in text


def test_feedback_goes_where_it_is_used() -> None:
    up, down = (lines(answer(offer("chromium")), section) for section in (1, 3))
    assert any(line.endswith("transport-cc") for line in up)
    assert any("transport-wide-cc" in line for line in up)
    assert not any("transport-cc" in line or "extmap" in line for line in down)
    assert any(line.endswith("goog-remb") for line in down)


def test_all_encodings_of_a_picture_are_welcome() -> None:
    text = answer(simulcast("f", "h", "q"))
    assert [line for line in lines(text, 0) if line.startswith(("a=rid", "a=simulcast"))] == [
        "a=rid:f recv",
        "a=rid:h recv",
        "a=rid:q recv",
        "a=simulcast:recv f;h;q",
    ]
    assert {uri for uri in (RID, REPAIRED_RID) if uri in text} == {RID, REPAIRED_RID}
