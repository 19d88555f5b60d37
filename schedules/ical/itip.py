"""REQUEST, CANCEL and DECLINECOUNTER for one attendee (RFC 5546 sections 3.2.2, 3.2.5, 3.2.8): values in, bytes out.

`request` tells the whole as it stands; `request_occurrence` and `cancel_occurrence` tell of one occurrence alone, whose
RECURRENCE-ID stays what it was first published as, wherever the occurrence is now. A calendar that keeps, for each UID
and RECURRENCE-ID, the newest by SEQUENCE, then DTSTAMP, and lets a newer whole replace older occurrences, ends right
whatever order the mails come in. Where a change of the whole would leave something behind in calendars, `left_behind`
says what, and it is cancelled first, with a DTSTAMP below that of the invitation.

After a change of this and the following occurrences, the old UID is requested again with a rule that ends before the
split, and the rest is a new invitation with a UID of its own: clients don't read RANGE=THISANDFUTURE.
"""

from collections.abc import Iterable, Iterator

from schedules.ical import writer
from schedules.ical.events import event, named, worded
from schedules.ical.model import Instance, Invitation, Method
from schedules.ical.shape import Series, Shape, Single, shape_of
from schedules.ical.writer import PRODUCT, component, prop

__all__ = ["cancel", "cancel_occurrence", "decline_counter", "request", "request_occurrence"]


def request(invitation: Invitation) -> bytes:
    """The object that invites, or that tells how the whole lesson stands after a change.

    Raises:
        CalendarValueError: when a value of ours (a link, the occurrences) can't be published.
        AddressError: for an address that isn't one.
    """
    shape = shape_of(invitation)
    return _calendar("REQUEST", shape, _whole(invitation, shape))


def cancel(invitation: Invitation) -> bytes:
    """The object that takes the whole lesson out of the attendee's calendar; errors as for `request`."""
    shape = shape_of(invitation)
    if isinstance(shape, Series):
        # RFC 5546 section 3.2.5: the UID without RECURRENCE-ID cancels every occurrence.
        return _calendar("CANCEL", shape, event("CANCEL", invitation, shape.whole(invitation.occurrences)))
    return _calendar("CANCEL", shape, _each("CANCEL", invitation, shape, invitation.occurrences))


def request_occurrence(invitation: Invitation, *occurrences: Instance) -> bytes:
    """The object that tells how one occurrence (or some) of a lesson stands now; errors as for `request`."""
    shape = shape_of(invitation)
    return _calendar("REQUEST", shape, _each("REQUEST", invitation, shape, occurrences))


def cancel_occurrence(invitation: Invitation, *occurrences: Instance) -> bytes:
    """The object that takes one occurrence (or some) out of the calendar and leaves the others.

    There is no RRULE in it, or clients would take the whole series out. Errors as for `request`.
    """
    shape = shape_of(invitation)
    return _calendar("CANCEL", shape, _each("CANCEL", invitation, shape, occurrences))


def decline_counter(invitation: Invitation, *occurrences: Instance) -> bytes:
    """The object that says no to a proposal for the whole, or for one occurrence: which, and nothing else."""
    shape = shape_of(invitation)
    names = [shape.name(each) for each in occurrences] or [[]]
    lines = [line for name in names for line in named(invitation, name)]
    return _calendar("DECLINECOUNTER", shape if occurrences else Single(), lines)


def _whole(invitation: Invitation, shape: Shape) -> Iterator[str]:
    if isinstance(shape, Series):
        yield from event("REQUEST", invitation, shape.whole(invitation.occurrences))
        differing = filter(shape.differs, invitation.occurrences)
        yield from _each("REQUEST", invitation, shape, differing)
    else:
        yield from _each("REQUEST", invitation, shape, invitation.occurrences)


def _each(method: Method, invitation: Invitation, shape: Shape, occurrences: Iterable[Instance]) -> Iterator[str]:
    for each in occurrences:
        yield from event(method, worded(invitation, each), [*shape.name(each), *shape.times(each)])


def _calendar(method: Method, shape: Shape, events: Iterable[str]) -> bytes:
    header = [prop("PRODID", PRODUCT), prop("VERSION", "2.0"), prop("CALSCALE", "GREGORIAN"), prop("METHOD", method)]
    return writer.render(component("VCALENDAR", [*header, *shape.timezone, *events]))
