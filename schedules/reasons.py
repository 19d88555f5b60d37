"""Why a wish was refused, in words: what stands in the way and until when, as far as whoever asks may know."""

from collections.abc import Callable, Mapping, Sequence
from itertools import starmap
from typing import Final

import msgspec
import sqlalchemy as sa

from rooms import Clash, Obstacle, Reason, Resource, Rules, Standing, Time, Wish, obstacles, resources_by_ids
from schedules import store
from schedules.model import Lesson
from schedules.service import subject
from schedules.views import clash_views
from schedules.wire import ClashView
from vclass.core.keys import ANONYMOUS, Actor
from vclass.core.spans import overlaps
from vclass.core.zones import rfc3339
from vclass.people import Subject, allowed

BUSY: Final = "busy"
ITSELF: Final = "this lesson itself"

SAID: Final[Mapping[Reason, str]] = {
    "taken": "taken",
    "too_few": "too few",
    "busy": "busy",
    "outside_hours": "closed",
    "too_long": "not to be booked for so long",
    "too_far": "not to be booked so far ahead",
    "retired": "no longer to be booked",
    "quota": "beyond the quota",
    "off_grid": "booked at full five minutes alone",
}

RULES: Final[Mapping[Reason, Callable[[Rules], str]]] = {
    "outside_hours": lambda _: "its opening hours",
    "too_long": lambda rules: f"at most {rules.longest_minutes} minutes at a time",
    "too_far": lambda rules: f"at most {rules.horizon_days} days ahead",
    "retired": lambda _: "it was taken out of use",
    "off_grid": lambda _: "full five minutes alone",
}
"""What a rule of the resource's own is called; everybody who may book it may know its rules."""


def said(connection: sa.Connection, clashes: Sequence[Clash]) -> str:
    """Each thing once, with the first reason against it."""
    resources = resources_by_ids(connection, sorted({each.resource_id for each in clashes}))
    reasons = {each.resource_id: SAID[each.reason] for each in reversed(clashes)}
    return " and ".join(
        f"{resources[i].name} is {reasons[i]}" for i in dict.fromkeys(each.resource_id for each in clashes)
    )


def explained(connection: sa.Connection, wish: Wish, clashes: Sequence[Clash]) -> list[ClashView]:
    """The clashes with what stands there now, as far as who wished may know."""
    own = {*wish.release, *(each.standing for each in wish.bookings if each.standing is not None)}
    found = obstacles(connection, clashes, own)
    lessons = store.lessons_of_bookings(connection, {one.id for each in found for one in each.standing})
    resources = resources_by_ids(connection, sorted({each.resource_id for each in clashes}))
    reader = _Reader(wish, lessons, resources)
    pairs = zip(clashes, found, strict=True)
    return list(map(_view, clash_views(connection, clashes), found, starmap(reader.named, pairs)))


def _view(view: ClashView, found: Obstacle, name: str) -> ClashView:
    return msgspec.structs.replace(view, by=name, until=None if found.until is None else rfc3339(found.until))


class _Reader:
    """Names obstacles for whoever made a wish."""

    def __init__(self, wish: Wish, lessons: Mapping[int, Lesson], resources: Mapping[int, Resource]) -> None:
        self._wish = wish
        self._actor = wish.by or ANONYMOUS
        self._lessons = lessons
        self._resources = resources

    def named(self, clash: Clash, found: Obstacle) -> str:
        """What stands there; ``BUSY`` where it may not be told, or has gone by now."""
        if clash.reason in RULES:
            return RULES[clash.reason](found.rules)
        if clash.exceeded is not None:
            spent = clash.exceeded
            return f"{spent.used} of {spent.limit} {spent.unit} are used"
        if not found.standing:
            return ITSELF if _by_itself(self._wish, clash, found.rules) else BUSY
        of = self._resources[clash.resource_id]
        names = {_name(self._actor, of, each, self._lessons.get(each.id)) for each in found.standing}
        return BUSY if BUSY in names else ", ".join(sorted(names))


def _by_itself(wish: Wish, clash: Clash, rules: Rules) -> bool:
    """Whether another booking of the same wish is too near."""
    wanted = {each.span for each in wish.bookings if any(want.resource_id == clash.resource_id for want in each.wants)}
    mine = (clash.starts, clash.ends)
    return any(overlaps(rules.held(mine), rules.held(each)) for each in wanted - {mine})


def _name(actor: Actor, of: Resource, booking: Standing, lesson: Lesson | None) -> str:
    """Whoever answers for a room learns what stands there; where a person is, only who may see that lesson."""
    here = Subject(institution=of.institution_id)
    answers_for = not isinstance(of, Time) and allowed(actor, "bookings.approve", here)
    if booking.purpose == "blocking":
        at_home = answers_for or actor.institution_id == of.institution_id
        return (booking.reason or BUSY) if at_home else BUSY
    if lesson is None or not (answers_for or allowed(actor, "lesson.see", subject(lesson))):
        return BUSY
    return lesson.draft.title
