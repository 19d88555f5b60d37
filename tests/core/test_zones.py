"""Wall times, instants, gaps and folds; zone names; the source of the rules."""

import ast
import datetime as dt
import importlib.resources
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytz
import tzdata  # type: ignore[import-untyped]  # the wheel has no stubs
from hypothesis import given, settings
from hypothesis import strategies as st

from vclass.core import zones
from vclass.core.zones import Fold, Gap, UnknownZoneError, WallTime, WallTimeError

WHEEL = importlib.resources.files("tzdata")
ALL_NAMES = sorted({*(WHEEL / "zones").read_text(encoding="utf-8").split()} - {"Factory"})
walls = st.datetimes(
    dt.datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis wants the bounds of a wall clock
    dt.datetime(2036, 12, 31),  # noqa: DTZ001 - likewise
).map(lambda at: WallTime(at.date(), at.time().replace(second=0, microsecond=0)))


@pytest.fixture
def other_rules() -> Iterator[None]:
    """Zone rules of another release, taken from the operating system where it has them."""
    directory = Path("/usr/share/zoneinfo")
    if not (directory / "tzdata.zi").exists():
        directory = Path(str(WHEEL / "zoneinfo"))
    zones.use_database(directory)
    yield
    zones.use_database(None)


def instant(text: str) -> int:
    return zones.parse_rfc3339(text)


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        ("2026-03-23T10:00", "Europe/Vienna", "2026-03-23T09:00:00Z"),
        ("2026-03-30T10:00", "Europe/Vienna", "2026-03-30T08:00:00Z"),
        ("2026-10-19T10:00", "Europe/Kyiv", "2026-10-19T07:00:00Z"),
        ("2026-10-26T10:00", "Europe/Kyiv", "2026-10-26T08:00:00Z"),
        ("2026-10-25T02:30", "Europe/Moscow", "2026-10-24T23:30:00Z"),
        ("2026-11-01T00:30", "America/Sao_Paulo", "2026-11-01T03:30:00Z"),
        ("2026-12-01T10:00", "America/Vancouver", "2026-12-01T17:00:00Z"),
        ("2026-10-06T10:00", "Asia/Kathmandu", "2026-10-06T04:15:00Z"),
        ("2027-01-01T00:00", "Pacific/Kiritimati", "2026-12-31T10:00:00Z"),
    ],
)
def test_a_wall_time_names_one_instant(wall: str, zone: str, expected: str) -> None:
    assert zones.resolve(wall, zone) == instant(expected)
    assert str(zones.local(instant(expected), zone)) == wall


@pytest.mark.parametrize(
    ("wall", "zone", "readings"),
    [
        ("2026-03-29T02:30", "Europe/Vienna", ("2026-03-29T01:30", "2026-03-29T03:30")),
        ("2027-03-28T03:15", "Europe/Kyiv", ("2027-03-28T02:15", "2027-03-28T04:15")),
        ("2027-03-28T03:30", "Europe/Athens", ("2027-03-28T02:30", "2027-03-28T04:30")),
        ("2027-03-28T01:30", "Europe/Dublin", ("2027-03-28T00:30", "2027-03-28T02:30")),
        ("2027-04-30T00:30", "Africa/Cairo", ("2027-04-29T23:30", "2027-04-30T01:30")),
        ("2027-03-28T00:30", "Asia/Beirut", ("2027-03-27T23:30", "2027-03-28T01:30")),
        ("2027-10-03T02:15", "Australia/Lord_Howe", ("2027-10-03T01:45", "2027-10-03T02:45")),
        ("2011-12-30T10:00", "Pacific/Apia", ("2011-12-29T10:00", "2011-12-31T10:00")),
    ],
)
def test_a_skipped_time_is_a_gap_with_both_readings(wall: str, zone: str, readings: tuple[str, str]) -> None:
    gap = zones.resolve(wall, zone)
    assert isinstance(gap, Gap)
    assert str(gap.wall) == wall
    assert tuple(map(str, gap.readings)) == readings


def test_a_gap_stays_a_gap_whatever_the_fold() -> None:
    assert isinstance(zones.resolve("2026-03-29T02:30", "Europe/Vienna", fold=1), Gap)


def test_a_doubled_time_is_a_fold_with_both_instants() -> None:
    fold = zones.resolve("2026-10-25T02:30", "Europe/Vienna")
    assert isinstance(fold, Fold)
    assert fold.instants == (instant("2026-10-25T00:30:00Z"), instant("2026-10-25T01:30:00Z"))


@pytest.mark.parametrize(("fold", "expected"), [(0, "2026-10-25T00:30:00Z"), (1, "2026-10-25T01:30:00Z")])
def test_what_the_clocks_show_twice_does_not_tell_which_it_is(fold: int, expected: str) -> None:
    shown = zones.local(instant(expected), "Europe/Vienna")
    assert isinstance(zones.resolve(shown, "Europe/Vienna"), Fold)
    assert zones.resolve(shown, "Europe/Vienna", fold=fold) == instant(expected)


@pytest.mark.parametrize(("fold", "expected"), [(0, "2026-10-25T00:30:00Z"), (1, "2026-10-25T01:30:00Z")])
def test_the_caller_says_which_of_a_doubled_time(fold: int, expected: str) -> None:
    assert zones.resolve("2026-10-25T02:30", "Europe/Vienna", fold=fold) == instant(expected)


def test_a_fold_given_for_a_plain_time_changes_nothing() -> None:
    plain = zones.resolve("2026-10-06T10:00", "Europe/Vienna")
    assert zones.resolve("2026-10-06T10:00", "Europe/Vienna", fold=1) == plain


@settings(deadline=None)  # a zone is read from disk when first used
@given(walls, st.sampled_from(pytz.common_timezones))
def test_r14_pytz_finds_the_same_gaps_folds_and_instants(wall: WallTime, zone: str) -> None:
    found = zones.resolve(wall, zone)
    try:
        judged = pytz.timezone(zone).localize(dt.datetime.combine(wall.date, wall.time), is_dst=None)
    except pytz.NonExistentTimeError:
        assert isinstance(found, Gap)
    except pytz.AmbiguousTimeError:
        assert isinstance(found, Fold)
    else:
        assert found == int(judged.timestamp())


@settings(deadline=None)
@given(st.integers(1_577_836_800, 2_114_380_800), st.sampled_from(ALL_NAMES))
def test_an_instant_survives_the_way_to_the_wall_and_back(moment: int, zone: str) -> None:
    back = zones.resolve(zones.local(moment, zone), zone)
    assert moment == back or (isinstance(back, Fold) and moment in back.instants)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Europe/Uzhgorod", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("UTC", "Etc/UTC"),
        ("Iceland", "Atlantic/Reykjavik"),
        ("Europe/Stockholm", "Europe/Stockholm"),
    ],
)
def test_r28_an_old_name_becomes_the_one_in_use(alias: str, name: str) -> None:
    assert zones.canonical(alias) == name


def test_r28_every_name_has_a_canonical_one_with_the_same_clock_and_a_city() -> None:
    for name in ALL_NAMES:
        canonical = zones.canonical(name)
        assert zones.canonical(canonical) == canonical
        assert zones.city(name)
        judge = dt.datetime.fromtimestamp(1_790_000_000, pytz.timezone(name))
        assert dt.timedelta(seconds=zones.offset(1_790_000_000, canonical)) == judge.utcoffset(), name


@pytest.mark.parametrize(
    "name",
    ["Europe", "", ".", "../../etc/passwd", "/etc/passwd", "europe/kyiv", "Europe/Kyiv ", "Europe/Kyiv\0", "tzdata.zi",
     "Factory", "Nowhere/Zone", "W. Europe Standard Time", "A" * 100_000],
)  # fmt: skip
def test_r29_anything_else_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownZoneError, match="is not a time zone") as refusal:
        zones.canonical(name)
    assert len(str(refusal.value)) < 200
    assert refusal.value.name == name


@settings(deadline=None)
@given(st.text(max_size=30))
def test_r29_no_text_breaks_the_name_check(name: str) -> None:
    if name not in ALL_NAMES:
        with pytest.raises(UnknownZoneError):
            zones.resolve("2026-10-06T10:00", name)


@pytest.mark.parametrize(
    "text",
    ["", "2026-10-06", "2026-10-06 10:00", "2026-10-06T10:00Z", "2026-10-06T10:00+02:00", "2026-13-06T10:00",
     "2026-02-29T10:00", "2026-10-06T24:00", "1969-12-31T23:59", "9999-12-31T23:59", "2026-10-06T10:00\n",
     "٢٠٢٦-10-06T10:00"],
)  # fmt: skip
def test_a_text_that_is_no_wall_time_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(WallTimeError, match="like 2026-10-06T10:00"):
        WallTime.parse(text)


@given(walls)
def test_a_wall_time_survives_its_text(wall: WallTime) -> None:
    assert WallTime.parse(str(wall)) == wall


def test_a_wall_time_shows_seconds_only_where_it_has_them() -> None:
    assert str(WallTime.parse("2026-10-06T10:00:30")) == "2026-10-06T10:00:30"
    assert str(WallTime.parse("2026-10-06T10:00:00")) == "2026-10-06T10:00"


def test_a_country_knows_its_zones() -> None:
    assert zones.country_zones("AT") == ("Europe/Vienna",)
    assert "Europe/Kyiv" in zones.country_zones("UA")
    assert zones.country_zones("XX") == ()


def test_the_picker_offers_each_zone_once_under_its_canonical_name() -> None:
    offered = zones.choices()
    assert {"Europe/Vienna", "Europe/Kyiv", "Asia/Kolkata", "Etc/UTC"} <= set(offered)
    assert all(zones.canonical(name) == name for name in offered)
    assert list(offered) == sorted(set(offered))


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Europe/Kiev", "Kyiv"),
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("America/Indiana/Knox", "Knox, Indiana"),
        ("America/Sao_Paulo", "São Paulo"),
        ("UTC", "UTC"),
        ("EST5EDT", "EST5EDT"),
    ],
)
def test_a_zone_is_shown_by_its_city(zone: str, label: str) -> None:
    assert zones.city(zone) == label


def test_offsets_read_as_people_write_them() -> None:
    assert [zones.offset_text(seconds) for seconds in (7200, 0, -12600, 20700)] == [
        "+02:00", "+00:00", "-03:30", "+05:45",
    ]  # fmt: skip


def test_the_changes_of_a_year_are_found_to_the_second() -> None:
    found = list(zones.changes("Europe/Vienna", instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z")))
    assert [(zones.rfc3339(change.at), change.before, change.after, change.name) for change in found] == [
        ("2026-03-29T01:00:00Z", 3600, 7200, "CEST"),
        ("2026-10-25T01:00:00Z", 7200, 3600, "CET"),
    ]


def test_a_change_at_the_end_of_the_span_belongs_to_it_and_one_at_its_start_does_not() -> None:
    change = instant("2026-03-29T01:00:00Z")
    assert [found.at for found in zones.changes("Europe/Vienna", change - 1, change)] == [change]
    assert not list(zones.changes("Europe/Vienna", change, change + 100))


@pytest.mark.parametrize(
    ("starts", "ends", "touched"),
    [
        ("2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z", True),  # ends at the first 02:30
        ("2026-10-24T21:00:00Z", "2026-10-25T03:00:00Z", True),  # 23:00 to 04:00, six hours
        ("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", True),  # 01:30 to 03:30, one hour
        ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z", True),  # starts at the second 02:30
        ("2026-10-25T08:00:00Z", "2026-10-25T09:00:00Z", False),
        ("2026-10-24T22:00:00Z", "2026-10-24T23:59:00Z", False),
    ],
)
def test_a_span_that_touches_a_change_of_clocks_is_known(starts: str, ends: str, touched: bool) -> None:
    assert zones.touches_change(instant(starts), instant(ends), "Europe/Vienna") is touched


@pytest.mark.parametrize(
    "text", ["", "2026-10-06T10:00", "2026-10-06T10:00:00", "2026-10-06T25:00:00Z", "now", "0001-01-01T00:00:00+99:00"]
)
def test_an_instant_without_offset_is_refused(text: str) -> None:
    with pytest.raises(zones.InstantError, match="like 2026-10-06T08:00:00Z"):
        zones.parse_rfc3339(text)


def test_an_instant_with_another_offset_is_read() -> None:
    assert zones.rfc3339(instant("2026-10-06T10:00:00.9+02:00")) == "2026-10-06T08:00:00Z"


def test_r32_the_rules_come_from_the_wheel_and_pytz_has_the_same_release() -> None:
    assert zones.version() == tzdata.IANA_VERSION == vars(pytz)["OLSON_VERSION"]


def test_a_directory_named_in_the_environment_takes_the_place_of_the_wheel() -> None:
    folder = Path(str(WHEEL / "zoneinfo")).as_posix()
    script = "from vclass.core import zones; print(zones.version(), zones.resolve('2026-10-06T10:00', 'Europe/Kiev'))"
    environment = {**os.environ, "VCLASS_TZDATA_DIR": folder}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [tzdata.IANA_VERSION, "1791270000"]


@pytest.mark.usefixtures("other_rules")
def test_other_rules_are_used_at_once() -> None:
    expected = {"2025b": "2026-12-01T18:00:00Z"}.get(zones.version(), "2026-12-01T17:00:00Z")
    assert zones.resolve("2026-12-01T10:00", "America/Vancouver") == instant(expected)


def test_r32_wheels_of_different_releases_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytz, "OLSON_VERSION", "2025a")
    with pytest.raises(zones.ZoneDatabaseError, match="pytz is 2025a"):
        zones.use_database(None)


def test_the_system_time_zone_changes_nothing() -> None:
    script = "from vclass.core import zones; print(zones.local(1791270000, 'Europe/Kyiv'), zones.rfc3339(1791270000))"
    shown = {
        subprocess.check_output([sys.executable, "-c", script], env={**os.environ, "TZ": zone}, text=True)
        for zone in ("Asia/Kathmandu", "America/New_York")
    }
    assert shown == {"2026-10-06T10:00 2026-10-06T07:00:00Z\n"}


REPEATING = "vclass/icsreader/rules.py"
"""It takes rules of repetition from dateutil, which have no zones."""


def test_r32_one_module_alone_knows_where_rules_come_from() -> None:
    root = Path(zones.__file__).resolve().parents[2]
    modules = (
        path
        for package in ("config", "vclass", "rooms", "schedules", "signaling")
        for path in (root / package).rglob("*.py")
    )
    found = {str(path.relative_to(root)) for path in modules if imported(path) & {"pytz", "zoneinfo", "dateutil"}}
    assert found == {"vclass/core/zones.py", REPEATING}


def imported(path: Path) -> set[str]:
    """The packages that a module imports, wherever in it."""
    nodes = [*ast.walk(ast.parse(path.read_text("utf-8")))]
    names = [each.name for node in nodes if isinstance(node, ast.Import) for each in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names}
