"""Which addresses we would write to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.ical import AddressError, check_address
from schedules.ical.addresses import mailto


@pytest.mark.parametrize(
    ("given_", "checked"),
    [
        ("anna@kyiv.example", "anna@kyiv.example"),
        ("Anna.K+x@KYIV.Example", "Anna.K+x@kyiv.example"),
        ("o'neill@x.example", "o'neill@x.example"),
        ("a@münchen.example", "a@xn--mnchen-3ya.example"),
        ("a@пошта.укр", "a@xn--80a1acn3a.xn--j1amh"),
    ],
)
def test_an_address_is_kept_with_its_domain_in_ascii(given_: str, checked: str) -> None:
    assert check_address(given_) == checked
    assert check_address(checked) == checked


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "anna",
        "@x.example",
        "anna@",
        "a@b@c.example",
        "a,b@x.example",
        "a b@x.example",
        '"a"@x.example',
        "<a@x.example>",
        "a@x.example\r\nBcc: e@x",
        "a\0@x.example",
        ".a@x.example",
        "a..b@x.example",
        "анна@x.example",
        "a@x_y.example",
        "a@-x.example",
        "a@x..example",
        "a@[127.0.0.1]",
        "a" * 65 + "@x.example",
        "a@" + "x." * 130 + "example",
    ],
)
def test_anything_else_is_refused(wrong: str) -> None:
    with pytest.raises(AddressError, match="is not a mail address"):
        check_address(wrong)


@given(st.text(max_size=40))
def test_what_passes_can_stand_anywhere(text: str) -> None:
    try:
        checked = check_address(text)
    except AddressError:
        return
    assert checked.isascii()
    assert not set(checked) & set(' ,;:<>"()[]\\\r\n\t\0')


def test_signs_that_a_uri_gives_a_meaning_are_encoded_in_mailto() -> None:
    assert mailto("a?b%c&d+e@x.example") == "mailto:a%3Fb%25c%26d+e@x.example"
