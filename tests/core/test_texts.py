"""What people write is seen as it stands."""

import pytest

from vclass.core.texts import is_line, is_prose


@pytest.mark.parametrize("text", ["Joint seminar", "Спільний семінар", "می‌خواهم", "👩‍🏫", "a\u00a0b"])
def test_visible_text_of_any_script_is_a_line(text: str) -> None:
    assert is_line(text)


@pytest.mark.parametrize("text", ["", " ", "a\nb", "a\x00b", "a\u202eb", "a\u2028b", "a\tb", "\ufeff", "\ud800"])
def test_what_cannot_be_seen_is_no_line(text: str) -> None:
    assert not is_line(text)


@pytest.mark.parametrize(("text", "good"), [("", True), ("a\r\n\tb", True), ("a\x00b", False), ("a\u202eb", False)])
def test_prose_has_lines_and_nothing_hidden(text: str, good: bool) -> None:
    assert is_prose(text) is good
