"""What an attendee has answered last, to the whole lesson and to single occurrences, and what of it holds now.

Of all answers to one thing the highest by SEQUENCE, then DTSTAMP counts (RFC 5546 section 2.1.5), so it doesn't matter
in which order they come, nor how often. An answer holds for an occurrence while that is at the time for which it was
given: an occurrence remembers the SEQUENCE since which it is when it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from vclass.core.zones import Instant

Partstat: TypeAlias = Literal["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"]
"""PARTSTAT (RFC 5545 section 3.2.12) of an attendee of an event."""

WHOLE: Final = ""
"""Stands for the whole lesson where an occurrence may be named by its public id."""
UNANSWERED: Final = "NEEDS-ACTION"
RANK: Final[Mapping[Partstat, int]] = {
    "NEEDS-ACTION": 0,
    "ACCEPTED": 1,
    "TENTATIVE": 2,
    "DELEGATED": 3,
    "DECLINED": 4,
}
"""Decides between answers of one moment: whoever said no as well is not counted on."""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """An answer to the whole or to one occurrence, and what orders it."""

    occurrence: str
    partstat: Partstat
    sequence: int
    dtstamp: Instant

    @property
    def order(self) -> tuple[int, Instant, int]:
        return self.sequence, self.dtstamp, RANK[self.partstat]


def with_answer(answers: Iterable[Answer], added: Answer) -> tuple[Answer, ...]:
    """The answers with one more, of which that to the same thing counts that is the highest."""
    known = by_occurrence(answers)
    standing = known.get(added.occurrence)
    if standing is None or added.order > standing.order:
        known[added.occurrence] = added
    return tuple(sorted(known.values(), key=lambda each: each.occurrence))


def by_occurrence(answers: Iterable[Answer]) -> dict[str, Answer]:
    return {each.occurrence: each for each in answers}


def holding(answers: Mapping[str, Answer], occurrence: str, asked: int) -> Answer | None:
    """The answer that holds for an occurrence which is at its time since a SEQUENCE: to it alone, or to the whole."""
    found = [answers[name] for name in {WHOLE, occurrence} if name in answers and answers[name].sequence >= asked]
    return max(found, key=lambda each: each.order, default=None)


def partstat(answers: Mapping[str, Answer], occurrence: str, asked: int) -> Partstat:
    found = holding(answers, occurrence, asked)
    return UNANSWERED if found is None else found.partstat


def of_whole(answers: Mapping[str, Answer], asked: Sequence[int]) -> Partstat:
    """What the answer to the whole comes to, while any occurrence is still at the time it was given for."""
    return partstat(answers, WHOLE, min(asked, default=0))


def read(text: str | None) -> tuple[Answer, ...]:
    return () if text is None else msgspec.json.decode(text, type=tuple[Answer, ...])


def write(answers: Iterable[Answer]) -> str | None:
    rows = tuple(answers)
    return msgspec.json.encode(rows).decode() if rows else None
