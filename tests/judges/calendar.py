"""A calendar program that keeps what mails tell it, as RFC 5546 section 2.1.5 says.

It holds no code of ours: mails are read by icalendar, and what it shows is expanded by a foreign reader.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import icalendar

from tests.judges import libical

Version = tuple[int, str]

EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", re.DOTALL)
TIMEZONE = re.compile(rb"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", re.DOTALL)
RECURRENCE = re.compile(rb"\r\nRECURRENCE-ID([^\r]*)\r\n")


@dataclass(frozen=True)
class Revision:
    """An event as some mail told of it."""

    version: Version
    event: bytes
    timezones: tuple[bytes, ...]
    cancelled: bool


@dataclass
class Entry:
    """What is known of one UID: the newest of the whole, and for each RECURRENCE-ID the newest of that one."""

    whole: Revision | None = None
    single: dict[bytes, Revision] = field(default_factory=dict)

    @property
    def current(self) -> dict[bytes, Revision]:
        """Single events that aren't older than the whole, which replaces those."""
        floor = self.whole.version if self.whole else (-1, "")
        return {name: each for name, each in self.single.items() if each.version >= floor}


@dataclass
class SimulatedCalendar:
    """Orders by SEQUENCE, then DTSTAMP; a cancellation is a revision too."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def receive(self, mail: bytes) -> None:
        timezones = tuple(TIMEZONE.findall(mail))
        components = icalendar.Calendar.from_ical(mail).walk("VEVENT")
        for component, event in zip(components, EVENT.findall(mail), strict=True):
            uid, sequence, stamp = (_text(component, name) for name in ("UID", "SEQUENCE", "DTSTAMP"))
            cancelled = b"\r\nMETHOD:CANCEL\r\n" in mail
            self._keep(uid, Revision((int(sequence), stamp), event, timezones, cancelled))

    def _keep(self, uid: str, new: Revision) -> None:
        entry = self.entries.setdefault(uid, Entry())
        name = RECURRENCE.search(new.event)
        kept = entry.single.get(name[1]) if name else entry.whole
        if kept is not None and kept.version >= new.version:
            return
        if name:
            entry.single[name[1]] = new
        else:
            entry.whole = new

    def calendars(self) -> list[bytes]:
        """What is left of each UID, as a calendar for another program to expand; none of what is cancelled."""
        return [merged for entry in self.entries.values() if (merged := _merged(entry))]

    def shown(self) -> list[tuple[int, int]]:
        """The spans of all lessons that aren't cancelled, as libical expands them."""
        return sorted(span for each in self.calendars() for span in libical.spans(each))


def _merged(entry: Entry) -> bytes:
    alive = [each for each in entry.current.values() if not each.cancelled]
    whole = entry.whole if entry.whole and not entry.whole.cancelled else None
    timezones = {zone for each in (*alive, *filter(None, [whole])) for zone in each.timezones}
    events = [each.event for each in alive]
    if whole is not None:
        gone = [name for name, each in entry.current.items() if each.cancelled]
        events.insert(0, _without(whole.event, gone))
    body = b"".join([*sorted(timezones), *events])
    return b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:judge\r\n" + body + b"END:VCALENDAR\r\n" if events else b""


def _without(event: bytes, names: list[bytes]) -> bytes:
    """The recurring event without some occurrences, as programs note it (RFC 5545 section 3.8.5.1)."""
    excepted = b"".join(b"EXDATE" + name + b"\r\n" for name in names)
    return event.replace(b"BEGIN:VEVENT\r\n", b"BEGIN:VEVENT\r\n" + excepted)


def _text(component: icalendar.Component, name: str) -> str:
    found: Any = component[name]
    return str(found.to_ical(), "utf-8")
