"""The rows of a lesson's meetings after a change: each keeps its row and public id while it is the same meeting."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from rooms import Result
from schedules import store
from schedules.clerks.rows import Row
from schedules.model import Change, Lesson, Planned
from schedules.series import published
from vclass.core.tokens import new_id
from vclass.core.zones import Instant, WallTime


def rewrite(connection: sa.Connection, change: Change, result: Result, sequence: int) -> None:
    """Write the meetings as planned, with the bookings that were taken; ``sequence`` is the lesson's from now on."""
    store.drop_occurrences(connection, [each.id for each in change.dropped])
    write(connection, change.before, change.before.id, change.plan, bookings_of(result), sequence)


def bookings_of(result: Result) -> dict[str, int]:
    """The booking of each meeting that got one, by its name."""
    return {each.reference: each.booking_id for each in result.taken}


def write(
    connection: sa.Connection,
    lesson: Lesson,
    lesson_id: int,
    plan: Sequence[Planned],
    taken: Mapping[str, int],
    sequence: int,
) -> None:
    """Write planned meetings as those of a lesson; ``lesson`` is what they were published with."""
    names, split = published(lesson, plan), lesson_id != lesson.id
    pairs = [(each, _row(each, names, taken) | {"lesson_id": lesson_id}) for each in plan]
    for each, row in pairs:
        row["asked"] = sequence if each.of is None or each.elsewhere or split else each.of.asked
    store.change_occurrences(
        connection,
        [
            row | {"occurrence_id": each.of.id}
            for each, row in pairs
            if each.of is not None and (split or _differs(each, row))
        ],
    )
    store.insert_occurrences(connection, [row | {"public_id": new_id()} for each, row in pairs if each.of is None])


def _row(each: Planned, names: Mapping[WallTime, Instant], taken: Mapping[str, int]) -> Row:
    name = str(each.recurrence)
    return {
        "recurrence": name,
        "wall_start": str(each.start),
        "minutes": each.minutes,
        "fold": each.fold,
        "starts": each.starts,
        "ends": each.ends,
        "published_start": names[each.recurrence],
        "booking_id": each.of.booking_id if each.of is not None and each.stays else taken[name],
    }


def _differs(each: Planned, row: Row) -> bool:
    of = each.of
    assert of is not None
    before = (str(of.recurrence), str(of.start), of.minutes, of.fold, of.starts, of.ends)
    after = tuple(row[name] for name in ("recurrence", "wall_start", "minutes", "fold", "starts", "ends"))
    return (*before, of.published_start, of.booking_id) != (*after, row["published_start"], row["booking_id"])
