"""What a lesson's teachers see of its answers and can do about them; each function takes a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa

from rooms import BookingWish, Wish, preview, resources_by_ids
from schedules.answers import machine, recording, resending, store
from schedules.answers.model import Given, NothingSentError, Proposal, SentLatelyError, Stray
from schedules.invitations import remark
from schedules.model import Attendee, Held, Lesson
from schedules.partstats import Answer, Partstat
from schedules.places import own_places_of, places_of
from schedules.service import visible_lesson
from vclass.core import audit, outbox
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.spans import Span
from vclass.core.zones import Instant

PREVIEW = "answer.preview"
Taken: TypeAlias = tuple[tuple[str, Span], ...]
"""What isn't free, and when."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A proposal that can still be taken up: by whom, of which occurrence, when it would be, and what isn't free then.

    One for the whole has the first that is to come, and what isn't free for any of them.
    """

    proposal: Proposal
    attendee: Attendee
    held: Held
    span: Span
    taken: Taken


@dataclass(frozen=True, slots=True)
class Answers:
    """All that came of a lesson's invitations."""

    lesson: Lesson
    history: tuple[Given, ...]
    offered: tuple[Offered, ...]
    strays: tuple[Stray, ...]

    def counted(self) -> dict[Partstat, list[Attendee]]:
        """Who of those who don't lead it answered what to the whole, as far as that holds."""
        found: dict[Partstat, list[Attendee]] = {}
        for each in self.lesson.present:
            if each.person_id != self.lesson.owner_id:
                found.setdefault(self.lesson.partstats(each)[0], []).append(each)
        return found


def overview(connection: sa.Connection, lesson: Lesson, now: Instant) -> Answers:
    """What a lesson's teachers see; whoever asks has made sure that the reader is one."""
    return Answers(
        lesson,
        tuple(store.history(connection, lesson.id)),
        tuple(offers(connection, lesson, now)),
        tuple(store.strays(connection, lesson.id)),
    )


def offers(connection: sa.Connection, lesson: Lesson, now: Instant) -> list[Offered]:
    """The proposals that can still be taken up."""
    return [_offered(connection, lesson, each, now) for each in open_proposals(connection, lesson, now)]


def open_proposals(connection: sa.Connection, lesson: Lesson, now: Instant) -> list[Proposal]:
    """The newest proposal of each attendee for each occurrence, unless it was declined or time went over it."""
    present = {each.id: each for each in lesson.present}
    newest = {(each.attendee_id, each.occurrence): each for each in store.proposals(connection, lesson.id)}
    return [
        each
        for each in newest.values()
        if each.declined_at is None
        and each.attendee_id in present
        and machine.held_of(lesson, each.occurrence) is not None
        and each.sequence >= machine.asked(lesson, present[each.attendee_id], each.occurrence)
        and each.span[0] > now
    ]


def settle_stray(
    connection: sa.Connection, actor: Actor, public_id: str, stray_id: str, attendee_id: str | None, now: Instant
) -> None:
    """Say whose an answer from an unknown address is; None puts it away.

    Raises:
        NotFoundError: It was settled before, or nobody of this id is invited.
    """
    lesson = visible_lesson(connection, actor, public_id, "lesson.invite")
    attendee = None if attendee_id is None else _attendee(lesson, attendee_id)
    number = None if attendee is None else attendee.id
    stray = store.settle_stray(connection, lesson.id, stray_id, number, actor.person_id, now)
    if stray is None:
        raise NotFoundError("answer")
    if attendee is not None and stray.method == "REPLY":
        answer = Answer(stray.occurrence, stray.partstat, stray.sequence, stray.dtstamp)
        recording.say_for(connection, lesson, attendee, answer, stray.address, now)
    facts = {"attendee": number, "method": stray.method}
    entry = audit.Entry(now, actor.person_id, lesson.institution_id, "answers.settle", "attendee", number or 0, facts)
    audit.append(connection, [entry])


def decline(connection: sa.Connection, actor: Actor, public_id: str, proposal_id: str, now: Instant) -> Attendee:
    """Say no to a proposal; the attendee's calendar hears of it (RFC 5546 section 3.2.8).

    Raises:
        NotFoundError: There is none such, or it was decided before.
    """
    lesson = visible_lesson(connection, actor, public_id, "lesson.change")
    proposal = next((each for each in open_proposals(connection, lesson, now) if each.id == proposal_id), None)
    if proposal is None or not store.decline_proposal(connection, proposal_id, actor.person_id, now):
        raise NotFoundError("proposal")
    attendee = next(each for each in lesson.present if each.id == proposal.attendee_id)
    effect = remark(
        lesson,
        attendee,
        "counter-declined",
        places=places_of(connection, [lesson])[lesson.id],
        own_places=own_places_of(connection, lesson),
        about=[each for each in lesson.occurrences if each.public_id == proposal.occurrence],
        key=proposal.id,
    )
    outbox.put(connection, [effect], now)
    facts = {"occurrence": proposal.occurrence, "starts": proposal.span[0]}
    entry = audit.Entry(now, actor.person_id, lesson.institution_id, "answers.decline", "attendee", attendee.id, facts)
    audit.append(connection, [entry])
    return attendee


def send_again(connection: sa.Connection, actor: Actor, public_id: str, attendee_id: str, now: Instant) -> Attendee:
    """Send an attendee the whole once more.

    Raises:
        NotFoundError: Nobody of this id is invited.
        NothingSentError: Nobody was told anything yet.
        SentLatelyError: It was sent within this hour.
    """
    lesson = visible_lesson(connection, actor, public_id, "lesson.invite")
    attendee = _attendee(lesson, attendee_id)
    if lesson.published_at is None and not lesson.cancelled:
        raise NothingSentError
    if not resending.send_again(connection, lesson, attendee, now):
        raise SentLatelyError
    entry = audit.Entry(now, actor.person_id, lesson.institution_id, "invitations.send", "attendee", attendee.id, {})
    audit.append(connection, [entry])
    return attendee


def _offered(connection: sa.Connection, lesson: Lesson, proposal: Proposal, now: Instant) -> Offered:
    attendee = next(each for each in lesson.present if each.id == proposal.attendee_id)
    moves = _moves(lesson, proposal, now)
    held, span = moves[0]
    return Offered(proposal, attendee, held, span, _taken(connection, lesson, moves, now))


def _moves(lesson: Lesson, proposal: Proposal, now: Instant) -> list[tuple[Held, Span]]:
    """Which dates would be when: the one, or of the whole those to come."""
    held = machine.held_of(lesson, proposal.occurrence)
    assert held is not None, "a proposal for what no longer stands is not open"
    along = () if proposal.occurrence else machine.moved_along(lesson, proposal.span)
    return [move for move in along if move[0].starts > now] or [(held, proposal.span)]


def _taken(connection: sa.Connection, lesson: Lesson, moves: Sequence[tuple[Held, Span]], now: Instant) -> Taken:
    """What isn't free at other times, though these dates let go of what they hold."""
    bookings = tuple(BookingWish(str(held.recurrence), *span, held.wants) for held, span in moves)
    release = tuple(held.booking_id for held, _ in moves)
    clashes = preview(
        connection, Wish(PREVIEW, lesson.institution_id, lesson.owner_id, bookings, release=release, now=now)
    )
    names = resources_by_ids(connection, sorted({each.resource_id for each in clashes}))
    return tuple((names[each.resource_id].name, (each.starts, each.ends)) for each in clashes)


def _attendee(lesson: Lesson, attendee_id: str) -> Attendee:
    found: Sequence[Attendee] = [each for each in lesson.present if each.public_id == attendee_id]
    if not found:
        raise NotFoundError("attendee")
    return found[0]
