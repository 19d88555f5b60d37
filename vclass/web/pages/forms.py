"""From what was typed in a form to the body that the API takes: one way of checking for both.

And back again: which of the form's fields a wrong field of that body was typed in.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import zip_longest
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlencode

from schedules import Guest, LessonPatch, NewLesson
from vclass.core.addresses import AddressError, address
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.wire import convert
from vclass.core.zones import WallTime, WallTimeError
from vclass.web.pages import sentences
from vclass.web.pages.contexts import BookingValues, MoveForm, PersonForm
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words

KIT: Final = "kit-"
TYPED: Final = tuple(each.name for each in fields(BookingValues) if each.name != "kit")
CLOCK: Final = re.compile(r"(\d{1,2})[.:](\d\d)", re.ASCII)
NAMED: Final = re.compile(r"(.*?)<([^<>]*)>")
PLACE: Final = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?", re.ASCII)
ONCE: Final = "once"
LONGEST_NAME: Final = 100
FOLDS: Final = frozenset({"0", "1"})


class Start(Protocol):
    """The part of a form that says when."""

    @property
    def zone(self) -> str: ...
    @property
    def date(self) -> str: ...
    @property
    def time(self) -> str: ...
    @property
    def fold(self) -> str: ...


@dataclass(frozen=True, slots=True)
class GuestLine:
    """A line of the field for guests."""

    number: int
    name: str
    email: str


def booking_values(form: Mapping[str, Any]) -> BookingValues:
    """What was typed; what a form doesn't send is as in an empty one."""
    empty = BookingValues()
    typed = {name: str(form.get(name, getattr(empty, name))) for name in TYPED}
    kit = {name.removeprefix(KIT): str(text).strip() for name, text in form.items() if name.startswith(KIT)}
    return BookingValues(**typed, kit={id_: text for id_, text in kit.items() if text and text != "0"})


def with_alternative(values: BookingValues, choice: str) -> BookingValues:
    """The form with another slot; a choice is `2026-10-14T09:30|ROOM,ROOM`, in the order of the rooms typed."""
    start, _, rooms = choice.partition("|")
    date, _, time = start.partition("T")
    chosen = [name for name in ("room", "partner_room") if getattr(values, name)]
    instead = dict(zip_longest(chosen, rooms.split(",")[: len(chosen)], fillvalue=""))
    return replace(values, date=date, time=time, **instead)  # type: ignore[arg-type]  # names and texts


def with_slot(values: BookingValues, choice: str) -> BookingValues:
    """The form with a slot that was found; a choice is `date=2026-10-13&time=14%3A00&room=ROOM`, and so on."""
    chosen = {name: text for name, text in parse_qsl(choice, keep_blank_values=True) if name in TYPED}
    return replace(values, **chosen)  # type: ignore[arg-type]  # names and texts


def slot_choice(before: BookingValues, after: BookingValues) -> str:
    """What ``with_slot`` makes one form out of another with."""
    return urlencode({name: text for name in TYPED if (text := getattr(after, name)) != getattr(before, name)})


def start_of(typed: Start) -> str:
    """The wall time as the API writes it: `9.05` is 09:05."""
    match = CLOCK.fullmatch(typed.time.strip())
    time = f"{int(match[1]):02}:{match[2]}" if match else typed.time.strip()
    return f"{typed.date.strip()}T{time}"


def fold_of(typed: Start) -> int | None:
    return int(typed.fold) if typed.fold in FOLDS else None


def guest_lines(text: str) -> list[GuestLine]:
    """The guests of a text with one on each line: an address, or a name and an address in angle brackets."""
    lines = enumerate((line.strip() for line in text.splitlines()), 1)
    return [_guest_line(number, line) for number, line in lines if line]


def _guest_line(number: int, line: str) -> GuestLine:
    match = NAMED.fullmatch(line)
    return GuestLine(number, match[1].strip(' "'), match[2].strip()) if match else GuestLine(number, "", line)


def new_lesson(values: BookingValues, leader: str = "") -> NewLesson:
    """The body for what was typed; ``leader`` is the address of who books it, if that is a teacher.

    Raises:
        InvalidInputError: Some fields can't be read.
    """
    guests = [{"email": each.email, "name": each.name} for each in guest_lines(values.guests)]
    teacher = values.partner_teacher.strip()
    whole = {
        **_body(values),
        "title": values.title.strip(),
        "description": values.description.replace("\r\n", "\n"),
        "teachers": [each for each in (teacher, leader) if each],
        "attendees": guests,
        "minors": bool(values.minors),
    }
    try:
        return convert(whole, NewLesson)
    except InvalidInputError as refusal:
        raise InvalidInputError([*refusal.errors, *_unreadable(values)]) from None


def _unreadable(values: BookingValues) -> list[FieldError]:
    """What the rules behind the body would find wrong next, so that all is told at once."""
    addresses = [("teachers[0]", values.partner_teacher)] if values.partner_teacher.strip() else []
    addresses += [(f"attendees[{i}]", each.email) for i, each in enumerate(guest_lines(values.guests))]
    checks: list[Callable[[], object]] = [
        partial(WallTime.parse, start_of(values)),
        *(partial(address, text, name) for name, text in addresses),
    ]
    found: list[FieldError] = []
    for check in checks:
        try:
            check()
        except InvalidInputError as refusal:
            found += refusal.errors
    return found


def for_preview(values: BookingValues) -> NewLesson:
    """The body of a form that isn't finished: times, rooms, equipment, and the partner's teacher, whose hours count.

    Raises:
        InvalidInputError: Some fields can't be read.
    """
    teacher = values.partner_teacher.strip()
    teachers = [teacher] if is_address(teacher) else []
    return convert({**_body(values), "title": "-", "teachers": teachers}, NewLesson)


def _body(values: BookingValues) -> dict[str, Any]:
    weekly = values.repeat != ONCE
    return {
        "zone": values.zone,
        "start": start_of(values),
        "minutes": values.minutes.strip(),
        "fold": fold_of(values),
        "repeat": {"every": "week", "count": values.count.strip(), "except": _dates(values)} if weekly else None,
        "rooms": [each for each in (values.room, values.partner_room) if each],
        "equipment": [{"id": id_, "quantity": text} for id_, text in values.kit.items()],
    }


def _dates(values: BookingValues) -> list[str]:
    return values.left_out.replace(",", " ").split()


def version(form: Mapping[str, Any]) -> int:
    """The version that the page showed; one that was never there if the form tells none."""
    text = str(form.get("version", ""))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1  # noqa: PLR2004  fits a column


def move_form(form: Mapping[str, Any]) -> MoveForm:
    names = ("zone", "date", "time", "minutes", "fold")
    return MoveForm(**{name: str(form.get(name, "")) for name in names}, opened=True)  # type: ignore[arg-type]  # texts


def move_patch(typed: MoveForm) -> LessonPatch:
    """The change for what was typed.

    Raises:
        InvalidInputError: The length can't be read.
    """
    body = {"zone": typed.zone, "start": start_of(typed), "minutes": typed.minutes.strip(), "fold": fold_of(typed)}
    return convert(body, LessonPatch)


def person_form(form: Mapping[str, Any]) -> PersonForm:
    return PersonForm(str(form.get("name", "")).strip(), str(form.get("email", "")).strip())


def guest(typed: PersonForm) -> Guest:
    """Whom to invite.

    Raises:
        InvalidInputError: Name or address can't be.
    """
    return convert({"email": address(typed.email), "name": typed.name}, Guest)


def booking_errors(
    said: Words, errors: tuple[FieldError, ...], values: BookingValues, quantities: Mapping[str, int]
) -> Errors:
    """Sentences for wrong fields of a booking, by the form's own names.

    Args:
        said: The reader's words.
        errors: Wrong fields by the body's names.
        values: What was typed.
        quantities: How much there is of each equipment, by its id.
    """
    found: Errors = {}
    for error in errors:
        name = _booking_field(error.field, values)
        found.setdefault(name, _booking_sentence(said, name, values, quantities))
    return found


def move_errors(said: Words, errors: tuple[FieldError, ...], typed: MoveForm) -> Errors:
    names = {_time_field(each.field.partition(".")[0], typed) for each in errors}
    found = {name: sentences.of_field(said, name) for name in names if name != "count"}
    return found if "count" not in names else {"date": sentences.other_weekday(said), **found}


def person_errors(said: Words, errors: tuple[FieldError, ...]) -> Errors:
    names = {"name" if each.field.endswith("name") else "email" for each in errors}
    return {name: sentences.of_field(said, name) for name in names}


def _booking_field(name: str, values: BookingValues) -> str:
    match = PLACE.match(name)
    if match is None:
        return ""
    whole, position = match[1], int(match[2] or 0)
    rooms = [each for each in ("room", "partner_room") if getattr(values, each)]
    listed = {
        "rooms": rooms,
        "equipment": [KIT + each for each in values.kit],
        "teachers": ["partner_teacher"],
        "attendees": ["guests"] * (position + 1),
    }
    if match[3] == "except":
        return "left_out"
    if whole in listed:
        return (listed[whole][position : position + 1] or [""])[0]
    return _time_field(whole, values)


def _time_field(name: str, typed: Start) -> str:
    """A wrong start was typed in two fields: find out which."""
    if name == "repeat":
        return "count"
    if name != "start":
        return name if name in sentences.FIELDS else ""
    try:
        WallTime.parse(f"{typed.date.strip()}T00:00")
    except WallTimeError:
        return "date"
    return "time"


def _booking_sentence(said: Words, name: str, values: BookingValues, quantities: Mapping[str, int]) -> str:
    if name == "guests":
        return _guests_sentence(said, values)
    if name.startswith(KIT):
        return sentences.of_kit(said, quantities.get(name.removeprefix(KIT), 0))
    return sentences.of_field(said, name)


def is_address(text: str) -> bool:
    try:
        address(text)
    except AddressError:
        return False
    return True


def _guests_sentence(said: Words, values: BookingValues) -> str:
    for line in guest_lines(values.guests):
        if not is_address(line.email):
            return sentences.of_guest(said, line.number, line.email)
        if len(line.name) > LONGEST_NAME:
            return sentences.of_guest_name(said, line.number)
    return sentences.too_many_guests(said)
