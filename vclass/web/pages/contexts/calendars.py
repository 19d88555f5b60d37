"""Calendars to subscribe to: links, and the passwords of calendar programs."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A link that opens a calendar.

    ``url`` and ``webcal`` are "" where the key that made it is gone; ``used`` is when a program came last.
    """

    id: str
    name: str
    kind: Literal["person", "room", "lesson"]
    detail: Literal["full", "busy", "freebusy"]
    url: str
    webcal: str
    used: Instant | None


@dataclass(frozen=True, slots=True)
class AppPassword:
    """The password of one calendar program."""

    id: str
    name: str
    created: Instant
    used: Instant | None


@dataclass(frozen=True, slots=True)
class CalendarsPage:
    """`/settings/calendars`, or with `?room=ID` or `?lesson=ID` about one of these.

    ``kind``, ``of`` and ``name`` say which calendar the form makes a link to; ``secret`` is the password that was just
    made, shown this once; ``error`` is what is wrong with the name of a program.
    """

    template: ClassVar[str] = "calendars.html"

    links: tuple[CalendarLink, ...]
    passwords: tuple[AppPassword, ...]
    address: str
    email: str
    kind: Literal["person", "room", "lesson"] = "person"
    of: str = ""
    name: str = ""
    secret: str = ""
    error: str = ""
