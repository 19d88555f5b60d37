"""Busy times that people bring from other calendars: what is kept of one, what can be wrong, when it is read again."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import msgspec

from vclass.core.refusals import Refusal
from vclass.core.zones import Instant
from vclass.icsreader.model import Report, Unreadable

HOUR: Final = 3600
DAY: Final = 24 * HOUR
MOST_SOURCES: Final = 5
LONGEST_NAME: Final = 80
LONGEST_ADDRESS: Final = 2000
USUAL_SECONDS: Final = 4 * HOUR
FIRST_PAUSE: Final = HOUR // 2
LONGEST_PAUSE: Final = DAY
STALE_SECONDS: Final = 7 * DAY
"""After so long a calendar is read again though it hasn't changed: 400 days from now have become other ones."""

SOONEST_SECONDS: Final = 30
"""So much time is between two wishes to read the same address."""

Kind: TypeAlias = Literal["file", "address"]
Unreached: TypeAlias = Literal[
    "address",
    "forbidden",
    "unknown_host",
    "unreachable",
    "certificate",
    "slow",
    "large",
    "redirects",
    "encoded",
    "sign_in",
    "status",
]
"""Why an address gave no calendar."""

Why: TypeAlias = Unreached | Unreadable

SAID: Final[dict[Why, str]] = {
    "not_a_calendar": "This is no calendar. Export one as iCalendar (.ics) and send that.",
    "too_large": "The calendar is larger than 1 MiB. Export a shorter time.",
    "too_many_events": "The calendar has more than 5000 events. Export a shorter time.",
    "too_slow": "The calendar takes too long to read. Export a shorter time, or take out events that repeat for ever.",
    "address": "Give an address that begins with https:// or webcal://, without a name or password in it.",
    "forbidden": "This address leads into a private network, where nothing is fetched. Give a public one.",
    "unknown_host": "There is no such host. Check the address.",
    "unreachable": "The host does not answer. Check the address, or try again later.",
    "certificate": "The host has no valid certificate. Tell whoever runs it, or give another address.",
    "slow": "The host took longer than ten seconds. Try again later.",
    "large": "The calendar is larger than 1 MiB. Give the address of a shorter one.",
    "redirects": "The address leads on and on. Give the one at the end.",
    "encoded": "The host sends the calendar compressed, though it was asked not to. Give another address.",
    "sign_in": "The host wants a sign-in. Give the calendar's secret address, which needs none.",
    "status": "The host has no calendar at this address. Check it.",
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a calendar could not be had or read; ``status`` is what the host answered."""

    why: Why
    status: int | None = None

    @property
    def sentence(self) -> str:
        return SAID[self.why]


class CalendarRefusedError(Refusal):
    """Nothing was taken of a calendar: it could not be had, or not be read."""

    slug = "calendar-refused"

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence, why=problem.why, host_status=problem.status)
        self.problem = problem


class TooManyCalendarsError(Refusal):
    """Somebody has as many calendars as anybody can have."""

    slug = "too-many-calendars"

    def __init__(self) -> None:
        super().__init__(f"You have {MOST_SOURCES} calendars already. Remove one first.", most=MOST_SOURCES)


class NotAnAddressError(Refusal):
    """A file cannot be fetched again."""

    slug = "not-an-address"

    def __init__(self) -> None:
        super().__init__("This calendar came as a file. Send the file again to bring it up to date.")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a host tells one version of a calendar from another (RFC 9110 section 8.8)."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A calendar from elsewhere, of which only its busy times are kept.

    Attributes:
        address: where it is fetched from; whoever knows it may often read the calendar, so it is a secret.
        digest: SHA-256 of what was read; "" before anything was.
        report: what became of its events.
        read_at: when it was last known to be as it is kept; ``expanded_at`` when the 400 days began.
        due_at: when it is fetched again; files never are.
        failures: how often in a row that did not work, lastly for the ``problem``.
    """

    id: int
    public_id: str
    person_id: int
    kind: Kind
    name: str
    address: str
    digest: str
    mark: Mark
    report: Report
    read_at: Instant
    expanded_at: Instant
    tried_at: Instant
    due_at: Instant | None
    failures: int
    problem: Problem | None

    def is_stale(self, now: Instant) -> bool:
        return now - self.expanded_at > STALE_SECONDS


def pause(failures: int, chance: float) -> int:
    """The seconds until an address is fetched again: hours, after failures less at first and then more.

    Args:
        failures: how often in a row it did not work.
        chance: from 0 to 1, so that not all are fetched at once.
    """
    usual = USUAL_SECONDS if not failures else min(LONGEST_PAUSE, FIRST_PAUSE << min(failures - 1, 8))
    return round(usual * (0.75 + chance / 2))
