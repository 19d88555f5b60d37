"""The clerk who books new lessons."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias
from uuid import uuid4

import sqlalchemy as sa

from config import Keyring
from rooms import LATER, PENDING, Clash, Result, Wish
from schedules import notices, store
from schedules.clerks.answers import Done, Refused, Replayed
from schedules.clerks.rows import Row, attendee_rows, draft_columns, entry, occurrence_rows, resource_rows, taken_by
from schedules.clerks.written import attendees_of, dates_of, lesson_of
from schedules.invitations import effects
from schedules.model import Creation, Draft, Lesson, Skipped
from schedules.notices import Asking
from schedules.places import places_of
from schedules.series import without
from vclass.core import audit, idempotency, outbox
from vclass.core.tokens import new_id
from vclass.core.zones import WallTime

Encode: TypeAlias = Callable[[sa.Connection, Lesson], bytes]


class CreateClerk:
    """Books new lessons.

    Args:
        keyring: Derives the personal links.
        domain: Right side of UIDs.
        encode: Renders the answer that a repeated Idempotency-Key gets.
    """

    def __init__(self, keyring: Keyring, domain: str, encode: Encode) -> None:
        self.keyring = keyring
        self.domain = domain
        self.encode = encode

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        """Take each Idempotency-Key; a second wish with a key of this batch waits for the next."""
        keys = [key for wish in wishes if (key := _creation(wish).key) is not None]
        begun = idempotency.begin_all(connection, keys, max(each.now for each in wishes))
        answers: list[object] = []
        for wish in wishes:
            key = _creation(wish).key
            known = None if key is None else begun.pop(key.name, LATER)
            answers.append(Replayed(known) if isinstance(known, bytes) else known)
        return answers

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        granted = [each for each in results if each.taken]
        lessons = iter(self._insert(connection, granted) if granted else [])
        answers = [Done(next(lessons)) if each.taken else Refused(each.clashes) for each in results]
        for result, answer in zip(results, answers, strict=True):
            self._settle_key(connection, _creation(result.wish), answer)
        return list(answers)

    def _settle_key(self, connection: sa.Connection, creation: Creation, answer: Done | Refused) -> None:
        """Keep the answer for repeats; a refused wish leaves its key free, since it may succeed later."""
        if creation.key is None:
            return
        if isinstance(answer, Done):
            idempotency.finish(connection, creation.key, self.encode(connection, answer.lesson))
        else:
            idempotency.release(connection, creation.key)

    def _insert(self, connection: sa.Connection, granted: Sequence[Result]) -> list[Lesson]:
        lessons = self._write(connection, granted)
        told = [each for each in lessons if each.published_at is not None]
        places = places_of(connection, told)
        mails = [effect for each in told for effect in effects(each, each.present, "invited", places=places[each.id])]
        outbox.put(connection, mails, granted[0].wish.now)
        pending = [(lesson, each) for lesson, each in zip(lessons, granted, strict=True) if lesson.pending]
        if pending:
            asking = [Asking(lesson, taken_by(each), each.wish.owner_id) for lesson, each in pending]
            notices.ask(connection, asking, pending[0][1].wish.now)
        audit.append(
            connection,
            [entry(each, lesson, _creation(each.wish).actor) for each, lesson in zip(granted, lessons, strict=True)],
        )
        return lessons

    def _write(self, connection: sa.Connection, granted: Sequence[Result]) -> list[Lesson]:
        """Write the rows of all lessons, a statement for each table, and give what they say."""
        drafts = list(map(granted_draft, granted))
        rows = [_lesson_row(each, draft, self.domain) for each, draft in zip(granted, drafts, strict=True)]
        ids = store.insert_lessons(connection, rows)
        known = list(zip(ids, granted, drafts, strict=True))
        store.insert_resources(connection, [row for i, _, draft in known for row in resource_rows(i, draft)])
        dates = [occurrence_rows(i, each, draft.timing) for i, each, draft in known]
        people = [self._attendee_rows(i, each) for i, each, _ in known]
        date_ids = iter(store.insert_occurrences(connection, [row for some in dates for row in some]))
        person_ids = iter(store.insert_attendees(connection, [row for some in people for row in some]))
        return [
            lesson_of(
                i,
                row,
                draft,
                _skipped(each),
                dates_of(mine, list(islice(date_ids, len(mine))), each),
                attendees_of(theirs, list(islice(person_ids, len(theirs)))),
            )
            for (i, each, draft), row, mine, theirs in zip(known, rows, dates, people, strict=True)
        ]

    def _attendee_rows(self, lesson_id: int, result: Result) -> list[Row]:
        return attendee_rows(self.keyring, lesson_id, _creation(result.wish).invited, first_position=0)


def _lesson_row(result: Result, draft: Draft, domain: str) -> Row:
    wish = result.wish
    return {
        "public_id": new_id(),
        "uid": f"{new_id()}@{domain}",
        "address_token": uuid4().hex,
        "institution_id": wish.institution_id,
        "owner_id": wish.owner_id,
        "sequence": 0,
        "revision": 0,
        "version": 1,
        "told_at": wish.now,
        "moved_from": None,
        "cancelled_at": None,
        "cancel_reason": "",
        "created_at": wish.now,
        "published_at": None if any(each.state in PENDING for each in result.taken) else wish.now,
        "skipped": store.skipped_text(_skipped(result)),
        **draft_columns(draft),
    }


def _skipped(result: Result) -> tuple[Skipped, ...]:
    """The dates that were left out, each with the first thing in its way; one that waits leaves out nothing."""
    taken: dict[str, Clash] = {}
    if result.wish.on_clash == "skip":
        for each in result.clashes:
            taken.setdefault(each.reference, each)
    clashes = (Skipped(WallTime.parse(each.reference), each.reason, "", each.resource_id) for each in taken.values())
    return tuple(sorted((*_creation(result.wish).skipped, *clashes), key=lambda each: each.recurrence))


def granted_draft(result: Result) -> Draft:
    """The draft as granted: dates that ``on_clash: skip`` left out become exceptions of the rule."""
    draft, asked = _creation(result.wish).draft, _creation(result.wish).occurrences
    if len(result.taken) == len(asked):
        return draft
    taken = {each.reference for each in result.taken}
    skipped = [each.recurrence.date for each in asked if str(each.recurrence) not in taken]
    return replace(draft, timing=without(draft.timing, skipped))


def _creation(wish: Wish) -> Creation:
    assert isinstance(wish.payload, Creation)
    return wish.payload
