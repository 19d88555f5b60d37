"""In which shape a lesson is published, what names its occurrences there, and what a change leaves behind.

The shape follows from zone, start, length and rule alone, never from which occurrences still stand: so everyone holds
the same one between two changes of the whole, and a message on one occurrence fits what each calendar has.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from schedules import recurrence
from schedules.ical import writer
from schedules.ical.model import Instance, Timetable
from schedules.ical.vtimezone import definition
from schedules.ical.writer import CalendarValueError, prop, utc
from schedules.recurrence import Occurrence, Rule
from vclass.core import zones
from vclass.core.zones import Instant, WallTime

__all__ = ["Apart", "Series", "Shape", "Single", "is_apart", "left_behind", "published_starts", "shape_of", "span"]

DAY: Final = 86400
MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Single:
    """One event in UTC without RECURRENCE-ID: it is the whole."""

    timezone: tuple[str, ...] = ()

    def name(self, _instance: Instance) -> list[str]:
        return []

    def times(self, instance: Instance) -> list[str]:
        return span(instance)


@dataclass(frozen=True, slots=True)
class Apart:
    """An event of its own in UTC for each date, where no rule is read alike by all programs.

    They have one UID, and the RECURRENCE-ID of each is the start under which it was first published, wherever it is
    now: so a moved date replaces the old one.
    """

    timezone: tuple[str, ...] = ()

    def name(self, instance: Instance) -> list[str]:
        return [prop("RECURRENCE-ID", utc(instance.known_by))]

    def times(self, instance: Instance) -> list[str]:
        return span(instance)


@dataclass(frozen=True, slots=True)
class Series:
    """A recurring event in its zone with our VTIMEZONE, RRULE with COUNT, and EXDATE.

    An occurrence that isn't as the rule gives it is an event besides, whose RECURRENCE-ID is the rule's wall start in
    the zone of the series (RFC 5545 section 3.8.4.4).
    """

    zone: str
    minutes: int
    walls: tuple[WallTime, ...]
    rule: Rule
    timezone: tuple[str, ...]

    @property
    def zoned(self) -> tuple[tuple[str, str], ...]:
        return (("TZID", self.zone),)

    def name(self, instance: Instance) -> list[str]:
        return [prop("RECURRENCE-ID", writer.local(instance.recurrence), self.zoned)]

    def times(self, instance: Instance) -> list[str]:
        """Its span on the wall; in UTC where it touches a change of clocks, which programs read differently."""
        if zones.touches_change(instance.starts, instance.ends, self.zone):
            return span(instance)
        return self._span(zones.local(instance.starts, self.zone), zones.local(instance.ends, self.zone))

    def whole(self, occurrences: Iterable[Occurrence]) -> list[str]:
        """The times of the recurring event: its first date, the rule, and the dates that don't take place."""
        first = zones.resolve(self.walls[0], self.zone)
        assert isinstance(first, int), "a series whose first date touches a change of clocks is published apart"
        times = self._span(self.walls[0], zones.local(first + MINUTE * self.minutes, self.zone))
        times.append(prop("RRULE", recurrence.rrule(self.rule, self.walls[0], self.zone)))
        standing = {each.recurrence for each in occurrences}
        if left_out := [wall for wall in self.walls if wall not in standing]:
            times.append(prop("EXDATE", ",".join(map(writer.local, left_out)), self.zoned))
        return times

    def differs(self, instance: Instance) -> bool:
        """Whether the rule alone wouldn't show the occurrence as it is, in every program."""
        own = (instance.summary, instance.description, instance.location, instance.partstat)
        return (
            any(each is not None for each in own)
            or instance.starts != zones.resolve(instance.recurrence, self.zone)
            or instance.ends - instance.starts != MINUTE * self.minutes
            or zones.touches_change(instance.starts, instance.ends, self.zone)
        )

    def _span(self, start: WallTime, end: WallTime) -> list[str]:
        return [prop("DTSTART", writer.local(start), self.zoned), prop("DTEND", writer.local(end), self.zoned)]


Shape: TypeAlias = Single | Apart | Series


def shape_of(timetable: Timetable) -> Shape:
    """The shape in which a lesson is published.

    Raises:
        CalendarValueError: for no occurrences, two of one name, one that ends before it starts, or one that the rule
            doesn't give.
    """
    shape = _shape(timetable.zone, timetable.start, timetable.minutes, timetable.rule)
    names = {each.recurrence for each in timetable.occurrences}
    if not names or len(names) < len(timetable.occurrences):
        raise CalendarValueError("a lesson needs occurrences, each with a recurrence of its own")
    if any(each.ends <= each.starts for each in timetable.occurrences):
        raise CalendarValueError("an occurrence ends before it starts")
    if isinstance(shape, Series) and not names <= set(shape.walls):
        raise CalendarValueError("a lesson has occurrences that its rule doesn't give")
    return shape


def is_apart(zone: str, start: WallTime, minutes: int, rule: Rule | None) -> bool:
    """Whether dates are named by the start under which they were first published, not by what the rule gives."""
    return isinstance(_shape(zone, start, minutes, rule), Apart)


def span(instance: Instance) -> list[str]:
    return [prop("DTSTART", utc(instance.starts)), prop("DTEND", utc(instance.ends))]


def published_starts(known: Mapping[WallTime, Instant], after: Iterable[Occurrence]) -> dict[WallTime, Instant]:
    """By which start calendars shall know each occurrence of a lesson whose time or rule has changed.

    An occurrence that keeps its recurrence keeps its name; the others take over the names that are left, in order of
    time. A new one is named by its own start, or by the next second that is free.

    Args:
        known: For each recurrence of the lesson before, the start under which it was first published.
        after: The occurrences of the lesson now.
    """
    now = sorted(after, key=lambda each: each.recurrence)
    kept = {each.recurrence: known[each.recurrence] for each in now if each.recurrence in known}
    free = iter(sorted(set(known.values()) - set(kept.values())))
    taken = set(known.values())
    for each in (each for each in now if each.recurrence not in kept):
        name = next(free, None)
        if name is None:
            name = next(start for start in range(each.starts, each.starts + len(taken) + 1) if start not in taken)
        kept[each.recurrence] = name
        taken.add(name)
    return kept


def left_behind(before: Timetable, after: Timetable) -> tuple[Instance, ...] | None:
    """What calendars would keep of `before` after an invitation to `after`, and must be cancelled first.

    A whole without RECURRENCE-ID replaces all that was known; events apart replace only those of the same name.

    Returns:
        None for nothing; occurrences of `before` that have no successor; or none, where the whole is in the way.
    """
    if not isinstance(shape_of(after), Apart):
        return None
    if not isinstance(shape_of(before), Apart):
        return ()
    names = {each.known_by for each in after.occurrences}
    return tuple(each for each in before.occurrences if each.known_by not in names) or None


def _shape(zone: str, start: WallTime, minutes: int, rule: Rule | None) -> Shape:
    walls = _walls(start, rule) if rule else []
    if rule is None or len(walls) <= 1:
        return Single()
    first = zones.resolve(walls[0], zone)
    if not isinstance(first, int) or _is_misread(zone, start, rule, walls):
        return Apart()
    timezone = definition(zone, first - DAY)
    if timezone is None or zones.touches_change(first, first + MINUTE * minutes, zone):
        return Apart()
    counted = dataclasses.replace(rule, count=len(walls), until=None, except_=())
    return Series(zones.canonical(zone), minutes, tuple(walls), counted, timezone)


def _walls(start: WallTime, rule: Rule) -> list[WallTime]:
    """The rule's wall starts from the first date that isn't excepted to the last."""
    dates = rule.dates(start.date)
    kept = [date for date in dates if date not in rule.except_]
    return [start.on(date) for date in dates if kept and kept[0] <= date <= kept[-1]]


def _is_misread(zone: str, start: WallTime, rule: Rule, walls: Iterable[WallTime]) -> bool:
    """Whether programs are known to expand the rule to other dates than RFC 5545 says.

    Outlook puts the 31st of a shorter month on its last day; libical doesn't find an EXDATE that the clocks skip, nor
    one that they show twice. A first date that touches a change counts too (`_shape`): libical and ical.js give all
    occurrences the length of the first in seconds.
    """
    left_out = [wall for wall in walls if wall.date in rule.except_]
    return bool(rule.months_without(start.date)) or any(
        not isinstance(zones.resolve(wall, zone), int) for wall in left_out
    )
