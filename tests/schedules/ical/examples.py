"""Invitations to build tests on."""

import dataclasses
from typing import Any

from schedules.ical import Attendee, Invitation, Organizer
from schedules.recurrence import Rule, expand
from vclass.core.zones import WallTime

ANNA = Attendee("anna@kyiv.example", "Anna Kovalenko")
ORGANIZER = Organizer("b-3f9c@vclass.example", "vclass, Dr. Weber")


def invitation(
    start: str = "2026-10-06T10:00",
    zone: str = "Europe/Vienna",
    rule: Rule | None = None,
    minutes: int = 90,
    **changes: Any,  # noqa: ANN401  any field of an invitation
) -> Invitation:
    """A lesson as it would be booked, with some fields changed."""
    wall = WallTime.parse(start)
    found = expand(wall, zone, minutes, rule, fold=0)
    assert not found.gaps
    usual = Invitation(
        uid="lesson-1@vclass.example",
        sequence=0,
        dtstamp=1_790_000_000,
        organizer=ORGANIZER,
        attendee=ANNA,
        summary="Joint seminar",
        url="https://vclass.example/join/aGVsbG8",
        zone=zone,
        start=wall,
        minutes=minutes,
        rule=rule,
        occurrences=found.occurrences,
    )
    return dataclasses.replace(usual, **changes)


def lines(calendar: bytes, name: str) -> list[str]:
    """The unfolded content lines of a property."""
    unfolded = calendar.decode().replace("\r\n ", "").split("\r\n")
    return [line for line in unfolded if line.startswith((f"{name}:", f"{name};"))]
