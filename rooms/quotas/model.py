"""What a house allows, of whom, in which period; pure rules.

A booking counts once, however many of the house's halls, virtual rooms and kit it holds, with its own minutes (not its
buffers), in the period in which it starts on the house's clocks. Only what holds claims counts. ``person`` limits
everybody who books, the house's own people included; ``institution`` each other institution as a whole: a house
doesn't ration itself.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from vclass.core.hours import day_span
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.spans import Span
from vclass.core.zones import Instant, local

Subject: TypeAlias = Literal["person", "institution"]
Period: TypeAlias = Literal["week", "term"]
Unit: TypeAlias = Literal["bookings", "minutes"]
Minutes: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Bookings: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=100_000)]

WEEK = dt.timedelta(days=7)
MINUTE = 60


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first and the last day of a term, both inclusive."""

    first: dt.date
    last: dt.date


class NewQuota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so many minutes, so many bookings, or both; ``term`` belongs to the period ``term`` alone."""

    subject: Subject
    period: Period
    term: Term | None = None
    minutes: Minutes | None = None
    bookings: Bookings | None = None


class QuotaPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What to change of a quota; the rest stays, and what is booked already stays booked."""

    term: Term | UnsetType = UNSET
    minutes: Minutes | UnsetType | None = UNSET
    bookings: Bookings | UnsetType | None = UNSET


class Use(NamedTuple):
    """So many bookings, and how long they are together."""

    bookings: int = 0
    seconds: int = 0

    def plus(self, other: "Use", sign: int = 1) -> "Use":
        return Use(self.bookings + sign * other.bookings, self.seconds + sign * other.seconds)


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit that a house sets; ``first_day`` and ``last_day`` are those of the term."""

    id: int
    public_id: str
    institution_id: int
    subject: Subject
    period: Period
    first_day: dt.date | None
    last_day: dt.date | None
    minutes: int | None
    bookings: int | None
    version: int

    @property
    def wish(self) -> NewQuota:
        """What was asked for."""
        days = None if self.first_day is None or self.last_day is None else Term(self.first_day, self.last_day)
        return NewQuota(self.subject, self.period, days, self.minutes, self.bookings)

    def period_at(self, starts: Instant, zone: str) -> Span | None:
        """The week or term that a booking counts in, None outside the term."""
        day = local(starts, zone).date
        if self.first_day is not None and self.last_day is not None:
            first, last = self.first_day, self.last_day
            return (day_span(first, zone)[0], day_span(last, zone)[1]) if first <= day <= last else None
        monday = day - dt.timedelta(days=day.weekday())
        return day_span(monday, zone)[0], day_span(monday + WEEK, zone)[0]

    def counted(self, institution_id: int, owner_id: int) -> int | None:
        """Whose bookings a booking counts with, None if the quota doesn't concern it."""
        if self.subject == "person":
            return owner_id
        return None if institution_id == self.institution_id else institution_id

    def exceeded(self, was: Use, now: Use) -> Unit | None:
        """Which limit a use exceeds; one that doesn't grow exceeds nothing, so that moves are free."""
        if self.bookings is not None and now.bookings > max(self.bookings, was.bookings):
            return "bookings"
        if self.minutes is not None and now.seconds > max(MINUTE * self.minutes, was.seconds):
            return "minutes"
        return None


def merged(wish: NewQuota, patch: QuotaPatch) -> NewQuota:
    """A quota with what a patch gives."""
    given = {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not UNSET}
    return msgspec.structs.replace(wish, **given)


def checked(wish: NewQuota) -> NewQuota:
    """A quota that makes sense.

    Raises:
        InvalidInputError: Names every field that is wrong.
    """
    errors = []
    if wish.minutes is None and wish.bookings is None:
        errors.append(FieldError("minutes", "say how many minutes, how many bookings, or both"))
    if (wish.period == "term") != (wish.term is not None):
        errors.append(FieldError("term", "give the first and last day of the term, for the period term alone"))
    if wish.term is not None and wish.term.first > wish.term.last:
        errors.append(FieldError("term.last", "choose a day that is not before the first"))
    if errors:
        raise InvalidInputError(errors)
    return wish
