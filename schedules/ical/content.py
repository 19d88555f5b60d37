"""Content lines of a stranger's calendar as components, within limits; icalendar splits the lines.

Nothing is expanded, no zone is looked up and no component is built by a library: what is read here are names,
parameters and values, in a time that the limits bound.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from vclass.icsreader.sieve import decoded

__all__ = ["Component", "Line", "UnreadableCalendarError", "parse"]

LARGEST: Final = 256 * 1024  # octets
MOST_LINES: Final = 4000
MOST_COMPONENTS: Final = 200
DEEPEST: Final = 4
LONGEST: Final = 8192  # characters of a line that we need
READ: Final[Mapping[str, frozenset[str]]] = {
    "VCALENDAR": frozenset({"METHOD"}),
    "VEVENT": frozenset(
        "UID RECURRENCE-ID SEQUENCE DTSTAMP ATTENDEE COMMENT ORGANIZER DTSTART DTEND DURATION".split()  # noqa: SIM905
    ),
    "VTIMEZONE": frozenset({"TZID"}),
    "STANDARD": frozenset({"DTSTART", "TZOFFSETTO", "RRULE", "RDATE"}),
    "DAYLIGHT": frozenset({"DTSTART", "TZOFFSETTO", "RRULE", "RDATE"}),
}
"""For each component the properties that are read; all others are passed over unread."""
FOLD: Final = re.compile(r"\r?\n[ \t]")
LINE_END: Final = re.compile(r"\r\n|\r|\n")
NAME: Final = re.compile(r"[ \t]*([A-Za-z0-9-]{1,40})[ \t]*[:;]")


class UnreadableCalendarError(ValueError):
    """These octets are no calendar object that we read; the sentence says what is wrong."""


@dataclass(frozen=True, slots=True)
class Line:
    """A property: its parameters, names in capitals, and its value with escapes undone."""

    value: str
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def parameter(self, name: str) -> str:
        return next(iter(self.parameters.get(name, ())), "")


@dataclass(frozen=True, slots=True)
class Component:
    """A component with the properties that are read of it, and its parts."""

    name: str
    lines: dict[str, list[Line]] = field(default_factory=dict)
    parts: list["Component"] = field(default_factory=list)

    def line(self, name: str) -> Line | None:
        """The first property of a name."""
        return next(iter(self.lines.get(name, ())), None)

    def text(self, name: str) -> str:
        found = self.line(name)
        return "" if found is None else found.value.strip()

    def of(self, *names: str) -> list["Component"]:
        return [each for each in self.parts if each.name in names]


def parse(content: bytes) -> Component:
    """The first VCALENDAR of a stream.

    Raises:
        UnreadableCalendarError: It is too large, too deep or no calendar.
    """
    if len(content) > LARGEST:
        raise UnreadableCalendarError(f"more than {LARGEST} octets")
    lines = LINE_END.split(FOLD.sub("", decoded(content)))
    if len(lines) > MOST_LINES:
        raise UnreadableCalendarError(f"more than {MOST_LINES} lines")
    return _tree(lines)


def _tree(lines: list[str]) -> Component:
    """The components as they stand in one another; whatever follows the first calendar isn't read."""
    stack: list[Component] = []
    number = 0
    for line, name in _named(lines):
        if name == "BEGIN":
            number += 1
            _check(number, len(stack))
            part = Component(line.partition(":")[2].strip().upper())
            if stack:
                stack[-1].parts.append(part)
            stack.append(part)
        elif name == "END" and stack:
            if len(stack) == 1:
                return _calendar(stack[0])
            stack.pop()
        elif stack and name in READ.get(stack[-1].name, ()):
            stack[-1].lines.setdefault(name, []).append(_line(line))
    raise UnreadableCalendarError("no whole VCALENDAR")


def _named(lines: list[str]) -> Iterator[tuple[str, str]]:
    """The lines that are properties, each with its name."""
    for line in lines:
        if found := NAME.match(line):
            yield line, found[1].upper()


def _check(number: int, depth: int) -> None:
    if number > MOST_COMPONENTS:
        raise UnreadableCalendarError(f"more than {MOST_COMPONENTS} components")
    if depth >= DEEPEST:
        raise UnreadableCalendarError("components too deep in one another")


def _calendar(component: Component) -> Component:
    if component.name != "VCALENDAR":
        raise UnreadableCalendarError("it doesn't begin with VCALENDAR")
    return component


def _line(text: str) -> Line:
    """One line in its parts.

    Raises:
        UnreadableCalendarError: It is too long, or no content line.
    """
    from icalendar.parser import Contentline  # noqa: PLC0415  heavy: only where mail comes in

    if len(text) > LONGEST:
        raise UnreadableCalendarError(f"a line of more than {LONGEST} characters")
    try:
        _, parameters, value = Contentline(text).parts()  # type: ignore[no-untyped-call]
    except (ValueError, AssertionError) as error:
        raise UnreadableCalendarError(f"{text[:60]!r} is no content line") from error
    return Line(
        value,
        {
            str(name).upper(): tuple(map(str, given)) if isinstance(given, list | tuple) else (str(given),)
            for name, given in parameters.items()
        },
    )
