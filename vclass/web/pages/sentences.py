"""Refusals in the reader's language: what happened and what to do, made from a refusal's facts.

A refusal's own sentence is English, for the API. For pages each class that can reach a person has its words here,
found by type; wrong fields are told of by the field in which they were typed.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import singledispatch
from typing import Any, Final, Protocol

from schedules import (
    AlreadyBegunError,
    AlreadyCancelledError,
    AlreadyInvitedError,
    ClashError,
    ClosedDayError,
    ClosedError,
    DoorState,
    FoldError,
    GapError,
    InThePastError,
    NothingLostError,
    OverlapError,
)
from vclass.core.idempotency import KeyReusedError
from vclass.core.refusals import InvalidInputError, Refusal, StaleError
from vclass.core.zones import WallTime, parse_rfc3339
from vclass.web.words import Words

Errors = dict[str, str]


class Typed(Protocol):
    """A form with a time, as it was typed."""

    @property
    def date(self) -> str: ...
    @property
    def time(self) -> str: ...


REFUSALS: Final = (
    InvalidInputError,
    GapError,
    FoldError,
    InThePastError,
    NothingLostError,
    ClashError,
    ClosedDayError,
    ClosedError,
    OverlapError,
    AlreadyBegunError,
    AlreadyCancelledError,
    AlreadyInvitedError,
    KeyReusedError,
    StaleError,
)
"""What a form is shown again for; everything else is answered with a page of its own."""


@singledispatch
def errors_of(refusal: Refusal, said: Words, _typed: Typed) -> Errors:
    """What is wrong in a form that was refused, by the form's fields; "" is for what belongs to none.

    Wrong fields of an ``InvalidInputError`` are the form's own business: their names differ.
    """
    text = of_problem(said, refusal.slug, refusal.facts)
    return {"": text or alone(said)}


@errors_of.register
def _(refusal: GapError, said: Words, typed: Typed) -> Errors:
    early, late = (WallTime.parse(each) for each in refusal.facts["readings"])
    facts = {
        "city": said.city(refusal.facts["zone"]),
        "date": said.date(early.date, "plain"),
        "time": typed.time,
        "early": f"{early.time:%H:%M}",
        "late": f"{late.time:%H:%M}",
    }
    return {"time": said.gettext("In %(city)s clocks skip %(time)s on %(date)s. Choose %(early)s or %(late)s.") % facts}


@errors_of.register
def _(refusal: FoldError, said: Words, typed: Typed) -> Errors:
    zone = refusal.facts["zone"]
    first = parse_rfc3339(refusal.facts["readings"][0]["start"])
    facts = {"city": said.city(zone), "date": said.day(first, zone, "plain"), "time": typed.time}
    sentence = said.gettext("In %(city)s clocks show %(time)s twice on %(date)s. Choose which one you mean.")
    return {"time": sentence % facts}


@errors_of.register
def _(_refusal: InThePastError, said: Words, _typed: Typed) -> Errors:
    return {"date": said.gettext("This time has passed. Choose a date and time to come.")}


@errors_of.register
def _(refusal: ClosedDayError, said: Words, _typed: Typed) -> Errors:
    until = said.date(dt.date.fromisoformat(refusal.facts["until"]), "plain")
    facts = {"name": refusal.facts["institution"], "why": refusal.facts["name"], "date": until}
    closed = (
        said.gettext("%(name)s is closed until %(date)s (%(why)s). Choose a later day.")
        if refusal.facts["reason"] == "closed"
        else said.gettext("%(name)s has no term until %(date)s. Choose a later day.")
    )
    return {"date": closed % facts}


@errors_of.register
def _(refusal: ClashError, said: Words, _typed: Typed) -> Errors:
    number = len({each.recurrence for each in refusal.facts["clashes"]})
    sentence = said.ngettext(
        "A room or equipment is taken at %(num)d of these times.",
        "A room or equipment is taken at %(num)d of these times.",
        number,
    )
    return {"": sentence % {"num": number}}


def of_problem(said: Words, slug: str, facts: Mapping[str, Any]) -> str:
    """The sentence for a kind of problem; "" where the page's own text for the status says it all."""
    say = SENTENCES.get(slug)
    return "" if say is None else say(said) % dict(facts)


SENTENCES: Final[Mapping[str, Callable[[Words], str]]] = {
    "already-begun": lambda said: said.gettext(
        "This lesson has begun, so its time and rooms stay. Book a new lesson for the coming weeks."
    ),
    "already-cancelled": lambda said: said.gettext("This lesson was cancelled. Book a new one instead."),
    "already-invited": lambda said: said.gettext("This person is invited already."),
    "closed": lambda said: said.gettext(
        "This took place, so it can no longer be changed or cancelled. Choose a lesson that is still to come."
    ),
    "nothing-lost": lambda said: said.gettext(
        "There is nothing to leave out any more, or nothing would be left. Below you see the lesson as it is now."
    ),
    "overlap": lambda said: said.gettext(
        "This lesson meets at that time already. Choose another time, or cancel the other meeting first."
    ),
    "key-reused": lambda said: said.gettext(
        "This form has booked a lesson already. Look at your day; send the form again to book one more."
    ),
    "stale": lambda said: said.gettext(
        "Somebody else changed this lesson while you were looking at it. Below you see it as it is now. "
        "What you typed is kept; check it and send it again."
    ),
    "too-many": lambda said: said.gettext(
        "To protect everybody we slow down here. Nothing was lost. Try again in %(retry_after)d seconds."
    ),
    "cross-site": lambda said: said.gettext(
        "This did not come from an open page of this site. Nothing was changed. Reload the page and send it again."
    ),
}


def of_door(said: Words, state: DoorState) -> str:
    """Why somebody who was inside gets no seat now."""
    say = DOORS.get(state)
    return "" if say is None else say(said)


DOORS: Final[Mapping[DoorState, Callable[[Words], str]]] = {
    DoorState.EARLY: lambda said: said.gettext(
        "The door is closed now. When it opens stands on the page of the lesson."
    ),
    DoorState.CANCELLED: lambda said: said.gettext("The lesson was cancelled. Why stands on the page of the lesson."),
    DoorState.ENDED: lambda said: said.gettext("The lesson is over, and its door is closed."),
}


FIELDS: Final[Mapping[str, Callable[[Words], str]]] = {
    "title": lambda said: said.gettext("Give the lesson a title of at most 200 characters."),
    "description": lambda said: said.gettext("Shorten the description to 4000 characters."),
    "zone": lambda said: said.gettext("Choose on whose clock the time is."),
    "date": lambda said: said.gettext("Choose a date."),
    "time": lambda said: said.gettext("Write the time like 14:00."),
    "minutes": lambda said: said.gettext("Write a length from 5 to 1440 minutes."),
    "count": lambda said: said.gettext("Write for how many weeks, from 1 to 114."),
    "left_out": lambda said: said.gettext("Write dates like 2026-10-13, with commas between them."),
    "first": lambda said: said.gettext("Choose the first day on which it could be."),
    "last": lambda said: said.gettext("Choose a last day that is to come, at most a year after the first."),
    "weeks": lambda said: said.gettext("Write for how many weeks, from 1 to 53."),
    "people": lambda said: said.gettext("A time can be found for at most 12 people."),
    "room": lambda said: said.gettext("This room is not there for you any more. Choose another one."),
    "partner_room": lambda said: said.gettext("This room is not there for you any more. Choose another one."),
    "partner_teacher": lambda said: said.gettext("This is no mail address. Write it like name@university.edu."),
    "email": lambda said: said.gettext("This is no mail address. Write it like name@university.edu."),
    "name": lambda said: said.gettext("Write a name of at most 100 characters."),
}


def of_field(said: Words, field: str) -> str:
    """What to write into a field that was wrong."""
    say = FIELDS.get(field)
    return said.gettext("This is not right. Correct it and send it again.") if say is None else say(said)


def of_guest(said: Words, line: int, text: str) -> str:
    """What is wrong with a line of guests."""
    sentence = said.gettext("%(text)s in line %(line)d is no mail address. Write it like name@university.edu.")
    return sentence % {"text": text[:80], "line": line}


def of_kit(said: Words, quantity: int) -> str:
    """What to write where more equipment was asked for than there is."""
    sentence = said.ngettext(
        "Write 1 at most: there is %(num)d.", "Write %(num)d at most: there are no more.", quantity
    )
    return sentence % {"num": quantity}


def too_many_guests(said: Words) -> str:
    return said.gettext("A lesson has at most 200 people. Invite fewer.")


def of_guest_name(said: Words, line: int) -> str:
    return said.gettext("The name in line %(line)d is too long: 100 characters at most.") % {"line": line}


def one_partner(said: Words) -> str:
    return said.gettext("A lesson has one partner here. Choose no room at this institution, or none at the other.")


def other_weekday(said: Words) -> str:
    return said.gettext("This series meets on fixed weekdays. Choose a date on one of them.")


def alone(said: Words) -> str:
    """The message of a form that was refused as a whole, without a rule of its own."""
    return said.gettext("This cannot be booked. Choose another time or another room.")


def nothing_changed(said: Words) -> str:
    return said.gettext("This did not work. Nothing was changed. Try again in a moment.")
