"""The approval queue as a context."""

from dataclasses import dataclass, replace

from rooms import Equipment, Room, Want
from rooms.approvals import Answer as HouseAnswer
from rooms.approvals import Request, Slot
from schedules import ClashError
from schedules.approvals import Heading
from vclass.core.keys import Actor
from vclass.web.pages.clash_view import obstacle
from vclass.web.pages.contexts.approvals import (
    Answer,
    ApprovalsPage,
    KitNeed,
    Lost,
    RejectForm,
    RivalSlot,
)
from vclass.web.pages.contexts.approvals import Request as RequestShown
from vclass.web.pages.contexts.obstacles import Cause, Obstacle
from vclass.web.pages.contexts.paging import Pager
from vclass.web.pages.contexts.parts import RoomLine, Side
from vclass.web.pages.parts import is_weekly, own_side, side
from vclass.web.pages.reading_approvals import Queue
from vclass.web.words import Words


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks at which part of the queue, and what was typed into a form that was refused."""

    said: Words
    actor: Actor
    queue: Queue
    pager: Pager
    path: str = "/approvals"
    single: bool = False
    typed: tuple[str, RejectForm] = ("", RejectForm())
    refused: tuple[str, ClashError] | None = None


def approvals_page(asked: Asked) -> ApprovalsPage:
    """The queue, soonest slot first; a request that was refused stands open with what was typed."""
    return ApprovalsPage(
        own=own_side(asked.said, asked.actor, asked.queue.homes),
        slots=tuple(_slot(asked, each) for each in asked.queue.slots),
        pager=asked.pager,
        path=asked.path,
        expiring=asked.queue.expiring,
        single=asked.single,
        lost=_lost(asked),
    )


def _slot(asked: Asked, slot: Slot) -> RivalSlot:
    thing = asked.queue.known.things[slot.resource_id]
    shown = [_request(asked, slot, each) for each in slot.requests]
    fit = [each for each in shown if not each.obstacle and not any(kit.short for kit in each.kit)]
    fitting = [each for each in fit if not each.seats or each.people <= each.seats]
    best = max(fitting, key=lambda each: each.people, default=None)
    others = {asked.queue.homes[each.first.institution_id] for each in slot.requests}
    return RivalSlot(
        id=f"{slot.resource_id}-{slot.span[0]}",
        resource=thing.name,
        span=slot.span,
        requests=tuple(replace(each, best=each is best) for each in sorted(shown, key=lambda each: each is not best)),
        others=tuple(side(each) for each in others if each.zone != asked.actor.zone),
    )


def _request(asked: Asked, slot: Slot, request: Request) -> RequestShown:
    known, first = asked.queue.known, request.first
    lesson = known.lessons.get(first.id)
    thing = known.things[slot.resource_id]
    public_id, typed = asked.typed
    return RequestShown(
        id=first.public_id,
        lesson="" if lesson is None else lesson.public_id,
        title="" if lesson is None else lesson.title,
        side=side(asked.queue.homes[first.institution_id]),
        by=known.names.get(first.owner_id, ""),
        asked=first.created_at,
        span=(first.starts, first.ends),
        last=request.bookings[-1].starts,
        people=0 if lesson is None else lesson.people,
        seats=thing.seats if isinstance(thing, Room) and thing.kind == "hall" else 0,
        number=len(request.bookings),
        weekly=lesson is not None and is_weekly(lesson.rule),
        kit=tuple(_kit(asked, request)),
        rooms=tuple(_rooms(asked, request, slot.resource_id)),
        answers=_answers(asked, request),
        hold_until=first.hold_until or 0,
        obstacle=_obstacle(asked, request, lesson),
        instead=asked.queue.instead.get(first.id, ()),
        reject=typed if public_id == first.public_id else RejectForm(),
    )


def _kit(asked: Asked, request: Request) -> list[KitNeed]:
    pools = [(want, asked.queue.known.things[want.resource_id]) for want in request.first.wants]
    return [
        KitNeed(pool.name, want.quantity, max(0, request.free[want.resource_id]), pool.quantity, _of(asked, pool))
        for want, pool in pools
        if isinstance(pool, Equipment)
    ]


def _of(asked: Asked, pool: Equipment) -> Side | None:
    """The house whose kit it is, where that isn't the reader's own."""
    return None if pool.institution_id == asked.actor.institution_id else side(asked.queue.homes[pool.institution_id])


def _rooms(asked: Asked, request: Request, contested: int) -> list[RoomLine]:
    """The other rooms of the same wish."""
    return [
        RoomLine(side(asked.queue.homes[room.institution_id], room.zone), room.name)
        for want in request.first.wants
        if want.resource_id != contested and isinstance(room := asked.queue.known.things[want.resource_id], Room)
    ]


def _answers(asked: Asked, request: Request) -> tuple[Answer, ...]:
    """What each house has said, where more than one is asked."""
    return () if len(request.answers) < 2 else tuple(_answer(asked, each) for each in request.answers)  # noqa: PLR2004  a pair


def _answer(asked: Asked, answer: HouseAnswer) -> Answer:
    by = "" if answer.person_id is None else asked.queue.known.names.get(answer.person_id, "")
    return Answer(side(asked.queue.homes[answer.institution_id]), answer.state, by, answer.at or 0)


def _obstacle(asked: Asked, request: Request, lesson: Heading | None) -> Obstacle | None:
    """What has the slot meanwhile, for a request that holds nothing."""
    if request.first.state == "held" or lesson is None:
        return None
    short = [want for want in request.first.wants if request.free[want.resource_id] < want.quantity]
    return _short(asked, short[0], request) if short else None


def _short(asked: Asked, want: Want, request: Request) -> Obstacle:
    thing = asked.queue.known.things[want.resource_id]
    span, free = (request.first.starts, request.first.ends), max(0, request.free[want.resource_id])
    cause: Cause = "too_few" if isinstance(thing, Equipment) and free else "booking"
    return Obstacle(thing.name, span, cause, wanted=want.quantity, free=free)


def _lost(asked: Asked) -> Lost | None:
    """An approval that came too late, with the first thing that stands in its way."""
    if asked.refused is None:
        return None
    public_id, refusal = asked.refused
    requests = [each for slot in asked.queue.slots for each in slot.requests]
    found = next((each for each in requests if each.first.public_id == public_id), None)
    if found is None:
        return None
    lesson = asked.queue.known.lessons.get(found.first.id)
    clash = refusal.facts["clashes"][0]
    things = {each.public_id: each for each in asked.queue.known.things.values()}
    return Lost(public_id, "" if lesson is None else lesson.title, obstacle(clash, things.get(clash.resource)))
