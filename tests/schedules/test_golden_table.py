"""Vienna's Monday 10:00 on partners' clocks in autumn 2026 and spring 2027: every cell of the design's table."""

import datetime as dt
import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.drift import shifts
from schedules.recurrence import Occurrence, Rule, RuleError, expand
from vclass.core import zones
from vclass.core.zones import WallTime

VIENNA = "Europe/Vienna"
AUTUMN = ("2026-09-14T10:00", 14)
SPRING = ("2027-02-22T10:00", 16)
# In each cell: from which Monday on, at what time there, how many times.
TABLE = {
    "Europe/Kyiv": ("14 Sep 11:00 x14", "22 Feb 11:00 x16"),
    "Europe/Athens": ("14 Sep 11:00 x14", "22 Feb 11:00 x16"),
    "Asia/Jerusalem": ("14 Sep 11:00 x14", "22 Feb 11:00 x16"),
    "Europe/Moscow": ("14 Sep 11:00 x6, 26 Oct 12:00 x8", "22 Feb 12:00 x5, 29 Mar 11:00 x11"),
    "America/New_York": (
        "14 Sep 04:00 x6, 26 Oct 05:00 x1, 2 Nov 04:00 x7",
        "22 Feb 04:00 x3, 15 Mar 05:00 x2, 29 Mar 04:00 x11",
    ),
    "Asia/Tbilisi": ("14 Sep 12:00 x6, 26 Oct 13:00 x8", "22 Feb 13:00 x5, 29 Mar 12:00 x11"),
    "Asia/Almaty": ("14 Sep 13:00 x6, 26 Oct 14:00 x8", "22 Feb 14:00 x5, 29 Mar 13:00 x11"),
    "Asia/Tokyo": ("14 Sep 17:00 x6, 26 Oct 18:00 x8", "22 Feb 18:00 x5, 29 Mar 17:00 x11"),
    "America/Sao_Paulo": ("14 Sep 05:00 x6, 26 Oct 06:00 x8", "22 Feb 06:00 x5, 29 Mar 05:00 x11"),
    "Asia/Kolkata": ("14 Sep 13:30 x6, 26 Oct 14:30 x8", "22 Feb 14:30 x5, 29 Mar 13:30 x11"),
    "Asia/Kathmandu": ("14 Sep 13:45 x6, 26 Oct 14:45 x8", "22 Feb 14:45 x5, 29 Mar 13:45 x11"),
    "Africa/Cairo": (
        "14 Sep 11:00 x6, 26 Oct 12:00 x1, 2 Nov 11:00 x7",
        "22 Feb 11:00 x5, 29 Mar 10:00 x5, 3 May 11:00 x6",
    ),
    "Australia/Sydney": (
        "14 Sep 18:00 x3, 5 Oct 19:00 x3, 26 Oct 20:00 x8",
        "22 Feb 20:00 x5, 29 Mar 19:00 x1, 5 Apr 18:00 x10",
    ),
    # Since release 2026f of the rules Morocco stays on UTC from 20 September 2026.
    "Africa/Casablanca": (
        "14 Sep 09:00 x1, 21 Sep 08:00 x5, 26 Oct 09:00 x8",
        "22 Feb 09:00 x5, 29 Mar 08:00 x11",
    ),
}
CELLS = [
    (zone, term, cell) for zone, cells in TABLE.items() for term, cell in zip((AUTUMN, SPRING), cells, strict=True)
]


def mondays(start: str, count: int) -> tuple[Occurrence, ...]:
    return expand(WallTime.parse(start), VIENNA, 60, Rule("week", count=count)).occurrences


def cell(seen: list[tuple[dt.date, dt.time]]) -> str:
    """Dates and local times, as the table writes them."""
    runs = [list(run) for _, run in itertools.groupby(seen, key=lambda each: each[1])]
    return ", ".join(f"{run[0][0]:%-d %b} {run[0][1]:%H:%M} x{len(run)}" for run in runs)


@pytest.mark.parametrize(("zone", "term", "expected"), CELLS)
def test_a_partners_clock_shows_what_the_table_says(zone: str, term: tuple[str, int], expected: str) -> None:
    seen = [(each.recurrence.date, zones.local(each.starts, zone).time) for each in mondays(*term)]
    assert cell(seen) == expected


@pytest.mark.parametrize(("zone", "term", "expected"), CELLS)
def test_the_shift_tells_each_cell_by_the_usual_time_and_the_odd_weeks(
    zone: str, term: tuple[str, int], expected: str
) -> None:
    found = mondays(*term)
    (shift,) = shifts(found, VIENNA, [zone])
    odd = {week.recurrence: week.local for week in shift.weeks}
    told = [odd.get(each.recurrence, shift.usual_at(each.recurrence)) for each in found]
    assert cell([(each.recurrence.date, local.time) for each, local in zip(found, told, strict=True)]) == expected


@pytest.mark.parametrize(
    ("zone", "unusual"), [("America/New_York", 28), ("Africa/Cairo", 31), ("Europe/Moscow", 155), ("Europe/Kyiv", 0)]
)
def test_on_so_many_days_of_2026_the_difference_to_vienna_is_unusual(zone: str, unusual: int) -> None:
    noons = [1_767_268_800 + 86400 * day for day in range(365)]
    differences = Counter(zones.offset(noon, zone) - zones.offset(noon, VIENNA) for noon in noons)
    assert 365 - max(differences.values()) == unusual


anchors = st.sampled_from([*TABLE, VIENNA, "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut", "America/Havana"])
starts = st.builds(
    WallTime, st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), st.builds(dt.time, st.integers(0, 23), st.just(30))
)
rules = st.builds(Rule, st.sampled_from(["day", "week", "month"]), st.integers(1, 3), count=st.integers(1, 30))


@settings(deadline=None)  # a zone is read from disk when first used
@given(starts, anchors, rules, st.integers(0, 1))
def test_the_wall_time_in_the_anchor_zone_is_always_the_same(start: WallTime, zone: str, rule: Rule, fold: int) -> None:
    try:
        found = expand(start, zone, 90, rule, fold)
    except RuleError:
        return
    assert len(found.occurrences) + len(found.gaps) == len(rule.dates(start.date))
    for each in found.occurrences:
        assert zones.local(each.starts, zone) == each.recurrence
        assert each.recurrence.time == start.time
        assert each.ends - each.starts == 90 * 60
