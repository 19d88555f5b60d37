"""Long lists, a page at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pager:
    """Which part of a list is shown: items ``first`` to ``last`` of ``number``; a path is "" where there is no more."""

    first: int
    last: int
    number: int
    previous: str = ""
    next: str = ""
