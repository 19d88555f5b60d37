"""Refusals say in one sentence what to do."""

from vclass.core.refusals import FieldError, InvalidInputError


def test_what_is_said_of_fields_ends_with_one_full_stop() -> None:
    wrong = InvalidInputError([FieldError("start", "Choose another."), FieldError("title", "give one")])
    assert wrong.sentence == "Please correct start: Choose another; title: give one."
