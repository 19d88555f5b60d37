"""Mail that failed, as values."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from vclass.core.refusals import Refusal
from vclass.core.spans import Span
from vclass.core.zones import Instant

Kind: TypeAlias = Literal["lesson-mail", "reminder", "notice", "sign-in"]
Failure: TypeAlias = Literal["dead", "bounced"]
"""Refused for good or given up; or taken, and come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """One mail that reached nobody.

    ``news`` is what it tells of, ``date`` the one date that it is about; ``lesson`` is a public id, or "" where it is
    about none. ``error`` is what the server said. ``may_send``: the reader may have it said once more.
    """

    id: str
    kind: Kind
    news: str
    email: str
    name: str
    lesson: str
    title: str
    state: Failure
    at: Instant
    tries: int
    error: str
    date: Span | None = None
    may_send: bool = False


class NotToSendError(Refusal):
    """What is too late, or about somebody who is no longer invited, isn't said once more."""

    slug = "not-to-send"

    def __init__(self) -> None:
        super().__init__(
            "This mail is of no use any more, so it is not sent again. Mark it as dealt with; if the address is wrong, "
            "invite the person at the right one."
        )
