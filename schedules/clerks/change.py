"""The clerk who changes lessons."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from config import Keyring
from rooms import Result, Wish
from schedules import store
from schedules.clerks.answers import Done, Refused, admit_current, as_it_stands
from schedules.clerks.rows import Row, attendee_rows, draft_columns, entry, occurrence_rows, resource_rows
from schedules.invitations import News, effects
from schedules.links import next_link
from schedules.model import Attendee, Change, Lesson
from schedules.places import places_of
from vclass.core import audit, outbox
from vclass.core.zones import Instant


class ChangeClerk:
    """Changes lessons: their words, times, rooms and people, in one step."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return admit_current(connection, wishes)

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [self._record(connection, each) for each in results]

    def _record(self, connection: sa.Connection, result: Result) -> Done | Refused:
        if result.clashes:
            return Refused(result.clashes)
        change = _change(result.wish)
        change = replace(change, before=as_it_stands(connection, change.before))
        lesson, now = change.before, result.wish.now
        news = _news(change)
        readded = self._people(connection, change)
        removed = self._remove(connection, change)
        store.write_next(connection, lesson.id, lesson.version, **_changed_columns(change, readded, now))
        if change.occurrences is not None:
            store.drop_occurrences(connection, lesson.id)
            store.insert_occurrences(connection, occurrence_rows(lesson.id, result, change.after.timing))
            store.drop_resources(connection, lesson.id)
            store.insert_resources(connection, resource_rows(lesson.id, change.after))
        (after,) = store.lessons(connection, [lesson.id])
        self._tell(connection, change, after, removed, news, now)
        audit.append(connection, [entry(result, after, change.actor)])
        return Done(after)

    def _people(self, connection: sa.Connection, change: Change) -> int:
        """Add who is new, take back who was removed once; give a SEQUENCE above all that the latter know."""
        known = {each.email: each for each in change.before.attendees}
        new = [each for each in change.invited if each.email not in known]
        rows = attendee_rows(self.keyring, change.before.id, new, first_position=len(known))
        store.insert_attendees(connection, rows)
        floor = 0
        for each in change.invited:
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

    def _tell(
        self,
        connection: sa.Connection,
        change: Change,
        after: Lesson,
        removed: Sequence[Attendee],
        news: News | None,
        now: Instant,
    ) -> None:
        places = places_of(connection, [after])[after.id]
        known = {each.email for each in change.before.present}
        added = [each for each in after.present if each.email not in known]
        staying = [each for each in after.present if each.email in known]
        first = change.before.occurrences[0].starts
        told = [
            *effects(after, added, "invited", places=places),
            *effects(replace(change.before, told_at=after.told_at), removed, "removed", places=places),
            *(effects(after, staying, news, places=places, before=first) if news else ()),
        ]
        outbox.put(connection, told, now)


def _changed_columns(change: Change, floor: int, now: Instant) -> Row:
    lesson = change.before
    timed = lesson.draft.timing != change.after.timing
    published = _news(change) is not None or {e.email for e in change.invited} != {e.email for e in lesson.present}
    return {
        **draft_columns(change.after),
        "told_at": max(now, lesson.told_at + 1) if published else lesson.told_at,
        "sequence": max(lesson.sequence + timed, floor),
        "revision": lesson.revision + published,
        "moved_from": lesson.occurrences[0].starts if timed else lesson.moved_from,
    }


def _news(change: Change) -> News | None:
    """Whether those who stay must hear of it: times, words and rooms yes, other people's coming and going no."""
    before, after = change.before.draft, change.after
    same = (before.title, before.description, before.timing, before.resources) == (
        after.title,
        after.description,
        after.timing,
        after.resources,
    )
    return None if same else "updated"


def _change(wish: Wish) -> Change:
    assert isinstance(wish.payload, Change)
    return wish.payload
