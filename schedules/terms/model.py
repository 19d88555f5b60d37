"""What universities plan around: terms, days on which they are closed, and working hours."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from vclass.core.hours import Opening
from vclass.core.refusals import FieldError, InvalidInputError, Refusal
from vclass.core.spans import Span
from vclass.core.texts import is_line
from vclass.core.zones import local

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Weekday: TypeAlias = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
SkipReason: TypeAlias = Literal["closed", "between_terms"]

WEEKDAYS: Final[tuple[Weekday, ...]] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_HOURS: Final = 70
DAY: Final = dt.timedelta(1)
EARLIEST: Final = dt.date(1970, 1, 1)
LATEST: Final = dt.date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Days:
    """A term, or days on which an institution is closed: ``name`` says which, the last day is included."""

    id: int
    public_id: str
    institution_id: int
    name: str
    first_day: dt.date
    last_day: dt.date
    version: int

    def includes(self, date: dt.date) -> bool:
        return self.first_day <= date <= self.last_day


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a lesson doesn't meet on a day: an institution is closed, or it is between two of its terms."""

    reason: SkipReason
    institution: str
    name: str
    until: dt.date

    @property
    def sentence(self) -> str:
        why = f"is closed ({self.name})" if self.reason == "closed" else "has no term"
        return f"{self.institution} {why} until {self.until}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """What one institution plans around."""

    institution_id: int
    name: str
    zone: str
    terms: tuple[Days, ...] = ()
    closures: tuple[Days, ...] = ()

    def closed(self, span: Span) -> Hindrance | None:
        """The closure that a span touches, on this institution's clocks."""
        dates = self._dates(span)
        found = next((each for each in self.closures if any(map(each.includes, dates))), None)
        return None if found is None else Hindrance("closed", self.name, found.name, found.last_day)

    def between_terms(self, span: Span) -> Hindrance | None:
        """Whether a span begins in the gap between two known terms."""
        date, _ = self._dates(span)
        before = [each for each in self.terms if each.first_day <= date]
        after = [each.first_day for each in self.terms if each.first_day > date]
        if not before or not after or any(each.includes(date) for each in before):
            return None
        return Hindrance("between_terms", self.name, "", min(after) - DAY)

    def _dates(self, span: Span) -> tuple[dt.date, dt.date]:
        return local(span[0], self.zone).date, local(span[1] - 1, self.zone).date


def hindrance(span: Span, calendars: Sequence[Calendar], home: int) -> Hindrance | None:
    """Why a lesson of institution ``home`` should not be then, if anything says so."""
    closed = (each.closed(span) for each in calendars)
    gaps = (each.between_terms(span) for each in calendars if each.institution_id == home)
    return next((each for each in (*closed, *gaps) if each is not None), None)


class NewTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term of one's own institution, the last day included."""

    name: Name
    first_day: dt.date
    last_day: dt.date


class TermPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a term; the rest stays."""

    name: Name | UnsetType = UNSET
    first_day: dt.date | UnsetType = UNSET
    last_day: dt.date | UnsetType = UNSET


class NewClosure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days on which one's own institution is closed, the last one included, and why."""

    reason: Name
    first_day: dt.date
    last_day: dt.date


class ClosurePatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a closure; the rest stays."""

    reason: Name | UnsetType = UNSET
    first_day: dt.date | UnsetType = UNSET
    last_day: dt.date | UnsetType = UNSET


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours on one day of the week, in wall time; ``closes`` may be 24:00."""

    weekday: Weekday
    opens: Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    closes: Annotated[str, msgspec.Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class WorkingWeek(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All working hours of a week; a day may have several."""

    hours: Annotated[tuple[Hours, ...], msgspec.Meta(max_length=MOST_HOURS)] = ()


class TermNameTakenError(Refusal):
    """An institution has a term of this name already."""

    slug = "term-name-taken"

    def __init__(self, name: str, instead: str) -> None:
        super().__init__(
            f"Your institution already has a term called {name!r}. Give it another name, such as {instead!r}.",
            name=name,
            instead=instead,
        )


class ClosedDayError(Refusal):
    """A meeting would be on a day on which an institution is closed, or between terms."""

    slug = "closed-day"

    def __init__(self, found: Hindrance) -> None:
        super().__init__(
            f"{found.sentence}. Choose a day after {found.until}, or book it all the same by sending "
            '"closures": "ignore".',
            reason=found.reason,
            institution=found.institution,
            name=found.name,
            until=found.until.isoformat(),
        )


def check_days(name: str, called: str, first_day: dt.date, last_day: dt.date) -> None:
    """Refuse a name that can't be read, or days that end before they begin.

    Raises:
        InvalidInputError: Names the field.
    """
    errors = [] if is_line(name) else [FieldError(called, "write one line of visible text")]
    for field, day in (("first_day", first_day), ("last_day", last_day)):
        if not EARLIEST <= day <= LATEST:
            errors.append(FieldError(field, f"give a day from {EARLIEST} to {LATEST}"))
    if last_day < first_day:
        errors.append(FieldError("last_day", "it is before the first day; give that day or a later one"))
    if errors:
        raise InvalidInputError(errors)


def openings(week: WorkingWeek) -> list[Opening]:
    """The hours as a timetable has them.

    Raises:
        InvalidInputError: Some end before they begin, or overlap.
    """
    found = [Opening(WEEKDAYS.index(each.weekday), *minutes) for each, minutes in _checked(week)]
    return sorted(found, key=lambda each: (each.weekday, each.opens_minute))


def week_of(found: Iterable[Opening]) -> WorkingWeek:
    return WorkingWeek(
        tuple(Hours(WEEKDAYS[each.weekday], _clock(each.opens_minute), _clock(each.closes_minute)) for each in found)
    )


def _checked(week: WorkingWeek) -> list[tuple[Hours, tuple[int, int]]]:
    pairs = [(each, (_minutes(each.opens), _minutes(each.closes))) for each in week.hours]
    errors = [
        FieldError(f"hours[{place}].closes", "it is not after the opening; hours over midnight are two entries")
        for place, (_, (opens, closes)) in enumerate(pairs)
        if closes <= opens
    ]
    if errors:
        raise InvalidInputError(errors)
    return pairs


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
