"""Calendars to read, as short as they can be, and short ways to read them."""

from vclass.core.zones import parse_rfc3339, rfc3339
from vclass.icsreader.model import Reading, Reason, Task
from vclass.icsreader.reading import read

NOW = parse_rfc3339("2026-09-01T00:00:00Z")
VIENNA = "Europe/Vienna"

WEST_EUROPE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def vtimezone(name: str) -> str:
    """How Outlook defines the zone of Vienna and Amsterdam."""
    return WEST_EUROPE.format(name=name)


def event(*lines: str, uid: str = "e1@elsewhere.example") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""))


def calendar(*parts: str) -> bytes:
    head = ("BEGIN:VCALENDAR\n", "VERSION:2.0\n", "PRODID:-//elsewhere//EN\n")
    return "".join((*head, *parts, "END:VCALENDAR\n")).replace("\n", "\r\n").encode()


def one(*lines: str) -> bytes:
    """A calendar with one event."""
    return calendar(event(*lines))


def reading(content: bytes, zone: str = VIENNA, now: int = NOW, **more: object) -> Reading:
    outcome = read(Task(content, zone, now, **more))  # type: ignore[arg-type]  # what a test names
    assert isinstance(outcome, Reading), outcome
    report = outcome.report
    assert report.events == report.taken + sum(each.number for each in report.skipped)
    return outcome


def spans(content: bytes, zone: str = VIENNA, now: int = NOW, **more: object) -> list[tuple[str, str]]:
    """The busy times, as instants that people can read."""
    return [(_shown(starts), _shown(ends)) for starts, ends in reading(content, zone, now, **more).spans]


def starts(content: bytes, **more: object) -> list[str]:
    return [begins for begins, _ in spans(content, **more)]  # type: ignore[arg-type]  # what a test names


def reasons(content: bytes, **more: object) -> dict[Reason, int]:
    """Why events were left out, and how many for each reason."""
    return {each.reason: each.number for each in reading(content, **more).report.skipped}  # type: ignore[arg-type]  # what a test names


def _shown(instant: int) -> str:
    return rfc3339(instant)[:16]
