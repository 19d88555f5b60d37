"""Addresses: one form for storing and comparing, and nothing that could mean two recipients."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vclass.core.addresses import LONGEST, AddressError, address, mailbox


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("anna@vienna.example", "anna@vienna.example"),
        ("  Anna.Huber@Vienna.EXAMPLE ", "anna.huber@vienna.example"),
        ("o'neill+lessons@uni.example", "o'neill+lessons@uni.example"),
        ("ira@університет.укр", "ira@xn--b1agalwuhjbb4s.xn--j1amh"),
        ("max@Straße.example", "max@xn--strae-oqa.example"),
    ],
)
def test_an_address_has_one_stored_form(written: str, stored: str) -> None:
    assert address(written) == stored
    assert address(stored) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        "anna",
        "@vienna.example",
        "anna@",
        "anna@localhost",
        "anna@127.0.0.1",
        "anna@[127.0.0.1]",
        "anna@vienna.example.",
        "anna@vienna..example",
        "anna@-vienna.example",
        "anna@vi enna.example",
        "anna@vi_enna.example",
        ".anna@vienna.example",
        "an..na@vienna.example",
        '"anna"@vienna.example',
        "anna,ben@vienna.example",
        "a@x.example, b@y.example",
        "Anna <anna@vienna.example>",
        "anna@vienna.example>\r\nRCPT TO:<eve@evil.example",
        "anna@vienna.example\nBcc: eve@evil.example",
        "an\x00na@vienna.example",
        "анна@vienna.example",
        "a" * 65 + "@vienna.example",
        "anna@" + "v" * 64 + ".example",
        "anna@" + "v.a" * 90 + ".example",
        "anna@\ud800.example",
    ],
)
def test_what_is_no_plain_address_is_refused(written: str) -> None:
    with pytest.raises(AddressError) as refusal:
        address(written, "attendees[2].email")
    assert refusal.value.errors[0].field == "attendees[2].email"


@given(st.text(max_size=300))
def test_whatever_passes_is_short_ascii_without_separators(written: str) -> None:
    try:
        stored = address(written)
    except AddressError:
        return
    assert stored.isascii()
    assert len(stored) <= LONGEST
    assert not set(stored) & set(' ,;:<>"\\()[]\r\n\t\x00')


def test_a_mailbox_keeps_its_letters_and_may_stand_in_a_local_domain() -> None:
    assert mailbox("b-3fX9c@LOCALHOST") == "b-3fX9c@localhost"


def test_a_letter_that_only_looks_latin_is_refused() -> None:
    with pytest.raises(AddressError):
        address("\N{KELVIN SIGN}arl@vienna.example")
