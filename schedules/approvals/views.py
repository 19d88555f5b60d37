"""The queue of a house and its answers, as people are told them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rooms import Equipment, Resource, Room, Standing, Time, Want, resources_by_ids, standing
from rooms.approvals import Answer, Decided, Request, Slot, queue
from schedules.approvals.store import Heading, headings
from schedules.approvals.wire import (
    AnsweredBooking,
    ApprovalQueue,
    DecisionView,
    HouseAnswerView,
    RequestView,
    RivalsView,
    WantedView,
)
from schedules.clashes import explained_to
from vclass.core.keys import Actor
from vclass.core.paging import fetched
from vclass.core.zones import Instant, rfc3339
from vclass.people import institutions, people_by_id


@dataclass(frozen=True, slots=True)
class Around:
    """What a page of the queue is shown with: things, houses, the names of people, and lessons' headings by booking."""

    things: Mapping[int, Resource]
    houses: Mapping[int, str]
    names: Mapping[int, str]
    lessons: Mapping[int, Heading]


def around(connection: sa.Connection, slots: Sequence[Slot]) -> Around:
    requests = [request for slot in slots for request in slot.requests]
    wanted = {want.resource_id for each in requests for want in each.first.wants}
    people = {each.person_id for request in requests for each in request.answers if each.person_id is not None}
    people |= {each.first.owner_id for each in requests}
    return Around(
        resources_by_ids(connection, sorted(wanted | {each.resource_id for each in slots})),
        {each.id: each.public_id for each in institutions(connection)},
        {each.id: each.name for each in people_by_id(connection, people).values()},
        headings(connection, [each.first.id for each in requests]),
    )


def queue_page(connection: sa.Connection, actor: Actor, now: Instant, cursor: str | None) -> ApprovalQueue:
    """A page of the queue of the houses in whose name the actor answers."""
    slots, following = fetched(lambda first, most: queue(connection, actor, now, first, most), cursor)
    known = around(connection, slots)
    return ApprovalQueue(tuple(_rivals(each, known) for each in slots), following)


def decision_view(connection: sa.Connection, actor: Actor, decided: Decided) -> DecisionView:
    """The bookings that were answered, as they stand now."""
    found = standing(connection, [*decided.settled, *decided.waiting])
    answered = (AnsweredBooking(e.public_id, rfc3339(e.starts), rfc3339(e.ends), e.state) for e in found.values())
    return DecisionView(tuple(answered), tuple(explained_to(connection, actor, decided.clashes)))


def _rivals(slot: Slot, known: Around) -> RivalsView:
    thing = known.things[slot.resource_id]
    starts, ends = slot.span
    requests = tuple(_request(each, known) for each in slot.requests)
    return RivalsView(thing.public_id, thing.name, rfc3339(starts), rfc3339(ends), requests)


def _request(request: Request, known: Around) -> RequestView:
    first, last = request.first, request.bookings[-1]
    lesson = known.lessons.get(first.id)
    return RequestView(
        booking=first.public_id,
        state=first.state,
        institution=known.houses[first.institution_id],
        by=known.names.get(first.owner_id, ""),
        asked=rfc3339(first.created_at),
        start=rfc3339(first.starts),
        end=rfc3339(first.ends),
        last=rfc3339(last.starts),
        number=len(request.bookings),
        resources=tuple(
            _wanted(thing, want, request.free[want.resource_id], known)
            for want in first.wants
            if not isinstance(thing := known.things[want.resource_id], Time)
        ),
        answers=tuple(_answer(each, known) for each in request.answers),
        lesson=None if lesson is None else lesson.public_id,
        title=None if lesson is None else lesson.title,
        people=None if lesson is None else lesson.people,
        hold_until=_hold(first),
        reason=first.reason,
    )


def _hold(booking: Standing) -> str | None:
    return None if booking.hold_until is None else rfc3339(booking.hold_until)


def _wanted(thing: Room | Equipment, want: Want, free: int, known: Around) -> WantedView:
    return WantedView(
        id=thing.public_id,
        name=thing.name,
        kind=thing.kind,
        institution=known.houses[thing.institution_id],
        wanted=want.quantity,
        free=max(0, free),
        number=thing.quantity,
        seats=thing.seats if isinstance(thing, Room) else None,
    )


def _answer(answer: Answer, known: Around) -> HouseAnswerView:
    return HouseAnswerView(
        institution=known.houses[answer.institution_id],
        state=answer.state,
        by=None if answer.person_id is None else known.names.get(answer.person_id, ""),
        at=None if answer.at is None else rfc3339(answer.at),
    )
