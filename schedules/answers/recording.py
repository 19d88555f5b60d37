"""Taking down answers, by mail and by page: the history, what holds of it, and what is to be asked."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from schedules import partstats
from schedules.answers import machine, store
from schedules.answers.machine import Said
from schedules.answers.model import Incoming, Outcome, Source, State
from schedules.ical import Statement
from schedules.invitations import remark
from schedules.model import Attendee, Lesson
from schedules.partstats import WHOLE, Answer
from schedules.places import own_places_of, places_of
from schedules.refusals import AlreadyCancelledError, ClosedError
from vclass.core import audit, outbox
from vclass.core.refusals import NotFoundError, TooManyError
from vclass.core.spans import Span
from vclass.core.tokens import digest, new_id
from vclass.core.zones import Instant

ANSWER: Final = "lesson.answer"
PROPOSE: Final = "lesson.propose"
MOST_ANSWERS: Final = 1000
"""No attendee's history grows beyond it."""
MOST_STRAYS: Final = 50
"""So many answers from unknown addresses wait at a lesson; further ones are dropped."""
DAY: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Note:
    """What stands beside an answer, and how it came."""

    source: Source
    comment: str = ""
    delegated_to: str = ""
    sender: str = ""


def by_mail(said: Statement, mail: Incoming) -> Note:
    who = machine.answerer(said.attendees, mail.header_from)
    assert who is not None, "an answer without an attendee is a stray one"
    sender = who.sent_by or mail.header_from
    elsewhere = sender if sender.lower() != who.address else ""
    return Note("mail", said.comment, ", ".join(who.delegated_to), elsewhere)


def record(connection: sa.Connection, lesson: Lesson, said: Said, note: Note, now: Instant) -> Outcome:
    """Let an answer count; the lesson's version, and so its ETag, stays: answers are no part of it."""
    standing = store.lock_attendee(connection, said.attendee.id)
    if not _keep(connection, said, note, "counted", now):
        waiting = store.asked_answer(connection, said.attendee.id, said.digest)
        if waiting is None:
            return Outcome.KNOWN
        store.settle_answer(connection, said.attendee.id, waiting, "counted")
    answers = partstats.with_answer(standing, said.answer)
    audit.append(connection, [_entry(lesson, said, note, now)])
    if answers == standing:
        return Outcome.KNOWN
    store.write_answers(connection, said.attendee.id, answers)
    return Outcome.RECORDED


def ask(connection: sa.Connection, lesson: Lesson, said: Said, note: Note, now: Instant) -> Outcome:
    """Keep an answer until the attendee says that it is theirs, and ask for that by mail once a day at most."""
    if not _keep(connection, said, note, "asked", now):
        return Outcome.KNOWN
    about = [each for each in lesson.occurrences if each.public_id == said.answer.occurrence]
    effect = remark(
        lesson,
        said.attendee,
        "confirm",
        places=places_of(connection, [lesson])[lesson.id],
        own_places=own_places_of(connection, lesson),
        about=about,
        said=said.answer.partstat,
        key=str(now // DAY),
    )
    outbox.put(connection, [effect], now)
    return Outcome.ASKED


def confirm(
    connection: sa.Connection, lesson: Lesson, attendee: Attendee, answer_id: str, now: Instant, *, mine: bool
) -> None:
    """The attendee says whether an answer in their name was theirs.

    Raises:
        NotFoundError: Nothing of this id waits.
    """
    standing = store.lock_attendee(connection, attendee.id)
    given = store.settle_answer(connection, attendee.id, answer_id, "counted" if mine else "disowned")
    if given is None:
        raise NotFoundError("answer")
    answer = Answer(given.occurrence, given.partstat, given.sequence, given.dtstamp)
    said = Said(attendee, answer, "", given.to_old_time)
    if mine:
        store.write_answers(connection, attendee.id, partstats.with_answer(standing, answer))
    audit.append(connection, [_entry(lesson, said, Note("mail"), now, confirmed=mine)])


def answer_on_page(
    connection: sa.Connection, lesson: Lesson, attendee: Attendee, pressed: Answer, now: Instant
) -> bool:
    """What an attendee presses on their own page; it comes after all that they said before.

    Args:
        connection: A transaction of the writer.
        lesson: As it stands.
        attendee: Whose page it is.
        pressed: The answer, with the SEQUENCE that the page was shown for.
        now: The present.

    Returns:
        Whether it holds: not if the time has changed since the page was shown.

    Raises:
        AlreadyCancelledError: The lesson is off.
        ClosedError: All of it took place.
        NotFoundError: No such occurrence is to come.
        TooManyError: The attendee has answered more often than anybody would.
    """
    coming = {each.public_id for each in lesson.occurrences if each.starts > now}
    if lesson.cancelled:
        raise AlreadyCancelledError(lesson)
    if not coming:
        raise ClosedError(lesson, lesson.occurrences[-1].ends, now)
    if pressed.occurrence not in {WHOLE, *coming}:
        raise NotFoundError("occurrence")
    if _is_full(connection, attendee):
        raise TooManyError("You have answered very often. Write to whoever invited you instead.")
    standing = store.lock_attendee(connection, attendee.id)
    stamp = max(now, *(each.dtstamp + 1 for each in standing), 0)
    sequence = min(pressed.sequence, max(lesson.sequence, attendee.sequence))
    answer = Answer(pressed.occurrence, pressed.partstat, sequence, stamp)
    old = sequence < machine.asked(lesson, attendee, answer.occurrence)
    name = digest(f"page|{answer.occurrence}|{stamp}|{answer.partstat}")
    record(connection, lesson, Said(attendee, answer, name, old), Note("page"), now)
    return not old


def propose(connection: sa.Connection, lesson: Lesson, said: Said, span: Span, comment: str, mail: Incoming) -> Outcome:
    """Keep a proposal of another time for the lesson's teachers."""
    starts, ends = span
    row = {
        "public_id": new_id(),
        "attendee_id": said.attendee.id,
        "occurrence": said.answer.occurrence,
        "starts": starts,
        "ends": ends,
        "sequence": said.answer.sequence,
        "dtstamp": said.answer.dtstamp,
        "comment": comment,
        "digest": digest(f"{said.digest}|{starts}|{ends}"),
        "received_at": mail.received_at,
    }
    if _is_full(connection, said.attendee) or not store.insert_proposal(connection, row):
        return Outcome.KNOWN
    facts = {"occurrence": said.answer.occurrence, "starts": starts, "ends": ends}
    entry = audit.Entry(
        mail.received_at, said.attendee.person_id, lesson.institution_id, PROPOSE, "attendee", said.attendee.id, facts
    )
    audit.append(connection, [entry])
    return Outcome.RECORDED


def keep_stray(
    connection: sa.Connection, lesson: Lesson, method: str, occurrence: str, said: Statement, mail: Incoming
) -> Outcome:
    """Keep an answer from an address that isn't invited, until a teacher says whose it is."""
    who = machine.answerer(said.attendees, mail.header_from)
    row = {
        "public_id": new_id(),
        "lesson_id": lesson.id,
        "address": mail.header_from if who is None else who.address,
        "sender": mail.header_from,
        "occurrence": occurrence,
        "method": method,
        "partstat": partstats.UNANSWERED if who is None else who.partstat,
        "sequence": min(said.sequence, lesson.sequence),
        "dtstamp": mail.received_at if said.dtstamp is None else min(said.dtstamp, mail.received_at),
        "comment": said.comment,
        "digest": digest(f"{mail.header_from}|{method}|{machine.digest_of(occurrence, said, mail)}"),
        "received_at": mail.received_at,
    }
    if len(store.strays(connection, lesson.id)) >= MOST_STRAYS:
        return Outcome.REFUSED
    return Outcome.UNMATCHED if store.insert_stray(connection, row) else Outcome.KNOWN


def say_for(
    connection: sa.Connection, lesson: Lesson, attendee: Attendee, given: Answer, sender: str, now: Instant
) -> None:
    """A teacher says whose an answer from an unknown address is; it is ordered as it came."""
    highest = max(lesson.sequence, attendee.sequence)
    answer = Answer(given.occurrence, given.partstat, min(given.sequence, highest), given.dtstamp)
    stray = digest(f"teacher|{answer.occurrence}|{answer.dtstamp}|{answer.partstat}|{sender}")
    old = answer.sequence < machine.asked(lesson, attendee, answer.occurrence)
    record(connection, lesson, Said(attendee, answer, stray, old), Note("teacher", sender=sender), now)


def _keep(connection: sa.Connection, said: Said, note: Note, state: State, now: Instant) -> bool:
    if _is_full(connection, said.attendee):
        return False
    row = {
        "public_id": new_id(),
        "attendee_id": said.attendee.id,
        "occurrence": said.answer.occurrence,
        "source": note.source,
        "partstat": said.answer.partstat,
        "sequence": said.answer.sequence,
        "dtstamp": said.answer.dtstamp,
        "comment": note.comment,
        "delegated_to": note.delegated_to,
        "sender": note.sender,
        "state": state,
        "to_old_time": said.to_old_time,
        "digest": said.digest,
        "received_at": now,
    }
    return store.insert_answer(connection, row)


def _is_full(connection: sa.Connection, attendee: Attendee) -> bool:
    return store.count_answers(connection, attendee.id) >= MOST_ANSWERS


def _entry(lesson: Lesson, said: Said, note: Note, now: Instant, *, confirmed: bool | None = None) -> audit.Entry:
    answer = said.answer
    facts = {"occurrence": answer.occurrence, "partstat": answer.partstat, "sequence": answer.sequence}
    facts |= {"source": note.source} | ({} if confirmed is None else {"confirmed": confirmed})
    who = said.attendee.person_id
    return audit.Entry(now, who, lesson.institution_id, ANSWER, "attendee", said.attendee.id, facts)
