"""Three other readers judge ours: recurring-ical-events over its own test files, libical and ical.js on zones."""

import datetime as dt
import warnings
from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from tests.icsreader.corpus import files
from tests.icsreader.files import VIENNA, calendar, event, reading, vtimezone
from tests.judges import libical
from tests.judges.icaljs import IcalJs
from vclass.core.hours import day_span
from vclass.core.spans import Span, merge
from vclass.icsreader.model import WINDOW, Reading, Task
from vclass.icsreader.reading import read

YEARS: Final = (2006, 2014, 2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2026)
EXPLAINED: Final = {
    "issue_156_RDATE_with_PERIOD_TZID_khal": "it leaves out periods with a zone",
    "issue_156_RDATE_with_PERIOD_TZID_khal_2": "likewise",
    "issue_526_calendar_with_different_events": "a zone that nobody knows: it takes the reader's",
    "issue_526_calendar_with_event_subset": "likewise",
    "issue_526_calendar_with_events": "likewise",
    "issue_526_calendar_with_shuffeled_events": "likewise",
    "end_before_start_event": "it swaps start and end",
    "issue_132_swapped_start_and_end": "likewise",
    "issue_148_edge_case_1": "it drops changes that are older than the series",
    "issue_163_deleted_modification": "likewise",
    "issue_253_additional_recurrence_id": "likewise",
}
"""The files of which the two make something else, and why."""


def test_ours_is_what_recurring_ical_events_finds() -> None:
    found = [(path.stem, *pair) for path in files() for pair in both(path.read_bytes())]
    differing = {name for name, ours, theirs in found if ours != theirs}
    assert differing == EXPLAINED.keys()
    assert sum(bool(theirs) for *_, theirs in found) > 200


@pytest.fixture(scope="module")
def icaljs() -> Iterator[IcalJs]:
    with IcalJs() as running:
        yield running


@pytest.mark.parametrize("name", ["Customized Time Zone", "W. Europe Standard Time", "/elsewhere.example/zone"])
@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;COUNT=40", "FREQ=MONTHLY;BYDAY=-1SU;COUNT=8", "FREQ=DAILY;COUNT=200"])
def test_r24_zones_that_a_file_defines_are_read_as_libical_and_ical_js_do(icaljs: IcalJs, name: str, rule: str) -> None:
    start = f"DTSTART;TZID={name}:20260927T100000"
    content = calendar(vtimezone(name), event(start, "DURATION:PT1H", f"RRULE:{rule}"))
    ours = list(reading(content).spans)
    assert len(ours) >= 8
    assert ours == libical.spans(content) == icaljs.spans(content)


def test_r24_a_moved_occurrence_is_read_as_libical_and_ical_js_do(icaljs: IcalJs) -> None:
    zone = vtimezone("Customized Time Zone")
    whole = event("DTSTART;TZID=Customized Time Zone:20261005T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=5")
    moved = event(
        "RECURRENCE-ID;TZID=Customized Time Zone:20261019T100000", "DTSTART:20261020T150000Z", "DURATION:PT2H"
    )
    content = calendar(zone, whole, moved)
    assert list(reading(content).spans) == sorted(libical.spans(content)) == icaljs.spans(content)


ONWARD: Final = {
    "later": ("DTSTART;TZID=Customized Time Zone:20261019T150000", "DURATION:PT2H"),
    "on another day": ("DTSTART;TZID=Customized Time Zone:20261021T090000", "DURATION:PT1H"),
    "shorter": ("DTSTART;TZID=Customized Time Zone:20261019T100000", "DURATION:PT30M"),
}
"""How a date is changed, and all that follow. Where it is told in UTC, ical.js keeps to UTC, and we to the series."""


@pytest.mark.parametrize("case", ONWARD)
def test_r24_a_date_that_is_moved_with_all_that_follow_is_read_as_ical_js_does(icaljs: IcalJs, case: str) -> None:
    zone = vtimezone("Customized Time Zone")
    whole = event("DTSTART;TZID=Customized Time Zone:20261005T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=5")
    name = "RECURRENCE-ID;TZID=Customized Time Zone;RANGE=THISANDFUTURE:20261019T100000"
    content = calendar(zone, whole, event(name, *ONWARD[case]))
    found = reading(content)
    assert list(found.spans) == sorted(icaljs.spans(content))
    assert (found.report.taken, found.report.notes) == (2, ())


def both(content: bytes) -> Iterator[tuple[list[Span], list[Span]]]:
    """The busy times of each year as we read them and as the other one does; nothing where either can't."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            calendars = icalendar.Calendar.from_ical(content, multiple=True)
            queries = [recurring_ical_events.of(each) for each in calendars]
        except Exception:  # noqa: BLE001  what it can't read it judges not
            return
        for year in YEARS:
            now = int(dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp())
            ours, theirs = read(Task(content, VIENNA, now)), expanded(queries, now)
            if theirs is None:
                return  # its rules are locked for good
            if isinstance(ours, Reading):
                yield list(ours.spans), theirs


def expanded(queries: list[recurring_ical_events.CalendarQuery], now: int) -> list[Span] | None:
    first = dt.datetime.fromtimestamp(now, ZoneInfo(VIENNA))
    try:
        found = [each for one in queries for each in one.between(first, first + dt.timedelta(400))]
        busy = [span(each) for each in found if is_busy(each)]
    except Exception:  # noqa: BLE001  what it can't read it judges not
        return None
    return merge((max(starts, now), min(ends, now + WINDOW)) for starts, ends in busy)


def is_busy(found: icalendar.Component) -> bool:
    said = (str(found.get(name, "")).upper() for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"))
    return not {"CANCELLED", "TRANSPARENT", "FREE"}.intersection(said)


def span(found: Any) -> Span:  # noqa: ANN401  its values are of thirty types
    starts, ends = found["DTSTART"].dt, found["DTEND"].dt
    if isinstance(starts, dt.datetime):
        return instant(starts), instant(ends)
    last = max(ends - dt.timedelta(1), starts)
    return day_span(starts, VIENNA)[0], day_span(last, VIENNA)[1]


def instant(moment: dt.datetime) -> int:
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(VIENNA))).timestamp())
