"""Changes of one date of a series and all that follow (RANGE=THISANDFUTURE, RFC 5545 section 3.2.13)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vclass.icsreader.events import Event
from vclass.icsreader.values import Length

UNMOVED = dt.timedelta()


@dataclass(frozen=True, slots=True)
class Stretch:
    """How the dates of a series are from one of them on: moved on its clock, of another length, or not taking time."""

    since: dt.datetime
    moved: dt.timedelta
    length: Length
    idle: bool


def stretches(series: Event, changes: Iterable[Event]) -> tuple[Stretch, ...]:
    """What becomes of a series that follows some changes, in order of time.

    Raises:
        OverflowError: A change leads out of the calendar.
    """
    return tuple(sorted((_stretch(series, each) for each in changes), key=lambda each: each.since))


def follows(series: Event, change: Event) -> bool:
    """Whether a series goes on as a change of one date says: a whole day can't become an hour on all of them."""
    original = change.original
    named = original is not None and len(original.instants) + len(original.dates) == 1
    return named and series.original is None and series.start.whole_day == change.start.whole_day


def at(found: Sequence[Stretch], wall: dt.datetime) -> Stretch | None:
    """The stretch that a date of the series belongs to."""
    return next((each for each in reversed(found) if each.since <= wall), None)


def reach(found: Iterable[Stretch]) -> dt.timedelta:
    """How far a date may be moved, to either side."""
    return max((abs(each.moved) for each in found), default=UNMOVED)


def _stretch(series: Event, change: Event) -> Stretch:
    since = _original(series, change)
    whole_day = series.start.whole_day
    start = change.start.wall if whole_day else series.clock.wall(change.clock.instant(change.start.wall))
    return Stretch(since, start - since, change.length, change.idle is not None)


def _original(series: Event, change: Event) -> dt.datetime:
    """The date that is changed, on the series' clock."""
    assert change.original is not None, "a change names the date that it changes"
    for instant in change.original.instants:
        return series.clock.wall(instant)
    (date,) = change.original.dates
    return dt.datetime.combine(date, series.start.wall.time())
