"""Values of content lines: parameters, dates and times, durations (RFC 5545 sections 3.1, 3.3.4 to 3.3.6, 3.3.9)."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from vclass.icsreader.sieve import Line

PARAMETER: Final = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)((?:,(?:"[^"]*"|[^";:,]*))*)')
MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?", re.ASCII)
DURATION: Final = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
LAST_SECOND: Final = 59
FIRST_YEAR: Final = 2
LAST_YEAR: Final = 9000
"""So far from the ends of the calendar no arithmetic with days leaves it."""


class BrokenError(ValueError):
    """A line that can't be understood."""


@dataclass(frozen=True, slots=True)
class Property:
    """A content line taken apart; names of parameters in capitals."""

    line: Line
    parameters: dict[str, str]
    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, or a wall time with the zone that is named beside it; ``utc`` says that it ends in Z."""

    wall: dt.datetime
    whole_day: bool = False
    utc: bool = False
    tzid: str | None = None


Length: TypeAlias = tuple[int, int]
"""Days, which are as long as the clocks make them, and seconds."""


def taken_apart(line: Line) -> Property:
    """The parameters and the value of a line.

    Raises:
        BrokenError: There is no value, or a parameter has no end.
    """
    position, parameters = len(line.name), dict[str, str]()
    while match := PARAMETER.match(line.text, position):
        parameters[match[1].upper()] = match[2].strip('"')
        position = match.end()
    if line.text[position : position + 1] != ":":
        raise BrokenError(line.name)
    return Property(line, parameters, line.text[position + 1 :].strip())


def moments(of: Property) -> list[Moment]:
    """All dates and times of a property that lists them.

    Raises:
        BrokenError: One of them is no date and no time.
    """
    return [moment(of, text) for text in of.value.split(",") if text.strip()]


def moment(of: Property, text: str | None = None) -> Moment:
    """The date or time of a property.

    Raises:
        BrokenError: It is none, or so far away that nobody means it.
    """
    match = MOMENT.fullmatch((of.value if text is None else text).strip().upper())
    if match is None:
        raise BrokenError(of.line.name)
    year, month, day, hour, minute, second = (int(each or 0) for each in match.groups()[:6])
    try:
        wall = dt.datetime(year, month, day, hour, minute, min(second, LAST_SECOND))  # noqa: DTZ001  a wall time
    except ValueError:
        raise BrokenError(of.line.name) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BrokenError(of.line.name)
    utc = bool(match[7])
    return Moment(wall, whole_day=match[4] is None, utc=utc, tzid=None if utc else of.parameters.get("TZID"))


def length(of: Property, text: str | None = None) -> Length:
    """A duration: its days apart from its seconds, for a day may have 23 hours.

    Raises:
        BrokenError: It is none, or below zero.
    """
    match = DURATION.fullmatch((of.value if text is None else text).strip().upper())
    if match is None or match[1] == "-":
        raise BrokenError(of.line.name)
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
    return 7 * weeks + days, 3600 * hours + 60 * minutes + seconds
