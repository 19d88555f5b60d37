"""Zone definitions: their shape, their truth in four readers, and the zones that have none."""

import re

import pytest

from schedules.ical import definition
from tests.judges import zone_sweep
from tests.judges.icaljs import IcalJs
from vclass.core import zones

SINCE = zone_sweep.SINCE
NAMED = (
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Etc/GMT+5",
    "Europe/Athens",
    "Europe/Dublin",
    "Europe/Kyiv",
    "Europe/Moscow",
    "Europe/Vienna",
    "Pacific/Chatham",
)
VIENNA = """\
BEGIN:VTIMEZONE
TZID:Europe/Vienna
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE"""


def defined(zone: str, since: str = "2026-01-01T00:00:00Z") -> str:
    lines = definition(zone, zones.parse_rfc3339(since))
    assert lines is not None
    return "\n".join(lines)


def test_vienna_is_written_as_rfc_5545_shows_it() -> None:
    assert defined("Europe/Vienna") == VIENNA


def test_an_old_name_is_defined_under_the_one_in_use() -> None:
    assert "TZID:Europe/Kyiv" in defined("Europe/Kiev")


def test_dublins_summer_is_daylight_though_the_law_says_otherwise() -> None:
    assert re.search(r"BEGIN:DAYLIGHT.*TZNAME:IST.*END:DAYLIGHT", defined("Europe/Dublin"), re.DOTALL)


def test_a_zone_without_changes_has_one_observance() -> None:
    assert defined("Asia/Kolkata").count("BEGIN:") == 2


def test_r4_all_but_25_names_have_the_shape_that_outlook_knows() -> None:
    found = {zone: definition(zone, SINCE) for zone in zone_sweep.all_names()}
    assert sum(lines is not None for lines in found.values()) == 572
    for lines in filter(None, found.values()):
        text = "\n".join(lines)
        assert "RDATE" not in text
        assert text.count("BEGIN:STANDARD") == 1
        assert text.count("BEGIN:DAYLIGHT") == text.count("RRULE") - text.count("BEGIN:DAYLIGHT") <= 1


@pytest.mark.parametrize(
    "zone", ["Africa/Cairo", "Asia/Jerusalem", "Asia/Gaza", "America/Nuuk", "America/Santiago", "America/Havana"]
)
def test_a_zone_with_other_habits_has_no_definition(zone: str) -> None:
    assert definition(zone, SINCE) is None


@pytest.mark.parametrize("zone", ["America/Vancouver", "Africa/Casablanca", "America/Edmonton"])
def test_a_zone_whose_law_changes_is_defined_again_once_it_has(zone: str) -> None:
    assert definition(zone, zones.parse_rfc3339("2026-01-15T00:00:00Z")) is None
    assert defined(zone, "2026-12-01T00:00:00Z").count("BEGIN:") == 2


@pytest.mark.parametrize("zone", sorted({*NAMED, *zone_sweep.all_names()[::25]}))
def test_r4_four_readers_find_the_same_instants_around_every_change(zone: str, icaljs: IcalJs) -> None:
    assert list(zone_sweep.disagreements(zone, icaljs)) == []
