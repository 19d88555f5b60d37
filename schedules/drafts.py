"""From an API body to a draft: every wrong field is named, and none is written anywhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from rooms import Equipment, Resource, Room, resources_by_ids, resources_by_public_id, times_of
from schedules.model import MOST_ATTENDEES, Draft, Invitee, Lesson, Quantity, Timing
from schedules.recurrence import Rule
from schedules.wire import EquipmentWish, Guest, LessonPatch, NewLesson, Repeat
from vclass.core.addresses import address
from vclass.core.keys import Actor
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.texts import is_line, is_prose
from vclass.core.zones import WallTime, canonical

T = TypeVar("T")
GRID_MINUTES = 5
"""Lessons begin and end at full five minutes, as all that is booked."""
NEVER = WallTime.parse("1970-01-01T00:00")
"""Stands in for a start that couldn't be read, until the errors are told."""


@dataclass(slots=True)
class _Reader:
    """Reads fields and remembers what was wrong."""

    errors: list[FieldError] = field(default_factory=list)

    def zone(self, text: str) -> str:
        return self._read(lambda: canonical(text), text)

    def start(self, text: str) -> WallTime:
        wall = self._read(lambda: WallTime.parse(text), NEVER)
        if wall.time.second or wall.time.minute % GRID_MINUTES:
            return self._wrong("start", "choose a full five minutes", NEVER)
        return wall

    def rule(self, repeat: Repeat | None) -> Rule | None:
        if repeat is None:
            return None
        return self._read(lambda: Rule(**msgspec.structs.asdict(repeat)), None)

    def invitees(
        self, teachers: Iterable[str], attendees: Iterable[Guest], owner: Invitee, before: Sequence[Invitee] = ()
    ) -> tuple[Invitee, ...]:
        """Teachers first, the owner among them; an address that comes twice is invited once.

        Who was invited before keeps the name if no other is given.
        """
        names = {each.email: each.name for each in before}
        named = [(f"teachers[{i}]", Guest(email), True) for i, email in enumerate(teachers)]
        named += [(f"attendees[{i}].email", guest, False) for i, guest in enumerate(attendees)]
        found = {owner.email: owner}
        for where, guest, teaches in named:
            email = self._address(where, guest.email)
            if guest.name not in ("", names.get(email)) and not is_line(guest.name):
                self.errors.append(FieldError(where.replace(".email", ".name"), "write one line of visible text"))
            if email:
                found.setdefault(email, Invitee(email, guest.name.strip() or names.get(email, ""), teaches))
        if len(found) > MOST_ATTENDEES:
            self.errors.append(FieldError("attendees", f"a lesson has at most {MOST_ATTENDEES} people"))
        return tuple(found.values())

    def resources(
        self, rooms: Sequence[str], equipment: Sequence[EquipmentWish], known: Mapping[str, Resource]
    ) -> tuple[Quantity, ...]:
        wanted = [self._resource(f"rooms[{i}]", each, 1, Room, known) for i, each in enumerate(rooms)]
        wanted += [
            self._resource(f"equipment[{i}].id", each.id, each.quantity, Equipment, known)
            for i, each in enumerate(equipment)
        ]
        found = [each for each in wanted if each is not None]
        if len({each.resource_id for each in found}) < len(found):
            self.errors.append(FieldError("rooms", "a room or pool is named twice; name it once with its quantity"))
        return tuple(found)

    def _resource(
        self, where: str, public_id: str, quantity: int, kind: type[Resource], known: Mapping[str, Resource]
    ) -> Quantity | None:
        found = known.get(public_id)
        if not isinstance(found, kind):
            return self._wrong(where, "there is none, or it is not shared with your institution", None)
        if isinstance(found, Equipment) and quantity > found.quantity:
            return self._wrong(where, f"the pool has {found.quantity}; ask for no more", None)
        return Quantity(found.id, quantity)

    def _address(self, where: str, text: str) -> str:
        return self._read(lambda: address(text, where), "")

    def _read(self, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except InvalidInputError as refusal:
            self.errors.extend(refusal.errors)
            return instead

    def _wrong(self, where: str, message: str, instead: T) -> T:
        self.errors.append(FieldError(where, message))
        return instead

    def check(self, draft: Draft) -> None:
        """Refuse a draft of which some fields couldn't be read, or whose words can't."""
        if not is_line(draft.title):
            self.errors.append(FieldError("title", "give the lesson a title, one line of visible text"))
        if not is_prose(draft.description):
            self.errors.append(FieldError("description", "write visible text"))
        if self.errors:
            raise InvalidInputError(self.errors)


def new_draft(connection: sa.Connection, actor: Actor, body: NewLesson) -> Draft:
    """The draft of a new lesson.

    Raises:
        InvalidInputError: Some fields are wrong; each is named.
    """
    reader = _Reader()
    ids = [*body.rooms, *(each.id for each in body.equipment)]
    known = resources_by_public_id(connection, ids, actor.institution_id)
    draft = Draft(
        title=body.title.strip(),
        description=body.description.strip(),
        timing=Timing(
            reader.zone(body.zone), reader.start(body.start), body.minutes, body.fold, reader.rule(body.repeat)
        ),
        resources=reader.resources(body.rooms, body.equipment, known),
        invitees=reader.invitees(body.teachers, body.attendees, Invitee(actor.email, actor.name, teaches=True)),
        transparent=body.transparent,
        minors=body.minors,
        spares_owner=_names_others(body.teachers, actor.email),
    )
    reader.check(draft)
    return draft


def changed_draft(connection: sa.Connection, lesson: Lesson, patch: LessonPatch) -> Draft:
    """The draft of a lesson after a change: what the patch leaves out stays as it is.

    Raises:
        InvalidInputError: Some fields are wrong; each is named.
    """
    reader = _Reader()
    before = lesson.draft
    draft = Draft(
        title=before.title if patch.title is UNSET else patch.title.strip(),
        description=before.description if patch.description is UNSET else patch.description.strip(),
        timing=_changed_timing(before.timing, patch, reader),
        resources=_changed_resources(connection, lesson, patch, reader),
        invitees=_changed_invitees(lesson, patch, reader),
        transparent=before.transparent if patch.transparent is UNSET else patch.transparent,
        minors=before.minors if patch.minors is UNSET else patch.minors,
        spares_owner=before.spares_owner if patch.teachers is UNSET else _names_others(patch.teachers, _owner(lesson)),
    )
    reader.check(draft)
    return draft


def with_owner(connection: sa.Connection, lesson: Lesson) -> Lesson:
    """The lesson, with whether it spares its owner: that is told by what its dates want alone."""
    wanted = {want.resource_id for each in lesson.occurrences for want in each.wants}
    spares = not lesson.draft.transparent and wanted.isdisjoint(times_of(connection, [lesson.owner_id]).values())
    return replace(lesson, draft=replace(lesson.draft, spares_owner=spares))


def _names_others(teachers: Sequence[str], owner: str) -> bool:
    return bool(teachers) and owner not in {each.strip().lower() for each in teachers}


def _owner(lesson: Lesson) -> str:
    return next(each.email for each in lesson.attendees if each.person_id == lesson.owner_id)


def _changed_timing(before: Timing, patch: LessonPatch, reader: _Reader) -> Timing:
    return Timing(
        zone=before.zone if patch.zone is UNSET else reader.zone(patch.zone),
        start=before.start if patch.start is UNSET else reader.start(patch.start),
        minutes=before.minutes if patch.minutes is UNSET else patch.minutes,
        fold=before.fold if patch.fold is UNSET else patch.fold,
        rule=before.rule if patch.repeat is UNSET else reader.rule(patch.repeat),
    )


def _changed_resources(
    connection: sa.Connection, lesson: Lesson, patch: LessonPatch, reader: _Reader
) -> tuple[Quantity, ...]:
    """Rooms and equipment are changed apart: naming one list leaves the other as it is.

    Whoever changes the lesson, it takes what its own institution may take.
    """
    before = lesson.draft.resources
    if patch.rooms is UNSET and patch.equipment is UNSET:
        return before
    rooms = () if patch.rooms is UNSET else patch.rooms
    equipment = () if patch.equipment is UNSET else patch.equipment
    known = resources_by_public_id(connection, [*rooms, *(e.id for e in equipment)], lesson.institution_id)
    kept = resources_by_ids(connection, [each.resource_id for each in before])
    staying = [
        each
        for each in before
        if (patch.rooms if isinstance(kept[each.resource_id], Room) else patch.equipment) is UNSET
    ]
    return (*staying, *reader.resources(rooms, equipment, known))


def _changed_invitees(lesson: Lesson, patch: LessonPatch, reader: _Reader) -> tuple[Invitee, ...]:
    """Teachers and attendees are changed apart; the owner always stays."""
    before = lesson.draft.invitees
    owner = next(each for each in lesson.attendees if each.person_id == lesson.owner_id)
    teachers = tuple(e.email for e in before if e.teaches) if patch.teachers is UNSET else patch.teachers
    guests = (
        tuple(Guest(each.email, each.name) for each in before if not each.teaches)
        if patch.attendees is UNSET
        else patch.attendees
    )
    return reader.invitees(teachers, guests, Invitee(owner.email, owner.name, teaches=True), before)
