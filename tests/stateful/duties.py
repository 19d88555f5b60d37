"""What the model does beside lessons: blockings, the waiting list, and what time alone brings about."""

import copy
import datetime as dt
from dataclasses import dataclass

from tests.stateful.courses import DONE, Registry, Told
from tests.stateful.model import Asked, Booking, Entry, Wish, administers
from tests.stateful.world import MINUTE, THINGS, readings


@dataclass(eq=False)
class Blocking:
    """Rooms and pools of one house that are out of use for a time."""

    number: int
    by: str
    bookings: list[Booking]
    ended: bool = False


def block(
    model: Registry, by: str, names: tuple[str, ...], span: tuple[dt.datetime, dt.datetime], now: int, *, displace: bool
) -> tuple[Told, list[Booking]]:
    """Take things out of use, from the first reading of a start to the last one of an end."""
    place = THINGS[names[0]].house
    starts, ends = min(readings(span[0], place)), max(readings(span[1], place))
    if ends <= now:
        return Told("InvalidInputError"), []
    asked = [Asked(name, starts, ends, {name: THINGS[name].quantity}) for name in names]
    there = [each for each in model.desk.bookings if each.holds and each.purpose == "lesson" and _meet(each, asked)]
    wish = Wish(by, asked, there if displace else [], "displaced", purpose="blocking")
    verdict, made = model.submit(wish, now)
    return (Told("InTheWayError"), []) if verdict.refused else (Told(DONE), made)


def _meet(booking: Booking, asked: list[Asked]) -> bool:
    return any(_held(booking.starts, booking.ends, each) for each in asked if each.name in booking.wants)


def _held(starts: int, ends: int, each: Asked) -> bool:
    """Whether two bookings of one thing touch, buffers of both included."""
    around = MINUTE * (THINGS[each.name].setup + THINGS[each.name].teardown)
    return starts < each.ends + around and each.starts < ends + around


def unblock(model: Registry, blocking: Blocking, now: int) -> Told:
    if blocking.ended:
        return Told("NotFoundError")
    model.submit(Wish(blocking.by, [], blocking.bookings), now)
    blocking.ended = True
    return Told(DONE)


def accept(model: Registry, entry: Entry, now: int) -> Told:
    """Take what is offered."""
    owner = entry.bookings[0].owner
    offered = [each for each in entry.listed if each.state == "held" and (each.hold_until or 0) > now]
    asked = [Asked("", each.starts, each.ends, each.wants, each) for each in offered]
    verdict, _ = model.submit(Wish(owner, asked, approves=administers(owner)), now)
    if verdict.refused or not asked:
        return Told("OfferGoneError")
    model.desk.waiting = [each for each in model.desk.waiting if each is not entry]
    return Told(DONE)


def give_up(model: Registry, entry: Entry, now: int, state: str = "cancelled") -> Told:
    """Leave the list, or let an offer go."""
    model.submit(Wish(entry.bookings[0].owner, [], entry.listed, state), now)
    return Told(DONE)


def look_through(model: Registry, now: int) -> None:
    """What the clockwork does with the list: whose time has passed leaves it, others are offered what they can have."""
    desk = model.desk
    line = list(desk.waiting)
    late = [each for each in line if not each.offered and min(b.starts for b in each.listed) <= now]
    ahead = copy.deepcopy(desk)
    possible = [mine for mine, theirs in zip(line, ahead.waiting, strict=True) if ahead.offer(theirs, now)]
    for each in late:
        give_up(model, each, now, "rejected")
    for each in possible:
        if each in desk.waiting and all(booking.state == "waiting" for booking in each.listed):
            with model.one_batch():
                desk.offer(each, now)


def approve(model: Registry, house: str, booking: Booking, now: int, *, whole: bool) -> Told:
    """A house says yes, to one booking or to all that wait for it of what was wished for together."""
    waits = _waiting_for(model, house, booking, now, whole=whole)
    if not waits:
        return Told("AlreadyDecidedError")
    complete = [
        each for each in waits if all(said == "approved" or who == house for who, said in each.approvals.items())
    ]
    asked = [Asked(str(n), each.starts, each.ends, each.wants, each, "confirmed") for n, each in enumerate(complete)]
    wish = Wish(booking.owner, asked, on_clash="skip", approves=frozenset({house}))
    verdict, _ = model.submit(wish, now)
    lost = {id(complete[int(name)]) for name, *_ in verdict.clashes}
    for each in waits:
        if id(each) not in lost:
            each.approvals[house] = "approved"
    return Told("ClashError" if lost and len(lost) == len(waits) else DONE)


def reject(model: Registry, house: str, booking: Booking, now: int, *, whole: bool) -> Told:
    waits = _waiting_for(model, house, booking, now, whole=whole)
    if not waits:
        return Told("AlreadyDecidedError")
    model.submit(Wish(booking.owner, [], waits, "rejected"), now)
    for each in waits:
        each.approvals[house] = "rejected"
    return Told(DONE)


def expire(model: Registry, now: int) -> None:
    """What nobody answered in time is let go, the oldest wish first."""
    late = [each for each in model.desk.bookings if each.state in ("requested", "held") and not _is_open(each, now)]
    groups = list({id(each.group): each.group for each in late}.values())
    for group in groups:
        some = [each for each in late if each.group is group]
        model.submit(Wish(some[0].owner, [], some, "rejected"), now)


def _waiting_for(model: Registry, house: str, booking: Booking, now: int, *, whole: bool) -> list[Booking]:
    """The booking first, then by start."""
    others = [each for each in model.desk.bookings if each.group is booking.group and each is not booking]
    found = [booking, *(sorted(others, key=lambda each: each.starts) if whole else ())]
    return [each for each in found if _is_open(each, now) and each.approvals.get(house) == "pending"]


def _is_open(booking: Booking, now: int) -> bool:
    until = booking.hold_until if booking.state == "held" and booking.hold_until is not None else booking.starts
    return booking.state in ("requested", "held") and now < until
