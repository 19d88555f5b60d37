"""STUN messages: our own, those of RFC 5769, and noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu import stun

# RFC 5769 section 2.1, a binding request with short-term credentials
RFC_5769_REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff"
    "80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249"
    "c1b571a280280004e57a3bcf"
)
RFC_5769_PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"
# section 2.2, the response to 192.0.2.1:32853
RFC_5769_MAPPED = bytes.fromhex("0001a147e112a643")

passwords = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=22, max_size=40)


def test_the_request_of_rfc_5769_is_read_and_found_authentic() -> None:
    message = stun.parse(RFC_5769_REQUEST)
    assert (message.kind, message.username) == (stun.BINDING_REQUEST, ("evtj", "h6vY"))
    assert stun.authentic(message, RFC_5769_PASSWORD)
    assert not stun.authentic(message, RFC_5769_PASSWORD[::-1])


def test_the_mapped_address_is_that_of_rfc_5769() -> None:
    assert stun.xor_address("192.0.2.1", 32853) == RFC_5769_MAPPED


def test_an_ipv6_address_is_masked_with_the_transaction() -> None:
    transaction = bytes.fromhex("b7e7a701bc34d686fa87dfae")
    mapped = stun.xor_address("2001:db8:1234:5678:11:2233:4455:6677", 32853, transaction)
    assert mapped == bytes.fromhex("0002a1470113a9faa5d3f179bc25f4b5bed2b9d9")


@given(st.binary(min_size=12, max_size=12), st.dictionaries(st.sampled_from([6, 0x24, 0x25]), st.binary()), passwords)
def test_what_we_build_reads_back_and_is_authentic(
    transaction: bytes, attributes: dict[int, bytes], password: str
) -> None:
    message = stun.parse(stun.build(stun.BINDING_REQUEST, transaction, attributes, password))
    assert message.transaction == transaction
    assert {name: message.attributes[name] for name in attributes} == attributes
    assert stun.authentic(message, password)


@given(st.integers(20, 60), st.integers(0, 7))
def test_a_flipped_bit_is_no_longer_authentic(at: int, bit: int) -> None:
    raw = bytearray(stun.build(stun.BINDING_REQUEST, bytes(12), {stun.USERNAME: b"abcd:efgh"}, "p" * 22))
    raw[min(at, len(raw) - 9)] ^= 1 << bit
    try:
        message = stun.parse(bytes(raw))
    except stun.StunError:
        return
    assert not stun.authentic(message, "p" * 22)


def test_what_stands_after_the_integrity_does_not_count() -> None:
    signed = stun.build(stun.BINDING_REQUEST, bytes(12), {}, "p" * 22)[: -stun.FINGERPRINT_SIZE]
    smuggled = signed + b"\x00\x25\x00\x00"
    raw = smuggled[:2] + (len(smuggled) - stun.HEADER_SIZE).to_bytes(2, "big") + smuggled[4:]
    message = stun.parse(raw)
    assert not message.nominates
    assert stun.authentic(message, "p" * 22)


def test_a_message_without_integrity_is_not_authentic() -> None:
    message = stun.parse(b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12))
    assert not stun.authentic(message, "p" * 22)


@pytest.mark.parametrize("cut", range(1, 108))
def test_a_cut_message_is_refused(cut: int) -> None:
    with pytest.raises(stun.StunError):
        stun.parse(RFC_5769_REQUEST[:-cut])


@given(st.binary(max_size=200))
def test_noise_raises_nothing_else(data: bytes) -> None:
    for each in (data, b"\x00\x01" + len(data).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12) + data):
        try:
            stun.parse(each)
        except stun.StunError:
            continue
