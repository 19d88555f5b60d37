"""Authentication-Results count when our own server wrote them, on top; DMARC first, then the author's own signature."""

import time

import pytest

from vclass.mail.authentication import verdict

OURS = "mx.vclass.example"
FORGED = f"{OURS}; dmarc=pass header.from=example.org"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"{OURS}; dmarc=pass (p=reject) header.from=example.org", "pass"),
        (f"{OURS} 1; spf=pass smtp.mailfrom=evil.example; dmarc=fail header.from=example.org", "fail"),
        (f"{OURS}; dmarc=none; dkim=pass header.d=example.org header.s=x", "pass"),
        (f"{OURS}; dkim=pass header.i=@example.org", "pass"),
        (f"{OURS};\r\n\tdkim=pass (2048-bit key; unprotected) header.d=EXAMPLE.org", "pass"),
        (f'{OURS}; dkim=fail reason="bad; dkim=pass header.d=example.org" header.d=example.org', "fail"),
        (f"{OURS}; dkim=pass header.d=evil.example", "none"),
        (f"{OURS}; dkim=pass header.d=org", "none"),
        (f"{OURS}; dkim=pass header.d=le.org", "none"),
        (f"{OURS}; spf=pass smtp.mailfrom=example.org", "none"),
        (f"{OURS}; none", "none"),
        (f"{OURS}; dmarc=pass; dmarc=fail", "fail"),
        (f"{OURS}; x=y (dmarc=pass header.from=example.org)", "none"),
        ("mx.evil.example; dmarc=pass header.from=example.org", "none"),
        (f"evil; {FORGED}", "none"),
        ("", "none"),
    ],
)
def test_the_header_says(header: str, expected: str) -> None:
    assert verdict([header], OURS, "example.org") == expected


def test_only_the_topmost_header_counts() -> None:
    assert verdict(["mx.other.example; none", FORGED], OURS, "example.org") == "none"
    assert verdict([f"{OURS}; dmarc=fail", FORGED], OURS, "example.org") == "fail"


@pytest.mark.parametrize(("trusted", "headers", "author"), [("", [FORGED], "x"), (OURS, [], "x"), (OURS, [FORGED], "")])
def test_where_nobody_is_trusted_nothing_is_known(trusted: str, headers: list[str], author: str) -> None:
    assert verdict(headers, trusted, author) == "none"


def test_a_domain_signs_for_those_below_it() -> None:
    assert verdict([f"{OURS}; dkim=pass header.d=example.org"], OURS, "students.example.org") == "pass"
    assert verdict([f"{OURS}; dkim=pass header.d=students.example.org"], OURS, "example.org") == "none"


@pytest.mark.parametrize("text", ["(" * 100_000, '"' * 100_000, "a=" * 50_000, ";" * 100_000, "(a" * 4_000])
def test_f9_a_long_header_costs_little(text: str) -> None:
    before = time.process_time()
    assert verdict([f"{OURS}; {text}"], OURS, "example.org") == "none"
    assert time.process_time() - before < 1
