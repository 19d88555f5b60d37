"""Authentication-Results (RFC 8601): what the receiving server found out about the sender's domain.

Anybody can write such a header; only ours is believed, and only where ours must be: on top of all others.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = ["Verdict", "verdict"]

Verdict: TypeAlias = Literal["pass", "fail", "none"]

QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
COMMENT: Final = re.compile(r"\([^()]*\)")
DEEPEST: Final = 10
LONGEST: Final = 10_000
RESULT: Final = re.compile(r"^\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)\b(.*)$", re.DOTALL)
SIGNER: Final = re.compile(r"\bheader\.([di])\s*=\s*(?:\S*@)?([a-z0-9.-]+)")


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    outcome: str
    properties: str


def verdict(headers: Sequence[str], trusted: str, author_domain: str) -> Verdict:
    """What the topmost header says, if the server that we trust wrote it.

    DMARC decides; where the domain has no DMARC policy, a DKIM signature of the author's own domain does.

    Args:
        headers: The values of all Authentication-Results headers, from the top.
        trusted: The ``authserv-id`` of our mail server; empty: nobody's.
        author_domain: Of the From header.
    """
    if not trusted or not headers or not author_domain or len(headers[0]) > LONGEST:
        return "none"
    name, _, rest = _plain(headers[0]).lower().partition(";")
    if name.split()[:1] != [trusted.lower()]:
        return "none"
    results = list(_results(rest))
    dmarc = [each.outcome for each in results if each.method == "dmarc" and each.outcome in ("pass", "fail")]
    if dmarc:
        return "pass" if dmarc == ["pass"] else "fail"
    return _by_signature([each for each in results if each.method == "dkim"], author_domain.lower())


def _by_signature(signatures: Sequence[_Result], author_domain: str) -> Verdict:
    own = [each.outcome for each in signatures if _is_own(each, author_domain)]
    if "pass" in own:
        return "pass"
    return "fail" if {"fail", "permerror"} & set(own) else "none"


def _is_own(signature: _Result, author_domain: str) -> bool:
    """Whether a domain signed for itself, or for one below it."""
    domains = [domain.strip(".") for _, domain in SIGNER.findall(signature.properties)]
    return any("." in each and (author_domain == each or author_domain.endswith(f".{each}")) for each in domains[:1])


def _results(text: str) -> Iterator[_Result]:
    for each in text.split(";"):
        if found := RESULT.match(each):
            yield _Result(*found.groups())


def _plain(header: str) -> str:
    """Without quoted strings and comments, in which anything may stand."""
    text = QUOTED.sub(" ", header)
    for _ in range(DEEPEST):
        shorter = COMMENT.sub(" ", text)
        if shorter == text:
            return text
        text = shorter
    return ""
