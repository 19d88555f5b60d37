"""Mail that reached nobody, for administrators."""

from dataclasses import dataclass
from typing import ClassVar

from vclass.core.spans import Span
from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class FailedMail:
    """One mail; ``lesson`` is an id, or "" where it is about none, ``error`` what the server said.

    ``news`` is what it tells of (``sign-in`` too), ``date`` the one date that it is about.
    """

    id: str
    news: str
    title: str
    lesson: str
    name: str
    email: str
    state: str
    at: Instant
    tries: int
    error: str
    may_send: bool
    date: Span | None = None


@dataclass(frozen=True, slots=True)
class UndeliveredPage:
    """The latest mails that failed; ``more`` there are besides."""

    template: ClassVar[str] = "undelivered.html"

    mails: tuple[FailedMail, ...]
    more: int = 0
