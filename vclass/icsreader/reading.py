"""A whole calendar: which events take time, and what became of each."""

import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from vclass.core.spans import Span, merge
from vclass.icsreader.clocks import Clocks, Named, definitions, named
from vclass.icsreader.events import Event, Marks, Owner, UnreadableEventError, event_of
from vclass.icsreader.expansion import (
    ALL_SECONDS,
    SERIES_SECONDS,
    TooManyError,
    TooSlowError,
    Window,
    at_most,
    spans_of,
)
from vclass.icsreader.model import (
    LARGEST,
    LONGEST_EXAMPLE,
    MOST_EVENTS,
    MOST_EXAMPLES,
    MOST_OCCURRENCES,
    WINDOW,
    Example,
    Failure,
    Note,
    Noted,
    Outcome,
    Reading,
    Reason,
    Report,
    Skipped,
    Task,
)
from vclass.icsreader.onward import follows, stretches
from vclass.icsreader.sieve import Line, Sieved, TooDeepError, decoded, first_line, sieved
from vclass.icsreader.values import BrokenError

ADDRESS: Final = re.compile(r"[^\s@:;,\"<>]{1,64}@[^\s@:;,\"<>]{1,190}")


def read(task: Task) -> Outcome:
    """The busy times of a calendar, or why nothing could be read."""
    if len(task.content) > LARGEST:
        return Failure("too_large")
    try:
        found = sieved(decoded(task.content))
    except TooDeepError:
        return Failure("not_a_calendar")
    if not found.calendars:
        return Failure("not_a_calendar")
    if len(found.events) > MOST_EVENTS:
        return Failure("too_many_events")
    account = _Account(events=len(found.events))
    events = list(_events(found, _clocks(found, task, account), _owner(found, task), account))
    _count(events, Window((task.now, task.now + WINDOW), task.zone), account)
    return Reading(tuple(merge(account.spans)), account.report())


@dataclass(slots=True)
class _Account:
    """What became of events so far."""

    events: int
    taken: int = 0
    spans: list[Span] = field(default_factory=list)
    seconds: float = ALL_SECONDS
    skipped: dict[Reason, list[Line]] = field(default_factory=lambda: defaultdict(list))
    notes: dict[Note, list[Line]] = field(default_factory=lambda: defaultdict(list))

    def skip(self, reason: Reason, line: Line) -> None:
        self.skipped[reason].append(line)

    def take(self, event: Event, spans: Sequence[Span]) -> None:
        self.taken += 1
        self.spans += spans
        for note, line in event.notes:
            self.notes[note].append(line)

    def report(self) -> Report:
        return Report(
            events=self.events,
            taken=self.taken,
            skipped=tuple(Skipped(reason, len(lines), _examples(lines)) for reason, lines in self.skipped.items()),
            notes=tuple(Noted(note, len(lines), _examples(lines)) for note, lines in self.notes.items()),
        )


def _examples(lines: Sequence[Line]) -> tuple[Example, ...]:
    return tuple(Example(each.number, each.text[:LONGEST_EXAMPLE]) for each in lines[:MOST_EXAMPLES])


def _clocks(found: Sieved, task: Task, account: _Account) -> Clocks:
    """The clocks of a file; one that says where it is means that place by times without a zone."""
    own = Named(task.zone)
    line = first_line(found.head, "X-WR-TIMEZONE")
    clock = None if line is None else named(line.text.partition(":")[2])
    if line is not None and clock is None:
        account.notes["unknown_clock"].append(line)
    return Clocks(clock or own, clock, definitions(found.zones))


def _owner(found: Sieved, task: Task) -> Owner:
    """Whose calendar it is; some programs name a calendar by the address of its owner."""
    line = first_line(found.head, "X-WR-CALNAME")
    name = "" if line is None else line.text.partition(":")[2].strip()
    named_by = (name,) if ADDRESS.fullmatch(name) else ()
    return Owner(frozenset(each.lower() for each in (*task.owners, *named_by)), task.domain.lower())


def _events(found: Sieved, clocks: Clocks, owner: Owner, account: _Account) -> Iterator[Event]:
    for block in found.events:
        try:
            yield event_of(block, clocks, owner)
        except UnreadableEventError as error:
            account.skip(error.reason, error.line or Line(block.line, "BEGIN", "BEGIN:VEVENT"))


def _count(events: Sequence[Event], window: Window, account: _Account) -> None:
    """Tell for each event what becomes of it."""
    latest, moved = _latest(events), _moved(events)
    present = [event for event in events if event.sequence >= latest[_key(event)]]
    changes = _onward(present, account)
    for event in events:
        changed = () if event.original else changes.get(event.uid, ())
        if event.sequence < latest[_key(event)]:
            account.skip("replaced", event.first)
        elif event.idle is not None and all(each.idle is not None for each in changed):
            account.skip(event.idle, event.first)
        else:
            _expand(event, Marks() if event.original else moved.get(event.uid, Marks()), changed, window, account)


def _onward(events: Sequence[Event], account: _Account) -> Mapping[str, Sequence[Event]]:
    """For each series what was changed for all dates to come; what no series follows is noted."""
    series = {event.uid: event for event in events if event.original is None and event.uid}
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.onward is None:
            continue
        if event.uid in series and follows(series[event.uid], event):
            found[event.uid].append(event)
        else:
            account.notes["this_and_following"].append(event.onward)
    return found


def _expand(event: Event, moved: Marks, changed: Sequence[Event], window: Window, account: _Account) -> None:
    begun = time.process_time()
    try:
        with at_most(min(SERIES_SECONDS, account.seconds)):
            most = MOST_OCCURRENCES - len(account.spans)
            spans = list(spans_of(event, moved, window, stretches(event, changed), most))
    except TooSlowError:
        account.skip("too_slow", event.first)
    except TooManyError:
        account.skip("too_many", event.first)
    except (BrokenError, OverflowError, ValueError, IndexError):
        account.skip("broken", event.first)
    else:
        if spans:
            account.take(event, spans)
        else:
            account.skip("outside", event.first)
    account.seconds -= time.process_time() - begun


def _key(event: Event) -> tuple[str, Marks | None]:
    return event.uid, event.original


def _latest(events: Sequence[Event]) -> Mapping[tuple[str, Marks | None], int]:
    """The newest version of each event and of each change of one; what has no UID is of its own."""
    found: dict[tuple[str, Marks | None], int] = {}
    for event in events:
        found[_key(event)] = max(event.sequence, found.get(_key(event), 0)) if event.uid else 0
    return found


def _moved(events: Sequence[Event]) -> dict[str, Marks]:
    """For each series the occurrences that have an event of their own."""
    found: dict[str, Marks] = {}
    for event in events:
        if event.original is not None and event.uid:
            found[event.uid] = found.get(event.uid, Marks()) | event.original
    return found
