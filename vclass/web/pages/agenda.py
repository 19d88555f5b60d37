"""The dashboard as a context: which lesson is open or next, what is today, what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rooms import Room
from schedules import Attendee, Door, DoorState, Held, Lesson, door
from vclass.core import zones
from vclass.core.keys import Actor
from vclass.core.zones import Instant
from vclass.web.axis import DayAxis, day_axis
from vclass.web.pages.contexts import DayPage, LessonCard, RoomLine, Shift, Side
from vclass.web.pages.parts import occurrences_in, others_of, own_side, partner_of, shown_shifts, side, sides_of
from vclass.web.pages.reading import Seen
from vclass.web.words import Words

DAY = 86400
MOST_COMING = 12
WEEK = 7 * DAY
NEWS_DAYS = 7
SHIFT_DAYS = 45

Link = Callable[[Attendee], str]
"""Gives the path of somebody's personal link."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One occurrence of a lesson."""

    lesson: Lesson
    held: Held


@dataclass(frozen=True, slots=True)
class Agenda:
    """Somebody's lessons at an instant."""

    said: Words
    actor: Actor
    seen: Seen
    link: Link
    now: Instant

    @property
    def own(self) -> Side:
        return own_side(self.said, self.actor, self.seen.around.institutions)

    @property
    def open(self) -> list[Meeting]:
        """The meetings whose door is open."""
        doors = ((each, door(each, self.now)) for each in self.seen.lessons)
        found = [Meeting(lesson, at.occurrence) for lesson, at in doors if at.state is DoorState.OPEN]
        return sorted(found, key=_start)

    @property
    def coming(self) -> list[Meeting]:
        """What has not opened yet; a cancelled one is shown while it is news."""
        opened = {each.held.id for each in self.open}
        found = [
            Meeting(lesson, held)
            for lesson in self.seen.lessons
            if not lesson.cancelled or _is_news(lesson.cancelled_at, self.now)
            for held in lesson.occurrences
            if held.starts > self.now and held.id not in opened
        ]
        return sorted(found, key=_start)

    @property
    def today(self) -> list[Meeting]:
        today = zones.local(self.now, self.actor.zone).date
        found = [
            Meeting(lesson, held)
            for lesson in self.seen.lessons
            for held in lesson.occurrences
            if not lesson.cancelled and zones.local(held.starts, self.actor.zone).date == today
        ]
        return sorted(found, key=_start)

    def card(self, meeting: Meeting, note: str = "") -> LessonCard:
        lesson, held = meeting.lesson, meeting.held
        return LessonCard(
            id=lesson.public_id,
            title=lesson.draft.title,
            span=(held.starts, held.ends),
            state=self._state(meeting),
            others=others_of(lesson, self.seen.around, self.own),
            rooms=self._rooms(lesson),
            note=note,
            door_opens=Door(DoorState.EARLY, held, None).opens,
            enter=enter_path(lesson, self.actor, self.link),
        )

    def _state(self, meeting: Meeting) -> str:
        lesson, held = meeting.lesson, meeting.held
        state = held.state_at(self.now)
        if lesson.cancelled or state != "confirmed":
            return "cancelled" if lesson.cancelled else state
        if held.starts <= self.now:
            return "open"
        moved = lesson.moved_from is not None and _is_news(lesson.told_at, self.now)
        return "moved" if moved else state

    def _rooms(self, lesson: Lesson) -> tuple[RoomLine, ...]:
        around = self.seen.around
        taken = [around.resources[each.resource_id] for each in lesson.draft.resources]
        lines = [
            RoomLine(side(around.institutions[each.institution_id], each.zone), each.name)
            for each in taken
            if isinstance(each, Room)
        ]
        return tuple(sorted(lines, key=lambda each: each.side.code != self.own.code))


def day_page(agenda: Agenda) -> DayPage:
    """Somebody's day."""
    opened, coming = agenda.open, agenda.coming
    standing = [each for each in coming if not each.lesson.cancelled]
    hero = next(iter([*opened, *standing]), None)
    return DayPage(
        hero=None if hero is None else agenda.card(hero),
        also_open=tuple(map(agenda.card, opened[1:])),
        coming=tuple(map(agenda.card, _next(coming, hero, agenda.now))),
        today=_axis(agenda),
        today_lessons=tuple(agenda.card(each, _own_room(agenda, each.lesson)) for each in agenda.today),
        shifts=_shifts(agenda),
    )


def _next(coming: Sequence[Meeting], hero: Meeting | None, now: Instant) -> list[Meeting]:
    """All of the coming week, and of each lesson the next time: a series doesn't hide the others."""
    shown: list[Meeting] = []
    seen: set[int] = set()
    for each in coming:
        if each != hero and (each.held.starts <= now + WEEK or each.lesson.id not in seen):
            shown.append(each)
        seen.add(each.lesson.id)
    return shown[:MOST_COMING]


def enter_path(lesson: Lesson, actor: Actor, link: Link) -> str:
    """The reader's own way into a lesson; "" for who isn't invited."""
    mine = (each for each in lesson.present if each.person_id == actor.person_id)
    return next(map(link, mine), "")


def _axis(agenda: Agenda) -> DayAxis | None:
    if not agenda.today:
        return None
    partner = partner_of(agenda.seen, agenda.own)
    other = agenda.actor.zone if partner is None else partner.zone
    return day_axis(agenda.now, agenda.actor.zone, other, [(each.held.starts, each.held.ends) for each in agenda.today])


def _own_room(agenda: Agenda, lesson: Lesson) -> str:
    """The room to go to."""
    rooms = agenda.card(Meeting(lesson, lesson.occurrences[0])).rooms
    own = [each.name for each in rooms if each.side.code == agenda.own.code]
    return next(iter(own), "")


def _shifts(agenda: Agenda) -> tuple[tuple[str, Shift], ...]:
    """Lessons of the coming weeks at an hour that is unusual for a side, each series by its title."""
    latest = agenda.now + SHIFT_DAYS * DAY
    found = [
        (lesson.draft.title, shift)
        for lesson in agenda.seen.lessons
        if not lesson.cancelled
        for shift in _shifts_of(agenda, lesson)
        if shift.last >= agenda.now and shift.first <= latest
    ]
    return tuple(sorted(found, key=lambda pair: pair[1].first))


def _shifts_of(agenda: Agenda, lesson: Lesson) -> Sequence[Shift]:
    sides = (replace(agenda.own, zone=agenda.actor.zone), *sides_of(lesson, agenda.seen.around))
    return shown_shifts(occurrences_in(lesson), lesson.draft.timing.zone, sides)


def _is_news(at: Instant | None, now: Instant) -> bool:
    return at is not None and now - at <= NEWS_DAYS * DAY


def _start(meeting: Meeting) -> tuple[Instant, int]:
    return meeting.held.starts, meeting.held.id
