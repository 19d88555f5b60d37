"""How one language writes dates, times, spans and numbers of things.

A time is written as the clocks of a zone show it, 24 hours, minutes always; the place stands beside it
and is the caller's to add (`city`). Nothing here writes a bare offset.
"""

import datetime as dt
import functools
from typing import Final

from babel import Locale
from babel.core import get_global
from babel.dates import format_date

from vclass.core import zones
from vclass.core.spans import Span
from vclass.web.i18n import Catalogue, catalogue

__all__ = ["MINUTE", "Words", "words"]

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86400
TITLE_MARK: Final = "."
MONDAY: Final = dt.date(2024, 1, 1)

DATES: Final = {
    "en": {"day": "EEEE d MMMM", "year": "EEEE d MMMM y", "short": "EEE d MMM", "plain": "d MMMM y"},
    "uk": {"day": "EEEE, d MMMM", "year": "EEEE, d MMMM y", "short": "EEE, d MMM", "plain": "d MMMM y"},
}


class Words:
    """The words of one language: its catalogue, and formats of times."""

    def __init__(self, texts: Catalogue) -> None:
        self.language = texts.language
        self.texts = texts
        self.gettext = texts.gettext
        self.ngettext = texts.ngettext
        self.pgettext = texts.pgettext
        self._locale = Locale.parse(texts.language)

    def city(self, zone: str) -> str:
        """The place that names a zone, in this language: `Vienna`, `Київ`."""
        name = zones.canonical(zone)
        known = self._locale.time_zones
        for alias in (name, *_aliases().get(name, ())):
            translated = known.get(alias, {}).get("city")
            if translated and self.language != "en":
                return str(translated)
        return zones.city(name)

    def clock(self, instant: zones.Instant, zone: str) -> str:
        """The time of day: `10:00`."""
        return zones.local(instant, zone).time.strftime("%H:%M")

    def hours(self, span: Span, zone: str) -> str:
        """The times of a span, with an en dash: 10:00 to 11:30."""
        return f"{self.clock(span[0], zone)}–{self.clock(span[1], zone)}"  # noqa: RUF001  en dash

    def day(self, instant: zones.Instant, zone: str, style: str = "day") -> str:
        """The date: `Tuesday 6 October` (day), with the year (year), `Tue 6 Oct` (short), `6 October 2026`."""
        return self.date(zones.local(instant, zone).date, style)

    def date(self, date: dt.date, style: str = "day") -> str:
        """A plain date, as `day` writes it."""
        return format_date(date, DATES[self.language][style], locale=self._locale)

    def date_parts(self, instant: zones.Instant, zone: str) -> tuple[str, str, str]:
        """Weekday, number and month for a small calendar leaf: `Tue`, `6`, `Oct`."""
        date = zones.local(instant, zone).date
        weekday, number, month = (format_date(date, pattern, locale=self._locale) for pattern in ("ccc", "d", "LLL"))
        return capitalised(weekday), number, month

    def weekday(self, instant: zones.Instant, zone: str) -> str:
        """`Tuesday`."""
        return format_date(zones.local(instant, zone).date, "cccc", locale=self._locale)

    def day_name(self, number: int) -> str:
        """The name of a weekday; 0 is Monday."""
        return format_date(MONDAY + dt.timedelta(number), "cccc", locale=self._locale)

    def other_day(self, instant: zones.Instant, zone: str, own_zone: str) -> str:
        """What to add to a time whose date isn't the reader's: `next day`, or nothing."""
        days = (zones.local(instant, zone).date - zones.local(instant, own_zone).date).days
        if not days:
            return ""
        return self.gettext("next day") if days > 0 else self.gettext("the day before")

    def duration(self, seconds: int) -> str:
        """`90 min`; from two hours on `2 h 30 min`."""
        hours, minutes = divmod(seconds // MINUTE, MINUTE)
        if seconds < 2 * HOUR:
            return self.gettext("%(minutes)d min") % {"minutes": seconds // MINUTE}
        if not minutes:
            return self.gettext("%(hours)d h") % {"hours": hours}
        return self.gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}

    def until(self, instant: zones.Instant, now: zones.Instant) -> str:
        """How far ahead something is, as the browser's clock will go on saying it: `in 18 min`."""
        seconds = max(instant - now, MINUTE)
        if seconds < 2 * HOUR:
            return self.gettext("in %(minutes)d min") % {"minutes": seconds // MINUTE}
        if seconds < 2 * DAY:
            return self.gettext("in %(hours)d hr") % {"hours": seconds // HOUR}
        return self.gettext("in %(days)d days") % {"days": seconds // DAY}

    def greeting(self, now: zones.Instant, zone: str) -> str:
        """A greeting for the hour, with a place for the name."""
        hour = zones.local(now, zone).time.hour
        if hour < 5 or hour >= 18:  # noqa: PLR2004  hours of the day
            return self.gettext("Good evening, %(name)s")
        return (
            self.gettext("Good morning, %(name)s") if hour < 12 else self.gettext("Good afternoon, %(name)s")  # noqa: PLR2004  noon
        )


@functools.cache
def words(language: str) -> Words:
    """The words of one of the languages."""
    return Words(catalogue(language))


def capitalised(text: str) -> str:
    """The text with a capital at its start and nowhere else: for a date that begins a line."""
    return text[:1].upper() + text[1:]


def initials(name: str) -> str:
    """Two letters for a round mark: `AL` for `Dr. Anna Leitner`, `MA` for `m.alvarez@uni.example`."""
    said, at, _ = name.partition("@")
    parts = said.replace(".", " ").split() if at else _names(name)
    letters = [part[0] for part in parts if part[0].isalpha()]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or name[:1].upper()


def first_name(name: str) -> str:
    """The name to greet with: `Anna` of `Dr. Anna Leitner`."""
    return next(iter(_names(name)), name)


def _names(name: str) -> list[str]:
    return [part for part in name.split() if not part.endswith(TITLE_MARK)]


@functools.cache
def _aliases() -> dict[str, tuple[str, ...]]:
    """Former names of zones: CLDR still lists Kyiv's city under `Europe/Kiev`."""
    former: dict[str, tuple[str, ...]] = {}
    for alias, name in get_global("zone_aliases").items():
        former[name] = (*former.get(name, ()), alias)
    return former
