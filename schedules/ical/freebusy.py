"""When somebody or a room is taken, and nothing else (RFC 5545 section 3.6.4): merged, half-open, in UTC."""

from collections.abc import Iterable, Sequence

from schedules.ical import writer
from schedules.ical.writer import PRODUCT, component, prop, text, utc
from vclass.core import spans
from vclass.core.spans import Span
from vclass.core.zones import Instant

__all__ = ["free_busy"]


def free_busy(uid: str, dtstamp: Instant, window: Span, busy: Iterable[Span], tentative: Iterable[Span] = ()) -> bytes:
    """The stream.

    Args:
        uid: names this answer.
        dtstamp: when it holds.
        window: what was asked for; nothing beyond it is told.
        busy: what is taken for sure.
        tentative: what may still be taken; where it overlaps what is, the latter counts.
    """
    firm = _within(window, busy)
    open_still = spans.subtract(_within(window, tentative), firm)
    starts, ends = window
    lines = [
        prop("UID", text(uid)),
        prop("DTSTAMP", utc(dtstamp)),
        prop("DTSTART", utc(starts)),
        prop("DTEND", utc(ends)),
        *_told("BUSY", firm),
        *_told("BUSY-TENTATIVE", open_still),
    ]
    head = [prop("PRODID", PRODUCT), "VERSION:2.0"]
    return writer.render(component("VCALENDAR", [*head, *component("VFREEBUSY", lines)]))


def _within(window: Span, found: Iterable[Span]) -> list[Span]:
    starts, ends = window
    cut = ((max(first, starts), min(last, ends)) for first, last in found)
    return spans.merge(each for each in cut if each[0] < each[1])


def _told(kind: str, found: Sequence[Span]) -> list[str]:
    return [prop("FREEBUSY", f"{utc(first)}/{utc(last)}", [("FBTYPE", kind)]) for first, last in found]
