"""One VEVENT of a lesson, for one attendee (RFC 5545 section 3.6.1), with all that calendar programs look for."""

import dataclasses
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from schedules.ical import writer
from schedules.ical.addresses import mailto
from schedules.ical.model import Attendee, Instance, Invitation, Method, Organizer
from schedules.ical.writer import CalendarValueError, component, prop, text, uri, utc

__all__ = ["Status", "busy_status", "conference", "event", "named", "title", "worded"]

Status: TypeAlias = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

LONGEST_NAME: Final = 100
BUSY: Final[dict[Status, str]] = {"CONFIRMED": "BUSY", "TENTATIVE": "TENTATIVE", "CANCELLED": "FREE"}


def event(method: Method, invitation: Invitation, times: Sequence[str]) -> list[str]:
    """The lines of an event: a cancellation says who and when (`times`), an invitation all of it."""
    status: Status = "CANCELLED" if method == "CANCEL" else invitation.status
    free = invitation.transparent or status == "CANCELLED"
    return component(
        "VEVENT",
        [
            prop("UID", text(invitation.uid)),
            prop("DTSTAMP", utc(invitation.dtstamp)),
            prop("SEQUENCE", str(invitation.sequence)),
            *times,
            prop("SUMMARY", title(invitation.summary)),
            prop("STATUS", status),
            _organizer(invitation.organizer),
            _attendee(invitation.attendee),
            busy_status(status, free=free),
            *(_particulars(invitation) if method == "REQUEST" else ()),
        ],
    )


def named(invitation: Invitation, name: Sequence[str]) -> list[str]:
    """The lines of an event that only says which it is: whose, and by ``name`` which of its occurrences."""
    return component(
        "VEVENT",
        [
            prop("UID", text(invitation.uid)),
            prop("DTSTAMP", utc(invitation.dtstamp)),
            *name,
            _organizer(invitation.organizer),
        ],
    )


def worded(invitation: Invitation, instance: Instance) -> Invitation:
    """The invitation in the words of one occurrence, where it has its own, with what was answered to it."""
    names = ("summary", "description", "location")
    own = {name: getattr(instance, name) for name in names if getattr(instance, name) is not None}
    if instance.partstat is not None:
        own["attendee"] = dataclasses.replace(invitation.attendee, partstat=instance.partstat)
    return dataclasses.replace(invitation, **own) if own else invitation


def _organizer(organizer: Organizer) -> str:
    return prop("ORGANIZER", uri(mailto(organizer.address)), [("CN", _name(organizer))])


def _attendee(attendee: Attendee) -> str:
    parameters = [
        ("CUTYPE", "INDIVIDUAL"),
        ("ROLE", attendee.role),
        ("PARTSTAT", attendee.partstat),
        ("RSVP", "TRUE" if attendee.rsvp else "FALSE"),
        ("CN", _name(attendee)),
    ]
    return prop("ATTENDEE", uri(mailto(attendee.address)), parameters)


def _name(who: Organizer | Attendee) -> str:
    return writer.clean(who.name).strip()[:LONGEST_NAME] or who.address


def title(summary: str) -> str:
    """Some clients drop an event without a title."""
    return text(writer.clean(summary).strip() or "Lesson")


def _particulars(invitation: Invitation) -> list[str]:
    """What only an invitation says: where, how to join, and the alarm."""
    link = _link(invitation.url)
    alarm = [
        prop("ACTION", "DISPLAY"),
        prop("TRIGGER", "-PT15M"),
        prop("DESCRIPTION", title(invitation.summary)),
    ]
    return [
        prop("LOCATION", text(", ".join(filter(None, [invitation.location, link])))),
        prop("DESCRIPTION", text(f"{link}\n\n{invitation.description}".strip())),
        prop("URL", link),
        *conference(link),
        prop("X-MICROSOFT-DISALLOW-COUNTER", "FALSE" if invitation.attendee.rsvp else "TRUE"),
        prop("CLASS", "PUBLIC"),
        prop("TRANSP", "TRANSPARENT" if invitation.transparent else "OPAQUE"),
        *component("VALARM", alarm),
    ]


def conference(link: str) -> list[str]:
    """Clients look for the join link in different places; RFC 7986 section 5.11 has CONFERENCE, few read it."""
    about = [("VALUE", "URI"), ("FEATURE", ("AUDIO", "VIDEO", "CHAT")), ("LABEL", "vclass")]
    return [prop("CONFERENCE", link, about), prop("X-GOOGLE-CONFERENCE", link)]


def busy_status(status: Status, *, free: bool) -> str:
    """Outlook's own way to say whether the time is taken."""
    return prop("X-MICROSOFT-CDO-BUSYSTATUS", "FREE" if free else BUSY[status])


def _link(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise CalendarValueError(f"{url[:60]!r} is not a web address")
    return uri(url)
