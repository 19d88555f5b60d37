"""Feeds as values: what is told under which link, and the ways in which a wish for one can be refused."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from vclass.core.refusals import Refusal
from vclass.core.zones import Instant

Kind: TypeAlias = Literal["person", "room", "lesson"]
Detail: TypeAlias = Literal["full", "busy", "freebusy"]
"""All that the owner may see, busy times as a calendar, or busy times as a free-busy answer."""

MOST: Final = 50
DAY: Final = 86400
PURPOSES: Final[dict[Detail, str]] = {"full": "calendar", "busy": "calendar", "freebusy": "free-busy"}
PATHS: Final[dict[Detail, str]] = {"full": "/cal/{}.ics", "busy": "/cal/{}.ics", "freebusy": "/fb/{}.ifb"}


@dataclass(frozen=True, slots=True)
class Feed:
    """One link to a calendar: whose it is, what it shows, and how much of that."""

    id: int
    public_id: str
    owner_id: int
    kind: Kind
    resource_id: int | None
    lesson_id: int | None
    detail: Detail
    generation: int
    key_id: str
    created_at: Instant
    used_at: Instant | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that lessons changed: their number, the sums of their versions and DTSTAMPs, and the latest of these.

    Versions and DTSTAMPs only rise, so no two changes cancel each other out.
    """

    lessons: int = 0
    versions: int = 0
    told: int = 0
    latest: Instant = 0


def etag_of(*facts: object) -> str:
    """An entity tag of all that a calendar is made of."""
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class TooManyFeedsError(Refusal):
    """Somebody has as many links as are allowed."""

    slug = "too-many-feeds"

    def __init__(self) -> None:
        super().__init__(f"You have {MOST} calendar links. Revoke one that you no longer use, then make a new one.")
