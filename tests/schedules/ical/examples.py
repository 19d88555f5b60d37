"""Invitations to build tests on."""

import dataclasses
from typing import Any

from schedules.ical import (
    Attendee,
    Instance,
    Invitation,
    Organizer,
    cancel,
    cancel_occurrence,
    left_behind,
    published_starts,
    request,
)
from schedules.recurrence import Rule, expand
from vclass.core.zones import WallTime

ANNA = Attendee("anna@kyiv.example", "Anna Kovalenko")
LINK = "https://vclass.example/join/aGVsbG8"
ORGANIZER = Organizer("b-3f9c@vclass.example", "vclass, Dr. Weber")


def instances(start: str, zone: str, minutes: int, rule: Rule | None) -> tuple[Instance, ...]:
    """The occurrences that a rule gives, as published for the first time."""
    found = expand(WallTime.parse(start), zone, minutes, rule, fold=0)
    assert not found.gaps
    return tuple(Instance(each.recurrence, each.starts, each.ends, each.starts) for each in found.occurrences)


def invitation(
    start: str = "2026-10-06T10:00",
    zone: str = "Europe/Vienna",
    rule: Rule | None = None,
    minutes: int = 90,
    **changes: Any,  # noqa: ANN401  any field of an invitation
) -> Invitation:
    """A lesson as it would be booked, with some fields changed."""
    wall = WallTime.parse(start)
    usual = Invitation(
        uid="lesson-1@vclass.example",
        sequence=0,
        dtstamp=1_790_000_000,
        organizer=ORGANIZER,
        attendee=ANNA,
        summary="Joint seminar",
        url=LINK,
        zone=zone,
        start=wall,
        minutes=minutes,
        rule=rule,
        occurrences=instances(start, zone, minutes, rule),
    )
    return dataclasses.replace(usual, **changes)


def told(lesson: Invitation, **changes: Any) -> Invitation:  # noqa: ANN401  any field of an invitation
    """The next revision of a lesson, with some fields changed."""
    following = {"sequence": lesson.sequence + 1, "dtstamp": lesson.dtstamp + 60}
    return dataclasses.replace(lesson, **(following | changes))


def moved(lesson: Invitation, which: int, minutes: int, **changes: Any) -> Invitation:  # noqa: ANN401  of the occurrence
    """One occurrence later (or earlier), and otherwise as said."""
    one = lesson.occurrences[which]
    new = dataclasses.replace(one, starts=one.starts + 60 * minutes, ends=one.ends + 60 * minutes, **changes)
    return told(lesson, occurrences=(*lesson.occurrences[:which], new, *lesson.occurrences[which + 1 :]))


def without(lesson: Invitation, which: int) -> Invitation:
    """One occurrence cancelled."""
    return told(lesson, occurrences=(*lesson.occurrences[:which], *lesson.occurrences[which + 1 :]))


def rearranged(lesson: Invitation, after: Invitation) -> Invitation:
    """The whole lesson as another one is, its occurrences under the names by which calendars know them."""
    names = published_starts({each.recurrence: each.known_by for each in lesson.occurrences}, after.occurrences)
    kept = tuple(dataclasses.replace(each, published_start=names[each.recurrence]) for each in after.occurrences)
    return told(lesson, zone=after.zone, start=after.start, minutes=after.minutes, rule=after.rule, occurrences=kept)


def meetings(*lessons: Invitation) -> list[tuple[int, int, str]]:
    """What a calendar shall show."""
    return sorted(
        (each.starts, each.ends, ", ".join(filter(None, [each.location or lesson.location, LINK])))
        for lesson in lessons
        for each in lesson.occurrences
    )


def changed(before: Invitation, after: Invitation) -> list[bytes]:
    """The mails of a change of the whole: what it leaves behind is cancelled first."""
    gone = left_behind(before, after)
    if gone is None:
        return [request(after)]
    withdrawn = told(before, sequence=after.sequence, dtstamp=after.dtstamp - 1)
    return [cancel_occurrence(withdrawn, *gone) if gone else cancel(withdrawn), request(after)]


def lines(calendar: bytes, name: str) -> list[str]:
    """The unfolded content lines of a property."""
    unfolded = calendar.decode().replace("\r\n ", "").split("\r\n")
    return [line for line in unfolded if line.startswith((f"{name}:", f"{name};"))]
