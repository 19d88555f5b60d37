"""A mail to a lesson's own address: what it says is taken down, and what must be asked is asked.

Nothing that a stranger sends raises: everything has an outcome. The same mail twice, an older one after a newer one, or
one of another lesson changes nothing.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import sqlalchemy as sa

from schedules import store as lessons_store
from schedules.answers import machine, recording, resending, store, telling
from schedules.answers.model import CalendarPart, Incoming, Outcome, Policy
from schedules.ical import Scheduling, Statement, UnreadableCalendarError, read
from schedules.model import Attendee, Lesson
from schedules.partstats import UNANSWERED
from vclass.core.zones import Instant

logger = logging.getLogger(__name__)

MOST_PARTS: Final = 4
MOST_STATEMENTS: Final = 100
IN_ORDER: Final = (
    Outcome.RECORDED,
    Outcome.ASKED,
    Outcome.UNMATCHED,
    Outcome.KNOWN,
    Outcome.REFUSED,
    Outcome.FOREIGN,
    Outcome.UNREADABLE,
)
"""Of several things that came of one mail the first of these is told."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What a statement is looked at with."""

    connection: sa.Connection
    lesson: Lesson
    mail: Incoming
    policy: Policy
    now: Instant


Handler: TypeAlias = Callable[[_Around, Attendee, str, Statement], Outcome]


def receive(connection: sa.Connection, mail: Incoming, now: Instant, *, policy: Policy = "if-present") -> Outcome:
    """Take down what a mail to a lesson's own address says.

    Args:
        connection: A transaction of the writer.
        mail: What came.
        now: The present.
        policy: The setting ``mail.require_authentication``.
    """
    objects = [each for each in _objects(mail.parts) if each.method in HANDLERS]
    if not objects:
        return Outcome.UNREADABLE
    token = machine.token_of_address(mail.recipient)
    lesson_id = None if token is None else store.lesson_id_by_address(connection, token)
    if lesson_id is None:
        return Outcome.FOREIGN
    outcomes = []
    for method, statement in _statements(objects):
        (lesson,) = lessons_store.lessons(connection, [lesson_id])
        outcomes.append(_heard(_Around(connection, lesson, mail, policy, now), method, statement))
    outcome = min(outcomes, key=IN_ORDER.index, default=Outcome.UNREADABLE)
    logger.info("an answer came by mail", extra={"lesson": lesson_id, "outcome": outcome.value})
    return outcome


def _objects(parts: Iterable[CalendarPart]) -> list[Scheduling]:
    """The objects of a mail, each once: an attachment often repeats the alternative before it."""
    found: list[Scheduling] = []
    for part in tuple(parts)[:MOST_PARTS]:
        try:
            scheduling = read(part.content, part.method_parameter)
        except UnreadableCalendarError as error:
            logger.info("a calendar part can't be read", extra={"reason": str(error)})
            continue
        if scheduling not in found:
            found.append(scheduling)
    return found


def _statements(objects: Iterable[Scheduling]) -> list[tuple[str, Statement]]:
    return [(each.method, statement) for each in objects for statement in each.statements][:MOST_STATEMENTS]


def _heard(around: _Around, method: str, said: Statement) -> Outcome:
    lesson, mail = around.lesson, around.mail
    if said.uid != lesson.uid:
        return Outcome.FOREIGN
    occurrence = machine.occurrence_named(lesson, said.recurrence)
    if occurrence is None:
        return Outcome.FOREIGN
    who = machine.answerer(said.attendees, mail.header_from)
    attendee = None if who is None else machine.invited(lesson, who.address)
    if attendee is None:
        return _stray(around, method, occurrence, said)
    return HANDLERS[method](around, attendee, occurrence, said)


def _stray(around: _Around, method: str, occurrence: str, said: Statement) -> Outcome:
    if around.mail.authenticated == "fail":
        return Outcome.REFUSED
    return recording.keep_stray(around.connection, around.lesson, method, occurrence, said, around.mail)


def _reply(around: _Around, attendee: Attendee, occurrence: str, said: Statement) -> Outcome:
    trust = machine.trust(around.mail, attendee, around.policy)
    if trust == "disowned":
        return Outcome.REFUSED
    heard = machine.said_by(around.lesson, attendee, occurrence, said, around.mail)
    take_down = recording.record if trust == "counts" else recording.ask
    return take_down(around.connection, around.lesson, heard, recording.by_mail(said, around.mail), around.now)


def _counter(around: _Around, attendee: Attendee, occurrence: str, said: Statement) -> Outcome:
    """Another time is proposed; that it is "maybe" besides counts as an answer."""
    trust = machine.trust(around.mail, attendee, around.policy)
    if trust == "disowned":
        return Outcome.REFUSED
    span = machine.proposed(around.lesson, occurrence, said)
    if trust == "ask" or span is None:
        return _stray(around, "COUNTER", occurrence, said)
    heard = machine.said_by(around.lesson, attendee, occurrence, said, around.mail)
    outcome = recording.propose(around.connection, around.lesson, heard, span, said.comment, around.mail)
    if outcome is Outcome.RECORDED:
        telling.tell_owner(around.connection, around.lesson, attendee, around.now)
    if outcome is Outcome.RECORDED and heard.answer.partstat != UNANSWERED:
        answered = replace(said, comment="")
        noted = recording.by_mail(answered, around.mail)
        recording.record(around.connection, around.lesson, heard, noted, around.now)
    return outcome


def _refresh(around: _Around, attendee: Attendee, _occurrence: str, _said: Statement) -> Outcome:
    """The whole is sent once more, to the invited address alone; never to a machine that answers by itself."""
    mail = around.mail
    if mail.auto_submitted or not mail.envelope_sender or machine.trust(mail, attendee, around.policy) != "counts":
        return Outcome.REFUSED
    sent = resending.send_again(around.connection, around.lesson, attendee, around.now)
    return Outcome.RECORDED if sent else Outcome.KNOWN


HANDLERS: Final[dict[str, Handler]] = {"REPLY": _reply, "COUNTER": _counter, "REFRESH": _refresh}
