"""Busy times from a person's other calendars: what was read, how it goes, and the forms that bring more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What became of some events, as a sentence; ``amiss`` where it could be mended, with the first lines."""

    sentence: str
    amiss: bool
    lines: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarCard:
    """One calendar. ``address`` is the host's only, "" for a file; ``times`` are to come, of ``taken`` events.

    ``problem`` says why it could not be read lately; it goes on as it was at ``read_at``.
    """

    id: str
    name: str
    address: str
    times: int
    events: int
    taken: int
    read_at: Instant
    next_at: Instant | None
    problem: str = ""
    report: tuple[ReportLine, ...] = ()

    @property
    def amiss(self) -> int:
        return sum(each.amiss for each in self.report)


@dataclass(frozen=True, slots=True)
class BusyPage:
    """All calendars of the reader, at most ``most``; ``address`` and ``name`` as they were typed."""

    template: ClassVar[str] = "busy.html"

    calendars: tuple[CalendarCard, ...]
    most: int
    address: str = ""
    name: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
