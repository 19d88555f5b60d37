"""What people can do with lessons: one function for each; all take a connection and commit nothing."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial

import sqlalchemy as sa

from config import Keyring
from rooms import Wish
from schedules import planning, reminders, store
from schedules.door import DoorState, door, is_over
from schedules.drafts import changed_draft, new_draft, with_owner
from schedules.invitations import effects
from schedules.links import next_link
from schedules.model import Attendee, Lesson
from schedules.publishing import as_known
from schedules.refusals import AlreadyCancelledError
from schedules.views import views
from schedules.wire import (
    LessonList,
    LessonPatch,
    LessonView,
    NewLesson,
)
from vclass.core import audit, outbox
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.paging import fetched
from vclass.core.refusals import FieldError, InvalidInputError, NotFoundError, NotSignedInError, StaleError
from vclass.core.spans import Span
from vclass.core.texts import is_prose
from vclass.core.tokens import digest
from vclass.core.zones import Instant
from vclass.people import Subject, allowed, require


def subject(lesson: Lesson) -> Subject:
    invited = frozenset(each.person_id for each in lesson.present if each.person_id is not None)
    return Subject(institution=lesson.institution_id, owner=lesson.owner_id, invited=invited)


def lesson_of(connection: sa.Connection, public_id: str) -> Lesson | None:
    """A lesson, whoever asks."""
    lesson_id = store.lesson_id_by_public_id(connection, public_id)
    return next(iter(store.lessons(connection, [] if lesson_id is None else [lesson_id])), None)


def visible_lesson(connection: sa.Connection, actor: Actor, public_id: str, action: str) -> Lesson:
    """The lesson, if the actor may do this to it.

    Raises:
        NotSignedInError: Nobody is signed in; links lead elsewhere.
        NotFoundError: There is none, or the actor may not know of it.
        ForbiddenError: The actor may see it but not do this.
    """
    if not actor.signed_in:
        raise NotSignedInError
    found = lesson_of(connection, public_id)
    if found is None or not allowed(actor, "lesson.see", subject(found)):
        raise NotFoundError("lesson")
    require(actor, action, subject(found))
    return found


def see_lesson(connection: sa.Connection, actor: Actor, public_id: str, now: Instant) -> tuple[LessonView, int]:
    """A lesson as the actor may see it, and its version."""
    lesson = visible_lesson(connection, actor, public_id, "lesson.see")
    return lesson_view(connection, actor, lesson, now), lesson.version


def lesson_view(connection: sa.Connection, actor: Actor, lesson: Lesson, now: Instant) -> LessonView:
    """A lesson as the actor may see it; the addresses of attendees only for those who may invite."""
    return views(connection, [lesson], lambda each: _may_invite(actor, each), now)[0]


def _may_invite(actor: Actor, lesson: Lesson) -> bool:
    return allowed(actor, "lesson.invite", subject(lesson))


def lessons_between(connection: sa.Connection, actor: Actor, starts: Instant, ends: Instant) -> list[Lesson]:
    """The lessons of a span that the actor leads, attends or administers, in order of their first meeting."""
    return store.lessons(connection, _ids_between(connection, actor, (starts, ends)))


def list_lessons(connection: sa.Connection, actor: Actor, span: Span, cursor: str | None, now: Instant) -> LessonList:
    """A page of these lessons, as the actor may see them."""
    ids, following = fetched(partial(_ids_between, connection, actor, span), cursor)
    found = store.lessons(connection, ids)
    return LessonList(tuple(views(connection, found, lambda each: _may_invite(actor, each), now)), following)


def _ids_between(
    connection: sa.Connection, actor: Actor, span: Span, first: int = 0, most: int | None = None
) -> list[int]:
    assert actor.person_id is not None, "the route lets nobody in who isn't signed in"
    return store.ids_between(connection, span, actor.person_id, _administered(actor), first, most)


def _administered(actor: Actor) -> list[int] | None:
    """The institutions all of whose lessons the actor may see; None stands for all."""
    if allowed(actor, "lesson.see"):
        return None
    return [place for place, _ in actor.roles if allowed(actor, "lesson.see", Subject(institution=place))]


def prepare_new(connection: sa.Connection, actor: Actor, body: NewLesson, *, key: Key | None, now: Instant) -> Wish:
    """The wish for a new lesson, with both sides' rooms, ready for the desk."""
    require(actor, "lessons.create", Subject(institution=actor.institution_id))
    assert actor.person_id is not None, "the matrix lets nobody book who isn't signed in"
    assert actor.institution_id is not None, "a teacher belongs to an institution"
    draft, ignore = new_draft(connection, actor, body), body.closures == "ignore"
    creation = planning.prepare_creation(connection, actor, draft, key, now, ignores_closures=ignore)
    return planning.creation_wish(
        connection, creation, actor.institution_id, actor.person_id, on_clash=body.on_clash, now=now
    )


def prepare_change(
    connection: sa.Connection, actor: Actor, public_id: str, patch: LessonPatch, *, version: int, now: Instant
) -> Wish:
    lesson = visible_lesson(connection, actor, public_id, "lesson.change")
    if lesson.version != version:
        raise StaleError(lesson.version)
    lesson = with_owner(connection, lesson)
    after = changed_draft(connection, lesson, patch)
    ignore = patch.closures == "ignore"
    change = planning.prepare_change(connection, actor, lesson, after, now, ignores_closures=ignore)
    return planning.change_wish(change, now)


def prepare_cancellation(
    connection: sa.Connection, actor: Actor, public_id: str, reason: str, *, version: int, now: Instant
) -> Wish:
    lesson = visible_lesson(connection, actor, public_id, "lesson.cancel")
    if lesson.version != version:
        raise StaleError(lesson.version)
    if lesson.cancelled:
        raise AlreadyCancelledError(lesson)
    if not is_prose(reason):
        raise InvalidInputError([FieldError("reason", "write visible text")])
    cancellation = planning.prepare_cancellation(actor, lesson, lesson.dates, reason.strip(), now)
    return planning.cancellation_wish(cancellation, now)


def renew_link(
    connection: sa.Connection, actor: Actor, keyring: Keyring, public_id: str, attendee_id: str, now: Instant
) -> Attendee:
    """Revoke an attendee's personal link and send a fresh one."""
    lesson = visible_lesson(connection, actor, public_id, "lesson.invite")
    if lesson.cancelled:
        raise AlreadyCancelledError(lesson)
    attendee = next((each for each in lesson.present if each.public_id == attendee_id), None)
    if attendee is None:
        raise NotFoundError("attendee")
    link = next_link(keyring, attendee)
    store.update_attendee(connection, attendee.id, **link)
    renewed = replace(attendee, generation=attendee.generation + 1, key_id=str(link["key_id"]))
    reminders.take_back(connection, [each.booking_id for each in lesson.dates])
    _tell_link(connection, lesson, renewed, now)
    facts = {"attendee": attendee.id, "generation": renewed.generation}
    entry = audit.Entry(now, actor.person_id, lesson.institution_id, "lesson.invite", "lesson", lesson.id, facts)
    audit.append(connection, [entry])
    return renewed


def invited_by_token(connection: sa.Connection, token: str, now: Instant) -> tuple[Lesson, Attendee] | None:
    """Whose personal link this is; None for a foreign or revoked one.

    Once the lesson is over, the link leads to the one that continues it, if the same address is invited there: so
    whoever holds an old link and whoever holds a new one meet.
    """
    attendee = store.attendee_by_digest(connection, digest(token))
    if attendee is None or attendee.removed:
        return None
    return _followed(connection, store.lessons(connection, [attendee.lesson_id])[0], attendee, now)


def _followed(connection: sa.Connection, lesson: Lesson, attendee: Attendee, now: Instant) -> tuple[Lesson, Attendee]:
    if not is_over(lesson, now):
        return lesson, attendee
    there = dict(store.successors(connection, lesson.id, attendee.email))
    later = sorted(store.lessons(connection, list(there)), key=lambda each: each.occurrences[0].starts)
    for each in later:
        found, seat = _followed(connection, each, there[each.id], now)
        if not is_over(found, now):
            return found, seat
    return lesson, attendee


def open_lessons(connection: sa.Connection, public_ids: Collection[str], now: Instant) -> set[str]:
    """Those among some lessons whose door is open."""
    found = store.lessons(connection, store.ids_by_public_id(connection, public_ids))
    return {each.public_id for each in found if door(each, now).state is DoorState.OPEN}


def resend_link(connection: sa.Connection, token: str, now: Instant) -> None:
    """Mail the present link to whom a replaced one was sent; says nothing of whether there is such a person."""
    attendee = store.attendee_by_replaced_digest(connection, digest(token))
    if attendee is None or attendee.removed:
        return
    lesson = store.lessons(connection, [attendee.lesson_id])[0]
    if not lesson.cancelled:
        _tell_link(connection, lesson, attendee, now)


def _tell_link(connection: sa.Connection, lesson: Lesson, attendee: Attendee, now: Instant) -> None:
    """Mail the present link; its DTSTAMP is above all that went before, or calendars would keep the old link.

    Who was not invited yet hears of it with the invitation.
    """
    known = as_known(connection, lesson)
    if lesson.published_at is None or not known.lesson.dates:
        return
    told_at = max(now, lesson.told_at + 1)
    store.note_telling(connection, lesson.id, told_at)
    told = replace(known.lesson, told_at=told_at)
    said = effects(told, [attendee], "link", places=known.places, own_places=known.own_places, again=True)
    outbox.put(connection, said, now)


def rename(connection: sa.Connection, attendee_id: int, name: str) -> None:
    """Let an attendee choose the name that others see."""
    store.update_attendee(connection, attendee_id, name=name)
