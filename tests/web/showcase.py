"""All samples of pages by name: what the template tests render and the gallery shows."""

from collections.abc import Iterator

from tests.web import samples as first
from tests.web.samples import Sample
from tests.web.samples_answers import answers
from tests.web.samples_approvals import approvals
from tests.web.samples_busy import busy
from tests.web.samples_calendars import calendars
from tests.web.samples_connection import connection
from tests.web.samples_law import clocks
from tests.web.samples_manage import manage
from tests.web.samples_occurrence import occurrences
from tests.web.samples_recordings import recordings
from tests.web.samples_room import room
from tests.web.samples_slots import slots
from tests.web.samples_undelivered import undelivered
from tests.web.samples_waiting import waiting


def samples() -> dict[str, Sample]:
    """The samples of every page."""
    return first.samples() | dict(_later())


def _later() -> Iterator[tuple[str, Sample]]:
    groups = (
        answers,
        approvals,
        waiting,
        occurrences,
        room,
        slots,
        manage,
        busy,
        calendars,
        clocks,
        connection,
        undelivered,
        recordings,
    )
    for group in groups:
        yield from group()
