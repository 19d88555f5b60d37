"""Rules of repetition: refused where they would give too much, else cut to what can be looked at (section 3.3.10)."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from dateutil.rrule import rrule, rrulestr

from vclass.icsreader.values import BrokenError, Moment, Property, moment

PARTS: Final = frozenset(
    {
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "BYMONTH",
        "BYWEEKNO",
        "BYYEARDAY",
        "BYMONTHDAY",
        "BYDAY",
        "BYHOUR",
        "BYMINUTE",
        "BYSECOND",
        "BYSETPOS",
        "WKST",
    }
)
FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
LARGEST_COUNT: Final = 1000
NUMBER: Final = re.compile(r"\d{1,12}", re.ASCII)
MOST_A_DAY: Final = 24
COUNT_CUT: Final = 1_000_000
"""More often than that nothing repeats from the beginning of our clocks to the end of what we look at."""


class TooFrequentError(ValueError):
    """A rule that gives more than anybody's appointments."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that may be followed; ``clipped`` where it repeats more often than is followed."""

    parts: dict[str, str]
    until: Moment | None
    clipped: bool

    def on(self, start: dt.datetime, until: dt.datetime | None) -> rrule:
        """The wall times of the rule from a start, up to a wall time where the rule itself has an end.

        Raises:
            BrokenError: The parts don't fit together.
        """
        parts = {name: value for name, value in self.parts.items() if name != "UNTIL"}
        if until is not None:
            parts["UNTIL"] = until.strftime("%Y%m%dT%H%M%S")
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        try:
            made = rrulestr(text, dtstart=start)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            raise BrokenError("RRULE") from None
        assert isinstance(made, rrule), "one rule makes no set"
        return made


def rule_of(of: Property) -> Rule:
    """The rule of a property.

    Raises:
        TooFrequentError: It repeats within the hour, or doesn't move on.
        BrokenError: It can't be understood.
    """
    parts = dict(_parts(of))
    if parts.get("FREQ") in {"SECONDLY", "MINUTELY", "HOURLY"} or _times_a_day(parts) > MOST_A_DAY:
        raise TooFrequentError
    if parts.get("FREQ") not in FREQUENCIES or not parts.keys() <= PARTS:
        raise BrokenError("RRULE")
    if _number(parts.get("INTERVAL", "1")) < 1:
        raise TooFrequentError
    count = _number(parts["COUNT"]) if "COUNT" in parts else 0
    if count > COUNT_CUT:
        parts["COUNT"] = str(COUNT_CUT)
    until = moment(of, parts["UNTIL"]) if "UNTIL" in parts else None
    if count and until is not None:
        del parts["COUNT"]  # they exclude one another; of both the end by date is the one that people saw
    return Rule(parts, until, count > LARGEST_COUNT)


def _parts(of: Property) -> list[tuple[str, str]]:
    pairs = (each.partition("=") for each in of.value.upper().strip("; ").split(";"))
    return [(name.strip(), value.strip()) for name, _, value in pairs if not name.startswith("X-")]


def _times_a_day(parts: dict[str, str]) -> int:
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= 1 + parts.get(name, "").count(",")
    return times


def _number(text: str) -> int:
    if NUMBER.fullmatch(text.removeprefix("-")) is None:
        raise BrokenError("RRULE")
    return int(text)
