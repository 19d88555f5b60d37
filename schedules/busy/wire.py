"""Bodies of the API of calendars from elsewhere."""

from typing import Annotated, Final

import msgspec
from yarl import URL

from schedules.busy.model import LONGEST_ADDRESS, LONGEST_NAME, Kind, Source, Why
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.texts import is_line
from vclass.core.zones import rfc3339
from vclass.icsreader.model import HARMLESS, Note, Reason, Report

UNNAMED: Final = "calendar.ics"

REASONS: Final[dict[Reason, str]] = {
    "outside": "over, or more than 400 days ahead",
    "free": "shown as free, or without a length",
    "cancelled": "cancelled",
    "declined": "declined by you",
    "ours": "lessons that are known here already",
    "replaced": "replaced by a newer version of the same event",
    "no_start": "without a start",
    "unknown_zone": "in a time zone that neither we nor the file know",
    "broken": "with a line that can't be understood",
    "too_frequent": "repeated within the day without end",
    "too_many": "beyond the 20000 dates that are kept",
    "too_slow": "repeated in a way that takes too long to follow",
    "cut_off": "cut off at the end of the file",
}
NOTES: Final[dict[Note, str]] = {
    "clipped": "repeated more often than we look ahead: taken for 400 days",
    "unknown_clock": "a clock for the whole calendar that nobody knows: times without a zone are on your own clock",
    "this_and_following": "changed with other dates, which can't be found: only the date itself was changed",
}


class Subscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar at an address (``https:`` or ``webcal:``), which is fetched again every few hours."""

    address: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ADDRESS)]
    name: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)] = ""


class Refresh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Needs nothing but the address."""


class Called(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file is called; one of the same name takes its place."""

    name: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)] = UNNAMED


class ExampleView(msgspec.Struct, frozen=True):
    """A line of the file."""

    line: int
    text: str


class PartView(msgspec.Struct, frozen=True):
    """How many events were left out or read otherwise for one reason; ``harmless``: nothing is amiss."""

    reason: Reason | Note
    number: int
    sentence: str
    harmless: bool
    examples: tuple[ExampleView, ...]


class ReportView(msgspec.Struct, frozen=True):
    """What became of the events: ``events`` is ``taken`` and all that is ``skipped``."""

    events: int
    taken: int
    skipped: tuple[PartView, ...]
    notes: tuple[PartView, ...]


class ProblemView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why the address could not be fetched or read lately; ``status`` is what its host answered."""

    why: Why
    sentence: str
    failures: int
    status: int | None = None


class CalendarView(msgspec.Struct, frozen=True):
    """A calendar from elsewhere; of its address only the host is shown, since the rest may be a secret.

    ``times`` counts the busy times to come. ``read_at`` is when it was last known to be as it is kept, ``next_at`` when
    it is fetched again. With a ``problem`` the last good times go on.
    """

    id: str
    kind: Kind
    name: str
    address: str | None
    times: int
    read_at: str
    next_at: str | None
    report: ReportView
    problem: ProblemView | None


class CalendarList(msgspec.Struct, frozen=True):
    """All calendars that you brought from elsewhere."""

    calendars: tuple[CalendarView, ...]


def view(source: Source, times: int) -> CalendarView:
    problem = source.problem
    return CalendarView(
        id=source.public_id,
        kind=source.kind,
        name=source.name,
        address=masked(source.address) if source.kind == "address" else None,
        times=times,
        read_at=rfc3339(source.read_at),
        next_at=None if source.due_at is None else rfc3339(source.due_at),
        report=_report(source.report),
        problem=None
        if problem is None
        else ProblemView(problem.why, problem.sentence, source.failures, problem.status),
    )


def masked(address: str) -> str:
    """What may be seen of an address: `https://calendar.example/…`."""
    url = URL(address)
    return f"{url.scheme}://{url.host}/…"


def named(name: str, otherwise: str) -> str:
    """What a calendar is called, on one line.

    Raises:
        InvalidInputError: It can't be read.
    """
    name = " ".join(name.split()) or otherwise[:LONGEST_NAME]
    if not is_line(name):
        raise InvalidInputError([FieldError("name", "write one line of visible text")])
    return name


def _report(report: Report) -> ReportView:
    return ReportView(
        report.events,
        report.taken,
        tuple(
            PartView(
                each.reason,
                each.number,
                f"{_events(each.number)} {REASONS[each.reason]}",
                each.reason in HARMLESS,
                tuple(ExampleView(example.line, example.text) for example in each.examples),
            )
            for each in report.skipped
        ),
        tuple(
            PartView(
                each.note,
                each.number,
                f"{each.number} {NOTES[each.note]}",
                harmless=True,
                examples=tuple(ExampleView(example.line, example.text) for example in each.examples),
            )
            for each in report.notes
        ),
    )


def _events(number: int) -> str:
    return "1 event" if number == 1 else f"{number} events"
