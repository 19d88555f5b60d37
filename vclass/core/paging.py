"""Lists page by an opaque cursor, a hundred rows at a time."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from vclass.core.refusals import FieldError, InvalidInputError

T = TypeVar("T")

PAGE = 100


def page(rows: Sequence[T], cursor: str | None) -> tuple[Sequence[T], str | None]:
    """The rows that a cursor asks for, and the cursor of the next ones.

    Raises:
        InvalidInputError: The cursor is none of ours.
    """
    first = 0 if cursor is None else _position(cursor)
    following = first + PAGE
    return rows[first:following], _cursor(following) if following < len(rows) else None


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).rstrip(b"=").decode()


def _position(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        position = int(text) if text.isdecimal() else -1
    except (binascii.Error, ValueError):
        position = -1
    if position < 0:
        raise InvalidInputError([FieldError("cursor", "take the cursor from the list you have read")])
    return position
