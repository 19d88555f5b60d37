"""Rows of a lesson's tables, made from values."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from config import Keyring
from rooms import Result
from schedules import store
from schedules.links import first_link
from schedules.model import Draft, Invited, Lesson, Timing
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.tokens import new_id
from vclass.core.zones import version as tzdata_version

Row: TypeAlias = dict[str, Any]


def attendee_rows(keyring: Keyring, lesson_id: int, invited: Sequence[Invited], *, first_position: int) -> list[Row]:
    rows = []
    for position, each in enumerate(invited, first_position):
        public_id = new_id()
        rows.append(
            {
                "public_id": public_id,
                "lesson_id": lesson_id,
                "person_id": each.person_id,
                "email": each.email,
                "name": each.name,
                "teaches": each.teaches,
                "position": position,
                "zone": each.zone,
                "language": each.language,
                "removed": False,
                "sequence": 0,
                **first_link(keyring, public_id),
            }
        )
    return rows


def draft_columns(draft: Draft) -> Row:
    timing = draft.timing
    return {
        "title": draft.title,
        "description": draft.description,
        "zone": timing.zone,
        "wall_start": str(timing.start),
        "minutes": timing.minutes,
        "fold": timing.fold,
        "rule": store.rule_text(timing.rule),
        "tzdata": tzdata_version(),
        "transparent": draft.transparent,
        "minors": draft.minors,
    }


def resource_rows(lesson_id: int, draft: Draft) -> list[Row]:
    return [
        {"lesson_id": lesson_id, "resource_id": each.resource_id, "quantity": each.quantity, "position": position}
        for position, each in enumerate(draft.resources)
    ]


def occurrence_rows(lesson_id: int, result: Result, timing: Timing) -> list[Row]:
    """One row for each booking that was taken, at its original start."""
    spans = {each.reference: each for each in result.wish.bookings}
    return [
        {
            "public_id": new_id(),
            "lesson_id": lesson_id,
            "recurrence": each.reference,
            "wall_start": each.reference,
            "minutes": timing.minutes,
            "fold": timing.fold,
            "starts": spans[each.reference].starts,
            "ends": spans[each.reference].ends,
            "published_start": spans[each.reference].starts,
            "booking_id": each.booking_id,
        }
        for each in result.taken
    ]


def taken_by(result: Result) -> set[int]:
    """The bookings that a wish has got."""
    return {each.booking_id for each in result.taken}


def entry(result: Result, lesson: Lesson, actor: Actor, action: str | None = None) -> audit.Entry:
    """The audit row of a decided wish; a wish that is of no single action says which."""
    return audit.Entry(
        at=result.wish.now,
        person_id=actor.person_id,
        institution_id=lesson.institution_id,
        action=action or result.wish.kind,
        entity="lesson",
        entity_id=lesson.id,
        facts={"version": lesson.version, "sequence": lesson.sequence, "start": str(lesson.draft.timing.start)},
    )
