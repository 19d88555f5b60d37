"""From the forms of administrators to the bodies that the API takes, and from what stands there to the forms."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import msgspec

from rooms import (
    Details,
    Equipment,
    EquipmentPatch,
    Managed,
    NewEquipment,
    NewRoom,
    Room,
    RoomPatch,
    as_told,
    checked,
)
from vclass.core.refusals import InvalidInputError
from vclass.core.wire import convert
from vclass.web.pages.contexts.manage import HoursRow, KitValues, RoomValues
from vclass.web.pages.room_view import open_hours

Form = Any
"""aiohttp's multidict of what was sent."""

CLOCK: Final = re.compile(r"(\d{1,2})[.:](\d\d)", re.ASCII)
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS: Final = "MO-FR"
FRIDAY: Final = 4
BLANK_ROWS: Final = 3
MOST_ROWS: Final = 70
CARD: Final = ("camera", "microphone", "uplink", "contact", "place")
NUMBERS: Final = ("answer_hours", "setup_minutes", "teardown_minutes")
LIMITS: Final = ("horizon_days", "longest_minutes")
"""Numbers that may be left empty."""

Values = RoomValues | KitValues


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that can't be as it was typed; of a row of hours ``why`` says what is the matter."""

    field: str
    why: str = ""


def room_values(form: Form) -> RoomValues:
    """A room as typed; what a form doesn't send is as in an empty one."""
    columns = (form.getall(name, []) for name in ("weekday", "opens", "closes", "since", "until"))
    rows = zip(*([str(each).strip() for each in column[:MOST_ROWS]] for column in columns), strict=False)
    return RoomValues(**_texts(form, RoomValues), hours=tuple(HoursRow(*row) for row in rows))


def kit_values(form: Form) -> KitValues:
    return KitValues(**_texts(form, KitValues))


def _texts(form: Form, kind: type[Values]) -> dict[str, Any]:
    """A box that isn't ticked is not sent: it is empty even where a fresh form has it ticked."""
    names = [each.name for each in fields(kind) if each.name not in ("hours", "shared")]
    empty = kind()
    typed = {name: str(form.get(name, getattr(empty, name))).strip() for name in names}
    return {**typed, "shared": "yes" if form.get("shared") == "yes" else ""}


def with_more_rows(values: RoomValues) -> RoomValues:
    blank = (HoursRow(),) * BLANK_ROWS
    return replace(values, hours=(*values.hours, *blank)[:MOST_ROWS])


def fresh_room(zone: str) -> RoomValues:
    return with_more_rows(RoomValues(zone=zone))


def values_of(found: Managed[Room] | Managed[Equipment]) -> Values:
    """What stands there, as the form shows it."""
    of, terms = found.of, _terms(found.of, found.details)
    if isinstance(of, Equipment):
        return KitValues(**terms, quantity=str(of.quantity))
    card = {name: getattr(of.card, name) for name in CARD}
    values = RoomValues(**terms, **card, zone=of.zone, seats=str(of.seats))
    return with_more_rows(replace(values, hours=tuple(_rows(found.details))))


def _terms(of: Room | Equipment, details: Details) -> dict[str, Any]:
    numbers = {name: _text(getattr(of.terms, name)) for name in (*NUMBERS, *LIMITS)}
    return {
        **numbers,
        "name": of.name,
        "kind": of.kind,
        "features": "\n".join(details.features),
        "approval": of.approval,
        "shared": "yes" if of.shared else "",
    }


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _rows(details: Details) -> Iterator[HoursRow]:
    for line in open_hours(details.openings):
        dates = ("" if day is None else day.isoformat() for day in (line.since, line.until))
        rest = (line.opens, line.closes, *dates)
        if (line.first, line.last) == (0, FRIDAY):
            yield HoursRow(WORKDAYS, *rest)
            continue
        yield from (HoursRow(WEEKDAYS[day], *rest) for day in range(line.first, line.last + 1))


def new_room(values: RoomValues) -> NewRoom | list[Wrong]:
    """The room for what was typed, or all that is wrong with it."""
    hours = [_hours(row) for row in values.hours]
    wrong = [Wrong(f"hours-{number}", each) for number, each in enumerate(hours) if isinstance(each, str)]
    card = {name: getattr(values, name) for name in CARD}
    body = {**_body(values), "zone": values.zone, "seats": values.seats}
    wrong = [*_wrong(body, RoomPatch), *(Wrong(name) for name in CARD if not _fits(card, name)), *wrong]
    if wrong:
        return wrong
    rows = sorted((row for each in hours if not isinstance(each, str) for row in each), key=_in_order)
    made: NewRoom | list[Wrong] = _made({**body, "kind": values.kind, "card": card, "hours": rows}, NewRoom)
    return made


def new_kit(values: KitValues) -> NewEquipment | list[Wrong]:
    """The equipment for what was typed, or all that is wrong with it."""
    body = {**_body(values), "quantity": values.quantity}
    return list(_wrong(body, EquipmentPatch)) or _made({**body, "kind": values.kind}, NewEquipment)


def _made(body: Mapping[str, Any], kind: type[msgspec.Struct]) -> Any:  # noqa: ANN401  of that kind
    """What is right field by field is right as a whole, but for the kind, which nobody types."""
    try:
        return checked(convert(dict(body), kind))  # type: ignore[type-var]  # one of the drafts
    except InvalidInputError as refusal:
        return [Wrong(each.field.partition("[")[0]) for each in refusal.errors]


def _body(values: Values) -> dict[str, Any]:
    words = [line.strip() for line in values.features.splitlines() if line.strip()]
    return {
        "name": values.name,
        "features": words,
        "approval": values.approval,
        "shared": bool(values.shared),
        **{name: getattr(values, name) for name in NUMBERS},
        **{name: getattr(values, name) or None for name in LIMITS},
    }


def _wrong(body: Mapping[str, Any], patch: type[msgspec.Struct]) -> Iterator[Wrong]:
    """Each field alone, so that all is told at once."""
    for name, value in body.items():
        try:
            checked(convert({name: value}, patch))  # type: ignore[type-var]  # one of the patches
        except InvalidInputError:
            yield Wrong(name)


def _fits(card: Mapping[str, str], name: str) -> bool:
    return not list(_wrong({"card": {name: card[name]}}, RoomPatch))


def _hours(row: HoursRow) -> list[dict[str, Any]] | str:
    """The entries of a row, none for an empty one; or what is wrong with it."""
    if not row.opens and not row.closes:
        return [] if not row.weekday else "times"
    if not row.weekday:
        return "day"
    days = WEEKDAYS[: FRIDAY + 1] if row.weekday == WORKDAYS else (row.weekday,)
    dates = {name: text for name, text in (("valid_from", row.since), ("valid_until", row.until)) if text}
    rows = [{"weekday": day, "opens": as_clock(row.opens), "closes": as_clock(row.closes), **dates} for day in days]
    try:
        checked(convert({"hours": rows}, RoomPatch))
    except InvalidInputError as refusal:
        return _matter(refusal.errors[0].field, rows[0])
    return rows


def _matter(field: str, row: Mapping[str, Any]) -> str:
    if "valid" in field:
        return "dates"
    is_time = re.compile(r"([01][0-9]|2[0-4]):[0-5][0-9]", re.ASCII).fullmatch
    return "order" if is_time(row["opens"]) and is_time(row["closes"]) else "times"


def as_clock(text: str) -> str:
    """`7.30` is 07:30."""
    match = CLOCK.fullmatch(text)
    return f"{int(match[1]):02}:{match[2]}" if match else text


def _in_order(row: Mapping[str, Any]) -> tuple[int, str]:
    return WEEKDAYS.index(row["weekday"]), row["opens"]


def changes(found: Managed[Room] | Managed[Equipment], draft: NewRoom | NewEquipment) -> dict[str, Any]:
    """What a draft changes of what stands there."""
    told, wanted = as_told(found.of, found.details), msgspec.to_builtins(draft)
    return {
        name: getattr(draft, name)
        for name, value in wanted.items()
        if name != "kind" and _comparable(name, value) != _comparable(name, told[name])
    }


def _comparable(name: str, value: Any) -> Any:  # noqa: ANN401  what JSON can hold
    return sorted(value, key=str) if name == "hours" else value
