"""What stands in the way of bookings that clash, and until when, as it is now."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from rooms.decide import free_again
from rooms.model import DAY_SECONDS, Claim, Clash, Reason, Rules
from rooms.store import bookings as store
from rooms.store.bookings import Standing
from vclass.core.hours import spans
from vclass.core.spans import Load, Span, overlaps
from vclass.core.zones import Instant

BOOKED: Final[frozenset[Reason]] = frozenset({"taken", "too_few", "busy"})
AHEAD_SECONDS: Final = 60 * DAY_SECONDS
"""So far ahead is looked for when something opens."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The bookings that stand in the way, or else a rule of the resource's own, and when that is over.

    ``until`` is None where it doesn't pass.
    """

    rules: Rules
    standing: tuple[Standing, ...]
    until: Instant | None


def obstacles(connection: sa.Connection, clashes: Sequence[Clash], own: Collection[int] = ()) -> list[Obstacle]:
    """For each clash what stands there, by start, without the bookings that are ``own``."""
    rules = store.rules_of(connection, {each.resource_id for each in clashes})
    windows = [(each.resource_id, *rules[each.resource_id].held((each.starts, each.ends))) for each in clashes]
    claims = store.claims_touching(connection, windows) if windows else []
    others = [each for each in claims if each.booking_id not in own]
    standing = store.standing(connection, {each.booking_id for each in others})
    return [
        _obstacle(clash, rules[clash.resource_id], list(_touching(clash, window, others)), standing)
        for clash, window in zip(clashes, windows, strict=True)
    ]


def _touching(clash: Clash, window: tuple[int, Instant, Instant], claims: Sequence[Claim]) -> Iterator[Claim]:
    resource_id, *span = window
    for each in claims if clash.reason in BOOKED else ():
        if each.resource_id == resource_id and overlaps((each.starts, each.ends), (span[0], span[1])):
            yield each


def _obstacle(clash: Clash, rules: Rules, claims: Sequence[Claim], standing: dict[int, Standing]) -> Obstacle:
    if not claims:
        return Obstacle(rules, (), passes(clash, rules))
    ids = {each.booking_id for each in claims}
    loads = [_whole(each, standing[each.booking_id], rules) for each in claims]
    over = free_again(loads, rules.held((clash.starts, clash.ends)), rules.quantity - clash.quantity)
    return Obstacle(rules, tuple(each for i, each in standing.items() if i in ids), over + rules.setup)


def _whole(claim: Claim, booking: Standing, rules: Rules) -> Load:
    """A claim with the pieces that follow it: a long booking has many."""
    last = claim.ends if claim.ends >= booking.ends else booking.ends + rules.teardown
    return claim.starts, last, claim.quantity


def passes(clash: Clash, rules: Rules) -> Instant | None:
    """When a rule of the resource's own is no longer in the way, if it is one that passes."""
    if clash.reason == "too_far" and rules.horizon_days is not None:
        return clash.ends - DAY_SECONDS * rules.horizon_days
    if clash.reason == "outside_hours":
        return next((opens for opens, _ in _openings(rules, clash.starts) if opens > clash.starts), None)
    return clash.until


def _openings(rules: Rules, moment: Instant) -> Sequence[Span]:
    return spans(rules.openings, rules.zone, moment, moment + AHEAD_SECONDS)
