"""One name for the same format of all peers, and who takes what beside its own."""

import pytest

from signaling.sfu.answer import common_codecs
from signaling.sfu.codecs import codec_key, fitting
from signaling.sfu.sdp import Codec, Limits, parse
from tests.signaling.sfu.offers import offer

BASELINE, CONSTRAINED = "h264/baseline/1", "h264/constrained-baseline/1"


@pytest.mark.parametrize(
    ("encoding", "parameters", "key"),
    [
        ("VP8/90000", "max-fs=12288;max-fr=60", "vp8"),
        ("opus/48000/2", "minptime=10", "opus"),
        ("VP9/90000", "", "vp9/0"),
        ("VP9/90000", "profile-id=2", "vp9/2"),
        ("VP9/90000", "profile-id=7", None),
        ("AV1/90000", "", "av1/0"),
        ("AV1/90000", "level-idx=5;profile=1;tier=0", "av1/1"),
        ("AV1/90000", "profile=x", None),
        ("H264/90000", "packetization-mode=1;profile-level-id=42E01F", CONSTRAINED),
        ("H264/90000", "packetization-mode=1;profile-level-id=42c01e", CONSTRAINED),
        ("H264/90000", "packetization-mode=1;profile-level-id=4d8020", CONSTRAINED),
        ("H264/90000", "packetization-mode=1;profile-level-id=42001f", BASELINE),
        ("H264/90000", "packetization-mode=1", BASELINE),
        ("H264/90000", "profile-level-id=4d0032", "h264/main/0"),
        ("H264/90000", "packetization-mode=1;profile-level-id=640c1f", "h264/constrained-high/1"),
        ("H264/90000", "packetization-mode=1;profile-level-id=64001f", "h264/high/1"),
        ("H264/90000", "packetization-mode=1;profile-level-id=f4001f", "h264/high-444/1"),
        ("H264/90000", "packetization-mode=2;profile-level-id=42e01f", None),
        ("H264/90000", "packetization-mode=1;profile-level-id=42e0", None),
        ("H264/90000", "packetization-mode=1;profile-level-id=zzzzzz", None),
        ("H265/90000", "", None),
    ],
)
def test_a_format_has_one_key_for_all_peers(encoding: str, parameters: str, key: str | None) -> None:
    assert codec_key(Codec(96, encoding, parameters)) == key


def test_a_codec_with_another_clock_is_not_the_one_that_we_carry() -> None:
    assert codec_key(Codec(96, "VP8/9000")) is None
    assert codec_key(Codec(111, "opus/90000/2")) is None


@pytest.mark.parametrize(
    ("sent", "known", "taken"),
    [
        ("vp8", {"vp8": 96}, 96),
        ("vp8", {"vp9/0": 98}, None),
        ("vp9/0", {"vp9/2": 100}, None),
        ("av1/0", {"av1/2": 47, "av1/1": 46}, 46),
        ("av1/1", {"av1/0": 45}, None),
        (CONSTRAINED, {"h264/high/1": 1, BASELINE: 2, CONSTRAINED: 3}, 3),
        (CONSTRAINED, {"h264/high/1": 1, BASELINE: 2}, 2),
        (BASELINE, {"h264/high/1": 1, CONSTRAINED: 3}, 3),
        ("h264/high/1", {"h264/high-444/1": 4, "h264/main/1": 1}, 4),
        ("h264/high/1", {"h264/main/1": 1, CONSTRAINED: 3}, None),
        ("h264/main/1", {"h264/high/1": 1, CONSTRAINED: 3}, 1),
        ("h264/main/0", {"h264/main/1": 1}, 1),
        ("h264/main/1", {"h264/main/0": 1}, None),
    ],
)
def test_a_format_goes_out_as_itself_or_to_a_decoder_that_takes_it_too(
    sent: str, known: dict[str, int], taken: int | None
) -> None:
    assert fitting(sent, known) == taken


@pytest.mark.parametrize(
    ("browser", "mid", "kept"),
    [
        ("chromium", "3", {"vp8", "vp9", "h264", "av1", "rtx"}),
        ("firefox", "3", {"vp8", "vp9", "av1", "rtx"}),
        ("chromium", "0", {"opus"}),
    ],
)
def test_every_codec_that_both_know_is_kept_with_what_repairs_it(browser: str, mid: str, kept: set[str]) -> None:
    section = next(each for each in parse(offer(browser), Limits()).sections if each.mid == mid)
    codecs = common_codecs(section)
    assert {each.name for each in codecs} == kept
    repaired = {each.parameter("apt") for each in codecs if each.name == "rtx"}
    assert repaired == {str(each.payload_type) for each in codecs if each.name != "rtx" and "rtx" in kept}


def test_h264_is_kept_in_every_profile_and_packetization_mode_of_a_browser() -> None:
    section = next(each for each in parse(offer("chromium"), Limits()).sections if each.mid == "3")
    kept = {codec_key(codec) for codec in common_codecs(section) if codec.name == "h264"}
    profiles = ("constrained-baseline", "baseline", "main", "high-444")
    assert kept == {f"h264/{profile}/{mode}" for profile in profiles for mode in (0, 1)}
