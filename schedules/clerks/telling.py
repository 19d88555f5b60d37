"""What is said by mail of a change: nothing while something of the lesson is pending, then all of it at once."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from schedules import store
from schedules.invitations import News, effects
from schedules.model import Attendee, Change, Lesson, Planned
from schedules.places import own_places_of, places_of
from schedules.publishing import as_last_told, publish_first, ready, taking_place, updates
from vclass.core import outbox
from vclass.core.outbox import Effect
from vclass.core.zones import Instant


def tell_change(
    connection: sa.Connection, change: Change, after: Lesson, removed: Sequence[Attendee], now: Instant
) -> None:
    """Tell those who are new, those who are gone, and those who stay, if there is news for them."""
    before = change.before
    if before.published_at is None:
        publish_first(connection, after, now)
        return
    places, own = places_of(connection, [after])[after.id], own_places_of(connection, after)
    known = {each.email for each in before.present}
    added = [each for each in after.present if each.email not in known]
    staying = [each for each in after.present if each.email in known]
    former = replace(before, told_at=after.told_at)
    told = effects(former, removed, "removed", places=places, own_places=own)
    if before.pending or after.pending:
        if ready(after):
            told += updates(connection, after, as_last_told(connection, before) or before)
        outbox.put(connection, told, now)
        return
    told += effects(after, added, "invited", places=places, own_places=own)
    one = _one(change)
    if one is not None:
        told += _of_one(connection, after, staying, one)
    elif is_replanned(change):
        first = before.occurrences[0].starts
        was = before if is_timed(change) else None
        told += effects(after, staying, "updated", places=places, own_places=own, before=first, was=was)
    outbox.put(connection, told, now)


def tell_split(connection: sa.Connection, before: Lesson, early: Lesson, later: Lesson, now: Instant) -> None:
    """Tell of a lesson that ends early, and invite to the one that continues it once nothing of it is pending."""
    if before.published_at is None:
        publish_first(connection, early, now)
        publish_first(connection, later, now)
        return
    own = own_places_of(connection, early)
    places = places_of(connection, [early, later])
    was = (as_last_told(connection, before) if before.pending else None) or before
    cut = taking_place(early) if early.pending else early
    unsure = later.pending
    told = effects(cut, early.present, "cut", places=places[early.id], own_places=own, was=was, unsure=unsure)
    if ready(later):
        store.publish(connection, later.id, now)
        known = {each.email for each in before.present}
        own = own_places_of(connection, later)
        staying = [each for each in later.present if each.email in known]
        added = [each for each in later.present if each.email not in known]
        told += effects(later, staying, "continued", places=places[later.id], own_places=own)
        told += effects(later, added, "invited", places=places[later.id], own_places=own)
    outbox.put(connection, told, now)


def is_published(change: Change) -> bool:
    """Whether anybody must hear of it."""
    invited = change.invited
    people = invited is not None and {e.email for e in invited} != {e.email for e in change.before.present}
    return people or is_replanned(change)


def is_replanned(change: Change) -> bool:
    """Whether those who stay must hear of it: times, words and rooms yes, other people's coming and going no."""
    before, after = change.before.draft, change.after
    same = (before.title, before.description, before.resources) == (after.title, after.description, after.resources)
    return not same or is_timed(change) or (change.about is not None and change.moves)


def is_timed(change: Change) -> bool:
    """Whether times or the rule change, so that SEQUENCE rises (RFC 5546 section 2.1.4)."""
    timing = change.before.draft.timing != change.after.timing
    return timing or bool(change.dropped) or any(each.elsewhere for each in change.plan)


def _one(change: Change) -> Planned | None:
    """The meeting of a series that alone is at another time or in other rooms; one more date changes the whole."""
    if change.about is None or change.after.timing.rule is None:
        return None
    one = next(each for each in change.plan if each.recurrence == change.about)
    return None if one.of is None or one.anew else one


def _of_one(connection: sa.Connection, after: Lesson, staying: Sequence[Attendee], one: Planned) -> list[Effect]:
    assert one.of is not None
    moved = one.elsewhere
    news: News = "moved-one" if moved else "changed-one"
    return effects(
        after,
        staying if not one.stays else (),
        news,
        places=places_of(connection, [after])[after.id],
        own_places=own_places_of(connection, after),
        before=one.of.starts if moved else None,
        about=[each for each in after.dates if each.recurrence == one.recurrence],
    )
