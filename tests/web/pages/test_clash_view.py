"""What stands in the way, in words of the page and never in those of the API."""

import msgspec
import pytest

from schedules import BUSY, ITSELF, ClashView
from vclass.web.pages.clash_view import obstacle
from vclass.web.pages.contexts.obstacles import Cause

CLASH = ClashView("2026-10-13T14:00", "r1", "2026-10-13T12:00:00Z", "2026-10-13T13:30:00Z", "taken", name="Hall 214")


def clash(reason: str, by: str) -> ClashView:
    return msgspec.structs.replace(CLASH, reason=reason, by=by)


@pytest.mark.parametrize(
    ("found", "cause", "title"),
    [
        (clash("taken", "Roman Law"), "booking", "Roman Law"),
        (clash("taken", BUSY), "booking", ""),
        (clash("taken", ITSELF), "itself", ""),
        (clash("retired", "it was taken out of use"), "retired", ""),
        (clash("off_grid", "full five minutes alone"), "grid", ""),
        (clash("outside_hours", "its opening hours"), "closed", ""),
        (clash("busy", "Roman Law"), "person", "Roman Law"),
    ],
)
def test_only_somebodys_own_words_are_quoted(found: ClashView, cause: Cause, title: str) -> None:
    shown = obstacle(found, None)
    assert (shown.cause, shown.title) == (cause, title)


def test_too_few_pieces_are_told_in_numbers() -> None:
    shown = obstacle(msgspec.structs.replace(clash("too_few", "Roman Law"), free=1, wanted=2), None)
    assert (shown.cause, shown.free, shown.wanted) == ("too_few", 1, 2)
