"""The pages of administrators as contexts, made from what was read and what was typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rooms import Equipment, Managed, Resource, Room
from rooms.blockings import Block
from schedules import Lesson
from schedules.holidays import version_of_region
from schedules.terms import Days
from vclass.core import zones
from vclass.core.zones import Instant
from vclass.people import Institution, Person
from vclass.web.pages.closed_forms import Forms
from vclass.web.pages.contexts import Choice
from vclass.web.pages.contexts.manage import (
    BlockingForm,
    BlockingLine,
    ClosureForm,
    ClosureLine,
    CustodyPage,
    Displaced,
    HandOut,
    HolidayLine,
    InCustody,
    KitFormPage,
    KitValues,
    ManageClosedPage,
    ManagedKit,
    ManagedRoom,
    ManagePage,
    RegionForm,
    RoomFormPage,
    RoomValues,
)
from vclass.web.pages.manage_forms import fresh_room, values_of
from vclass.web.pages.parts import counted, side
from vclass.web.pages.reading_manage import AtTheCounter, House, InTheWay, Shut, Thing
from vclass.web.pages.room_view import photo_path
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words


def manage_page(found: House) -> ManagePage:
    return ManagePage(
        side=side(found.home),
        rooms=tuple(_room(each.of, each) for each in found.stock if isinstance(each.of, Room)),
        kit=tuple(
            _kit(each.of, found.out.get(each.of.id, 0), retired=each.retired)
            for each in found.stock
            if isinstance(each.of, Equipment)
        ),
        overdue=found.overdue,
    )


def _room(of: Room, each: Managed[Room | Equipment]) -> ManagedRoom:
    return ManagedRoom(
        id=of.public_id,
        name=of.name,
        kind=of.kind,
        seats=of.seats,
        shared=of.shared,
        approval=of.approval == "required",
        opening=bool(each.details.openings),
        retired=each.retired,
    )


def _kit(of: Equipment, out: int, *, retired: bool) -> ManagedKit:
    return ManagedKit(
        id=of.public_id,
        name=of.name,
        kind=of.kind,
        quantity=of.quantity,
        out=min(out, of.quantity),
        shared=of.shared,
        approval=of.approval == "required",
        retired=retired,
    )


def room_form(found: Thing, values: RoomValues | None = None, errors: Errors | None = None) -> RoomFormPage:
    """A room's form: fresh, as the room stands there, or as typed."""
    page = RoomFormPage(
        side=side(found.home), zones=(), values=values or fresh_room(found.home.zone), errors=errors or {}
    )
    stands = found.found
    if stands is None:
        return replace(page, zones=_zones(found, page.values.zone))
    shown = values or _as_room(stands)
    return replace(
        page,
        values=shown,
        zones=_zones(found, stands.of.zone),
        id=stands.of.public_id,
        name=stands.of.name,
        version=str(stands.of.version),
        photo=photo_path(stands.of.public_id, stands.details.photo),
        retired=stands.retired,
        bookings=found.bookings,
    )


def kit_form(found: Thing, values: KitValues | None = None, errors: Errors | None = None) -> KitFormPage:
    """The form of equipment, likewise."""
    page = KitFormPage(side=side(found.home), values=values or KitValues(), errors=errors or {})
    stands = found.found
    if stands is None:
        return page
    return replace(
        page,
        values=values or _as_kit(stands),
        id=stands.of.public_id,
        name=stands.of.name,
        version=str(stands.of.version),
        retired=stands.retired,
        bookings=found.bookings,
    )


def _as_room(stands: Managed[Room]) -> RoomValues:
    values = values_of(stands)
    assert isinstance(values, RoomValues), "a room has a room's form"
    return values


def _as_kit(stands: Managed[Equipment]) -> KitValues:
    values = values_of(stands)
    assert isinstance(values, KitValues), "kit has its own form"
    return values


def _zones(found: Thing, present: str) -> tuple[str, ...]:
    """Clocks that a room may go by: the house's, those of its country, those of the other houses."""
    country = zones.country_zones(found.home.country)
    others = sorted({each.zone for each in found.homes})
    known = [present] if present in zones.choices() else []
    return tuple(dict.fromkeys((found.home.zone, *country, *others, *known)))


def closed_page(said: Words, found: Shut, now: Instant, forms: Forms) -> ManageClosedPage:
    """What is closed, and the three forms: fresh, or as typed."""
    today = str(zones.local(now, found.home.zone).date)
    return ManageClosedPage(
        side=side(found.home),
        zone=found.home.zone,
        resources=tuple(Choice(each.of.public_id, _label(said, each.of, found.home)) for each in _sorted(found.stock)),
        blockings=tuple(_blocking(each, found.people) for each in found.blockings),
        closures=tuple(_days(each) for each in found.calendar.closures if str(each.last_day) >= today),
        terms=tuple(_days(each) for each in found.calendar.terms if str(each.last_day) >= today),
        blocking=forms.blocking or BlockingForm(first_date=today, last_date=today),
        closure=forms.closure or ClosureForm(),
        term=forms.term or ClosureForm(),
        overdue=found.overdue,
        region=_region(found),
        may_record=found.may_record,
    )


def _region(found: Shut) -> RegionForm:
    names = sorted((name, code) for code, name in found.regions.items())
    return RegionForm(
        region=found.home.region,
        version=str(version_of_region(found.home)),
        regions=tuple(Choice(code, name) for name, code in names),
        holidays=tuple(HolidayLine(each.date, each.name, each.worked) for each in found.holidays),
    )


def _sorted(stock: Sequence[Managed[Room | Equipment]]) -> list[Managed[Room | Equipment]]:
    """Rooms before kit."""
    return sorted(stock, key=lambda each: isinstance(each.of, Equipment))


def _label(said: Words, of: Room | Equipment, home: Institution) -> str:
    """A room on another clock than the house's says so: it is blocked by its own."""
    if isinstance(of, Equipment):
        return counted(of.name, of.quantity)
    return of.name if of.zone == home.zone else f"{of.name}, {said.city(of.zone)}"


def _blocking(each: Block, people: Mapping[int, Person]) -> BlockingLine:
    owner = people.get(each.owner_id)
    names = tuple(one.name for one in each.resources)
    return BlockingLine(each.name, names, each.span, each.reason, "" if owner is None else owner.name)


def _days(each: Days) -> ClosureLine:
    return ClosureLine(each.public_id, each.first_day, each.last_day, each.name, str(each.version))


def displaced(found: Iterable[InTheWay]) -> tuple[Displaced, ...]:
    return tuple(
        Displaced(
            title="" if each.lesson is None else each.lesson.draft.title,
            span=each.span,
            by="" if each.owner is None else each.owner.name,
            id=each.id,
        )
        for each in found
    )


def custody_page(found: AtTheCounter, now: Instant) -> CustodyPage:
    return CustodyPage(
        side=side(found.home),
        hand_out=tuple(hand_outs(found, now)),
        out=tuple(out_now(found, now)),
        overdue=found.counter.overdue(now),
    )


def hand_outs(found: AtTheCounter, now: Instant) -> Iterable[HandOut]:
    for each in found.counter.to_hand_out:
        lesson, waits = found.lessons.get(each.booking_id), each.waits_for
        yield HandOut(
            booking=each.booking,
            resource=each.pool.public_id,
            kit=each.pool.name,
            quantity=each.quantity,
            holder=_name(found, each.owner_id),
            title="" if lesson is None else lesson.draft.title,
            starts=each.starts,
            opens=each.opens if each.opens > now else 0,
            room=_room_of(found, lesson),
            waits_for="" if waits is None else _name(found, waits.holder_id),
        )


def out_now(found: AtTheCounter, now: Instant) -> Iterable[InCustody]:
    for each in found.counter.out:
        out, lesson = each.custody, found.lessons.get(each.next_booking or 0)
        starts = [
            held.starts for held in (lesson.occurrences if lesson else ()) if held.booking_id == each.next_booking
        ]
        yield InCustody(
            id=out.public_id,
            kit=out.resource_name,
            quantity=out.quantity,
            holder=_name(found, out.holder_id),
            whereabouts=out.whereabouts,
            due=out.due_at,
            overdue=out.due_at <= now,
            next_holder="" if lesson is None else _name(found, lesson.owner_id),
            next_at=starts[0] if starts else 0,
        )


def _name(found: AtTheCounter, person_id: int) -> str:
    person = found.around.people.get(person_id)
    return "" if person is None else person.name


def _room_of(found: AtTheCounter, lesson: Lesson | None) -> str:
    """Where in this house the kit goes."""
    taken: list[Resource] = [
        found.around.resources[each.resource_id] for each in (lesson.draft.resources if lesson else ())
    ]
    here = (each.name for each in taken if isinstance(each, Room) and each.institution_id == found.home.id)
    return next(here, "")
