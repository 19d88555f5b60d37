"""Ways on from a clash where nothing is free nearby: later, shorter, with less, on some dates, or on the waiting list.

Each is a whole draft, tried as the caller would send it, and is told only if it would be granted now.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import sqlalchemy as sa

from rooms import Clash, Equipment, Obstacle, Prospect, Resource, Room, Wish, obstacles, resources_by_ids
from schedules import planning
from schedules.again import again
from schedules.model import Change, Creation, Draft, Lesson, Quantity, Split
from schedules.wire import AlternativeView, EquipmentWish, OnClash
from vclass.core.zones import WallTime, local, resolve

DAY: Final = 24 * 3600
GRID: Final = 300
MOST: Final = 3
AT_ONCE: Final = 16
DAYS_AFTER: Final = 3
FAR_DAYS: Final = range(5, 61)
GRID_MINUTES: Final = 5


@dataclass(frozen=True, slots=True)
class Way:
    """What could be sent instead of what was refused."""

    draft: Draft
    on_clash: OnClash = "refuse"


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for, what stands in its way now, and which things of it those are."""

    wish: Wish
    draft: Draft
    clashes: tuple[tuple[Clash, Obstacle], ...]
    things: frozenset[int]

    @property
    def new(self) -> bool:
        """Whether it is a new lesson, which can leave dates out and wait; what stands already can't."""
        return isinstance(self.wish.payload, Creation)


def ways(prospect: Prospect, wish: Wish, draft: Draft) -> list[AlternativeView]:
    """What would be granted instead, the most alike first; the wish itself if nothing stands in its way any more."""
    connection, clashes = prospect.connection, prospect.preview(replace(wish, on_clash="refuse"))
    if not clashes:
        return views(connection, draft, [Way(draft)])
    refused = _refused(connection, wish, draft, clashes)
    return views(connection, draft, _first(prospect, refused))


def views(connection: sa.Connection, asked: Draft, found: Sequence[Way]) -> list[AlternativeView]:
    """Ways on for the API: what the caller sends instead of the same fields, the rest as it was sent."""
    ids = {each.resource_id for draft in (asked, *(way.draft for way in found)) for each in draft.resources}
    resources = resources_by_ids(connection, sorted(ids))
    return [_view(resources, asked, each) for each in found]


def _view(resources: dict[int, Resource], asked: Draft, way: Way) -> AlternativeView:
    draft, kit = way.draft, _kit(resources, way.draft)
    return AlternativeView(
        start=str(draft.timing.start),
        rooms=tuple(_rooms(resources, draft)),
        on_clash=way.on_clash,
        minutes=None if draft.timing.minutes == asked.timing.minutes else draft.timing.minutes,
        equipment=None if kit == _kit(resources, asked) else kit,
        teachers=None if draft.teaching == asked.teaching else _teachers(draft),
    )


def _rooms(resources: dict[int, Resource], draft: Draft) -> Iterator[str]:
    found = (resources[each.resource_id] for each in draft.resources)
    return (each.public_id for each in found if isinstance(each, Room))


def _kit(resources: dict[int, Resource], draft: Draft) -> tuple[EquipmentWish, ...]:
    found = ((resources[each.resource_id], each.quantity) for each in draft.resources)
    return tuple(EquipmentWish(pool.public_id, number) for pool, number in found if isinstance(pool, Equipment))


def _teachers(draft: Draft) -> tuple[str, ...]:
    """Who teaches; the owner comes first among those who are invited, and isn't named where others lead alone."""
    named = tuple(each.email for each in draft.invitees if each.teaches)
    return named[1:] if draft.spares_owner else named


def _refused(connection: sa.Connection, wish: Wish, draft: Draft, clashes: Sequence[Clash]) -> Refused:
    own = {*wish.release, *(each.standing for each in wish.bookings if each.standing is not None)}
    pairs = tuple(zip(clashes, obstacles(connection, clashes, own), strict=True))
    named = {each.resource_id for each in clashes}
    spent = {found.rules.institution_id for clash, found in pairs if clash.exceeded is not None}
    wanted = resources_by_ids(connection, [each.resource_id for each in draft.resources])
    things = (i for i, each in wanted.items() if i in named or each.institution_id in spent)
    return Refused(wish, draft, pairs, frozenset(things))


def _first(prospect: Prospect, refused: Refused) -> list[Way]:
    """The first kind of way on that works; each kind costs more, or gives less, than the one before."""
    near = [*_granted(prospect, refused, [*_later(refused), *_less(refused)])]
    if near:
        return near
    if refused.new:
        return _granted(prospect, refused, [Way(way.draft, "wait") for way in _without(refused)])[:1]
    lighter = (Way(_starting(way.draft, start)) for way in _without(refused) for start in _starts(refused))
    return (
        _granted(prospect, refused, lighter)
        or [*islice(_far(prospect, refused), MOST)]
        or _as_it_was(prospect, refused)
    )


def _granted(prospect: Prospect, refused: Refused, tried: Iterable[Way], *, idle: bool = False) -> list[Way]:
    """Those that the desk would grant now, asked as the caller would ask."""
    attempt = again(prospect.connection, refused.wish, idle=idle)
    pairs = [(each, wish) for each in tried if (wish := attempt(each.draft)) is not None]
    verdicts = prospect.weigh([replace(wish, on_clash=each.on_clash) for each, wish in pairs]) if pairs else []
    return [each for (each, _), verdict in zip(pairs, verdicts, strict=True) if not verdict.refused]


def _later(refused: Refused) -> Iterator[Way]:
    """When what stands there is over, at that hour and at the wanted one; early enough for a room's horizon."""
    yield from (Way(_starting(refused.draft, start)) for start in dict.fromkeys(_starts(refused)))


def _starts(refused: Refused) -> Iterator[WallTime]:
    timing = refused.draft.timing
    first = resolve(timing.start, timing.zone, timing.fold or 0)
    too_far = [_beyond(clash, each, refused.wish.now) for clash, each in refused.clashes if clash.reason == "too_far"]
    if too_far:
        yield timing.start.plus_days(-max(-(-each // DAY) for each in too_far))
    shifts = [
        each.until - clash.starts
        for clash, each in refused.clashes
        if each.until is not None and clash.reason != "too_far"
    ]
    if not shifts or not isinstance(first, int):
        return
    over = first + max(shifts)
    yield local(-(-over // GRID) * GRID, timing.zone)
    days = -(-max(shifts) // DAY)
    yield from (timing.start.plus_days(each) for each in range(days, days + DAYS_AFTER))


def _beyond(clash: Clash, found: Obstacle, now: int) -> int:
    """By how many seconds a booking is too far ahead."""
    return clash.ends - now - DAY * (found.rules.horizon_days or 0)


def _less(refused: Refused) -> Iterator[Way]:
    """Shorter, fewer pieces, the free dates alone, without what can't be had, and last the waiting list."""
    longest = [each.rules.longest_minutes for clash, each in refused.clashes if clash.reason == "too_long"]
    minutes = min((each for each in longest if each is not None), default=0) // GRID_MINUTES * GRID_MINUTES
    if minutes:
        yield Way(replace(refused.draft, timing=replace(refused.draft.timing, minutes=minutes)))
    yield from _fewer(refused)
    if refused.new:
        yield Way(refused.draft, "skip")
    yield from _without(refused)
    if refused.new:
        yield Way(refused.draft, "wait")


def _fewer(refused: Refused) -> Iterator[Way]:
    """As many pieces as are left every time."""
    left: dict[int, int] = {}
    for clash, _ in refused.clashes:
        if clash.reason == "too_few":
            left[clash.resource_id] = min(clash.free, left.get(clash.resource_id, clash.free))
    if left:
        fewer = (Quantity(i, left.get(i, number)) for i, number in _quantities(refused.draft))
        yield Way(replace(refused.draft, resources=tuple(fewer)))


def _without(refused: Refused) -> Iterator[Way]:
    if refused.things:
        kept = (Quantity(i, number) for i, number in _quantities(refused.draft) if i not in refused.things)
        yield Way(replace(refused.draft, resources=tuple(kept)))


def _quantities(draft: Draft) -> Iterator[tuple[int, int]]:
    return ((each.resource_id, each.quantity) for each in draft.resources)


def _far(prospect: Prospect, refused: Refused) -> Iterator[Way]:
    """The wanted hour on days further on."""
    start, days = refused.draft.timing.start, iter(FAR_DAYS)
    while some := list(islice(days, AT_ONCE)):
        tried = [Way(_starting(refused.draft, start.plus_days(each))) for each in some]
        yield from _granted(prospect, refused, tried)


def _as_it_was(prospect: Prospect, refused: Refused) -> list[Way]:
    """What stands stays as it is: its time, its things and its teachers."""
    change = refused.wish.payload.rest if isinstance(refused.wish.payload, Split) else refused.wish.payload
    if not isinstance(change, Change) or not change.moves:
        return []
    before = _before(prospect.connection, change)
    if before is None:
        return []
    timing = replace(refused.draft.timing, start=before.timing.start, minutes=before.timing.minutes)
    kept = replace(refused.draft, timing=timing, resources=before.resources)
    taught = replace(kept, invitees=before.invitees, spares_owner=before.spares_owner)
    return _granted(prospect, refused, [Way(kept), Way(taught)], idle=True)[:1]


def _before(connection: sa.Connection, change: Change) -> Draft | None:
    lesson: Lesson = change.before
    if change.about is None:
        return lesson.draft
    held = next((each for each in lesson.dates if each.recurrence == change.about and each.stands), None)
    return None if held is None else planning.alone(connection, lesson, held).draft


def _starting(draft: Draft, start: WallTime) -> Draft:
    return replace(draft, timing=replace(draft.timing, start=start))
