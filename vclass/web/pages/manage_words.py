"""What administrators are told of their forms: wrong fields, refusals, and what somebody else changed meanwhile."""

from collections.abc import Callable, Iterable, Mapping
from functools import singledispatch
from typing import Any, Final

from rooms import NameTakenError, StillBookedError
from rooms.custody import AlreadyBackError, KitOutError, NotToHandOutError
from schedules import TermNameTakenError
from vclass.core.refusals import Refusal, StaleError
from vclass.core.zones import parse_rfc3339
from vclass.web.pages.contexts.manage import HoursRow, KitValues, RoomValues
from vclass.web.pages.manage_forms import WORKDAYS, Wrong
from vclass.web.pages.sentences import Errors, nothing_changed
from vclass.web.words import Words, capitalised

FIELDS: Final[Mapping[str, Callable[[Words], str]]] = {
    "name": lambda said: said.gettext("Write a name of at most 120 characters."),
    "seats": lambda said: said.gettext("Write how many seats there are, from 1 to 100000."),
    "quantity": lambda said: said.gettext("Write how many there are, from 1 to 100000."),
    "zone": lambda said: said.gettext("Choose on whose clock the time is."),
    "features": lambda said: said.gettext("Write at most 40 lines of at most 40 characters each, without commas."),
    "answer_hours": lambda said: said.gettext("Write hours from 1 to 720."),
    "horizon_days": lambda said: said.gettext("Write days from 1 to 3650, or nothing."),
    "longest_minutes": lambda said: said.gettext("Write minutes from 5 to 1440 in steps of five, or nothing."),
    "setup_minutes": lambda said: said.gettext("Write minutes from 0 to 720 in steps of five."),
    "teardown_minutes": lambda said: said.gettext("Write minutes from 0 to 720 in steps of five."),
    "day": lambda said: said.gettext("Choose a day for these hours."),
    "times": lambda said: said.gettext("Write both times like 08:00 and 18:30."),
    "order": lambda said: said.gettext(
        "It closes before it opens. Midnight is 24:00; hours over midnight are two rows, of two days."
    ),
    "dates": lambda said: said.gettext("The last of these dates is before the first."),
    **dict.fromkeys(
        ("camera", "microphone", "uplink", "contact", "place"),
        lambda said: said.gettext("Write one line of at most 200 characters."),
    ),
    "photo": lambda said: said.gettext("This is no picture that browsers show. Send a JPEG, PNG or WebP."),
    "photo-none": lambda said: said.gettext("Choose a picture first."),
    "photo-large": lambda said: said.gettext("This picture is larger than 2 MB. Send a smaller one."),
}


def errors_of_fields(said: Words, wrong: Iterable[Wrong]) -> Errors:
    found: Errors = {}
    for each in wrong:
        say = FIELDS.get(each.why or each.field)
        text = said.gettext("This is not right. Correct it and send it again.") if say is None else say(said)
        found.setdefault(each.field, text)
    return found


@singledispatch
def errors_of(_refusal: Refusal, said: Words, _zone: str) -> Errors:
    """What was refused, by the field that it concerns; "" is the whole. Times are on the clock of a zone."""
    return {"": nothing_changed(said)}


@errors_of.register
def _(_refusal: NameTakenError, said: Words, _zone: str) -> Errors:
    sentence = said.gettext("Something here has this name already, perhaps out of use. Choose another name.")
    return {"name": sentence}


@errors_of.register
def _(_refusal: TermNameTakenError, said: Words, _zone: str) -> Errors:
    return {"reason": said.gettext("There is a term of this name already. Choose another name.")}


@errors_of.register
def _(refusal: StillBookedError, said: Words, zone: str) -> Errors:
    """Fewer pieces than are booked, or something that is booked and shall go."""
    if (least := refusal.facts.get("least")) is not None:
        sentence = said.ngettext(
            "%(num)d is booked at one moment to come. Keep as many, or move bookings first.",
            "%(num)d are booked at one moment to come. Keep as many, or move bookings first.",
            least,
        )
        return {"quantity": sentence % {"num": least}}
    until = parse_rfc3339(refusal.facts["until"])
    sentence = said.gettext(
        "It is booked or asked for until %(date)s. Move these bookings to another room or cancel them first."
    )
    return {"retire": sentence % {"date": said.day(until, zone, "plain")}}


@errors_of.register
def _(refusal: NotToHandOutError, said: Words, zone: str) -> Errors:
    if (opens := refusal.facts.get("opens")) is not None:
        sentence = said.gettext("It is too early: hand it out from %(time)s on.")
        start = parse_rfc3339(opens)
        return {"": sentence % {"time": f"{said.day(start, zone, 'short')}, {said.clock(start, zone)}"}}
    if "state" in refusal.facts:
        return {"": said.gettext("This booking is not confirmed, so it has no equipment yet.")}
    return {"": said.gettext("This booking is over or has no equipment. Nothing was handed out.")}


@errors_of.register
def _(refusal: KitOutError, said: Words, _zone: str) -> Errors:
    free = refusal.facts["free"]
    if not free:
        return {"": said.gettext("Nothing more of it can be handed out for this booking. Take back what is out first.")}
    sentence = said.ngettext(
        "Only %(num)d of it is here. Take back what is out first.",
        "Only %(num)d of it are here. Take back what is out first.",
        free,
    )
    return {"": sentence % {"num": free}}


@errors_of.register
def _(_refusal: AlreadyBackError, said: Words, _zone: str) -> Errors:
    return {"": said.gettext("This was taken back already.")}


@errors_of.register
def _(_refusal: StaleError, said: Words, _zone: str) -> Errors:
    return {"": said.gettext("Somebody else changed this meanwhile. Below you see it as it is now.")}


LABELS: Final[Mapping[str, Callable[[Words], str]]] = {
    "name": lambda said: said.pgettext("of a thing", "Name"),
    "seats": lambda said: said.gettext("Seats"),
    "quantity": lambda said: said.gettext("How many"),
    "zone": lambda said: said.gettext("Clock of"),
    "features": lambda said: said.gettext("In the room"),
    "approval": lambda said: said.gettext("Approval"),
    "shared": lambda said: said.gettext("Partners may book it, too"),
    "answer_hours": lambda said: said.gettext("Hold for an answer, hours"),
    "horizon_days": lambda said: said.gettext("How far ahead, days"),
    "longest_minutes": lambda said: said.gettext("Longest, minutes"),
    "setup_minutes": lambda said: said.gettext("Minutes to prepare"),
    "teardown_minutes": lambda said: said.gettext("Minutes to clear up"),
    "hours": lambda said: said.gettext("Opening hours"),
    "camera": lambda said: said.gettext("Camera"),
    "microphone": lambda said: said.gettext("Microphones"),
    "uplink": lambda said: said.gettext("Uplink"),
    "contact": lambda said: said.gettext("On duty"),
    "place": lambda said: said.gettext("Where it is"),
    "photo": lambda said: said.gettext("Picture"),
    "retired": lambda said: said.gettext("Out of use"),
}
"""The fields that somebody else may have changed, as the form calls them."""


def stale_errors(
    said: Words, who: str, changed: Iterable[str], now: RoomValues | KitValues, typed: RoomValues | KitValues
) -> Errors:
    """Who changed what meanwhile; beside each field that was typed otherwise, what stands there now."""
    names = [name for name in LABELS if name in set(changed)]
    told = {"who": who or said.gettext("Somebody"), "what": ", ".join(LABELS[name](said) for name in names)}
    sentence = said.gettext(
        "%(who)s changed this while you were looking at it: %(what)s. What you typed is kept; send it again to put it "
        "in the place of what stands there now."
    )
    theirs = [name for name in names if getattr(now, name, None) != getattr(typed, name, None)]
    beside = said.gettext("Stands there now: %(value)s")
    return {"": sentence % told, **{name: beside % {"value": _value(said, now, name)} for name in theirs}}


def _value(said: Words, values: Any, name: str) -> str:  # noqa: ANN401  a room or kit
    value = getattr(values, name)
    if name == "hours":
        return "; ".join(_hours(said, row) for row in value if row.weekday) or said.gettext("always")
    if name == "approval":
        return said.gettext("none needed") if value == "none" else said.gettext("we approve each request")
    if name == "shared":
        return said.gettext("yes") if value else said.gettext("no")
    if name == "zone":
        return said.city(value)
    return ", ".join(value.splitlines()) or said.gettext("nothing")


def _hours(said: Words, row: HoursRow) -> str:
    return f"{day_of(said, row.weekday)} {row.opens}\u2013{row.closes}"


def day_of(said: Words, weekday: str) -> str:
    """The name of a row's day."""
    days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    if weekday == WORKDAYS:
        facts = {"first": said.day_name(0), "last": said.day_name(4)}
        return capitalised(said.gettext("%(first)s to %(last)s") % facts)
    return capitalised(said.day_name(days.index(weekday)))
