"""Small parts of contexts, made from values: sides, rooms, unusual hours, the reader."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rooms import Equipment, Room
from schedules import Flag, Lesson, Occurrence, shifts
from schedules.recurrence import Rule
from vclass.core import zones
from vclass.core.keys import Actor
from vclass.people import Institution, Subject, allowed
from vclass.web.pages.contexts import BadTime, Reader, RoomLine, Shift, Side
from vclass.web.pages.reading import Around, Seen, may_book
from vclass.web.words import Words, initials

ROLES: Final = (
    "platform_admin",
    "institution_admin",
    "room_admin",
    "organiser",
    "quality_officer",
    "teacher",
    "student",
)
"""Of several roles the first one here is shown."""


def reader_of(said: Words, actor: Actor, seen: Seen) -> Reader:
    own = own_side(said, actor, seen.around.institutions)
    return Reader(
        name=actor.name,
        role=role_of(said, actor),
        own=own,
        zone=actor.zone,
        partner=partner_of(seen, own),
        may_book=may_book(actor),
        may_find=allowed(actor, "slots.find", Subject(institution=actor.institution_id)),
    )


def role_of(said: Words, actor: Actor) -> str:
    held = {role for _, role in actor.roles}
    names = {
        "platform_admin": said.gettext("Administrator of the platform"),
        "institution_admin": said.gettext("Administrator"),
        "room_admin": said.gettext("Room administrator"),
        "organiser": said.gettext("Organiser"),
        "quality_officer": said.gettext("Quality officer"),
        "teacher": said.gettext("Teacher"),
        "student": said.gettext("Student"),
    }
    return next((names[role] for role in ROLES if role in held), said.gettext("Guest"))


def side(institution: Institution, zone: str = "") -> Side:
    """An institution; ``zone`` is its room's, where that has another clock."""
    return Side(institution.code, institution.name, zone or institution.zone, institution.hue)


def own_side(said: Words, actor: Actor, homes: Mapping[int, Institution]) -> Side:
    """The reader's institution; somebody without one stands for the place where the own clock hangs."""
    home = homes.get(actor.institution_id or 0)
    return Side(initials(actor.name), said.city(actor.zone), actor.zone, 0) if home is None else side(home)


def sides_of(lesson: Lesson, around: Around) -> tuple[Side, ...]:
    """Who takes part: the lesson's institution, then those of its rooms and kit, then those of its teachers."""
    taken = [around.resources[each.resource_id] for each in lesson.draft.resources]
    walls = {each.institution_id: each.zone for each in reversed(taken) if isinstance(each, Room)}
    teachers = [around.people.get(each.person_id or 0) for each in lesson.present if each.teaches]
    homes = [
        lesson.institution_id,
        *(each.institution_id for each in taken),
        *(each.institution_id for each in teachers if each is not None and each.institution_id is not None),
    ]
    return tuple(side(around.institutions[each], walls.get(each, "")) for each in dict.fromkeys(homes))


def others_of(lesson: Lesson, around: Around, own: Side) -> tuple[Side, ...]:
    return tuple(each for each in sides_of(lesson, around) if each.code != own.code)


def partner_of(seen: Seen, own: Side) -> Side | None:
    """The side with which the own lessons are shared most often."""
    met = Counter(other for lesson in seen.lessons for other in others_of(lesson, seen.around, own))
    return met.most_common(1)[0][0] if met else None


def room_lines(said: Words, lesson: Lesson, around: Around) -> tuple[RoomLine, ...]:
    """The booked rooms; the kit of an institution stands beside its first room."""
    taken = [(around.resources[each.resource_id], each.quantity) for each in lesson.draft.resources]
    kit: dict[int, list[str]] = {}
    for resource, quantity in taken:
        if isinstance(resource, Equipment):
            kit.setdefault(resource.institution_id, []).append(counted(resource.name, quantity))
    lines = [
        RoomLine(
            side(around.institutions[room.institution_id], room.zone),
            room.name,
            ", ".join([_room_detail(said, room), *kit.pop(room.institution_id, [])]),
        )
        for room, _ in taken
        if isinstance(room, Room)
    ]
    return (*lines, *(RoomLine(side(around.institutions[each]), ", ".join(names)) for each, names in kit.items()))


def _room_detail(said: Words, room: Room) -> str:
    if room.kind == "virtual":
        return said.gettext("online")
    return said.ngettext("%(num)d seat", "%(num)d seats", room.seats) % {"num": room.seats}


def counted(name: str, quantity: int) -> str:
    """Equipment with its number, if it is more than one."""
    return name if quantity == 1 else f"{quantity} × {name}"  # noqa: RUF001  the sign for times


def shown_shifts(occurrences: Sequence[Occurrence], anchor: str, sides: Iterable[Side]) -> tuple[Shift, ...]:
    """The lessons of a series that are at another hour for a side than usual."""
    hues = {zones.canonical(each.zone): each.hue for each in sides}
    starts = {str(each.recurrence): each.starts for each in occurrences}
    return tuple(
        Shift(
            zone=shift.zone,
            hue=hues[shift.zone],
            usual=f"{shift.usual:%H:%M}",
            local=f"{deviation.weeks[0].local.time:%H:%M}",
            first=starts[str(deviation.weeks[0].recurrence)],
            last=starts[str(deviation.weeks[-1].recurrence)],
            number=len(deviation.weeks),
            total=len(occurrences),
        )
        for shift in shifts(occurrences, anchor, hues)
        for deviation in shift.deviations()
    )


def bad_times(flags: Iterable[Flag], occurrences: Sequence[Occurrence]) -> tuple[BadTime, ...]:
    """The lessons of a series that are at a bad time for a side, as far as it works by other hours."""
    starts = {each.recurrence: each.starts for each in occurrences}
    return tuple(
        BadTime(
            who=each.partner,
            zone=each.zone,
            why=each.why,
            detail=each.detail,
            first=starts[each.weeks[0].recurrence],
            last=starts[each.weeks[-1].recurrence],
            number=len(each.weeks),
            total=len(occurrences),
        )
        for each in flags
    )


def is_weekly(rule: Rule | None) -> bool:
    return rule is not None and rule.weekly


def occurrences_in(lesson: Lesson) -> list[Occurrence]:
    return [Occurrence(each.recurrence, each.starts, each.ends) for each in lesson.occurrences]
