"""R30: what the library says of the countries of this product's partners."""

import datetime as dt
import subprocess
import sys

import pytest

from schedules.holidays.library import Holiday, holidays_between, region_name, regions

YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.mark.parametrize(("country", "number"), [("AT", 13), ("DE", 9), ("GR", 12), ("RU", 18)])
def test_r30_a_country_has_its_public_holidays(country: str, number: int) -> None:
    found = holidays_between(country, "", *YEAR)
    assert len(found) == number
    assert not any(each.worked for each in found)


def test_r30_the_holidays_of_ukraine_are_worked_and_told_all_the_same() -> None:
    found = holidays_between("UA", "", *YEAR)
    assert (len(found), {each.worked for each in found}) == (11, {True})


def test_r30_a_region_has_more_holidays_than_its_country() -> None:
    more = {each.name for each in holidays_between("DE", "BY", *YEAR)} - {
        each.name for each in holidays_between("DE", "", *YEAR)
    }
    assert more == {"Epiphany", "Corpus Christi", "All Saints' Day"}


@pytest.mark.parametrize(
    ("language", "name"), [("en", "National Day"), ("uk", "Національне свято"), ("xx", "National Day")]
)
def test_r30_names_are_in_the_readers_language(language: str, name: str) -> None:
    day = dt.date(2026, 10, 26)
    assert holidays_between("AT", "", day, day, language) == (Holiday(day, name),)


def test_r30_holidays_over_the_turn_of_the_year_are_of_both_years() -> None:
    found = holidays_between("AT", "", dt.date(2026, 12, 25), dt.date(2027, 1, 1))
    assert [each.date.isoformat() for each in found] == ["2026-12-25", "2026-12-26", "2027-01-01"]


@pytest.mark.parametrize("country", ["", "XX", "at", "list_supported_countries"])
def test_a_country_that_nobody_knows_has_none(country: str) -> None:
    assert (holidays_between(country, "", *YEAR), regions(country)) == ((), ())


def test_an_unknown_region_has_the_holidays_of_its_country() -> None:
    assert holidays_between("DE", "Atlantis", *YEAR) == holidays_between("DE", "", *YEAR)


def test_regions_have_codes_and_names() -> None:
    assert "BY" in regions("DE")
    assert (region_name("DE", "BY"), region_name("DE", "Augsburg")) == ("Bayern", "Augsburg")


def test_the_library_is_imported_where_it_is_first_asked() -> None:
    code = "import sys, vclass.app; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
