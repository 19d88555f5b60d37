"""What the houses that were asked say of those dates of a lesson that are still open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rooms.approvals import answers_of
from schedules.model import Held, Lesson
from vclass.core.zones import Instant
from vclass.people import Institution, institutions


@dataclass(frozen=True, slots=True)
class House:
    """A house that was asked, and the dates that wait for its answer; none: it has said yes to all that are open."""

    institution: Institution
    waits: tuple[Held, ...]

    @property
    def until(self) -> Instant | None:
        """When the first of these dates can no longer be answered."""
        return min((each.answer_by for each in self.waits), default=None)


def houses_of(connection: sa.Connection, lessons: Sequence[Lesson]) -> dict[int, tuple[House, ...]]:
    """The houses asked of each lesson that waits for any, by the lesson's id; those that have said yes first."""
    dates = {each.booking_id: (lesson, each) for lesson in lessons for each in lesson.dates if each.asks}
    if not dates:
        return {}
    homes = {each.id: each for each in institutions(connection)}
    waits: defaultdict[tuple[int, int], list[Held]] = defaultdict(list)
    for answer in answers_of(connection, dates):
        lesson, held = dates[answer.booking_id]
        waits[lesson.id, answer.institution_id] += [held] if answer.state == "pending" else []
    found: defaultdict[int, list[House]] = defaultdict(list)
    for (lesson_id, house), some in sorted(waits.items(), key=lambda each: (len(each[1]) > 0, each[0])):
        found[lesson_id].append(House(homes[house], tuple(sorted(some, key=lambda each: each.starts))))
    return {lesson_id: tuple(some) for lesson_id, some in found.items()}
