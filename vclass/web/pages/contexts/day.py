"""The dashboard."""

from dataclasses import dataclass
from typing import ClassVar

from vclass.web.axis import DayAxis
from vclass.web.pages.contexts.parts import LessonCard, Shift


@dataclass(frozen=True, slots=True)
class DayPage:
    """A person's day: the lesson that is open or comes next, today on an axis, what follows.

    ``also_open`` are lessons that are open beside the hero. ``shifts`` pairs a lesson's title with an unusual
    hour in the coming weeks. ``today_lessons`` belong to the blocks of ``today``, in their order.
    ``undelivered`` counts mails that failed, for administrators.
    """

    template: ClassVar[str] = "dashboard.html"

    hero: LessonCard | None
    also_open: tuple[LessonCard, ...] = ()
    coming: tuple[LessonCard, ...] = ()
    today: DayAxis | None = None
    today_lessons: tuple[LessonCard, ...] = ()
    shifts: tuple[tuple[str, Shift], ...] = ()
    undelivered: int = 0
