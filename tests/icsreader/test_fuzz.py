"""R23 and R29: whatever the octets are, there is an answer, and each event is counted once."""

from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.icsreader.corpus import files
from tests.icsreader.files import NOW, VIENNA, one
from vclass.icsreader.model import Reading, Task
from vclass.icsreader.reading import read

MANY: Final = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
LINES: Final = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "TZID:x",
        "DTSTART;TZID=x:20261001T100000",
        "DTSTART:20261001",
        "DTSTART;VALUE=DATE:20261001T100000Z",
        "DTEND:20261001T110000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,-1SU;COUNT=3",
        "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYSETPOS=-1",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=-31;UNTIL=20270101",
        "RDATE;VALUE=PERIOD:20261001T100000Z/PT1H",
        "EXDATE:20261001",
        "RECURRENCE-ID:20261001T100000Z",
        "UID:a",
        "STATUS:CANCELLED",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+2500",
        " folded",
        "X-WR-TIMEZONE:Europe/Kiev",
        "END:VCALENDAR",
    ]
)


def check(content: bytes) -> None:
    outcome = read(Task(content, VIENNA, NOW, ("anna@elsewhere.example",), "vclass.example"))
    if isinstance(outcome, Reading):
        report = outcome.report
        assert report.events == report.taken + sum(each.number for each in report.skipped)
        assert list(outcome.spans) == sorted(outcome.spans)


@MANY
@given(st.data())
def test_r23_a_real_calendar_with_octets_changed_is_answered(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    check(bytes(content))


FILES: Final = [path for path in files() if 0 < path.stat().st_size < 20_000]


@MANY
@given(st.lists(LINES, max_size=25))
def test_r23_lines_in_any_order_are_answered(lines: list[str]) -> None:
    check("\r\n".join(["BEGIN:VCALENDAR", *lines]).encode())


@MANY
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_r29_any_name_of_a_zone_is_answered(name: str) -> None:
    check(one(f"DTSTART;TZID={name}:20261001T100000", "DURATION:PT1H"))


@MANY
@given(st.binary(max_size=400))
def test_r23_any_octets_are_answered(content: bytes) -> None:
    check(content)
    check(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + content)
