"""Offers of real browsers are read; what is wrong with others is said in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu.sdp import Limits, OfferError, Section, parse
from tests.signaling.sfu.offers import FINGERPRINT, SMALL, WITHIN_LIMITS, offer, simulcast

LIMITS = Limits()


def section(name: str, mid: str) -> Section:
    return next(each for each in parse(offer(name), LIMITS).sections if each.mid == mid)


@pytest.mark.parametrize("name", WITHIN_LIMITS)
def test_offers_of_browsers_are_read(name: str) -> None:
    read = parse(offer(name), LIMITS)
    kinds = [each.kind for each in read.sections]
    assert kinds.count("audio") == kinds.count("video") == (10 if "nine" in name else 3)
    assert kinds.count("application") == 1
    assert (read.setup, read.algorithm, len(read.ufrag) >= 4) == ("actpass", "sha-256", True)


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_a_browser_names_its_source_and_the_one_that_repairs_it(name: str) -> None:
    sent = section(name, "1")
    assert (sent.sends, sent.receives, len(sent.ssrcs)) == (True, False, 2)
    assert "VP8" in {codec.encoding.partition("/")[0] for codec in sent.codecs}


def test_the_retransmission_group_gives_the_order_of_the_sources() -> None:
    text = SMALL.replace("a=ssrc:1111", "a=ssrc:5 cname:x\r\na=ssrc-group:FID 7 5\r\na=ssrc:7")
    assert parse(text, LIMITS).sections[0].ssrcs == (7, 5)


def test_codecs_carry_their_parameters_and_feedback() -> None:
    video = parse(SMALL, LIMITS).sections[1]
    vp8, rtx, _ = video.codecs
    assert (vp8.name, vp8.clock, vp8.feedback) == ("vp8", 90000, ("nack", "goog-remb"))
    assert rtx.parameter("apt") == "96"


def test_a_stopped_section_is_kept_as_rejected() -> None:
    text = SMALL.replace("m=video 9", "m=video 0")
    assert [each.rejected for each in parse(text, LIMITS).sections] == [False, True]


REFUSALS = {
    "not SDP": ("hello", "bad_sdp", "sdp"),
    "too large": (SMALL + "a=x:y\n" * 6000, "sdp_too_large", "sdp"),
    "too many sections": (SMALL + "m=audio 9 RTP 0\n" * 60, "too_many_sections", "m="),
    "too many candidates": (
        SMALL + "".join(f"a=candidate:{n}\n" for n in range(21)),
        "too_many_candidates",
        "candidate",
    ),
    "no fingerprint": (SMALL.replace("a=fingerprint", "a=x"), "no_fingerprint", "fingerprint"),
    "weak fingerprint": (SMALL.replace("sha-256", "sha-1"), "no_fingerprint", "fingerprint"),
    "short fingerprint": (SMALL.replace(FINGERPRINT, "AB:CD"), "bad_sdp", "fingerprint"),
    "two certificates": (
        SMALL + f"a=fingerprint:sha-256 {FINGERPRINT.replace('AB', 'AC')}\n",
        "two_certificates",
        "fingerprint",
    ),
    "no password": (SMALL.replace("a=ice-pwd", "a=x"), "no_ice", "ice-ufrag"),
    "two transports": (SMALL + "a=ice-ufrag:other\n", "no_ice", "ice-ufrag"),
    "not bundled": (SMALL.replace("BUNDLE 0 1", "BUNDLE 0"), "not_bundled", "group"),
    "same mid twice": (SMALL.replace("a=mid:1", "a=mid:0"), "bad_sdp", "mid"),
    "no mid": (SMALL.replace("a=mid:1", "a=x"), "bad_sdp", "mid"),
    "no media": (SMALL.replace(" 9 UDP", " 0 UDP"), "no_media", "sdp"),
    "other medium": (SMALL.replace("m=video", "m=text"), "bad_sdp", "section 1"),
    "short m line": (SMALL + "m=audio 9\n", "bad_sdp", "section 2"),
    "wild port": (SMALL.replace("m=video 9", "m=video 70000"), "bad_sdp", "section 1"),
    "wild payload type": (SMALL.replace("rtpmap:96", "rtpmap:128"), "bad_sdp", "section 1 rtpmap"),
    "wild clock": (SMALL.replace("VP8/90000", f"VP8/{'9' * 400}"), "bad_sdp", "section 1 rtpmap"),
    "no number for a clock": (SMALL.replace("VP8/90000", "VP8/90\u00b500"), "bad_sdp", "section 1 rtpmap"),
    "no clock": (SMALL.replace("VP8/90000", "VP8"), "bad_sdp", "section 1 rtpmap"),
    "wild source": (SMALL.replace("ssrc:1111", "ssrc:4294967296"), "bad_sdp", "section 0 ssrc"),
    "control character": (SMALL.replace("cname:x", "cname:\x07"), "bad_sdp", "line 14"),
    "long line": (SMALL + "a=x:" + "y" * 3000 + "\n", "bad_sdp", "line 24"),
    "wrong setup": (SMALL.replace("setup:actpass", "setup:holdconn"), "bad_sdp", "session setup"),
}


@pytest.mark.parametrize(
    ("line", "rids"),
    [
        ("a=simulcast:send q;h;f", ("q", "h", "f")),
        ("a=simulcast:recv x send q,h;~f", ("q", "f")),
        ("a=simulcast:send q;q;nobody", ("q",)),
        ("a=simulcast:send", ()),
        ("a=simulcast:recv q;h", ()),
    ],
)
def test_the_encodings_of_a_picture_are_those_that_are_listed_and_described(line: str, rids: tuple[str, ...]) -> None:
    text = simulcast().replace("a=simulcast:send q;h;f", line)
    assert parse(text, LIMITS).sections[0].rids == rids


def test_no_more_encodings_are_taken_than_there_are_qualities() -> None:
    assert parse(simulcast("a", "b", "c", "d"), LIMITS).sections[0].rids == ("a", "b", "c")


@pytest.mark.parametrize(("text", "code", "field"), REFUSALS.values(), ids=REFUSALS)
def test_e1_each_fault_is_named_with_the_way_out(text: str, code: str, field: str) -> None:
    with pytest.raises(OfferError) as refused:
        parse(text, LIMITS)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.sentence[0].isupper()
    assert refused.value.sentence.endswith(".")


def test_e1_every_codec_of_chromium_for_nine_people_is_too_much() -> None:
    with pytest.raises(OfferError, match="fewer codecs"):
        parse(offer("chromium_all_codecs"), LIMITS)


def refused_or_read(text: str) -> bool:
    """Whether an offer is read as a whole or refused with a sentence; anything else raises."""
    try:
        return bool(parse(text, LIMITS).sections)
    except OfferError as error:
        return bool(error.code and error.sentence)


lines = st.sampled_from([line for name in ("chromium", "firefox") for line in offer(name).split("\r\n")])
edits = st.lists(st.tuples(st.integers(0, 400), st.one_of(st.text(max_size=30), lines)), max_size=8)


@given(st.sampled_from(["chromium", "firefox"]), edits, st.integers(0, 20000))
def test_e1_a_mutated_offer_raises_nothing_but_a_refusal(name: str, changes: list[tuple[int, str]], cut: int) -> None:
    kept = offer(name)[: max(cut, 200)].split("\r\n")
    for place, text in changes:
        kept[place % len(kept)] = text
    assert refused_or_read("\r\n".join(kept))


@given(st.text(max_size=300))
def test_e1_noise_raises_nothing_but_a_refusal(text: str) -> None:
    for each in (text, "v=0\n" + text, SMALL + "a=" + text, SMALL.replace("VP8", text)):
        assert refused_or_read(each)
