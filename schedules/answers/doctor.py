"""The invitation doctor: what was sent to each attendee, how it went, and what came back."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import msgspec
import sqlalchemy as sa

from schedules.answers import machine, store
from schedules.answers.model import Given
from schedules.invitations import KIND, MailFacts, lane, remarks_lane
from schedules.model import Attendee, Lesson
from schedules.partstats import WHOLE, by_occurrence, holding
from schedules.service import visible_lesson
from schedules.wire import AnswerView, InvitationList, InvitationView
from vclass.core import outbox
from vclass.core.keys import Actor
from vclass.core.outbox import Standing
from vclass.core.paging import fetched
from vclass.core.refusals import NotFoundError
from vclass.core.zones import rfc3339


def sent_invitations(connection: sa.Connection, actor: Actor, public_id: str) -> list[InvitationView]:
    """What was said by mail to each attendee of a lesson, and whether it has left and arrived."""
    lesson = visible_lesson(connection, actor, public_id, "invitations.see")
    return _views(lesson, _rows(connection, lesson))


def list_invitations(connection: sa.Connection, actor: Actor, public_id: str, cursor: str | None) -> InvitationList:
    """A page of it; the first one tells all answers besides."""
    lesson = visible_lesson(connection, actor, public_id, "invitations.see")
    found, following = fetched(partial(_rows, connection, lesson), cursor)
    answers = () if cursor else answer_views(lesson, store.history(connection, lesson.id))
    return InvitationList(tuple(_views(lesson, found)), following, answers)


def answer_views(lesson: Lesson, history: Sequence[Given]) -> tuple[AnswerView, ...]:
    """All that was answered, oldest first."""
    people = {each.id: each for each in lesson.attendees}
    names = {each.public_id: str(each.recurrence) for each in lesson.dates}
    return tuple(
        AnswerView(
            email=people[each.attendee_id].email,
            recurrence=names.get(each.occurrence, each.occurrence),
            answer=each.partstat,
            at=rfc3339(each.received_at),
            source=each.source,
            sequence=each.sequence,
            state="old-time" if each.state == "counted" and each.to_old_time else each.state,
            comment=each.comment,
            delegated_to=each.delegated_to,
            sender=each.sender,
        )
        for each in history
    )


def sent_mail(connection: sa.Connection, actor: Actor, public_id: str, mail_id: str) -> Standing:
    """One mail of a lesson, for its teachers and administrators.

    Raises:
        NotFoundError: The lesson has no such mail.
    """
    lesson = visible_lesson(connection, actor, public_id, "invitations.see")
    row = outbox.named(connection, mail_id)
    if row is None or row.leased.kind != KIND or row.leased.facts["uid"] != lesson.uid:
        raise NotFoundError("mail")
    return row


def last_told(connection: sa.Connection, lesson: Lesson, attendee: Attendee) -> Standing | None:
    """The last mail that told an attendee how the lesson stands; None if none is left."""
    rows = outbox.of_lanes(connection, [lane(lesson, attendee)])
    return rows[-1] if rows else None


def _rows(connection: sa.Connection, lesson: Lesson, first: int = 0, most: int | None = None) -> list[Standing]:
    lanes = [name for each in lesson.attendees for name in (lane(lesson, each), remarks_lane(lesson, each))]
    return outbox.of_lanes(connection, lanes, first, most)


def _views(lesson: Lesson, rows: Sequence[Standing]) -> list[InvitationView]:
    people = {each.email: each for each in lesson.attendees}
    return [_view(lesson, people, each) for each in rows]


def _view(lesson: Lesson, people: dict[str, Attendee], row: Standing) -> InvitationView:
    facts = msgspec.convert(row.leased.facts, MailFacts)
    attendee = people.get(facts.email)
    answer, answered_at = ("NEEDS-ACTION", None) if attendee is None else _answer(lesson, attendee)
    at = row.bounced_at or row.sent_at or row.dead_at or row.leased.created_at
    return InvitationView(
        id=str(row.leased.id),
        email=facts.email,
        name=facts.name,
        method=facts.method,
        news=facts.news,
        sequence=facts.sequence,
        dtstamp=rfc3339(facts.dtstamp),
        recurrence=facts.about[0].recurrence if facts.about else "",
        state=_state(row),
        tries=row.tries,
        at=rfc3339(at),
        error=row.bounce_reason or row.last_error,
        answer=answer,
        answered_at=answered_at,
    )


def _state(row: Standing) -> Literal["waiting", "sent", "dead", "bounced"]:
    if row.bounced_at:
        return "bounced"
    return "sent" if row.sent_at else "dead" if row.dead_at else "waiting"


def _answer(lesson: Lesson, attendee: Attendee) -> tuple[str, str | None]:
    """What an attendee's answer to the whole comes to, and when it was given."""
    whole, _ = lesson.partstats(attendee)
    found = holding(by_occurrence(attendee.answers), WHOLE, machine.asked(lesson, attendee, WHOLE))
    return whole, None if found is None else rfc3339(found.dtstamp)
