"""What stands in the way of a wish, as lines for people: each thing once, with what takes it and when that ends."""

from collections.abc import Mapping, Sequence
from typing import Final

from rooms import Resource, Room
from schedules import BUSY, ITSELF, ClashError, ClashView
from vclass.core.spans import Span
from vclass.core.zones import parse_rfc3339
from vclass.web.pages.contexts.obstacles import Cause, Obstacle

CAUSES: Final[Mapping[str, Cause]] = {
    "busy": "person",
    "quota": "quota",
    "outside_hours": "closed",
    "too_far": "horizon",
    "too_long": "longest",
    "too_few": "too_few",
    "retired": "retired",
    "off_grid": "grid",
}
PASSING: Final = frozenset({"taken", "too_few", "busy", "quota"})
"""The reasons that waiting may end."""
TITLED: Final = frozenset({"booking", "person"})
"""The causes of which somebody's own words say more."""


def obstacles(clashes: Sequence[ClashView], things: Mapping[str, Resource]) -> tuple[tuple[Obstacle, ...], int]:
    """The first obstacle of each thing, and how many more there are."""
    first: dict[str, Obstacle] = {}
    for each in clashes:
        first.setdefault(each.resource, obstacle(each, things.get(each.resource)))
    return tuple(first.values()), len(clashes) - len(first)


def may_wait(refusal: ClashError) -> bool:
    return all(each.reason in PASSING for each in refusal.facts["clashes"])


def obstacle(clash: ClashView, thing: Resource | None) -> Obstacle:
    """What one clash says; ``thing`` knows its own rules."""
    span = parse_rfc3339(clash.start), parse_rfc3339(clash.end)
    cause = _cause(clash)
    wanted, free = _numbers(clash, thing, span)
    return Obstacle(
        what=clash.name,
        span=span if clash.until is None or cause == "closed" else (span[0], parse_rfc3339(clash.until)),
        cause=cause,
        title=(clash.by or "") if cause in TITLED and clash.by != BUSY else "",
        wanted=wanted,
        free=free,
    )


def _cause(clash: ClashView) -> Cause:
    return "itself" if clash.by == ITSELF else CAUSES.get(clash.reason, "booking")


def _numbers(clash: ClashView, thing: Resource | None, span: Span) -> tuple[int, int]:
    """What is wanted, and what can be had: pieces, or else minutes."""
    if clash.wanted is not None:
        return clash.wanted, clash.free or 0
    longest = thing.terms.longest_minutes if isinstance(thing, Room) else None
    return (span[1] - span[0]) // 60, longest or 0
