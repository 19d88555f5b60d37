"""From the lines of a VEVENT to what it says of somebody's time (RFC 5545 section 3.6.1)."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from vclass.core.zones import Instant
from vclass.icsreader.clocks import Clock, Clocks, UndefinedZoneError
from vclass.icsreader.model import Note, Reason
from vclass.icsreader.rules import Rule, TooFrequentError, rule_of
from vclass.icsreader.sieve import Block, Line
from vclass.icsreader.values import BrokenError, Length, Moment, Property, length, moment, moments, taken_apart

DAY: Final = 86400
LONGEST: Final = 100 * 366 * DAY
"""Whatever is said to last longer is a mistake."""
ONWARD: Final = re.compile(r";RANGE=\"?THISANDFUTURE\"?[;:]", re.IGNORECASE)

T = TypeVar("T")


class UnreadableEventError(ValueError):
    """An event of which nothing can be taken: why, and the line that shows it."""

    def __init__(self, reason: Reason, line: Line | None) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Marks:
    """Certain occurrences of a series, named by their instants or, without a time of day, by their dates."""

    instants: frozenset[Instant] = frozenset()
    dates: frozenset[dt.date] = frozenset()

    def __or__(self, other: "Marks") -> "Marks":
        return Marks(self.instants | other.instants, self.dates | other.dates)


@dataclass(frozen=True, slots=True)
class Event:
    """A VEVENT, as far as it tells of time.

    Attributes:
        first: where it stands in the file, as an example of its kind.
        start: on ``clock``; of a whole day only the date counts.
        rules: how it repeats, ``extra`` more wall starts with their own lengths, ``without`` what is left out.
        original: which occurrence of its series it stands for, if it is a change of one.
        onward: the line that says that all which follow are changed with it.
        idle: why it takes no time.
        notes: what is read otherwise than it is written.
    """

    first: Line
    uid: str
    sequence: int
    start: Moment
    clock: Clock
    length: Length
    rules: tuple[Rule, ...]
    extra: Mapping[dt.datetime, Length]
    without: Marks
    original: Marks | None
    onward: Line | None
    idle: Reason | None
    notes: tuple[tuple[Note, Line], ...]


Named: TypeAlias = dict[str, list[Line]]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is: the own addresses, and the domain of lessons that are known already."""

    addresses: frozenset[str]
    domain: str = ""


def event_of(block: Block, clocks: Clocks, owner: Owner) -> Event:
    """The event of a block of lines.

    Raises:
        UnreadableEventError: Says why nothing of it can be taken.
    """
    lines = _by_name(block.lines)
    first = next(iter(lines.get("DTSTART", block.lines)), Line(block.line, "BEGIN", "BEGIN:VEVENT"))
    if not block.whole:
        raise UnreadableEventError("cut_off", first)
    if "DTSTART" not in lines:
        raise UnreadableEventError("no_start", first)
    idle = _idle(lines, owner)
    reader = _Reader(lines, clocks)
    start, clock = reader.start()
    rules = reader.rules()
    if rules and start.utc and clocks.rehung is not None:
        start, clock = Moment(clocks.rehung.wall(clock.instant(start.wall))), clocks.rehung
    lasts = reader.length(start, clock)
    return Event(
        first=first,
        uid=_text(lines, "UID"),
        sequence=_sequence(lines),
        start=start,
        clock=clock,
        length=lasts,
        rules=rules,
        extra=reader.extra_starts(start, clock, lasts),
        without=reader.marks("EXDATE", whole_day=start.whole_day),
        original=reader.marks("RECURRENCE-ID", whole_day=start.whole_day) if "RECURRENCE-ID" in lines else None,
        onward=next((line for line in lines.get("RECURRENCE-ID", ()) if ONWARD.search(line.text)), None),
        idle=idle or ("free" if lasts == (0, 0) else None),
        notes=tuple(_notes(lines, rules)),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads properties; whatever is wrong becomes a reason with its line."""

    lines: Named
    clocks: Clocks

    def start(self) -> tuple[Moment, Clock]:
        line = self.lines["DTSTART"][0]
        return self._guarded(line, lambda of: self._placed(moment(of)))

    def rules(self) -> tuple[Rule, ...]:
        """The rules; a change of one occurrence repeats nothing."""
        if "RECURRENCE-ID" in self.lines:
            return ()
        written = [line for line in self.lines.get("RRULE", ()) if _value(line)]
        return tuple(self._guarded(line, rule_of) for line in written)

    def length(self, start: Moment, clock: Clock) -> Length:
        if "DTEND" in self.lines:
            return self._guarded(self.lines["DTEND"][0], lambda of: self._until(start, clock, moment(of)))
        if "DURATION" in self.lines:
            days, seconds = self._guarded(self.lines["DURATION"][0], length)
            return (max(1, days + seconds // DAY), 0) if start.whole_day else (days, seconds)
        return (1, 0) if start.whole_day else (0, 0)

    def extra_starts(self, start: Moment, clock: Clock, usual: Length) -> dict[dt.datetime, Length]:
        """The wall starts of RDATE on the event's clock; a period has a length of its own."""
        found = {}
        for line in self.lines.get("RDATE", ()):
            for each, theirs, lasts in self._guarded(line, self._periods):
                wall = each.wall if each.whole_day or theirs is clock else clock.wall(theirs.instant(each.wall))
                found[wall if start.whole_day or not each.whole_day else _at(wall, start.wall)] = lasts or usual
        return found

    def marks(self, name: str, *, whole_day: bool) -> Marks:
        """The occurrences that a property names."""
        instants, dates = set[Instant](), set[dt.date]()
        for line in self.lines.get(name, ()):
            for each, clock in self._guarded(line, self._all_placed):
                if whole_day or each.whole_day:
                    dates.add(each.wall.date())
                else:
                    instants.add(clock.instant(each.wall))
        return Marks(frozenset(instants), frozenset(dates))

    def _guarded(self, line: Line, read: Callable[[Property], T]) -> T:
        try:
            return read(taken_apart(line))
        except UndefinedZoneError:
            raise UnreadableEventError("unknown_zone", line) from None
        except TooFrequentError:
            raise UnreadableEventError("too_frequent", line) from None
        except (BrokenError, OverflowError):
            raise UnreadableEventError("broken", line) from None

    def _placed(self, each: Moment) -> tuple[Moment, Clock]:
        return each, self.clocks.of(each)

    def _all_placed(self, of: Property) -> list[tuple[Moment, Clock]]:
        return [self._placed(each) for each in moments(of)]

    def _periods(self, of: Property) -> list[tuple[Moment, Clock, Length | None]]:
        pieces = [text.partition("/") for text in of.value.split(",") if text.strip()]
        begun = [(self._placed(moment(of, begins)), ends) for begins, _, ends in pieces]
        return [(each, clock, self._lasts(of, each, clock, ends)) for (each, clock), ends in begun]

    def _lasts(self, of: Property, start: Moment, clock: Clock, ends: str) -> Length | None:
        if not ends:
            return None
        return length(of, ends) if "P" in ends.upper() else self._until(start, clock, moment(of, ends))

    def _until(self, start: Moment, clock: Clock, end: Moment) -> Length:
        """How long it lasts: to an end on any clock, or for whole days, of which it has one at least."""
        if start.whole_day:
            days = (end.wall.date() - start.wall.date()).days
            seconds = DAY * days
        else:
            days, seconds = 0, self.clocks.of(end).instant(end.wall) - clock.instant(start.wall)
        if not 0 <= seconds <= LONGEST:
            raise BrokenError("DTEND")
        return (max(1, days), 0) if start.whole_day else (0, seconds)


def _at(date: dt.datetime, time: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(date.date(), time.time())


def _by_name(lines: Iterable[Line]) -> Named:
    found: Named = {}
    for line in lines:
        found.setdefault(line.name, []).append(line)
    return found


def _value(line: Line) -> str:
    return line.text.partition(":")[2].strip()


def _text(lines: Named, name: str) -> str:
    return _value(lines[name][0]) if name in lines else ""


def _sequence(lines: Named) -> int:
    text = _text(lines, "SEQUENCE")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004  digits


def _idle(lines: Named, owner: Owner) -> Reason | None:
    if owner.domain and _text(lines, "UID").lower().endswith(f"@{owner.domain}"):
        return "ours"
    if _text(lines, "STATUS").upper() == "CANCELLED":
        return "cancelled"
    if "FREE" in _text(lines, "X-MICROSOFT-CDO-BUSYSTATUS").upper() or _text(lines, "TRANSP").upper() == "TRANSPARENT":
        return "free"
    return "declined" if any(_declines(line, owner) for line in lines.get("ATTENDEE", ())) else None


def _declines(line: Line, owner: Owner) -> bool:
    try:
        attendee = taken_apart(line)
    except BrokenError:
        return False
    address = attendee.value.lower().removeprefix("mailto:")
    return attendee.parameters.get("PARTSTAT", "").upper() == "DECLINED" and address in owner.addresses


def _notes(lines: Named, rules: Iterable[Rule]) -> Iterator[tuple[Note, Line]]:
    if any(rule.clipped for rule in rules):
        yield "clipped", lines["RRULE"][0]
    for line in lines.get("RECURRENCE-ID", ()):
        if "RANGE=" in line.text.upper() and not ONWARD.search(line.text):
            yield "this_and_following", line
