"""Small parts of contexts."""

import dataclasses

import pytest

from schedules.recurrence import Rule
from tests.web.showcase import samples
from vclass.web.pages.contexts import JoinPage, LessonPage
from vclass.web.pages.parts import is_weekly
from vclass.web.rendering import Renderer


@pytest.mark.parametrize(
    ("rule", "weekly"),
    [
        (None, False),
        (Rule("week", count=3), True),
        (Rule("week", weekdays=("MO",), count=3), True),
        (Rule("week", weekdays=("MO", "TH"), count=3), False),
        (Rule("week", interval=2, count=3), False),
        (Rule("day", count=3), False),
        (Rule("month", count=3), False),
    ],
)
def test_only_once_a_week_is_weekly(rule: Rule | None, weekly: bool) -> None:
    assert is_weekly(rule) is weekly


@pytest.mark.parametrize("name", ["join-early", "lesson"])
def test_a_series_that_is_not_weekly_is_not_called_so(name: str) -> None:
    sample = samples()[name]
    assert isinstance(sample.page, JoinPage | LessonPage)
    text = Renderer().page(sample.frame("en"), dataclasses.replace(sample.page, weekly=False))
    assert "Series of joint lessons" in text
    assert "Weekly" not in text
