"""RTCP packets: round trips, aiortc's codec as the second opinion, and noise."""

import pytest
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpRrPacket, RtcpRtpfbPacket, pack_remb_fci
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu import rtcp

words = st.integers(0, 0xFFFFFFFF)
reports = st.builds(
    rtcp.Report,
    words,
    st.integers(0, 255),
    st.integers(-(1 << 23), (1 << 23) - 1),
    words,
    words,
    words,
    words,
)
sequences = st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=60, unique=True)


@given(words, st.lists(reports, max_size=31))
def test_receiver_reports_read_back(ssrc: int, blocks: list[rtcp.Report]) -> None:
    report = rtcp.ReceiverReport(ssrc, tuple(blocks))
    assert rtcp.parse(rtcp.build([report])) == [report]


@given(words, st.integers(0, (1 << 64) - 1), words, words, words)
def test_sender_reports_read_back(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int) -> None:
    report = rtcp.SenderReport(ssrc, ntp, timestamp, packets, octets)
    assert rtcp.parse(rtcp.build([report])) == [report, rtcp.ReceiverReport(ssrc)]


@given(words, words, sequences)
def test_nacks_name_the_same_packets_after_the_wire(sender: int, media: int, wanted: list[int]) -> None:
    read = rtcp.parse(rtcp.build([rtcp.Nack(sender, media, tuple(wanted))]))
    assert [(each.sender, each.media, set(each.sequences)) for each in read if isinstance(each, rtcp.Nack)] == [
        (sender, media, set(wanted))
    ]


@given(words, st.integers(0, (1 << 18) - 1), st.integers(0, 40), st.lists(words, max_size=4))
def test_bandwidth_estimates_read_back(sender: int, mantissa: int, exponent: int, media: list[int]) -> None:
    estimate = rtcp.Bandwidth(sender, mantissa << exponent, tuple(media))
    assert rtcp.parse(rtcp.build([estimate])) == [estimate]


def test_aiortc_reads_what_we_write() -> None:
    ours = rtcp.build([rtcp.ReceiverReport(1), rtcp.Nack(1, 2, (65535, 0, 5)), rtcp.PictureLoss(1, 2)])
    report, nack, loss = RtcpPacket.parse(ours)
    assert isinstance(report, RtcpRrPacket)
    assert isinstance(nack, RtcpRtpfbPacket)
    assert nack.lost == [65535, 0, 5]
    assert isinstance(loss, RtcpPsfbPacket)
    assert (loss.fmt, loss.media_ssrc) == (1, 2)


def test_we_read_what_aiortc_writes() -> None:
    theirs = RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=pack_remb_fci(1_000_000, [7]))
    assert rtcp.parse(bytes(theirs)) == [rtcp.Bandwidth(1, 1_000_000, (7,))]


def test_a_full_intra_request_is_a_picture_loss() -> None:
    request = rtcp.feedback(rtcp.PSFB, rtcp.FIR_FORMAT, bytes.fromhex("0000000100000000 0000000205000000"))
    assert rtcp.parse(request) == [rtcp.PictureLoss(1, 2)]


def test_unknown_packets_are_passed_over() -> None:
    unknown = rtcp.feedback(207, 0, bytes(8))
    assert rtcp.parse(unknown + rtcp.build([rtcp.PictureLoss(1, 2)])) == [rtcp.PictureLoss(1, 2)]


@pytest.mark.parametrize(
    "data", [b"\x80", b"\x80\xc9\x00\x09\x00\x00\x00\x01", b"\x00\xc9\x00\x00", b"\xa0\xce\x00\x00"]
)
def test_malformed_compounds_are_refused(data: bytes) -> None:
    with pytest.raises(rtcp.RtcpError):
        rtcp.parse(data)


def test_a_compound_of_very_many_packets_is_refused() -> None:
    with pytest.raises(rtcp.RtcpError):
        rtcp.parse(rtcp.build([rtcp.PictureLoss(1, 2)]) * 200)


@given(st.sampled_from(range(200, 208)), st.integers(0, 31), st.binary(max_size=120))
def test_noise_raises_nothing_else(kind: int, form: int, body: bytes) -> None:
    for data in (body, rtcp.feedback(kind, form, body)):
        try:
            rtcp.parse(data)
        except rtcp.RtcpError:
            continue
