"""What a refused wish is told: what stands in the way and until when, and ways on that work when they are tried."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import msgspec
import sqlalchemy as sa

from rooms import (
    BookingWish,
    Clash,
    Prospect,
    Resource,
    Room,
    Standing,
    Time,
    Want,
    Wish,
    free_rooms,
    obstacles,
    resources_by_ids,
    resources_by_public_id,
)
from schedules import planning, store
from schedules.again import again
from schedules.drafts import with_owner
from schedules.model import Change, ClashError, Draft, Held, Lesson
from schedules.notices import OtherSlot
from schedules.series import as_it_is
from schedules.service import subject
from schedules.views import clash_views
from schedules.wants import approves
from schedules.wire import AlternativeView, ClashView
from vclass.core.keys import ANONYMOUS, Actor
from vclass.core.zones import Instant, WallTime, resolve
from vclass.people import Subject, actor_by_id, allowed

ALTERNATIVES = 3
AT_ONCE = 8
CANDIDATES = 8
STEPS_MINUTES = (30, -30, 60, -60, 90, -90, 120, -120, 180, -180, 240, -240)
STEPS_DAYS = (1, -1, 2, 3, 4, 7, 14, 21)
BUSY = "busy"

SAID: Final[Mapping[str, str]] = {
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


def clash_error(connection: sa.Connection, wish: Wish, draft: Draft, clashes: Sequence[Clash]) -> ClashError:
    """What a refused wish tells.

    Args:
        connection: The database, after the refusal.
        wish: What was refused.
        draft: The lesson that it would have made; its timing is that of the wish's bookings.
        clashes: Why it was refused.
    """
    times = len({each.reference for each in clashes})
    return ClashError(
        f"{said(connection, clashes)} at {times} of {len(wish.bookings)} of these times. Nothing was booked and "
        "everything you entered is kept. Choose one of the alternatives, another room or another time.",
        clashes=explained(connection, wish, clashes),
        alternatives=alternatives(connection, wish, draft),
    )


def said(connection: sa.Connection, clashes: Sequence[Clash]) -> str:
    """Each thing once, with the first reason against it."""
    resources = resources_by_ids(connection, sorted({each.resource_id for each in clashes}))
    reasons = {each.resource_id: SAID[each.reason] for each in reversed(clashes)}
    return " and ".join(
        f"{resources[i].name} is {reasons[i]}" for i in dict.fromkeys(each.resource_id for each in clashes)
    )


def explained(connection: sa.Connection, wish: Wish, clashes: Sequence[Clash]) -> list[ClashView]:
    """The clashes with what stands there, as far as who wished may know; people are but busy."""
    actor = wish.by or ANONYMOUS
    own = {*wish.release, *(each.standing for each in wish.bookings)}
    standing = [[each for each in some if each.id not in own] for some in obstacles(connection, clashes)]
    lessons = store.lessons_of_bookings(connection, {one.id for each in standing for one in each})
    resources = resources_by_ids(connection, sorted({each.resource_id for each in clashes}))
    return [
        msgspec.structs.replace(view, by=_quota(clash) or _by(actor, resources[clash.resource_id], there, lessons))
        for view, clash, there in zip(clash_views(connection, clashes), clashes, standing, strict=True)
    ]


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


def _quota(clash: Clash) -> str | None:
    spent = clash.exceeded
    return None if spent is None else f"{spent.used} of {spent.limit} {spent.unit} are used"


def _by(actor: Actor, of: Resource, there: Sequence[Standing], lessons: Mapping[int, Lesson]) -> str | None:
    if not there:
        return None
    names = {_name(actor, of, each, lessons.get(each.id)) for each in there}
    return BUSY if BUSY in names else ", ".join(sorted(names))


def _name(actor: Actor, of: Resource, booking: Standing, lesson: Lesson | None) -> str:
    if isinstance(of, Time):
        return BUSY
    if lesson is None:
        return booking.reason or BUSY
    here = Subject(institution=of.institution_id)
    seen = allowed(actor, "lesson.see", subject(lesson)) or allowed(actor, "bookings.approve", here)
    return lesson.draft.title if seen else BUSY


def alternatives(connection: sa.Connection, wish: Wish, draft: Draft) -> list[AlternativeView]:
    """Other rooms at the same time first, then the nearest starts at which the same rooms are free every time.

    Where there are none: the dates that are free, or the lesson without the rooms that aren't.
    """
    same, prospect = _rooms(connection, wish.bookings), Prospect(connection)
    found = _other_rooms(prospect, wish, draft)
    starts = islice(_free_starts(prospect, wish, draft), ALTERNATIVES - len(found))
    found += [AlternativeView(str(start), same) for start in starts]
    return found or [*_some_dates(prospect, wish, draft, same), *_without_rooms(prospect, wish, draft)]


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
    found = [each for each in alternatives(connection, wish, draft) if each.on_clash == "refuse"]
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


def _other_rooms(prospect: Prospect, wish: Wish, draft: Draft) -> list[AlternativeView]:
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
    swapped = [_swapped(each, swaps) for each in wish.bookings]
    if not swaps or prospect.preview(replace(wish, bookings=tuple(swapped))):
        return []
    return [AlternativeView(str(draft.timing.start), _rooms(prospect.connection, swapped))]


def _with(wish: Wish, wants: Sequence[Want]) -> Wish:
    """The same wish for so much at all its times."""
    return replace(wish, bookings=tuple(replace(each, wants=tuple(wants)) for each in wish.bookings))


def _swapped(wanted: BookingWish, swaps: Mapping[int, int]) -> BookingWish:
    wants = (replace(each, resource_id=swaps.get(each.resource_id, each.resource_id)) for each in wanted.wants)
    return replace(wanted, wants=tuple(wants))


def _serves(candidate: Room, wanted: Room) -> bool:
    same = (candidate.institution_id, candidate.kind) == (wanted.institution_id, wanted.kind)
    return same and candidate.seats >= wanted.seats


def _rooms(connection: sa.Connection, bookings: Iterable[BookingWish]) -> tuple[str, ...]:
    """The rooms among what is wanted, in the order of the wants."""
    ids = list(dict.fromkeys(want.resource_id for each in bookings for want in each.wants))
    resources = resources_by_ids(connection, ids)
    return tuple(found.public_id for i in ids if isinstance(found := resources[i], Room))


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


def _some_dates(prospect: Prospect, wish: Wish, draft: Draft, rooms: tuple[str, ...]) -> list[AlternativeView]:
    """A series on those of its dates that are free."""
    taken = {each.reference for each in prospect.preview(wish)}
    if wish.release or len(taken) == len(wish.bookings):
        return []
    return [AlternativeView(str(draft.timing.start), rooms, on_clash="skip")]


def _without_rooms(prospect: Prospect, wish: Wish, draft: Draft) -> list[AlternativeView]:
    """In its own live room alone."""
    ids = {want.resource_id for each in wish.bookings for want in each.wants}
    halls = {i for i, each in resources_by_ids(prospect.connection, sorted(ids)).items() if isinstance(each, Room)}
    kept = [each for each in wish.bookings[0].wants if each.resource_id not in halls]
    if not halls or prospect.preview(_with(wish, kept)):
        return []
    return [AlternativeView(str(draft.timing.start), ())]
