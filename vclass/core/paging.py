"""Lists page by an opaque cursor, a hundred rows at a time, and look at no more than 370 days."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.spans import Span

T = TypeVar("T")

PAGE = 100
FURTHEST = 10**9
DAYS = 370
LONGEST_SPAN = DAYS * 24 * 3600


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to go on in a list."""

    cursor: str | None = None


def bounded(starts: int, ends: int) -> Span:
    """A span of instants that a list may be asked for.

    Raises:
        InvalidInputError: It is empty or too long.
    """
    if not 0 < ends - starts <= LONGEST_SPAN:
        raise InvalidInputError([FieldError("to", f"ask for a span of at most {DAYS} days that ends after it starts")])
    return starts, ends


def page(rows: Sequence[T], cursor: str | None) -> tuple[Sequence[T], str | None]:
    """The rows that a cursor asks for, and the cursor of the next ones.

    Raises:
        InvalidInputError: The cursor is none of ours.
    """
    return fetched(lambda first, most: rows[first : first + most], cursor)


def fetched(fetch: Callable[[int, int], Sequence[T]], cursor: str | None) -> tuple[Sequence[T], str | None]:
    """The same for rows that ``fetch(first, most)`` reads as they are wanted.

    Raises:
        InvalidInputError: The cursor is none of ours.
    """
    first = 0 if cursor is None else _position(cursor)
    rows = fetch(first, PAGE + 1)
    return rows[:PAGE], _cursor(first + PAGE) if len(rows) > PAGE else None


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).rstrip(b"=").decode()


def _position(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        position = int(text) if text.isdecimal() else -1
    except (binascii.Error, ValueError):
        position = -1
    if not 0 <= position <= FURTHEST:
        raise InvalidInputError([FieldError("cursor", "take the cursor from the list you have read")])
    return position
