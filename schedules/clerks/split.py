"""The clerk who lets the later half of a lesson go on as another one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import uuid4

import sqlalchemy as sa

from config import Keyring
from rooms import Result, Wish
from schedules import notices, store
from schedules.clerks import meetings
from schedules.clerks.answers import Done, Refused, admit_current, as_it_stands
from schedules.clerks.rows import Row, attendee_rows, draft_columns, entry, resource_rows, taken_by
from schedules.clerks.telling import tell_split
from schedules.closed import still_skipped
from schedules.model import Lesson, Split
from schedules.notices import Asking
from vclass.core import audit
from vclass.core.tokens import new_id
from vclass.core.zones import Instant

FIRST: Final = 0
"""The SEQUENCE of a lesson that is new."""


class SplitClerk:
    """Ends a lesson before one of its meetings, and makes the lesson that continues it; the answer is the latter.

    Meetings that stay as they are keep their bookings.
    """

    def __init__(self, keyring: Keyring, domain: str) -> None:
        self.keyring = keyring
        self.domain = domain

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return admit_current(connection, wishes)

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [self._record(connection, each) for each in results]

    def _record(self, connection: sa.Connection, result: Result) -> Done | Refused:
        if result.clashes:
            return Refused(result.clashes)
        split = _split(result.wish)
        before, now = as_it_stands(connection, split.before), result.wish.now
        store.write_next(connection, before.id, before.version, **_cut_columns(before, split, now))
        later_id = self._go_on(connection, split, result)
        early, later = store.lessons(connection, [before.id, later_id])
        tell_split(connection, before, early, later, now)
        notices.ask(connection, [Asking(later, taken_by(result), split.actor.person_id, before)], now)
        audit.append(
            connection,
            [
                entry(result, early, split.actor, "lesson.change"),
                entry(result, later, split.actor, "lesson.create"),
            ],
        )
        return Done(later)

    def _go_on(self, connection: sa.Connection, split: Split, result: Result) -> int:
        """Make the lesson that continues, and give it the later meetings."""
        rest = split.rest
        (lesson_id,) = store.insert_lessons(connection, [self._row(split, result.wish.now)])
        store.insert_resources(connection, resource_rows(lesson_id, rest.after))
        invited = rest.invited or ()
        store.insert_attendees(connection, attendee_rows(self.keyring, lesson_id, invited, first_position=0))
        store.drop_occurrences(connection, [each.id for each in rest.dropped])
        unheard = replace(rest.before, published_at=None)
        meetings.write(connection, unheard, lesson_id, rest.plan, meetings.bookings_of(result), FIRST)
        return lesson_id

    def _row(self, split: Split, now: Instant) -> Row:
        lesson = split.before
        return {
            "public_id": new_id(),
            "uid": f"{new_id()}@{self.domain}",
            "address_token": uuid4().hex,
            "institution_id": lesson.institution_id,
            "owner_id": lesson.owner_id,
            "sequence": FIRST,
            "revision": 0,
            "version": 1,
            "told_at": now,
            "moved_from": None,
            "cancelled_at": None,
            "cancel_reason": "",
            "continues_id": lesson.id,
            "skipped": store.skipped_text(split.rest.skipped),
            "created_at": now,
            **draft_columns(split.rest.after),
        }


def _cut_columns(before: Lesson, split: Split, now: Instant) -> Row:
    return {
        "rule": store.rule_text(split.cut.rule),
        "skipped": store.skipped_text(still_skipped(before.skipped, split.cut)),
        "sequence": before.sequence + 1,
        "revision": before.revision + 1,
        "told_at": max(now, before.told_at + 1),
    }


def _split(wish: Wish) -> Split:
    assert isinstance(wish.payload, Split)
    return wish.payload
