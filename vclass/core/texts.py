"""What people write: one line that others can see, or several. Nothing hidden, nothing that turns a line around."""

import itertools
import unicodedata
from collections.abc import Iterator
from typing import Final

UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
JOINERS: Final = frozenset("\u200c\u200d")  # zero-width (non-)joiner: part of the spelling in many scripts
LAYOUT: Final = frozenset("\r\n\t")
LONGEST_NUMBERED: Final = 110
"""Names have at most 120 characters."""


def is_line(text: str) -> bool:
    """Whether this is one line of visible text: no controls, marks of direction or line ends (security rule D6)."""
    return bool(text.strip()) and not any(_is_unseen(each) for each in text)


def is_prose(text: str) -> bool:
    """The same of several lines; they may be empty."""
    return not any(_is_unseen(each) and each not in LAYOUT for each in text)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN and character not in JOINERS


def numbered(name: str) -> Iterator[str]:
    """The same name with the numbers from 2 on, short enough for a name."""
    return (f"{name[:LONGEST_NUMBERED]} {number}" for number in itertools.count(2))
