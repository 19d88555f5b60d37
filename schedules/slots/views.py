"""An answer of the slot finder in the shapes of its API, and in words."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rooms import Clash, Equipment, Room
from schedules.drift import Flag, Partner, flags, shifts
from schedules.partners import day_off, flag_views
from schedules.recurrence import Occurrence
from schedules.slots.comfort import minutes_off
from schedules.slots.model import Choice, Presence, Week
from schedules.slots.offers import Found, Offer, Side
from schedules.slots.timetable import Reason, Timetable, Why
from schedules.slots.wire import (
    KitView,
    MissingView,
    Note,
    PersonView,
    ReasonView,
    RoomsView,
    SideView,
    SlotLesson,
    SlotList,
    SlotView,
    WeekView,
)
from schedules.views import shift_view
from schedules.wire import EquipmentWish, Guest, Repeat
from vclass.core import zones
from vclass.core.zones import Instant, WallTime, local, rfc3339

GUEST: Final = "has no account here, so nothing is known of this person's time: it counts as free"
SAID: Final[dict[Why, str]] = {
    "holiday": "a holiday",
    "day_off": "a day off",
    "out_of_term": "outside of term",
    "outside_hours": "outside working hours",
    "busy": "busy",
    "worked_holiday": "a holiday that is worked",
}
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def slot_list(found: Found) -> SlotList:
    asked = found.asked
    guests = [each for each in (*asked.required, *asked.optional) if each not in found.people]
    return SlotList(
        slots=tuple(_slot(found, offer) for offer in found.offers),
        zone=asked.zone,
        notes=tuple(Note(email, f"{email} {GUEST}.") for email in guests),
    )


def chosen(found: Found, offer: Offer) -> tuple[str, ...]:
    """The rooms that booking an offer takes: of each need the first that is free."""
    free = (choice.free[0] for choice in offer.choices if choice.free)
    return tuple(each for each in free if isinstance(found.resources[each], Room))


def met(offer: Offer) -> Sequence[Occurrence]:
    """The meetings of an offer; of one that can't be booked the first."""
    return offer.occurrences or (Occurrence(offer.local, offer.starts, offer.ends),)


def keeping_holidays(found: Found) -> list[Partner]:
    """The sides with nothing but their public holidays."""
    return [
        Partner(Timetable(each.house.zone, off=tuple(map(day_off, kept))), each.house.name)
        for each in found.sides
        if (kept := found.holidays.get(each.house.id))
    ]


def holidays_met(found: Found, offer: Offer) -> list[Flag]:
    """The public holidays of the sides that an offer meets."""
    return flags(met(offer), keeping_holidays(found))


def worst(found: Found, offer: Offer, side: Side) -> int:
    """By how many minutes an offer is off for a side, in its worst week."""
    starts = {offer.starts, *(each.starts for each in offer.occurrences)}
    return max(minutes_off(local(each, side.house.zone), found.asked.minutes) for each in starts)


def lacking(found: Found, choices: Iterable[Choice]) -> Iterator[tuple[Choice, str]]:
    """The needs for which nothing is free, with their names."""
    houses = {each.public_id: each.name for each in found.asked.houses}
    for each in choices:
        name = f"a hall of {houses[each.key]}" if each.key in houses else found.resources[each.key].name
        yield each, name


def _slot(found: Found, offer: Offer) -> SlotView:
    weekly = found.asked.weeks is not None
    sides = [each.house.zone for each in found.sides]
    return SlotView(
        start=rfc3339(offer.starts),
        end=rfc3339(offer.ends),
        zone=found.asked.zone,
        local=str(offer.local),
        complete=offer.complete,
        comfort=offer.comfort,
        sentence=_sentence(found, offer),
        sides=tuple(_side(found, offer, each) for each in found.sides),
        people=tuple(_person(found, each) for each in offer.people),
        rooms=tuple(_rooms(found, offer)),
        equipment=tuple(KitView(each.public_id, n, _is_free(offer, each)) for each, n in found.asked.kit),
        missing=(
            *_missing(found, offer.missing, [each for each in offer.choices if not each.free]),
            *(MissingView(name, "quota", reasons=(until,)) for name, until in _exceeded(found, offer)),
        ),
        fold=offer.fold,
        works=offer.works if weekly else None,
        of=offer.weeks if weekly else None,
        weeks=tuple(_week(found, each) for each in offer.odd) if weekly else None,
        shifts=tuple(map(shift_view, shifts(offer.occurrences, found.asked.zone, sides))) if weekly else None,
        flags=flag_views(met(offer), keeping_holidays(found)),
        lesson=_lesson(found, offer) if offer.works and not offer.exceeded else None,
    )


def _side(found: Found, offer: Offer, side: Side) -> SideView:
    house = side.house
    shut = next((each.reasons for each in offer.places if each.key == house.public_id), ())
    return SideView(
        institution=house.public_id,
        name=house.name,
        zone=house.zone,
        local=str(local(offer.starts, house.zone)),
        comfort=worst(found, offer, side),
        reasons=_reasons(shut),
    )


def _person(found: Found, each: Presence) -> PersonView:
    """Names are told of one's own house's people alone."""
    person = found.people.get(each.key)
    known = person is not None and person.institution_id == found.asked.home.id
    return PersonView(
        email=each.key,
        required=each.required,
        zone=each.zone,
        local=str(each.local),
        comfort=each.comfort,
        comes=each.comes,
        name=person.name if known and person is not None else "",
        reasons=_reasons(each.reasons),
    )


def _rooms(found: Found, offer: Offer) -> Iterator[RoomsView]:
    free = {each.key: each.free for each in offer.choices}
    owners = {each.house.id: each.house.public_id for each in found.sides}
    for room in found.asked.rooms:
        yield RoomsView(owners[room.institution_id], free[room.public_id], room.public_id)
    for house in found.asked.houses:
        yield RoomsView(house.public_id, free[house.public_id])


def _is_free(offer: Offer, kit: Equipment) -> bool:
    return any(each.free for each in offer.choices if each.key == kit.public_id)


def _missing(found: Found, away: Iterable[Presence], lacks: Sequence[Choice]) -> Iterator[MissingView]:
    houses = {each.house.public_id: each.house.name for each in found.sides}
    for each in away:
        if each.key in houses:
            yield MissingView(houses[each.key], "institution", each.key, _reasons(each.reasons))
        else:
            yield MissingView(each.key, "person", None, _reasons(each.reasons))
    for choice, name in lacking(found, lacks):
        kit = isinstance(found.resources.get(choice.key), Equipment)
        yield MissingView(name, "equipment" if kit else "room", choice.key, instead=() if kit else choice.free)


def exceeded(found: Found, offer: Offer) -> dict[str, Clash]:
    """The houses whose quota is used up, by name, each with its first clash."""
    owners = {each.house.id: each.house.name for each in found.sides}
    houses = {each.id: owners[each.institution_id] for each in found.resources.values()}
    return {houses[each.resource_id]: each for each in reversed(offer.exceeded)}


def _exceeded(found: Found, offer: Offer) -> Iterator[tuple[str, ReasonView]]:
    for name, clash in exceeded(found, offer).items():
        yield name, ReasonView("quota", until=None if clash.until is None else rfc3339(clash.until))


def _week(found: Found, week: Week) -> WeekView:
    return WeekView(
        number=week.number,
        local=str(week.local),
        works=week.works,
        start=None if week.starts is None else rfc3339(week.starts),
        missing=tuple(_missing(found, week.missing, week.choices)),
    )


def _lesson(found: Found, offer: Offer) -> SlotLesson:
    asked, first, rule = found.asked, offer.occurrences[0].recurrence, offer.rule
    return SlotLesson(
        zone=asked.zone,
        start=str(first),
        minutes=asked.minutes,
        rooms=chosen(found, offer),
        equipment=tuple(EquipmentWish(each.public_id, number) for each, number in asked.kit),
        teachers=asked.required,
        attendees=tuple(map(Guest, asked.optional)),
        fold=offer.fold,
        repeat=None if rule is None else Repeat("week", count=rule.count, except_=rule.except_),
    )


def _reasons(reasons: Iterable[Reason]) -> tuple[ReasonView, ...]:
    return tuple(
        ReasonView(each.why, each.name, None if each.until is None else rfc3339(each.until)) for each in reasons
    )


def _sentence(found: Found, offer: Offer) -> str:
    """An offer in English: `Tue 13 Oct 2026, 14:00 in Vienna, 15:00 in Kyiv: everybody can come`, and a full stop."""
    return f"{_when(found, offer)}: {_how_well(found, offer)}."


def _when(found: Found, offer: Offer) -> str:
    zone = found.asked.zone
    others = dict.fromkeys(each.house.zone for each in found.sides if each.house.zone != zone)
    clocks = [
        f"{offer.local.time:%H:%M} in {zones.city(zone)}",
        *(_clock(offer.starts, each, offer) for each in others),
    ]
    since = "" if found.asked.weeks is None else "Weekly from "
    return f"{since}{_date(offer.local)} {offer.local.date.year}, {', '.join(clocks)}"


def _clock(starts: Instant, zone: str, offer: Offer) -> str:
    """The time in another zone, with the weekday where it is another one."""
    there = local(starts, zone)
    day = "" if there.date == offer.local.date else f"{DAYS[there.date.weekday()]} "
    return f"{day}{there.time:%H:%M} in {zones.city(zone)}"


def _how_well(found: Found, offer: Offer) -> str:
    away = [_without(found, each) for each in offer.missing]
    away += [f"without {name}" for _, name in lacking(found, [each for each in offer.choices if not each.free])]
    away += [f"but the quota of {name} is used up" for name in exceeded(found, offer)]
    first = ", ".join(away) or "everybody can come"
    if found.asked.weeks is None:
        return first
    if not offer.works:
        return f"it works in none of {offer.weeks} weeks; in the first {first}"
    off = [_date(each.local) for each in offer.odd if not each.works]
    works = f"it works in {offer.works} of {offer.weeks} weeks{', not on ' if off else ''}{', '.join(off)}"
    return f"{works}, {first}" if offer.exceeded else works


def _without(found: Found, each: Presence) -> str:
    names = {side.house.public_id: side.house.name for side in found.sides}
    reason = each.reasons[0]
    return f"without {names.get(each.key, each.key)} ({reason.name or SAID[reason.why]})"


def _date(wall: WallTime) -> str:
    return f"{DAYS[wall.date.weekday()]} {wall.date.day} {MONTHS[wall.date.month - 1]}"
