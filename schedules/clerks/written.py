"""Lessons as values of the rows that were just written: reading them again would cost as much as writing them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rooms import Result, Taken, Want
from schedules.clerks.rows import Row
from schedules.model import Attendee, Draft, Held, Invitee, Lesson, Skipped
from vclass.core.zones import WallTime


def lesson_of(
    lesson_id: int,
    row: Row,
    draft: Draft,
    skipped: tuple[Skipped, ...],
    dates: Sequence[Held],
    attendees: Sequence[Attendee],
) -> Lesson:
    """The lesson of a row with what belongs to it; its people are named as their invitations name them."""
    invitees = tuple(Invitee(each.email, each.name, each.teaches) for each in attendees)
    return Lesson(
        id=lesson_id,
        public_id=row["public_id"],
        uid=row["uid"],
        address_token=row["address_token"],
        institution_id=row["institution_id"],
        owner_id=row["owner_id"],
        sequence=row["sequence"],
        revision=row["revision"],
        version=row["version"],
        told_at=row["told_at"],
        moved_from=row["moved_from"],
        cancelled_at=row["cancelled_at"],
        cancel_reason=row["cancel_reason"],
        published_at=row["published_at"],
        draft=replace(draft, invitees=invitees, spares_owner=False),
        dates=tuple(sorted(dates, key=lambda each: each.starts)),
        attendees=tuple(attendees),
        continues_id=row.get("continues_id"),
        skipped=skipped,
    )


def dates_of(rows: Sequence[Row], ids: Sequence[int], result: Result) -> list[Held]:
    """The meetings of a granted wish."""
    taken = {each.booking_id: each for each in result.taken}
    wants = {each.reference: each.wants for each in result.wish.bookings}
    return [_held(row, i, taken[row["booking_id"]], wants) for row, i in zip(rows, ids, strict=True)]


def _held(row: Row, row_id: int, taken: Taken, wants: Mapping[str, tuple[Want, ...]]) -> Held:
    recurrence = WallTime.parse(row["recurrence"])
    return Held(
        id=row_id,
        recurrence=recurrence,
        start=recurrence,
        booking_public_id=taken.public_id,
        state=taken.state,
        reason=None,
        hold_until=taken.hold_until,
        wants=wants[row["recurrence"]],
        public_id=row["public_id"],
        minutes=row["minutes"],
        fold=row["fold"],
        starts=row["starts"],
        ends=row["ends"],
        booking_id=row["booking_id"],
        published_start=row["published_start"],
    )


def attendees_of(rows: Sequence[Row], ids: Sequence[int]) -> list[Attendee]:
    return [_attendee(row, i) for row, i in zip(rows, ids, strict=True)]


def _attendee(row: Row, row_id: int) -> Attendee:
    return Attendee(
        id=row_id,
        public_id=row["public_id"],
        lesson_id=row["lesson_id"],
        person_id=row["person_id"],
        email=row["email"],
        name=row["name"],
        teaches=row["teaches"],
        zone=row["zone"],
        language=row["language"],
        generation=row["generation"],
        key_id=row["key_id"],
        removed=row["removed"],
        sequence=row["sequence"],
    )
