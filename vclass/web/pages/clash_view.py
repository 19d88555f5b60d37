"""What stands in the way of a wish, as lines for people: each thing once, with what takes it and when that ends."""

from collections.abc import Mapping, Sequence
from typing import Final

from rooms import Resource, Room
from schedules import ClashError, ClashView
from vclass.core.zones import parse_rfc3339
from vclass.web.pages.contexts.obstacles import Cause, Obstacle

BUSY: Final = "busy"
CAUSES: Final[Mapping[str, Cause]] = {
    "busy": "person",
    "quota": "quota",
    "outside_hours": "closed",
    "too_far": "horizon",
    "too_long": "longest",
}
PASSING: Final = frozenset({"taken", "too_few", "busy", "quota"})
"""The reasons that waiting may end."""


def obstacles(clashes: Sequence[ClashView], things: Mapping[str, Resource]) -> tuple[tuple[Obstacle, ...], int]:
    """The first obstacle of each thing, and how many more there are."""
    first: dict[str, Obstacle] = {}
    for each in clashes:
        first.setdefault(each.resource, _obstacle(each, things.get(each.resource)))
    return tuple(first.values()), len(clashes) - len(first)


def may_wait(refusal: ClashError) -> bool:
    return all(each.reason in PASSING for each in refusal.facts["clashes"])


def _obstacle(clash: ClashView, thing: Resource | None) -> Obstacle:
    span = parse_rfc3339(clash.start), parse_rfc3339(clash.end)
    cause = CAUSES.get(clash.reason, "booking")
    title = clash.by if cause in ("booking", "person") and clash.by not in (None, BUSY) else ""
    longest = thing.terms.longest_minutes if isinstance(thing, Room) else None
    return Obstacle(
        what=clash.name,
        span=span if clash.until is None or cause == "closed" else (span[0], parse_rfc3339(clash.until)),
        cause=cause,
        title=title or "",
        wanted=(span[1] - span[0]) // 60,
        free=longest or 0,
    )
