"""What the library `holidays` knows, as plain values. It is imported where first asked: it is large.

Where a country keeps its holidays but works on them (Ukraine under martial law: no public holiday in 2026, eleven that
are worked), they are told as such: families and colleagues may still keep them.
"""

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Any, Final

PUBLIC: Final = "public"
WORKED: Final = "workday"
WORKED_IN: Final = frozenset({"UA"})
"""Where holidays are worked for the time being; elsewhere the category holds days that were never free."""

ENGLISH: Final = ("en_US", "en_GB")
LANGUAGES: Final = {"en": ENGLISH}


@dataclass(frozen=True, order=True, slots=True)
class Holiday:
    """A holiday by its name in some language; ``worked`` where people go to work all the same."""

    date: dt.date
    name: str
    worked: bool = False


def holidays_between(
    country: str, region: str, first: dt.date, last: dt.date, language: str = "en"
) -> tuple[Holiday, ...]:
    """The holidays of a country and a region of it, both days included; none of a country that nobody knows."""
    years = range(first.year, last.year + 1)
    found = (each for year in years for each in _of_year(country, region, year, language))
    return tuple(each for each in found if first <= each.date <= last)


@functools.lru_cache(maxsize=256)
def regions(country: str) -> tuple[str, ...]:
    """The regions of a country that have holidays of their own, by their ISO 3166-2 codes."""
    known = _country(country)
    return () if known is None else tuple(known.subdivisions)


def region_name(country: str, region: str) -> str:
    """What people call a region, where the library knows."""
    known = _country(country)
    aliases: dict[str, str] = getattr(known, "subdivisions_aliases", {})
    return next((name for name, code in aliases.items() if code == region), region)


@functools.lru_cache(maxsize=1024)
def _of_year(country: str, region: str, year: int, language: str) -> tuple[Holiday, ...]:
    known = _country(country)
    if known is None:
        return ()
    options = {"years": year, "subdiv": region if region in known.subdivisions else None}
    spoken = _language(known, language)
    free = known(**options, language=spoken, categories=PUBLIC) if PUBLIC in known.supported_categories else {}
    worked = known(**options, language=spoken, categories=WORKED) if country in WORKED_IN else {}
    found = [Holiday(date, free[date]) for date in free]
    found += [Holiday(date, worked[date], worked=True) for date in worked if date not in free]
    return tuple(sorted(found))


def _language(known: Any, language: str) -> str | None:  # noqa: ANN401  a class of the library's
    """The library's language for a reader's; None is the country's own."""
    wanted = LANGUAGES.get(language, (language,))
    return next((each for each in (*wanted, *ENGLISH) if each in known.supported_languages), None)


def _country(country: str) -> Any:  # noqa: ANN401  a class of the library's
    import holidays  # noqa: PLC0415  large

    if country not in holidays.list_supported_countries(include_aliases=False):
        return None
    return getattr(holidays, country)
