"""Lessons begin and end at full five minutes."""

import pytest

from schedules import LessonPatch
from tests.office import Office
from vclass.core.refusals import InvalidInputError


@pytest.mark.parametrize("start", ["2026-12-01T10:01", "2026-12-01T10:00:30"])
async def test_a_start_off_the_full_five_minutes_is_refused(office: Office, start: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await office.book(start=start)
    assert [each.field for each in refused.value.errors] == ["start"]


async def test_a_lesson_is_not_moved_off_the_full_five_minutes(office: Office) -> None:
    lesson = await office.book()
    patch = LessonPatch(start="2026-12-01T10:04")
    with pytest.raises(InvalidInputError, match="full five minutes"):
        await office.lessons.change(office.teacher, lesson.public_id, patch, lesson.version)
