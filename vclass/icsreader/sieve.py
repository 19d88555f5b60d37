"""From octets to the few content lines that tell when somebody is busy (RFC 5545 section 3.1).

Everything else falls through before it is looked at: titles, descriptions, attachments, alarms, to-dos.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

KEPT: Final = frozenset(
    {
        "UID",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SEQUENCE",
        "STATUS",
        "TRANSP",
        "ATTENDEE",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    }
)
OF_CALENDAR: Final = frozenset({"X-WR-TIMEZONE", "X-WR-CALNAME"})
LONGEST_LINE: Final = 100_000
DEEPEST: Final = 8
BREAK: Final = re.compile(r"\r\n|\n|\r")
NAME: Final = re.compile(r"[A-Za-z0-9-]+")


class TooDeepError(ValueError):
    """Components within components, deeper than any calendar's."""


@dataclass(frozen=True, slots=True)
class Line:
    """A content line, unfolded, and the number of its first line in the file."""

    number: int
    name: str
    text: str


@dataclass(slots=True)
class Block:
    """A component: its lines, and whether its end was there."""

    line: int
    lines: list[Line] = field(default_factory=list)
    whole: bool = False


@dataclass(slots=True)
class Sieved:
    """What is left of a file. Of VTIMEZONEs every line is kept, for they are of no use in parts."""

    calendars: int = 0
    head: list[Line] = field(default_factory=list)
    zones: list[list[str]] = field(default_factory=list)
    events: list[Block] = field(default_factory=list)


def decoded(content: bytes) -> str:
    """The text, whichever of the usual encodings it is in."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    if content[1:2] == b"\0":
        return content.decode("utf-16-le", "replace")
    if content[:1] == b"\0":
        return content.decode("utf-16-be", "replace")
    content = content.removeprefix(BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def unfolded(text: str) -> Iterator[Line]:
    """Content lines; what is longer than any of use is cut."""
    name, parts, number = "", list[str](), 0
    for position, raw in enumerate(BREAK.split(text), 1):
        if raw[:1] in {" ", "\t"} and parts:
            parts.append(raw[1:])
            continue
        if parts:
            yield Line(number, name, "".join(parts)[:LONGEST_LINE])
        match = NAME.match(raw)
        name, parts, number = (match[0].upper(), [raw], position) if match else ("", [], position)
    if parts:
        yield Line(number, name, "".join(parts)[:LONGEST_LINE])


def sieved(text: str) -> Sieved:
    """What tells of busy times.

    Raises:
        TooDeepError: No calendar is made like this.
    """
    found, path = Sieved(), list[str]()
    for line in unfolded(text):
        if line.name in {"BEGIN", "END"}:
            _step(found, path, line)
        elif path[-1:] == ["VEVENT"] and line.name in KEPT:
            found.events[-1].lines.append(line)
        elif path[-1:] == ["VCALENDAR"] and line.name in OF_CALENDAR:
            found.head.append(line)
        if "VTIMEZONE" in path or _ends(line, "VTIMEZONE"):
            _keep(found.zones, line)
    return found


def _step(found: Sieved, path: list[str], line: Line) -> None:
    """Into a component or out of it; an end without a beginning leads nowhere."""
    component = line.text.partition(":")[2].strip().upper()
    if line.name == "BEGIN":
        if len(path) == DEEPEST:
            raise TooDeepError
        path.append(component)
        found.calendars += component == "VCALENDAR"
        if component == "VEVENT":
            found.events.append(Block(line.number))
    elif component in path:
        while path.pop() != component:
            pass
        if component == "VEVENT":
            found.events[-1].whole = True


def _ends(line: Line, component: str) -> bool:
    return line.name == "END" and line.text.upper().rstrip().endswith(f":{component}")


def _keep(zones: list[list[str]], line: Line) -> None:
    if line.name == "BEGIN" and line.text.upper().rstrip().endswith(":VTIMEZONE"):
        zones.append([])
    if zones:
        zones[-1].append(line.text)


def first_line(lines: Iterable[Line], name: str) -> Line | None:
    """The first line of a name."""
    return next((line for line in lines if line.name == name), None)
