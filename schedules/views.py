"""A lesson as its reader may see it: the shapes of the contract, made from values."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from rooms import Clash, Equipment, Resource, Room, resources_by_ids
from schedules.drift import Shift, sentence, shifts
from schedules.model import Lesson
from schedules.recurrence import Occurrence, Rule
from schedules.wire import (
    ClashView,
    InviteeView,
    LessonView,
    OccurrenceView,
    Repeat,
    ResourceView,
    ShiftView,
    WeekView,
)
from vclass.core.zones import rfc3339
from vclass.people import Institution, institutions


def views(
    connection: sa.Connection,
    lessons: Sequence[Lesson],
    shows_attendees: Callable[[Lesson], bool],
    skipped: Sequence[Clash] = (),
) -> list[LessonView]:
    """Lessons for the API, with two queries however many they are.

    Args:
        connection: The database.
        lessons: What to show.
        shows_attendees: Whether the reader may see who is invited to a lesson.
        skipped: Occurrences that ``on_clash: skip`` left out.
    """
    ids = {each.resource_id for lesson in lessons for each in lesson.draft.resources}
    resources = resources_by_ids(connection, sorted(ids))
    owners = {each.id: each for each in institutions(connection)}
    left_out = clash_views(connection, skipped)
    return [_view(each, resources, owners, shows_attendees(each), left_out) for each in lessons]


def encoded(connection: sa.Connection, lesson: Lesson, skipped: Sequence[Clash]) -> bytes:
    """The answer that is stored under an Idempotency-Key: what the owner got."""
    return msgspec.json.encode(views(connection, [lesson], lambda _: True, skipped)[0])


def clash_views(connection: sa.Connection, clashes: Sequence[Clash]) -> tuple[ClashView, ...]:
    resources = resources_by_ids(connection, sorted({each.resource_id for each in clashes}))
    return tuple(
        ClashView(
            recurrence=each.reference,
            resource=resources[each.resource_id].public_id,
            start=rfc3339(each.starts),
            end=rfc3339(each.ends),
            reason=each.reason,
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
    occurrences = [Occurrence(each.recurrence, each.starts, each.ends) for each in lesson.occurrences]
    return shifts(occurrences, lesson.draft.timing.zone, partners)


def shift_view(shift: Shift) -> ShiftView:
    weeks = tuple(WeekView(str(each.recurrence), str(each.local)) for each in shift.weeks)
    return ShiftView(shift.zone, shift.usual.isoformat("minutes"), weeks, sentence(shift))


def _view(
    lesson: Lesson,
    resources: Mapping[int, Resource],
    owners: Mapping[int, Institution],
    with_attendees: bool,  # noqa: FBT001  private, passed through
    skipped: tuple[ClashView, ...],
) -> LessonView:
    timing = lesson.draft.timing
    taken = [(resources[each.resource_id], each.quantity) for each in lesson.draft.resources]
    people = [(each.teaches, InviteeView(each.email, each.name)) for each in lesson.present]
    return LessonView(
        id=lesson.public_id,
        uid=lesson.uid,
        sequence=lesson.sequence,
        state=lesson.state,
        title=lesson.draft.title,
        description=lesson.draft.description,
        zone=timing.zone,
        start=str(timing.start),
        minutes=timing.minutes,
        institution=owners[lesson.institution_id].public_id,
        occurrences=_occurrences(lesson),
        shifts=tuple(shift_view(each) for each in shifts_of(lesson, resources)),
        rooms=tuple(_resource(r, n, owners) for r, n in taken if isinstance(r, Room)),
        equipment=tuple(_resource(r, n, owners) for r, n in taken if isinstance(r, Equipment)),
        teachers=tuple(view for teaches, view in people if teaches),
        attendees=tuple(view for teaches, view in people if not teaches) if with_attendees else None,
        fold=timing.fold,
        repeat=_repeat(timing.rule),
        reason=lesson.cancel_reason,
        skipped=skipped,
    )


def _occurrences(lesson: Lesson) -> tuple[OccurrenceView, ...]:
    return tuple(
        OccurrenceView(each.public_id, str(each.recurrence), rfc3339(each.starts), rfc3339(each.ends), each.state)
        for each in lesson.occurrences
    )


def _resource(resource: Resource, quantity: int, owners: Mapping[int, Institution]) -> ResourceView:
    owner = owners[resource.institution_id]
    kind = resource.kind if isinstance(resource, Room) else "equipment"
    zone = resource.zone if isinstance(resource, Room) else owner.zone
    return ResourceView(resource.public_id, resource.name, kind, quantity, zone, owner.public_id)


def _repeat(rule: Rule | None) -> Repeat | None:
    if rule is None:
        return None
    return Repeat(rule.every, rule.interval, rule.weekdays, rule.count, rule.until, rule.except_)  # type: ignore[arg-type]  # the rule has checked its weekdays
