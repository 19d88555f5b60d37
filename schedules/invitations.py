"""What must be said by mail: facts written with the change, told to each attendee alone, in order.

A row holds a snapshot of the lesson as committed, so the mail equals the state it tells of, whenever it leaves.
The personal link is not in it: it is derived again at sending.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from schedules.facts import MailFacts, MailMethod, Meeting, News, Place, calendar_object, organizer_address
from schedules.ical import Instance, Timetable, left_behind
from schedules.model import Attendee, Held, Lesson
from schedules.partstats import Partstat
from vclass.core.outbox import Effect
from vclass.core.zones import Instant, WallTime

__all__ = [
    "KIND",
    "MailFacts",
    "Meeting",
    "News",
    "Place",
    "calendar_object",
    "effects",
    "lane",
    "organizer_address",
]

KIND: Final = "lesson-mail"
HOUR: Final = 3600
CANCELLING: Final[frozenset[News]] = frozenset({"cancelled", "removed", "cancelled-one", "withdrawn"})
REMARKS: Final[Mapping[News, MailMethod]] = {"counter-declined": "DECLINECOUNTER", "confirm": ""}
"""What says nothing new of a lesson, and the method of its calendar object, if it has one."""
SHORTENING: Final[frozenset[News]] = frozenset({"cut", "ended"})


@dataclass(frozen=True, slots=True)
class _Said:
    """One mail, whoever reads it."""

    lesson: Lesson
    news: News
    places: tuple[Place, ...]
    meetings: tuple[Meeting, ...]
    about: tuple[Meeting, ...]
    before: Instant | None
    reason: str
    unsure: bool
    again: bool

    @property
    def cancels(self) -> bool:
        return self.news in CANCELLING or (self.news in SHORTENING and bool(self.about))


def effects(
    lesson: Lesson,
    to: Iterable[Attendee],
    news: News,
    *,
    places: Sequence[Place],
    before: Instant | None = None,
    about: Sequence[Held] = (),
    was: Lesson | None = None,
    own_places: Mapping[WallTime, Sequence[Place]] | None = None,
    reason: str | None = None,
    unsure: bool = False,
    again: bool = False,
) -> list[Effect]:
    """The outbox rows of a change: one for each attendee, and one more where calendars must first forget something.

    A row's key names lesson, occurrence, revision, recipient, method and, for what is sent again, the link's generation
    and the hour.

    Args:
        lesson: As it stands now, with the SEQUENCE, revision and DTSTAMP of this change.
        to: Who is told.
        news: What has happened.
        places: The rooms of the lesson.
        before: The start that the last mail told: the lesson's first, or that of the one occurrence.
        about: For news of one occurrence alone: that one, as it stands now.
        was: The lesson before its time or rule changed.
        own_places: For each occurrence that doesn't meet in the lesson's rooms, by recurrence, those it has.
        reason: Why one occurrence was cancelled; None for the reason of the whole lesson.
        unsure: For a lesson that is cut: how it goes on waits for approval.
        again: Whether it is said once more, without any change.
    """
    rooms = {wall: tuple(each) for wall, each in (own_places or {}).items()}
    told = _Said(
        lesson,
        news,
        tuple(places),
        _meetings(lesson.occurrences, rooms),
        _meetings(about, rooms),
        before,
        lesson.cancel_reason if reason is None else reason,
        unsure,
        again,
    )
    said = [told] if was is None else _with_withdrawal(told, was)
    return [_effect(_facts(each, attendee), each) for attendee in to for each in said]


def remark(
    lesson: Lesson,
    attendee: Attendee,
    news: News,
    *,
    places: Sequence[Place],
    own_places: Mapping[WallTime, Sequence[Place]],
    about: Sequence[Held] = (),
    said: Partstat = "NEEDS-ACTION",
    key: str,
) -> Effect:
    """A mail that says nothing new of the lesson: in a lane of its own, so that it is never taken for what was told.

    Args:
        lesson: As it stands.
        attendee: Who is told.
        news: One of ``REMARKS``.
        places: The rooms of the lesson.
        own_places: For each occurrence that doesn't meet in the lesson's rooms, by recurrence, those it has.
        about: The one occurrence that it is about; none for the whole.
        said: The answer that it is about.
        key: Tells it from others of its kind to this attendee.
    """
    (effect,) = effects(lesson, [attendee], news, places=places, own_places=own_places, about=about)
    which = str(about[0].recurrence) if about else ""
    return replace(
        effect,
        dedupe_key=f"{lesson.uid}|{which}|{news}|{attendee.email}|{key}",
        lane=remarks_lane(lesson, attendee),
        facts=effect.facts | {"method": REMARKS[news], "said": said},
    )


def remarks_lane(lesson: Lesson, attendee: Attendee) -> str:
    """The lane of mails that say nothing new of the lesson."""
    return f"{lane(lesson, attendee)}|answers"


def lane(lesson: Lesson, attendee: Attendee) -> str:
    """Mails of one lane leave in order: all that concern one lesson and one attendee."""
    return f"{lesson.uid}|{attendee.email}"


def _meetings(occurrences: Iterable[Held], own: Mapping[WallTime, tuple[Place, ...]]) -> tuple[Meeting, ...]:
    return tuple(
        Meeting(
            str(each.recurrence),
            each.starts,
            each.minutes,
            each.published_start,
            own.get(each.recurrence),
        )
        for each in occurrences
    )


def _with_withdrawal(told: _Said, was: Lesson) -> list[_Said]:
    """Before an update, the cancellation of what it would leave in calendars; of an early end, that says all."""
    gone = left_behind(_timetable(was), _timetable(told.lesson))
    if gone is None:
        return [told]
    lesson = told.lesson
    former = replace(
        was,
        sequence=lesson.sequence,
        revision=lesson.revision,
        told_at=lesson.told_at - 1,  # so that it never hides the update, in whatever order they come
        attendees=lesson.attendees,
    )
    names = {each.recurrence for each in gone}
    about = _meetings((each for each in was.occurrences if each.recurrence in names), {})
    withdrawal = replace(told, lesson=former, news="withdrawn", meetings=_meetings(was.occurrences, {}), about=about)
    if told.news in SHORTENING and gone:
        return [replace(withdrawal, news=told.news)]
    return [withdrawal, told]


def _timetable(lesson: Lesson) -> Timetable:
    timing = lesson.draft.timing
    return Timetable(
        zone=timing.zone,
        start=timing.start,
        minutes=timing.minutes,
        rule=timing.rule,
        occurrences=tuple(
            Instance(each.recurrence, each.starts, each.ends, each.published_start) for each in lesson.occurrences
        ),
    )


def _effect(facts: MailFacts, said: _Said) -> Effect:
    resend = f"{facts.generation}.{facts.dtstamp // HOUR}" if said.again else 0
    which = facts.about[0].recurrence if facts.about else ""
    return Effect(
        kind=KIND,
        dedupe_key=f"{facts.uid}|{which}|{said.lesson.revision}|{facts.email}|{facts.method}|{resend}",
        lane=f"{facts.uid}|{facts.email}",
        recipient=facts.email,
        facts=msgspec.to_builtins(facts),
    )


def _facts(said: _Said, attendee: Attendee) -> MailFacts:
    lesson = said.lesson
    timing = lesson.draft.timing
    owner = next(each for each in lesson.attendees if each.person_id == lesson.owner_id)
    whole, meetings, about = _answered(said, attendee)
    return MailFacts(
        method="CANCEL" if said.cancels else "REQUEST",
        news=said.news,
        uid=lesson.uid,
        sequence=max(lesson.sequence, attendee.sequence),
        dtstamp=lesson.told_at,
        lesson=lesson.public_id,
        title=lesson.draft.title,
        description=lesson.draft.description,
        zone=timing.zone,
        start=str(timing.start),
        minutes=timing.minutes,
        fold=timing.fold,
        rule=timing.rule,
        starts=tuple(each.starts for each in said.meetings),
        address_token=lesson.address_token,
        owner=owner.name,
        owner_email=owner.email,
        teachers=tuple(each.name for each in lesson.present if each.teaches),
        places=said.places,
        attendee=attendee.public_id,
        generation=attendee.generation,
        key_id=attendee.key_id,
        email=attendee.email,
        name=attendee.name,
        teaches=attendee.teaches,
        attendee_zone=attendee.zone,
        language=attendee.language,
        reason=said.reason,
        before=said.before,
        meetings=meetings,
        about=about,
        transparent=lesson.draft.transparent,
        unsure=said.unsure,
        partstat=whole,
    )


def _answered(said: _Said, attendee: Attendee) -> tuple[Partstat, tuple[Meeting, ...], tuple[Meeting, ...]]:
    """What the reader has answered, and the meetings with what holds for each of them alone."""
    if not attendee.answers:
        return "NEEDS-ACTION", said.meetings, said.about
    whole, each_one = said.lesson.partstats(attendee)
    own = {str(name): each for name, each in each_one.items() if each != whole}

    def mine(meetings: tuple[Meeting, ...]) -> tuple[Meeting, ...]:
        return tuple(msgspec.structs.replace(each, partstat=own.get(each.recurrence)) for each in meetings)

    return whole, mine(said.meetings), mine(said.about)
