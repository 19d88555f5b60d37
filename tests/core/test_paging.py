"""Lists come in pages, by cursors that only the lists themselves make."""

import base64

import pytest

from vclass.core.paging import LONGEST_SPAN, PAGE, bounded, fetched, page
from vclass.core.refusals import InvalidInputError

ROWS = list(range(2 * PAGE + 1))


def test_the_cursors_lead_through_the_whole_list_once() -> None:
    seen: list[int] = []
    cursor: str | None = None
    for size in (PAGE, PAGE, 1):
        shown, cursor = page(ROWS, cursor)
        assert len(shown) == size
        seen += shown
    assert (seen, cursor) == (ROWS, None)


def test_a_full_last_page_has_no_cursor() -> None:
    assert page(ROWS[:PAGE], None) == (ROWS[:PAGE], None)


def test_no_more_is_read_than_is_shown_and_one_row_to_know_of_more() -> None:
    asked: list[tuple[int, int]] = []

    def fetch(first: int, most: int) -> list[int]:
        asked.append((first, most))
        return ROWS[first : first + most]

    _, cursor = fetched(fetch, None)
    fetched(fetch, cursor)
    assert asked == [(0, PAGE + 1), (PAGE, PAGE + 1)]


@pytest.mark.parametrize("text", ["-1", "x", "", "9" * 30, "1.5", "²"])
def test_a_cursor_that_no_list_gave_is_refused(text: str) -> None:
    forged = base64.urlsafe_b64encode(text.encode()).decode()
    with pytest.raises(InvalidInputError) as refused:
        page(ROWS, forged)
    assert [each.field for each in refused.value.errors] == ["cursor"]


@pytest.mark.parametrize("ends", [0, -1, LONGEST_SPAN + 1])
def test_a_span_that_is_empty_or_too_long_is_refused(ends: int) -> None:
    assert bounded(0, LONGEST_SPAN) == (0, LONGEST_SPAN)
    with pytest.raises(InvalidInputError):
        bounded(0, ends)
