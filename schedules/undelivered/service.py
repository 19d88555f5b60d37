"""What administrators see of mail that failed, and do about it; each function takes a connection."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from schedules import store as lessons_store
from schedules.answers import service as answers
from schedules.invitations import KIND as LESSON_MAIL
from schedules.model import Lesson
from schedules.notices import KIND as NOTICE
from schedules.service import subject, visible_lesson
from schedules.undelivered import store
from schedules.undelivered.model import NotToSendError, Undelivered
from vclass.core import audit, failures, outbox
from vclass.core.keys import Actor
from vclass.core.outbox import Standing
from vclass.core.refusals import NotFoundError
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.people import Subject, allowed, require

ACTION: Final = "mail.manage"
MINUTE: Final = 60


def undelivered(connection: sa.Connection, actor: Actor, first: int = 0, most: int | None = None) -> list[Undelivered]:
    """The mails of the actor's houses that failed and with which nobody has dealt, the latest first."""
    rows = failures.failed(connection, store.of_houses(connection, _houses(actor)), first, most)
    lessons = _lessons(connection, rows)
    return [_undelivered(actor, lessons, each) for each in rows]


def number_of_undelivered(connection: sa.Connection, actor: Actor) -> int:
    """How many there are."""
    return failures.number(connection, store.of_houses(connection, _houses(actor)))


def send_again(connection: sa.Connection, actor: Actor, mail_id: str, now: Instant) -> Undelivered:
    """Say it once more: of a lesson how it stands now, of a booking what was said.

    Raises:
        NotFoundError: No such mail failed, or it is another house's.
        NotToSendError: It is of no use any more.
        ForbiddenError: The actor may not invite to this lesson.
        SentLatelyError: It was sent within this hour.
    """
    row, found = _one(connection, actor, mail_id)
    if row.leased.kind == LESSON_MAIL and found.lesson:
        visible_lesson(connection, actor, found.lesson, "lesson.invite")
    if not found.may_send:
        raise NotToSendError
    if row.leased.kind == LESSON_MAIL:
        answers.send_again(connection, actor, found.lesson, row.leased.facts["attendee"], now)
        failures.settle(connection, row.leased.id, now)
    else:
        failures.try_afresh(connection, row.leased.id, now)
    _note(connection, actor, row, "mail.send", now)
    return found


def settle(connection: sa.Connection, actor: Actor, mail_id: str, now: Instant) -> Undelivered:
    """Mark a failed mail as dealt with.

    Raises:
        NotFoundError: No such mail failed, or it is another house's, or it was dealt with before.
    """
    row, found = _one(connection, actor, mail_id)
    if not failures.settle(connection, row.leased.id, now):
        raise NotFoundError("mail")
    _note(connection, actor, row, "mail.settle", now)
    return found


def _houses(actor: Actor) -> Collection[int] | None:
    """The institutions whose mail the actor answers for; None stands for all."""
    if allowed(actor, ACTION):
        return None
    own = {place for place, _ in actor.roles if allowed(actor, ACTION, Subject(institution=place))}
    if not own:
        require(actor, ACTION)
    return own


def _one(connection: sa.Connection, actor: Actor, mail_id: str) -> tuple[Standing, Undelivered]:
    row = store.one(connection, _houses(actor), outbox.number_in(mail_id))
    if row is None:
        raise NotFoundError("mail")
    return row, _undelivered(actor, _lessons(connection, [row]), row)


def _lessons(connection: sa.Connection, rows: Sequence[Standing]) -> Mapping[str, Lesson]:
    named = {each.leased.facts.get("lesson", "") for each in rows} - {""}
    ids = lessons_store.ids_by_public_id(connection, sorted(named)) if named else []
    return {each.public_id: each for each in lessons_store.lessons(connection, ids)}


def _undelivered(actor: Actor, lessons: Mapping[str, Lesson], row: Standing) -> Undelivered:
    facts, lesson = row.leased.facts, lessons.get(row.leased.facts.get("lesson", ""))
    return Undelivered(
        id=str(row.leased.id),
        kind=row.leased.kind,  # type: ignore[arg-type]  # the kinds for which there are composers
        news=facts.get("news") or facts.get("notice") or "",
        email=row.leased.recipient,
        name=facts.get("name", ""),
        lesson="" if lesson is None else lesson.public_id,
        title=facts.get("title", ""),
        state="dead" if row.bounced_at is None else "bounced",
        at=row.bounced_at or row.dead_at or row.leased.created_at,
        tries=row.tries,
        error=row.bounce_reason or row.last_error or "",
        date=_date(facts),
        may_send=_may_send(actor, lesson, row),
    )


def _date(facts: Mapping[str, Any]) -> Span | None:
    """The one date that a mail is about."""
    if not facts.get("about"):
        return None
    starts, minutes = facts["about"][0]["starts"], facts["about"][0]["minutes"]
    return starts, starts + MINUTE * minutes


def _may_send(actor: Actor, lesson: Lesson | None, row: Standing) -> bool:
    if row.leased.kind != LESSON_MAIL:
        return row.leased.kind == NOTICE
    if lesson is None or not allowed(actor, "lesson.invite", subject(lesson)):
        return False
    told = lesson.cancelled or lesson.published_at is not None
    return told and any(each.public_id == row.leased.facts["attendee"] for each in lesson.present)


def _note(connection: sa.Connection, actor: Actor, row: Standing, action: str, now: Instant) -> None:
    entry = audit.Entry(now, actor.person_id, actor.institution_id, action, "mail", row.leased.id, {})
    audit.append(connection, [entry])
