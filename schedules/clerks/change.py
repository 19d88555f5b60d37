"""The clerk who changes lessons."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from config import Keyring
from rooms import Result, Wish
from schedules import notices, store
from schedules.clerks.answers import Done, Refused, admit_current, as_it_stands
from schedules.clerks.meetings import rewrite
from schedules.clerks.rows import Row, attendee_rows, draft_columns, entry, resource_rows, taken_by
from schedules.clerks.telling import is_published, is_timed, tell_change
from schedules.links import next_link
from schedules.model import Attendee, Change, Lesson
from schedules.notices import Asking
from vclass.core import audit
from vclass.core.zones import Instant


class ChangeClerk:
    """Changes lessons: their words, times, rooms and people, in one step."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return admit_current(connection, wishes)

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [Refused(each.clashes) if each.clashes else Done(self.write(connection, each)) for each in results]

    def write(self, connection: sa.Connection, result: Result) -> Lesson:
        """Write what was granted, tell it, and give the lesson as it stands now."""
        change = _change(result.wish)
        change = replace(change, before=as_it_stands(connection, change.before))
        lesson, now = change.before, result.wish.now
        readded = self._people(connection, change)
        removed = self._remove(connection, change)
        columns = _changed_columns(change, readded, now)
        store.write_next(connection, lesson.id, lesson.version, **columns)
        rewrite(connection, change, result, columns["sequence"])
        if change.after.resources != lesson.draft.resources:
            store.drop_resources(connection, lesson.id)
            store.insert_resources(connection, resource_rows(lesson.id, change.after))
        (after,) = store.lessons(connection, [lesson.id])
        tell_change(connection, change, after, removed, now)
        notices.ask(connection, [Asking(after, taken_by(result), change.actor.person_id, lesson)], now)
        audit.append(connection, [entry(result, after, change.actor)])
        return after

    def _people(self, connection: sa.Connection, change: Change) -> int:
        """Add who is new, take back who was removed once; give a SEQUENCE above all that the latter know."""
        known = {each.email: each for each in change.before.attendees}
        invited = change.invited or ()
        new = [each for each in invited if each.email not in known]
        rows = attendee_rows(self.keyring, change.before.id, new, first_position=len(known))
        store.insert_attendees(connection, rows)
        floor = 0
        for each in invited:
            attendee = known.get(each.email)
            if attendee is None:
                continue
            # Whom we know chose the shown name; a guest's comes from who invites.
            name = each.name if each.person_id is None else attendee.name
            values: Row = {"name": name, "teaches": each.teaches, "person_id": each.person_id}
            if attendee.removed:
                floor = max(floor, attendee.sequence + 1)
                values |= {"removed": False} | next_link(self.keyring, attendee)
            store.update_attendee(connection, attendee.id, **values)
        return floor

    def _remove(self, connection: sa.Connection, change: Change) -> list[Attendee]:
        """Revoke the links of who is no longer invited; their CANCEL carries a higher SEQUENCE."""
        if change.invited is None:
            return []
        staying = {each.email for each in change.invited}
        gone = [each for each in change.before.present if each.email not in staying]
        removed = []
        for each in gone:
            sequence = max(change.before.sequence, each.sequence) + 1
            values = {"removed": True, "sequence": sequence}
            link = next_link(self.keyring, each)
            store.update_attendee(connection, each.id, **values, **link)
            removed.append(replace(each, removed=True, sequence=sequence))
        return removed


def _changed_columns(change: Change, floor: int, now: Instant) -> Row:
    lesson = change.before
    published = is_published(change)
    timed = is_timed(change)
    whole = timed and change.about is None
    return {
        **draft_columns(change.after),
        "skipped": store.skipped_text(change.skipped),
        "told_at": max(now, lesson.told_at + 1) if published else lesson.told_at,
        "sequence": max(lesson.sequence + timed, floor),
        "revision": lesson.revision + published,
        "moved_from": lesson.occurrences[0].starts if whole else lesson.moved_from,
    }


def _change(wish: Wish) -> Change:
    assert isinstance(wish.payload, Change)
    return wish.payload
