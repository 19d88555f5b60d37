"""From an event to the spans of time that it takes within a window."""

import datetime as dt
import itertools
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import FrameType
from typing import Final

from vclass.core import hours
from vclass.core.spans import Span
from vclass.icsreader import onward
from vclass.icsreader.clocks import UTC
from vclass.icsreader.events import Event, Marks
from vclass.icsreader.model import MOST_OCCURRENCES
from vclass.icsreader.onward import Stretch
from vclass.icsreader.rules import Rule
from vclass.icsreader.values import Length, Moment

DAY: Final = dt.timedelta(1)
SERIES_SECONDS: Final = 0.25
"""Processor time for one series; people's own take milliseconds."""

ALL_SECONDS: Final = 1.0
"""Processor time for all of them."""


class TooManyError(ValueError):
    """A series that meets oftener than anybody."""


class TooSlowError(BaseException):
    """A series took too long; no handler of ours or a library's takes it for an ordinary mistake."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Break off what computes for longer, where the system can.

    Raises:
        TooSlowError: It did.
    """
    if seconds <= 0:
        raise TooSlowError
    if not hasattr(signal, "setitimer"):
        yield
        return
    former = signal.signal(signal.SIGPROF, _break_off)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def _break_off(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlowError


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is looked at, and the zone in which whole days are days."""

    span: Span
    zone: str

    def clipped(self, span: Span) -> Span | None:
        starts, ends = max(span[0], self.span[0]), min(span[1], self.span[1])
        return (starts, ends) if starts < ends else None


def spans_of(
    event: Event, moved: Marks, window: Window, changed: Sequence[Stretch] = (), most: int = MOST_OCCURRENCES
) -> Iterator[Span]:
    """When an event takes time, without its occurrences that were moved, and with all that was ``changed`` onward.

    Raises:
        BrokenError: Its rule doesn't fit together.
        TooManyError: There are more occurrences than so many.
    """
    left_out = event.without | moved
    for number, wall in enumerate(_walls(event, window, onward.reach(changed))):
        if number >= most:
            raise TooManyError
        found = None if _is_among(left_out, event, wall) else _changed(event, wall, onward.at(changed, wall), window)
        span = None if found is None else window.clipped(found)
        if span is not None:
            yield span


def _walls(event: Event, window: Window, reach: dt.timedelta) -> Iterator[dt.datetime]:
    """Wall starts that may matter, each once."""
    known = {event.start.wall, *event.extra}
    yield from sorted(known)
    for rule in event.rules:
        for wall in _repeated(event, rule, window, reach):
            if wall not in known:
                known.add(wall)
                yield wall


def _repeated(event: Event, rule: Rule, window: Window, reach: dt.timedelta) -> Iterator[dt.datetime]:
    """What a rule gives near the window, or so far from it."""
    around = dt.timedelta(days=event.length[0], seconds=event.length[1]) + DAY + reach
    first, last = event.clock.wall(window.span[0]) - around, event.clock.wall(window.span[1]) + DAY + reach
    until = _until(event, rule.until)
    if until is None or until >= first:
        followed = itertools.takewhile(lambda wall: wall <= last, rule.on(event.start.wall, until))
        yield from (wall for wall in followed if wall >= first)


def _until(event: Event, until: Moment | None) -> dt.datetime | None:
    """The end of a rule on the event's clock, the whole last day where only a date is given."""
    if until is None:
        return None
    if until.whole_day or event.start.whole_day:
        return dt.datetime.combine(until.wall.date(), dt.time.max)
    return event.clock.wall(UTC.instant(until.wall)) if until.utc else until.wall


def _is_among(marks: Marks, event: Event, wall: dt.datetime) -> bool:
    if wall.date() in marks.dates:
        return True
    return not event.start.whole_day and bool(marks.instants) and event.clock.instant(wall) in marks.instants


def _changed(event: Event, wall: dt.datetime, stretch: Stretch | None, window: Window) -> Span | None:
    """The span of an occurrence as it is since its series was changed; None if it takes no time any more."""
    if stretch is None:
        lasts = event.extra.get(wall, event.length)
        return None if event.idle else _span(event, wall, lasts, window.zone)
    return None if stretch.idle else _span(event, wall + stretch.moved, stretch.length, window.zone)


def _span(event: Event, wall: dt.datetime, lasts: Length, zone: str) -> Span:
    days, seconds = lasts
    if event.start.whole_day:
        return _midnight(wall.date(), zone), _midnight(wall.date() + days * DAY, zone)
    starts = event.clock.instant(wall)
    ends = event.clock.instant(wall + days * DAY) if days else starts
    return starts, ends + seconds


@cache
def _midnight(date: dt.date, zone: str) -> int:
    """The first moment of a day, be it not at midnight."""
    return hours.day_span(date, zone)[0]
