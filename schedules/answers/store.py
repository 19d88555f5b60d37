"""Every question asked of the tables of answers, by name."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from schedules import partstats
from schedules.answers.model import Given, Proposal, Stray
from schedules.answers.tables import answer, proposal, stray_answer
from schedules.partstats import Answer
from schedules.tables import attendee, lesson
from vclass.core.db import insert_new, locked
from vclass.core.zones import Instant

_NAMED_ALIKE = ("attendee_id", "occurrence", "sequence", "dtstamp", "comment", "received_at")


def lesson_id_by_address(connection: sa.Connection, token: str) -> int | None:
    """The lesson whose own address has this token."""
    found = sa.select(lesson.c.id).where(lesson.c.address_token == token)
    return connection.execute(found).scalar_one_or_none()


def lock_attendee(connection: sa.Connection, attendee_id: int) -> tuple[Answer, ...]:
    """What an attendee has answered, kept as it is until this transaction ends."""
    found = sa.select(attendee.c.id, attendee.c.answers).where(attendee.c.id == attendee_id)
    return partstats.read(connection.execute(locked(connection, found)).one().answers)


def write_answers(connection: sa.Connection, attendee_id: int, answers: Collection[Answer]) -> None:
    written = sa.update(attendee).where(attendee.c.id == attendee_id)
    connection.execute(written.values(answers=partstats.write(answers)))


def insert_answer(connection: sa.Connection, row: dict[str, Any]) -> bool:
    """Add to the history; False if it is in there."""
    return insert_new(connection, answer, row)


def asked_answer(connection: sa.Connection, attendee_id: int, digest: str) -> str | None:
    """The public id of an answer that waits for the attendee's word, by what it says."""
    found = sa.select(answer.c.public_id).where(
        answer.c.attendee_id == attendee_id, answer.c.digest == digest, answer.c.state == "asked"
    )
    return connection.execute(found).scalar_one_or_none()


def settle_answer(connection: sa.Connection, attendee_id: int, public_id: str, state: str) -> Given | None:
    """Decide on an answer that waits; None if there is none such any more."""
    waits = sa.and_(answer.c.attendee_id == attendee_id, answer.c.public_id == public_id, answer.c.state == "asked")
    decided = connection.execute(sa.update(answer).where(waits).values(state=state).returning(answer)).one_or_none()
    return None if decided is None else _given(decided)


def history(connection: sa.Connection, lesson_id: int) -> list[Given]:
    """All answers of a lesson's attendees, oldest first."""
    theirs = sa.select(attendee.c.id).where(attendee.c.lesson_id == lesson_id)
    found = sa.select(answer).where(answer.c.attendee_id.in_(theirs)).order_by(answer.c.received_at, answer.c.id)
    return [_given(row) for row in connection.execute(found)]


def history_of(connection: sa.Connection, attendee_id: int) -> list[Given]:
    """All answers of one attendee, oldest first."""
    found = sa.select(answer).where(answer.c.attendee_id == attendee_id).order_by(answer.c.received_at, answer.c.id)
    return [_given(row) for row in connection.execute(found)]


def count_answers(connection: sa.Connection, attendee_id: int) -> int:
    counted = sa.select(sa.func.count()).select_from(answer).where(answer.c.attendee_id == attendee_id)
    return int(connection.execute(counted).scalar_one())


def count_proposals(connection: sa.Connection, attendee_id: int, since: Instant) -> int:
    """How many times an attendee has proposed since an instant."""
    mine = sa.and_(proposal.c.attendee_id == attendee_id, proposal.c.received_at > since)
    return int(connection.execute(sa.select(sa.func.count()).select_from(proposal).where(mine)).scalar_one())


def proposers_words(connection: sa.Connection, attendee_ids: Collection[int]) -> set[str]:
    """What some attendees wrote beside their proposals."""
    found = sa.select(proposal.c.comment).where(proposal.c.attendee_id.in_(list(attendee_ids)))
    return set(connection.execute(found).scalars())


def insert_proposal(connection: sa.Connection, row: dict[str, Any]) -> bool:
    return insert_new(connection, proposal, row)


def proposals(connection: sa.Connection, lesson_id: int) -> list[Proposal]:
    """All that was proposed for a lesson, oldest first by the order of answers."""
    theirs = sa.select(attendee.c.id).where(attendee.c.lesson_id == lesson_id)
    found = sa.select(proposal).where(proposal.c.attendee_id.in_(theirs))
    rows = connection.execute(found.order_by(proposal.c.sequence, proposal.c.dtstamp, proposal.c.id))
    return [_proposal(row) for row in rows]


def decline_proposal(connection: sa.Connection, public_id: str, by: int | None, now: Instant) -> bool:
    """Say no to a proposal, once."""
    standing = sa.and_(proposal.c.public_id == public_id, proposal.c.declined_at.is_(None))
    values = {"declined_at": now, "declined_by": by}
    return connection.execute(sa.update(proposal).where(standing).values(values)).rowcount == 1


def insert_stray(connection: sa.Connection, row: dict[str, Any]) -> bool:
    return insert_new(connection, stray_answer, row)


def strays(connection: sa.Connection, lesson_id: int) -> list[Stray]:
    """Answers from addresses that aren't invited and of which nobody has decided, oldest first."""
    found = sa.select(stray_answer).where(stray_answer.c.lesson_id == lesson_id, stray_answer.c.settled_at.is_(None))
    return [_stray(row) for row in connection.execute(found.order_by(stray_answer.c.id))]


def settle_stray(
    connection: sa.Connection, lesson_id: int, public_id: str, attendee_id: int | None, by: int | None, now: Instant
) -> Stray | None:
    """Decide on an answer from an unknown address; None if that was done before."""
    open_one = sa.and_(
        stray_answer.c.lesson_id == lesson_id,
        stray_answer.c.public_id == public_id,
        stray_answer.c.settled_at.is_(None),
    )
    values = {"settled_at": now, "settled_by": by, "attendee_id": attendee_id}
    settled = connection.execute(sa.update(stray_answer).where(open_one).values(values).returning(stray_answer))
    row = settled.one_or_none()
    return None if row is None else _stray(row)


def forget_attendees(connection: sa.Connection, attendee_ids: Collection[int], email: str) -> None:
    """Delete all that some attendees said, and what came from an address."""
    ids = list(attendee_ids)
    for table in (answer, proposal):
        connection.execute(sa.delete(table).where(table.c.attendee_id.in_(ids)))
    theirs = sa.or_(
        stray_answer.c.attendee_id.in_(ids), stray_answer.c.address == email, stray_answer.c.sender == email
    )
    connection.execute(sa.delete(stray_answer).where(theirs))


def _given(row: sa.Row[Any]) -> Given:
    names = (*_NAMED_ALIKE, "source", "partstat", "delegated_to", "sender", "state", "to_old_time")
    return Given(id=row.public_id, **{name: getattr(row, name) for name in names})


def _proposal(row: sa.Row[Any]) -> Proposal:
    names = (*_NAMED_ALIKE, "declined_at")
    span = (row.starts, row.ends)
    return Proposal(id=row.public_id, span=span, **{name: getattr(row, name) for name in names})


def _stray(row: sa.Row[Any]) -> Stray:
    names = ("lesson_id", "address", "sender", "occurrence", "method", "partstat", "sequence", "dtstamp", "comment")
    return Stray(id=row.public_id, received_at=row.received_at, **{name: getattr(row, name) for name in names})
