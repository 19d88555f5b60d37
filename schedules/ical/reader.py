"""What a calendar program answered (RFC 5546), as values: bytes in, never anything but values or one refusal out.

Programs leave out, rename and rewrite much of what the RFC wants: ORGANIZER is missing, METHOD stands in the body or
beside it, zones have Windows' names, a RECURRENCE-ID comes in UTC or as a date. All of that is read. Whether it fits
anything is for others to say.
"""

import datetime as dt
import re
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schedules.ical import writer
from schedules.ical.content import Component, Line, UnreadableCalendarError, parse
from schedules.ical.foreign_zones import UTC, Observance, instant_of, known_zone, observance
from vclass.core import zones
from vclass.core.addresses import AddressError, address
from vclass.core.zones import Instant, WallTime

__all__ = ["Answerer", "Moment", "Scheduling", "Statement", "UnreadableCalendarError", "read"]

LONGEST_COMMENT: Final = 1000
LONGEST_UID: Final = 255
HIGHEST_SEQUENCE: Final = 2**31 - 1
PARTSTATS: Final = frozenset({"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"})
TIME: Final = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
DURATION: Final = re.compile(r"\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?")
UNITS: Final = (7 * 86400, 86400, 3600, 60, 1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A DATE or DATE-TIME as written: the wall, our name for its zone, and the instant where both tell one.

    A date alone has midnight as its time and no instant; a time without a zone (or in an unknown one) neither.
    """

    wall: WallTime
    zone: str | None = None
    instant: Instant | None = None
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Answerer:
    """An ATTENDEE: the address as we compare it, what it answers, and who else has to do with it."""

    address: str
    partstat: str
    sent_by: str = ""
    delegated_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One VEVENT: what it is about and what is said of it."""

    uid: str
    recurrence: Moment | None
    sequence: int
    dtstamp: Instant | None
    attendees: tuple[Answerer, ...]
    organizer: str = ""
    comment: str = ""
    starts: Moment | None = None
    ends: Moment | None = None


@dataclass(frozen=True, slots=True)
class Scheduling:
    """A whole object; ``errors`` says what of it could not be read."""

    method: str
    statements: tuple[Statement, ...]
    errors: tuple[str, ...] = ()


def read(content: bytes, method_parameter: str | None = None) -> Scheduling:
    """The object that a mail carried.

    Args:
        content: The part's octets.
        method_parameter: What its Content-Type says of the method; the body rules where both do.

    Raises:
        UnreadableCalendarError: It is no calendar object, too large, or says nowhere what it wants.
    """
    calendar = parse(content)
    method = (calendar.text("METHOD") or method_parameter or "").strip().upper()
    if not method:
        raise UnreadableCalendarError("no METHOD, neither in the object nor beside it")
    definitions = {each.text("TZID"): _definition(each) for each in calendar.of("VTIMEZONE")}
    statements, errors = [], []
    for number, event in enumerate(calendar.of("VEVENT"), 1):
        try:
            statements.append(_statement(event, definitions))
        except UnreadableCalendarError as error:
            errors.append(f"event {number}: {error}")
    return Scheduling(method, tuple(statements), tuple(errors))


def _definition(zone: Component) -> tuple[Observance, ...]:
    """What a VTIMEZONE says; none if not all of it is understood."""
    parts = zone.of("STANDARD", "DAYLIGHT")
    read = [observance({name: lines[0].value for name, lines in each.lines.items()}) for each in parts]
    known = tuple(each for each in read if each is not None)
    return known if len(known) == len(read) else ()


def _statement(event: Component, definitions: Mapping[str, tuple[Observance, ...]]) -> Statement:
    uid = event.text("UID")
    if not uid or len(uid) > LONGEST_UID:
        raise UnreadableCalendarError("no UID, or none of ours")
    starts = _moment(event.line("DTSTART"), definitions)
    stamp = _moment(event.line("DTSTAMP"), definitions)
    return Statement(
        uid=uid,
        recurrence=_moment(event.line("RECURRENCE-ID"), definitions),
        sequence=_sequence(event.text("SEQUENCE")),
        dtstamp=None if stamp is None else stamp.instant,
        attendees=tuple(each for each in map(_answerer, event.lines.get("ATTENDEE", ())) if each is not None),
        organizer=_address(event.line("ORGANIZER")),
        comment=_comment(event.lines.get("COMMENT", ())),
        starts=starts,
        ends=_moment(event.line("DTEND"), definitions) or _after(starts, event.text("DURATION")),
    )


def _sequence(text: str) -> int:
    """RFC 5545 section 3.8.7.4: none is 0."""
    return min(int(text), HIGHEST_SEQUENCE) if text.isascii() and text.isdigit() and len(text) < LONGEST_UID else 0


def _moment(line: Line | None, definitions: Mapping[str, tuple[Observance, ...]]) -> Moment | None:
    if line is None:
        return None
    found = TIME.fullmatch(line.value.strip())
    wall = None if found is None else _wall(found[1], found[2])
    if found is None or wall is None:
        raise UnreadableCalendarError(f"{line.value[:40]!r} is no time")
    if found[2] is None:
        return Moment(wall, is_date=True)
    if found[3]:
        return Moment(wall, UTC, instant_of(wall, UTC))
    name = line.parameter("TZID")
    zone = known_zone(name) if name else None
    return Moment(wall, zone, instant_of(wall, zone, definitions.get(name, ())) if name else None)


def _wall(date: str, time: str | None) -> WallTime | None:
    """The wall time of digits; 24 hours or 60 seconds are none, nor are years that no lesson has."""
    try:
        read = dt.datetime.strptime(date + (time or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007  a wall time has no zone
    except ValueError:
        return None
    return WallTime(read.date(), read.time()) if zones.FIRST_YEAR < read.year < zones.LAST_YEAR else None


def _after(start: Moment | None, duration: str) -> Moment | None:
    """The end of what begins then and lasts so long."""
    found = DURATION.fullmatch(duration)
    if start is None or start.instant is None or found is None:
        return None
    seconds = sum(int(number or 0) * unit for number, unit in zip(found.groups(), UNITS, strict=True))
    ends = start.instant + seconds
    return Moment(zones.local(ends, start.zone or UTC), start.zone or UTC, ends)


def _answerer(line: Line) -> Answerer | None:
    who = _address(line)
    if not who:
        return None
    partstat = line.parameter("PARTSTAT").upper()
    return Answerer(
        who,
        partstat if partstat in PARTSTATS else "NEEDS-ACTION",
        _mailto(line.parameter("SENT-BY")),
        tuple(filter(None, map(_mailto, line.parameters.get("DELEGATED-TO", ())))),
    )


def _address(line: Line | None) -> str:
    """The address of a CAL-ADDRESS; where that is a path or a number, the EMAIL parameter has it."""
    return "" if line is None else _mailto(line.value) or _mailto(line.parameter("EMAIL"))


def _mailto(text: str) -> str:
    scheme, _, rest = text.strip().rpartition(":")
    if scheme.lower() not in ("mailto", ""):
        return ""
    try:
        return address(urllib.parse.unquote(rest.partition("?")[0]))
    except AddressError:
        return ""


def _comment(lines: Iterable[Line]) -> str:
    said: Sequence[str] = [each.value.strip() for each in lines]
    return writer.clean("\n".join(filter(None, said)))[:LONGEST_COMMENT]
