"""The forms of blockings, closures and terms: what was typed, what is wrong with it, and the body that it makes."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rooms.blockings import NewBlocking
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.core.texts import is_line
from vclass.core.wire import convert
from vclass.core.zones import WallTime, WallTimeError
from vclass.web.pages.contexts.manage import BlockingForm, ClosureForm
from vclass.web.pages.manage_forms import as_clock
from vclass.web.pages.manage_words import errors_of
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words

STEP_MINUTES: Final = 5
MOST: Final = 50
LONGEST_REASON: Final = 200
LONGEST_NAME: Final = 120

WRONG: Final[Mapping[str, Callable[[Words], str]]] = {
    "what": lambda said: said.gettext("Choose what to block."),
    "gone": lambda said: said.gettext("Something that you chose is not there any more. Choose again."),
    "blocked": lambda said: said.gettext(
        "Something of this is blocked already at that time. End that blocking first, or choose another time."
    ),
    "reason": lambda said: said.gettext("Write one line of at most 200 characters."),
    "name": lambda said: said.gettext("Write one line of at most 120 characters."),
    "date": lambda said: said.gettext("Choose a date."),
    "time": lambda said: said.gettext("Write the time like 14:00, in steps of five minutes."),
    "end": lambda said: said.gettext("It ends before it begins or before now, or lasts longer than a year."),
    "last_day": lambda said: said.gettext("The last day is before the first."),
}
BODY: Final = {"resources": ("what", "gone"), "start": ("first_time", "time"), "reason": ("reason", "reason")}
"""Where a wrong field of the body was typed, and what is the matter."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms that come back as they were typed; None: a fresh one."""

    blocking: BlockingForm | None = None
    closure: ClosureForm | None = None
    term: ClosureForm | None = None


def blocking_form(sent: Any) -> BlockingForm:  # noqa: ANN401  aiohttp's multidict
    return BlockingForm(
        what=tuple(str(each) for each in sent.getall("what", [])[:MOST]),
        first_date=_typed(sent, "first_date"),
        first_time=_typed(sent, "first_time"),
        last_date=_typed(sent, "last_date"),
        last_time=_typed(sent, "last_time"),
        reason=_typed(sent, "reason"),
    )


def days_form(sent: Any) -> ClosureForm:  # noqa: ANN401  aiohttp's multidict
    return ClosureForm(_typed(sent, "first_day"), _typed(sent, "last_day"), _typed(sent, "reason"))


def _typed(sent: Any, name: str) -> str:  # noqa: ANN401  aiohttp's multidict
    return str(sent.get(name, "")).strip()


def blocking_errors(said: Words, typed: BlockingForm) -> Errors:
    """What is wrong with a blocking before anybody looks what there is; all of it at once."""
    dates = {"first_date": typed.first_date, "last_date": typed.last_date}
    times = {"first_time": typed.first_time, "last_time": typed.last_time}
    wrong = {
        **({} if typed.what else {"what": "what"}),
        **{name: "date" for name, text in dates.items() if date_of(text) is None},
        **{name: "time" for name, text in times.items() if not _is_time(text)},
        **({} if _is_short(typed.reason, LONGEST_REASON) else {"reason": "reason"}),
    }
    return {name: WRONG[why](said) for name, why in wrong.items()}


def new_blocking(typed: BlockingForm, *, displace: bool) -> NewBlocking:
    """The body for what was typed.

    Raises:
        InvalidInputError: Some fields can't be read.
    """
    body = {
        "resources": list(typed.what),
        "start": f"{typed.first_date}T{as_clock(typed.first_time)}",
        "end": f"{typed.last_date}T{as_clock(typed.last_time)}",
        "reason": typed.reason,
        "on_clash": "displace" if displace else "refuse",
    }
    return convert(body, NewBlocking)


def refused_blocking(said: Words, refusal: InvalidInputError) -> Errors:
    """Wrong fields of the body, by the form's own names."""
    names = sorted({each.field.partition("[")[0] for each in refusal.errors})
    found = dict(BODY.get(name, ("last_date", "end")) for name in names)
    return {field: WRONG[why](said) for field, why in found.items()}


def days_errors(said: Words, typed: ClosureForm) -> Errors:
    """What is wrong with a closure or a term."""
    read = {"first_day": typed.first_day, "last_day": typed.last_day}
    wrong = {
        **{name: "date" for name, text in read.items() if date_of(text) is None},
        **({} if _is_short(typed.reason, LONGEST_NAME) else {"reason": "name"}),
    }
    return {name: WRONG[why](said) for name, why in wrong.items()}


def refused_days(said: Words, refusal: Refusal, zone: str) -> Errors:
    if isinstance(refusal, InvalidInputError):
        return {"last_day": WRONG["last_day"](said)}
    return errors_of(refusal, said, zone)


def date_of(text: str) -> dt.date | None:
    try:
        return WallTime.parse(f"{text}T00:00").date
    except WallTimeError:
        return None


def _is_time(text: str) -> bool:
    try:
        return WallTime.parse(f"2026-01-01T{as_clock(text)}").time.minute % STEP_MINUTES == 0
    except WallTimeError:
        return False


def _is_short(text: str, longest: int) -> bool:
    return is_line(text) and len(text) <= longest
