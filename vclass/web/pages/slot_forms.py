"""From the form of the slot finder to the body that the API takes; from the booking form to that form, and back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from schedules import SlotQuestion
from vclass.core.refusals import FieldError, InvalidInputError
from vclass.core.wire import convert
from vclass.core.zones import Instant, WallTime, WallTimeError, choices, local
from vclass.web.pages import forms, sentences
from vclass.web.pages.contexts import BookingValues
from vclass.web.pages.contexts.slots import SlotValues
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words

PLACE: Final = "place-"
WITH: Final = "with-"
ANY: Final = "any"
ONCE: Final = "once"
TYPED: Final = ("people", "minutes", "first", "last", "repeat", "weeks")
CARRIED: Final = ("title", "description", "zone", "partner", "partner_teacher", "guests")
"""What the booking form knows that the slot finder doesn't ask."""
FIELD: Final = re.compile(r"(\w+)(?:\[(\d+)\])?", re.ASCII)
NAMES: Final = {"from": "first", "to": "last", "weekly_for": "weeks", "optional": "people"}
DAYS_ONCE: Final = 13
DAYS_WEEKLY: Final = 6
DAY: Final = 86400


def slot_values(form: Mapping[str, Any]) -> SlotValues:
    """What was typed; what a form doesn't send is as in an empty one."""
    empty = SlotValues()
    typed = {name: str(form.get(name, getattr(empty, name))).strip() for name in TYPED}
    places = {name.removeprefix(PLACE): str(text) for name, text in form.items() if name.startswith(PLACE)}
    return SlotValues(**typed, places={place: text for place, text in places.items() if text})


def booking_carried(form: Mapping[str, Any]) -> BookingValues:
    """What was typed into the booking form before, and goes along."""
    return forms.booking_values({name.removeprefix(WITH): text for name, text in form.items() if name.startswith(WITH)})


def carried(values: BookingValues) -> dict[str, str]:
    """The fields of the booking form that go along."""
    typed = {name: text for name in CARRIED if (text := getattr(values, name))}
    return typed | {forms.KIT + public_id: text for public_id, text in values.kit.items()}


def from_booking(values: BookingValues, own: tuple[str, str], now: Instant) -> SlotValues:
    """The slot finder's form for what was typed into the booking form.

    Args:
        values: What was typed there.
        own: The reader's address, and the id of the reader's institution.
        now: Days begin tomorrow, unless a later one was typed.
    """
    email, home = own
    first = _first(values, now)
    days = DAYS_ONCE if values.repeat == ONCE else DAYS_WEEKLY
    places = {home: values.room, values.partner: values.partner_room}
    return SlotValues(
        people="\n".join(each for each in (email, values.partner_teacher.strip()) if each),
        minutes=values.minutes,
        first=str(first.date),
        last=str(first.plus_days(days).date),
        repeat=values.repeat,
        weeks=values.count,
        places={place: room for place, room in places.items() if place and room},
    )


def question(values: SlotValues, booking: BookingValues, home: str) -> SlotQuestion:
    """The body for what was typed.

    Raises:
        InvalidInputError: Some fields can't be read.
    """
    body = {
        "people": [each.email for each in forms.guest_lines(values.people)],
        "minutes": values.minutes,
        "from": values.first,
        "to": values.last,
        "weekly_for": None if values.repeat == ONCE else values.weeks,
        "zone": booking.zone or None,
        "rooms": [text for text in values.places.values() if text != ANY],
        "institutions": [place for place, text in values.places.items() if text == ANY],
        "equipment": [{"id": public_id, "quantity": text} for public_id, text in booking.kit.items()],
    }
    partners = [place for place in values.places if place != home]
    if len(partners) > 1:
        raise InvalidInputError([FieldError(PLACE + place, "one partner") for place in partners[1:]])
    return convert(body, SlotQuestion)


def slot_errors(said: Words, errors: Iterable[FieldError], values: SlotValues) -> Errors:
    """Sentences for wrong fields of a question, by the form's own names."""
    found: Errors = {}
    for error in errors:
        if error.field.startswith(PLACE):
            found[error.field] = sentences.one_partner(said)
            continue
        name, position = _field(error.field, values)
        found.setdefault(name, _sentence(said, name, position, values))
    return found


def with_people(values: BookingValues, teacher: str, others: Iterable[str]) -> BookingValues:
    """The booking form with those who should come: one partner's teacher, and guests."""
    known = {each.email.lower() for each in forms.guest_lines(values.guests)}
    lines = [*values.guests.splitlines(), *(each for each in others if each not in known)]
    return replace(values, partner_teacher=teacher, guests="\n".join(lines))


def _first(values: BookingValues, now: Instant) -> WallTime:
    zone = values.zone if values.zone in choices() else "Etc/UTC"
    tomorrow = local(now + DAY, zone)
    try:
        typed = WallTime.parse(f"{values.date.strip()}T00:00")
    except WallTimeError:
        return tomorrow
    return typed if typed.date > tomorrow.date else tomorrow


def _field(name: str, values: SlotValues) -> tuple[str, int | None]:
    """The form's name of a wrong field, and its place in a list."""
    match = FIELD.match(name)
    whole, position = (match[1], int(match[2]) if match[2] else None) if match else ("", None)
    listed = {
        "rooms": [place for place, text in values.places.items() if text != ANY],
        "institutions": [place for place, text in values.places.items() if text == ANY],
    }
    if whole in listed:
        return PLACE + (listed[whole][position or 0 :] or [""])[0], None
    return NAMES.get(whole, whole if whole in TYPED else ""), position


def _sentence(said: Words, name: str, position: int | None, values: SlotValues) -> str:
    if name == "people" and position is not None:
        line = forms.guest_lines(values.people)[position]
        return sentences.of_guest(said, line.number, line.email)
    return sentences.of_field(said, "room" if name.startswith(PLACE) else name)
