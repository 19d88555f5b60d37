"""A lesson as its reader may see it: the shapes of the contract, made from values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import sqlalchemy as sa

from rooms import Clash, Equipment, Resource, Room, resources_by_ids
from schedules import store
from schedules.drift import Partner, Shift, sentence, shifts
from schedules.houses import House, houses_of
from schedules.model import Held, Lesson, Skipped
from schedules.partners import Gathering, flag_views, partners_of
from schedules.recurrence import Occurrence, Rule
from schedules.wire import (
    ClashView,
    HouseView,
    InviteeView,
    LessonView,
    OccurrenceView,
    Repeat,
    ResourceView,
    ShiftView,
    SkippedView,
    WeekView,
)
from vclass.core.zones import Instant, rfc3339
from vclass.people import Institution, institutions


@dataclass(frozen=True, slots=True)
class _Around:
    """What lessons are shown with: their rooms and kit, whose those are, and which lessons they continue."""

    resources: Mapping[int, Resource]
    owners: Mapping[int, Institution]
    continued: Mapping[int, str]
    houses: Mapping[int, tuple[House, ...]]
    now: Instant


def views(
    connection: sa.Connection,
    lessons: Sequence[Lesson],
    shows_attendees: Callable[[Lesson], bool],
    now: Instant,
) -> list[LessonView]:
    """Lessons for the API, with as many queries for a hundred of them as for one.

    Args:
        connection: The database.
        lessons: What to show.
        shows_attendees: Whether the reader may see who is invited to a lesson.
        now: What is over by then is ``closed``.
    """
    ids = {each.resource_id for lesson in lessons for each in lesson.draft.resources}
    ids |= {each.resource_id for lesson in lessons for each in lesson.skipped if each.resource_id is not None}
    ids |= {want.resource_id for lesson in lessons for held in lesson.dates for want in held.wants}
    around = _Around(
        resources_by_ids(connection, sorted(ids)),
        {each.id: each for each in institutions(connection)},
        store.public_ids(connection, [each.continues_id for each in lessons if each.continues_id is not None]),
        houses_of(connection, lessons),
        now,
    )
    sides = partners_of(connection, [_gathering(each, around.resources) for each in lessons])
    return [_view(each, around, partners, shows_attendees(each)) for each, partners in zip(lessons, sides, strict=True)]


def encoded(connection: sa.Connection, lesson: Lesson) -> bytes:
    """The answer that is stored under an Idempotency-Key: what the owner got."""
    return msgspec.json.encode(views(connection, [lesson], lambda _: True, lesson.told_at)[0])


def clash_views(connection: sa.Connection, clashes: Sequence[Clash]) -> tuple[ClashView, ...]:
    resources = resources_by_ids(connection, sorted({each.resource_id for each in clashes}))
    return tuple(
        ClashView(
            recurrence=each.reference,
            resource=resources[each.resource_id].public_id,
            start=rfc3339(each.starts),
            end=rfc3339(each.ends),
            reason=each.reason,
            name=resources[each.resource_id].name,
            until=None if each.until is None else rfc3339(each.until),
            free=each.free if each.reason == "too_few" else None,
            wanted=each.quantity if each.reason == "too_few" else None,
        )
        for each in clashes
    )


def shifts_of(lesson: Lesson, resources: Mapping[int, Resource]) -> list[Shift]:
    """What the lesson looks like on each partner's clock: rooms' zones, then people's."""
    partners = [
        each.zone
        for each in (resources[quantity.resource_id] for quantity in lesson.draft.resources)
        if isinstance(each, Room)
    ]
    partners += [each.zone for each in lesson.present]
    return shifts(_when(lesson), lesson.draft.timing.zone, partners)


def _when(lesson: Lesson) -> list[Occurrence]:
    return [Occurrence(each.start, each.starts, each.ends) for each in lesson.occurrences]


def shift_view(shift: Shift) -> ShiftView:
    weeks = tuple(WeekView(str(each.recurrence), str(each.local)) for each in shift.weeks)
    return ShiftView(shift.zone, shift.usual.isoformat("minutes"), weeks, sentence(shift))


def _gathering(lesson: Lesson, resources: Mapping[int, Resource]) -> Gathering:
    houses = {resources[each.resource_id].institution_id for each in lesson.draft.resources}
    when = lesson.occurrences
    span = (min(each.starts for each in when), max(each.ends for each in when)) if when else None
    return Gathering(frozenset(houses | {lesson.institution_id}), lesson.present, span)


def _view(
    lesson: Lesson,
    around: _Around,
    partners: Sequence[Partner],
    with_attendees: bool,  # noqa: FBT001  private, passed through
) -> LessonView:
    timing = lesson.draft.timing
    taken = [(around.resources[each.resource_id], each.quantity) for each in lesson.draft.resources]
    people = [(each.teaches, InviteeView(each.email, each.name)) for each in lesson.present]
    return LessonView(
        id=lesson.public_id,
        uid=lesson.uid,
        sequence=lesson.sequence,
        state=lesson.state_at(around.now),
        title=lesson.draft.title,
        description=lesson.draft.description,
        zone=timing.zone,
        start=str(timing.start),
        minutes=timing.minutes,
        institution=around.owners[lesson.institution_id].public_id,
        occurrences=_occurrences(lesson, around),
        shifts=tuple(shift_view(each) for each in shifts_of(lesson, around.resources)),
        flags=flag_views(_when(lesson), partners if with_attendees else _without_appointments(partners)),
        rooms=tuple(_resource(r, n, around.owners) for r, n in taken if isinstance(r, Room)),
        equipment=tuple(_resource(r, n, around.owners) for r, n in taken if isinstance(r, Equipment)),
        teachers=tuple(view for teaches, view in people if teaches),
        attendees=tuple(view for teaches, view in people if not teaches) if with_attendees else None,
        fold=timing.fold,
        repeat=_repeat(timing.rule),
        reason=lesson.cancel_reason,
        transparent=lesson.draft.transparent,
        minors=lesson.draft.minors,
        continues=None if lesson.continues_id is None else around.continued[lesson.continues_id],
        skipped=tuple(skipped_view(each, around.resources) for each in lesson.skipped),
        approvals=tuple(map(_house, around.houses.get(lesson.id, ()))),
    )


def _house(house: House) -> HouseView:
    until = None if house.until is None else rfc3339(house.until)
    return HouseView(house.institution.public_id, house.institution.name, len(house.waits), until)


def _without_appointments(partners: Sequence[Partner]) -> list[Partner]:
    """The sides as anybody may see them who was invited: what else somebody does is the organiser's business alone."""
    return [replace(each, busy=()) for each in partners]


def _occurrences(lesson: Lesson, around: _Around) -> tuple[OccurrenceView, ...]:
    usual = tuple(around.resources[each.resource_id] for each in lesson.draft.resources)
    return tuple(_occurrence(each, _rooms(usual), around) for each in lesson.dates)


def _occurrence(held: Held, usual: Sequence[str], around: _Around) -> OccurrenceView:
    own = _rooms(around.resources[want.resource_id] for want in held.wants)
    return OccurrenceView(
        held.public_id,
        str(held.recurrence),
        rfc3339(held.starts),
        rfc3339(held.ends),
        held.state_at(around.now),
        held.reason,
        None if set(own) == set(usual) else own,
        None if held.state != "held" or held.hold_until is None else rfc3339(held.hold_until),
    )


def skipped_view(skipped: Skipped, resources: Mapping[int, Resource]) -> SkippedView:
    taken = None if skipped.resource_id is None else resources[skipped.resource_id]
    detail = skipped.detail if taken is None else taken.name
    return SkippedView(str(skipped.recurrence), skipped.reason, detail, None if taken is None else taken.public_id)


def _rooms(resources: Iterable[Resource]) -> tuple[str, ...]:
    return tuple(each.public_id for each in resources if isinstance(each, Room))


def _resource(resource: Resource, quantity: int, owners: Mapping[int, Institution]) -> ResourceView:
    owner = owners[resource.institution_id]
    kind = resource.kind if isinstance(resource, Room) else "equipment"
    zone = resource.zone if isinstance(resource, Room) else owner.zone
    return ResourceView(resource.public_id, resource.name, kind, quantity, zone, owner.public_id)


def _repeat(rule: Rule | None) -> Repeat | None:
    if rule is None:
        return None
    return Repeat(rule.every, rule.interval, rule.weekdays, rule.count, rule.until, rule.except_)  # type: ignore[arg-type]  # the rule has checked its weekdays
