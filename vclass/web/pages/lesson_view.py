"""The page of one lesson as a context."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from rooms import Equipment
from schedules import (
    Attendee,
    Door,
    DoorState,
    Held,
    InvitationView,
    Lesson,
    door,
    lesson_subject,
)
from vclass.core.keys import Actor
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.core.zones import Instant, parse_rfc3339
from vclass.people import allowed
from vclass.web.pages import forms, sentences
from vclass.web.pages.agenda import Link, enter_path
from vclass.web.pages.answers_view import answers_card, own_answer
from vclass.web.pages.booking_view import preview_of
from vclass.web.pages.contexts import (
    HouseLine,
    LessonPage,
    LostLine,
    MoveForm,
    PersonForm,
    PersonLine,
    RoomLine,
    Side,
)
from vclass.web.pages.contexts.lesson import MailState
from vclass.web.pages.dates_view import date_lines, skipped_dates
from vclass.web.pages.events_view import events
from vclass.web.pages.parts import (
    bad_times,
    is_weekly,
    occurrences_in,
    own_side,
    room_lines,
    shown_shifts,
    side,
    sides_of,
)
from vclass.web.pages.reading import OneLesson
from vclass.web.pages.reading_trials import Trial
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words

Role: TypeAlias = Literal["organiser", "teacher", "attendee", "guest"]

TAIL: Final = 4
MAIL_STATES: Final[Mapping[str, MailState]] = {
    "waiting": "queued",
    "sent": "sent",
    "dead": "failed",
    "bounced": "failed",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A lesson, who looks at it, and when."""

    said: Words
    actor: Actor
    found: OneLesson
    link: Link
    now: Instant

    @property
    def lesson(self) -> Lesson:
        return self.found.lesson

    @property
    def sides(self) -> tuple[Side, ...]:
        return sides_of(self.lesson, self.found.around)

    @property
    def own(self) -> Side:
        """The reader's side; for an administrator from elsewhere the side that booked."""
        own = own_side(self.said, self.actor, self.found.around.institutions)
        invited = any(each.person_id == self.actor.person_id for each in self.lesson.present)
        return own if invited or own in self.sides else self.sides[0]

    @property
    def others(self) -> tuple[Side, ...]:
        return tuple(each for each in self.sides if each.code != self.own.code)

    @property
    def door(self) -> Door[Held]:
        return door(self.lesson, self.now)


def lesson_page(shown: Shown, move: MoveForm | None = None, person: PersonForm | None = None) -> LessonPage:
    """The page; ``move`` and ``person`` are forms that were refused, as they were typed."""
    lesson, at = shown.lesson, shown.door
    sides = (shown.own, *shown.others)
    return LessonPage(
        id=lesson.public_id,
        version=str(lesson.version),
        title=lesson.draft.title,
        state=lesson.state_at(shown.now),
        shut=at.state in (DoorState.ENDED, DoorState.CANCELLED),
        houses=tuple(_houses(shown)),
        lost=tuple(_lost(lesson)) if shown.found.may_change else (),
        reason=next((each.reason or "" for each in lesson.dates if each.state == "rejected"), ""),
        confirmed=sum(each.state == "confirmed" for each in lesson.dates),
        zone=lesson.draft.timing.zone,
        own=shown.own,
        others=shown.others,
        series=lesson.draft.timing.rule is not None,
        weekly=is_weekly(lesson.draft.timing.rule),
        span=(at.occurrence.starts, at.occurrence.ends),
        door_opens=at.opens,
        occurrences=tuple(date_lines(lesson, sides, shown.now)),
        skipped=tuple(skipped_dates(shown.said, lesson, shown.found.around)),
        description=lesson.draft.description,
        minors=lesson.draft.minors,
        shifts=shown_shifts(occurrences_in(lesson), lesson.draft.timing.zone, sides),
        bad_times=bad_times(shown.found.flags, occurrences_in(lesson)) if at.state is not DoorState.ENDED else (),
        rooms=_rooms(shown),
        people=tuple(_people(shown)),
        sequence=lesson.sequence,
        events=tuple(events(shown.said, lesson, shown.found.history, _names(shown))),
        zones=_zones(shown),
        may_change=shown.found.may_change,
        may_invite=shown.found.may_invite,
        recordings=allowed(shown.actor, "recordings.see", lesson_subject(lesson)),
        enter=enter_path(lesson, shown.actor, shown.link),
        kit=_kit(shown),
        move=move or _unmoved(lesson),
        person=person or PersonForm(),
        answers=None if shown.found.answers is None else answers_card(shown.found.answers, shown.now),
        own_answer=own_answer(lesson, shown.actor.person_id),
    )


def moving(shown: Shown, typed: MoveForm, outcome: Trial | Refusal) -> MoveForm:
    """The form that moves the lesson, with the preview or with what is wrong."""
    if isinstance(outcome, Refusal):
        return replace(typed, errors=move_errors(shown.said, outcome, typed))
    homes = shown.found.around.institutions
    return replace(typed, preview=preview_of(outcome, shown.own, shown.others, homes))


def move_errors(said: Words, refusal: Refusal, typed: MoveForm) -> Errors:
    if isinstance(refusal, InvalidInputError):
        return forms.move_errors(said, refusal.errors, typed)
    return sentences.errors_of(refusal, said, typed)


def person_errors(said: Words, refusal: Refusal) -> Errors:
    if isinstance(refusal, InvalidInputError):
        return forms.person_errors(said, refusal.errors)
    return {"email": " ".join(sentences.errors_of(refusal, said, MoveForm()).values())}


def _houses(shown: Shown) -> Iterator[HouseLine]:
    """What the houses say of what they can still answer: a date that was approved too late waits for its owner."""
    if any(each.asks and not each.lost for each in shown.lesson.dates):
        for each in shown.found.houses:
            yield HouseLine(side(each.institution), each.until or 0)


def _lost(lesson: Lesson) -> Iterator[LostLine]:
    series = lesson.draft.timing.rule is not None
    for each in lesson.lost:
        yield LostLine((each.starts, each.ends), str(each.recurrence) if series else "")


def _rooms(shown: Shown) -> tuple[RoomLine, ...]:
    """The booked rooms, the reader's own first."""
    lines = room_lines(shown.said, shown.lesson, shown.found.around)
    return tuple(sorted(lines, key=lambda each: each.side.code != shown.own.code))


def _kit(shown: Shown) -> str:
    """Where the kit of the next meeting is handed out, for whoever may fetch it."""
    held, things = shown.door.occurrence, shown.found.around.resources
    wanted = (things.get(each.resource_id) for each in held.wants)
    carried = any(isinstance(each, Equipment) and each.kind == "equipment" for each in wanted)
    due = held.state == "confirmed" and held.ends > shown.now
    return f"/kit/for/{held.booking_public_id}" if carried and due and shown.found.may_change else ""


def _people(shown: Shown) -> Iterator[PersonLine]:
    """Everybody for those who may invite; for the others who teaches it, without addresses."""
    last = {each.email: each for each in shown.found.mails}
    for attendee in shown.lesson.present:
        if shown.found.may_invite:
            yield _told(shown, attendee, last.get(attendee.email))
        elif attendee.teaches:
            line = _told(shown, attendee, None)
            yield replace(line, email="", link_tail="", removable=False, answer="")


def _told(shown: Shown, attendee: Attendee, mail: InvitationView | None) -> PersonLine:
    person = shown.found.around.people.get(attendee.person_id or 0)
    home = None if person is None else shown.found.around.institutions.get(person.institution_id or 0)
    owner = attendee.person_id == shown.lesson.owner_id
    return PersonLine(
        id=attendee.public_id,
        name=attendee.name,
        email=attendee.email,
        role=_role(attendee, owner=owner),
        side=None if home is None else side(home),
        mail="none" if mail is None else MAIL_STATES[mail.state],
        mail_at=0 if mail is None else parse_rfc3339(mail.at),
        mail_note="" if mail is None else mail.error or "",
        link_tail=shown.link(attendee)[-TAIL:],
        removable=not owner,
        answer="" if owner else shown.lesson.partstats(attendee)[0],
    )


def _role(attendee: Attendee, *, owner: bool) -> Role:
    if owner:
        return "organiser"
    if attendee.teaches:
        return "teacher"
    return "guest" if attendee.person_id is None else "attendee"


def _names(shown: Shown) -> dict[int, str]:
    return {i: each.name for i, each in shown.found.around.people.items()}


def _zones(shown: Shown) -> tuple[str, ...]:
    timing = shown.lesson.draft.timing
    return tuple(dict.fromkeys([timing.zone, shown.own.zone, shown.actor.zone, *(each.zone for each in shown.others)]))


def _unmoved(lesson: Lesson) -> MoveForm:
    timing = lesson.draft.timing
    return MoveForm(
        zone=timing.zone,
        date=timing.start.date.isoformat(),
        time=f"{timing.start.time:%H:%M}",
        minutes=str(timing.minutes),
        fold="" if timing.fold is None else str(timing.fold),
    )
