"""Lessons that a change of clock law moved, with invented names."""

from collections.abc import Iterator
from typing import Final

from tests.web.samples import ANNA, SHIFTED, Sample
from vclass.web.pages.contexts.law import ClockLine, ClocksPage, MovedLine

LINES: Final = (
    ClockLine("America/Vancouver", "10:00", "10:00"),
    ClockLine("Europe/Vienna", "19:00", "18:00"),
    ClockLine("Europe/Kyiv", "20:00", "19:00"),
)


def clocks() -> Iterator[tuple[str, Sample]]:
    first = MovedLine("law", "Comparative Media Law", SHIFTED[0], 13, 24, LINES)
    second = MovedLine("ethics", "Ethics of Reporting", SHIFTED[0], 1, 3, LINES[:2])
    yield "clocks", Sample(ClocksPage((first, second)), ANNA, "day")
    yield "clocks-none", Sample(ClocksPage(()), ANNA, "day")
