"""What a refused wish is told: what stands in the way and until when, and ways on that work when they are tried."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import msgspec
import sqlalchemy as sa

from rooms import (
    BookingWish,
    Clash,
    Prospect,
    Room,
    Want,
    Wish,
    free_rooms,
    resources_by_ids,
    resources_by_public_id,
)
from schedules import planning, store
from schedules.again import again
from schedules.drafts import with_owner
from schedules.model import Change, Draft, Held, Lesson, Quantity, Swap
from schedules.notices import OtherSlot
from schedules.reasons import explained, said
from schedules.refusals import ClashError
from schedules.series import as_it_is
from schedules.wants import approves
from schedules.ways import Way, views, ways
from schedules.wire import AlternativeView, ClashView
from vclass.core.keys import ANONYMOUS, Actor
from vclass.core.zones import Instant, WallTime, resolve
from vclass.people import actor_by_id

ALTERNATIVES = 3
AT_ONCE = 8
CANDIDATES = 8
STEPS_MINUTES = (30, -30, 60, -60, 90, -90, 120, -120, 180, -180, 240, -240)
STEPS_DAYS = (1, -1, 2, 3, 4, 7, 14, 21)
WAY: Final = "Send it again as one of the alternatives says, or choose another room or another time."
SWAP_WAY: Final = "Change the lesson that one of the alternatives names as that says, or let others exchange rooms."


def clash_error(connection: sa.Connection, wish: Wish, draft: Draft, clashes: Sequence[Clash]) -> ClashError:
    """What a refused wish tells.

    Args:
        connection: The database, after the refusal.
        wish: What was refused.
        draft: The lesson that it would have made; its timing is that of the wish's bookings.
        clashes: Why it was refused.
    """
    times = len({each.reference for each in clashes})
    found = _of_swap(connection, wish, wish.payload) if isinstance(wish.payload, Swap) else None
    return ClashError(
        f"{said(connection, clashes)} at {times} of {len(wish.bookings)} of these times. Nothing was booked and "
        f"everything you entered is kept. {SWAP_WAY if found is not None else WAY}",
        clashes=explained(connection, wish, clashes),
        alternatives=alternatives(connection, wish, draft) if found is None else found,
    )


def explained_to(connection: sa.Connection, actor: Actor, clashes: Sequence[Clash]) -> list[ClashView]:
    """The clashes of bookings that stand, named by their ids, with what stands in their way."""
    if not clashes:
        return []
    lessons = store.lessons_of_bookings(connection, {int(each.reference) for each in clashes})
    lesson = next(iter(lessons.values()))
    dates = [each for each in lesson.dates if each.booking_id in lessons]
    wish, _ = retrial(connection, lesson, dates, 0)
    names = {str(each.booking_id): str(each.recurrence) for each in dates}
    told = [replace(each, reference=names[each.reference]) for each in clashes]
    return explained(connection, replace(wish, by=actor), told)


def alternatives(connection: sa.Connection, wish: Wish, draft: Draft) -> list[AlternativeView]:
    """Other rooms at the same time first, then the nearest starts at which the same rooms are free every time.

    Where there are none: other ways on, see ``ways``. Each is what the caller sends instead of the same fields.
    """
    prospect = Prospect(connection)
    found = _other_rooms(prospect, wish, draft)
    starts = islice(_free_starts(prospect, wish, draft), ALTERNATIVES - len(found))
    found += [Way(replace(draft, timing=replace(draft.timing, start=start))) for start in starts]
    return views(connection, draft, found) if found else ways(prospect, wish, draft)


def _of_swap(connection: sa.Connection, wish: Wish, swap: Swap) -> list[AlternativeView]:
    """How one of two lessons could have rooms like the other's all the same, changed on its own."""
    for change in swap.changes:
        about = None if change.about is None else str(change.about)
        found = alternatives(connection, planning.change_wish(change, wish.now), change.wanted)
        if found:
            named = {"lesson": change.before.public_id, "recurrence": about}
            return [msgspec.structs.replace(each, **named) for each in found]
    return []


def retrial(connection: sa.Connection, lesson: Lesson, dates: Sequence[Held], now: Instant) -> tuple[Wish, Draft]:
    """The wish of a lesson's owner to have some of its dates elsewhere, and the draft of these dates."""
    lesson = with_owner(connection, lesson)
    owner = actor_by_id(connection, lesson.owner_id) or ANONYMOUS
    one = dates[0] if len(dates) == 1 and lesson.draft.timing.rule is not None else None
    draft = lesson.draft if one is None else planning.alone(connection, lesson, one).draft
    about = None if one is None else one.recurrence
    wish = Wish(
        kind=planning.CHANGE,
        institution_id=lesson.institution_id,
        owner_id=lesson.owner_id,
        bookings=tuple(BookingWish(str(each.recurrence), each.starts, each.ends, each.wants) for each in dates),
        release=tuple(each.booking_id for each in dates),
        approves=approves(owner),
        by=owner,
        payload=Change(owner, lesson, lesson.draft, tuple(map(as_it_is, lesson.dates)), about=about),
        now=now,
    )
    return wish, draft


def slots_for(connection: sa.Connection, lesson: Lesson, dates: Sequence[Held], now: Instant) -> tuple[OtherSlot, ...]:
    """The alternatives to some dates of a lesson, for people."""
    wish, draft = retrial(connection, lesson, dates, now)
    found = [each for each in alternatives(connection, wish, draft) if each.plain]
    ids = {room for each in found for room in each.rooms}
    names = {i: each.name for i, each in resources_by_public_id(connection, ids, lesson.institution_id).items()}
    length = dates[0].ends - dates[0].starts
    slots = []
    for each in found:
        starts = resolve(WallTime.parse(each.start), draft.timing.zone, draft.timing.fold or 0)
        if isinstance(starts, int):
            slots.append(
                OtherSlot((starts, starts + length), tuple(names[room] for room in each.rooms if room in names))
            )
    return tuple(slots)


def _other_rooms(prospect: Prospect, wish: Wish, draft: Draft) -> list[Way]:
    """Swap each room that is in the way for one of the same house that isn't, with as many seats."""
    in_the_way = {each.resource_id for each in prospect.preview(wish)}
    resources = resources_by_ids(prospect.connection, sorted(in_the_way))
    if not all(isinstance(each, Room) for each in resources.values()):
        return []
    free = free_rooms(prospect.connection, [each.span for each in wish.bookings], wish.institution_id)
    used = {want.resource_id for each in wish.bookings for want in each.wants}
    swaps: dict[int, int] = {}
    for taken in resources.values():
        others = [each for each in free if isinstance(taken, Room) and _serves(each, taken) and each.id not in used]
        tried = [_with(wish, [Want(each.id)]) for each in others[:CANDIDATES]]
        verdicts = prospect.weigh(tried)
        other = next((each for each, found in zip(others, verdicts, strict=False) if not found.clashes), None)
        if other is None:
            return []
        swaps[taken.id] = other.id
        used.add(other.id)
    swapped = replace(draft, resources=tuple(_swapped(each, swaps) for each in draft.resources))
    wanted = again(prospect.connection, wish)(swapped) if swaps else None
    return [] if wanted is None or prospect.preview(wanted) else [Way(swapped)]


def _with(wish: Wish, wants: Sequence[Want]) -> Wish:
    """The same wish for so much at all its times."""
    return replace(wish, bookings=tuple(replace(each, wants=tuple(wants)) for each in wish.bookings))


def _swapped(wanted: Quantity, swaps: Mapping[int, int]) -> Quantity:
    return replace(wanted, resource_id=swaps.get(wanted.resource_id, wanted.resource_id))


def _serves(candidate: Room, wanted: Room) -> bool:
    same = (candidate.institution_id, candidate.kind) == (wanted.institution_id, wanted.kind)
    return same and candidate.seats >= wanted.seats


def _nearby(start: WallTime) -> list[WallTime]:
    """Starts to try: nearer ones first, on the same day, then the same hour on other days."""
    minutes = start.time.hour * 60 + start.time.minute
    tried = [minutes + step for step in STEPS_MINUTES]
    same_day = [
        WallTime.parse(f"{start.date}T{each // 60:02}:{each % 60:02}") for each in tried if 7 * 60 <= each <= 20 * 60
    ]
    return [*same_day, *(start.plus_days(days) for days in STEPS_DAYS)]


def _free_starts(prospect: Prospect, wish: Wish, draft: Draft) -> Iterator[WallTime]:
    """The nearest starts at which the wish would be granted whole; several are looked at in one question."""
    attempt, nearby = again(prospect.connection, wish), iter(_nearby(draft.timing.start))
    while starts := list(islice(nearby, AT_ONCE)):
        tried = [(each, attempt(replace(draft, timing=replace(draft.timing, start=each)))) for each in starts]
        known = [(start, each) for start, each in tried if each is not None]
        verdicts = prospect.weigh([each for _, each in known])
        yield from (start for (start, _), verdict in zip(known, verdicts, strict=True) if not verdict.clashes)
