"""The ways in which lessons refuse a wish: what stands in the way, when that is over, and what to do next."""

from collections.abc import Sequence

from schedules.model import Held, Lesson, Planned
from vclass.core.refusals import Refusal
from vclass.core.zones import Fold, Gap, Instant, WallTime, city, local, offset, offset_text, resolve, rfc3339

WEEK_DAYS = 7


class GapError(Refusal):
    """A start does not exist: the clocks skip it."""

    slug = "gap"

    def __init__(self, zone: str, gaps: Sequence[Gap], *, series: bool) -> None:
        first = gaps[0]
        early, late = first.readings
        dates = [gap.wall.date.isoformat() for gap in gaps]
        way_out = f"Leave {', '.join(dates)} out (except), or choose" if series else "Choose"
        super().__init__(
            f"In {city(zone)} the clocks skip {first.wall.time:%H:%M} on {first.wall.date}. "
            f"{way_out} {early.time:%H:%M} or {late.time:%H:%M}.",
            zone=zone,
            dates=dates,
            readings=[str(early), str(late)],
        )


class FoldError(Refusal):
    """A start exists twice: the clocks show it twice, and nobody said which is meant."""

    slug = "fold"

    def __init__(self, zone: str, fold: Fold) -> None:
        early, late = fold.instants
        readings = [
            {"fold": number, "start": rfc3339(instant), "offset": offset_text(offset(instant, zone))}
            for number, instant in enumerate(fold.instants)
        ]
        super().__init__(
            f"In {city(zone)} the clocks show {local(early, zone).time:%H:%M} twice on {fold.wall.date}. "
            f"Say which you mean with fold 0 ({rfc3339(early)}) or fold 1 ({rfc3339(late)}).",
            zone=zone,
            readings=readings,
        )


class ClashError(Refusal):
    """Some rooms or kit are taken; nothing was booked."""

    slug = "clash"


class AlreadyBegunError(Refusal):
    """What has begun keeps its time and rooms ``until`` it is over; ``next`` is the first meeting that hasn't.

    Args:
        lesson: As it stands.
        now: The present.
        running: The meeting that was to be changed; None: all of the lesson.
        lost: So many meetings took place on dates that the lesson would no longer have.
    """

    slug = "already-begun"

    def __init__(self, lesson: Lesson, now: Instant, running: Held | None = None, *, lost: int = 0) -> None:
        upcoming = lesson.next_after(now)
        begun = [running] if running is not None else [each for each in lesson.dates if each.starts <= now]
        until = rfc3339(max((each.ends for each in begun), default=now))
        if lost:
            why = f"{lost} of these meetings took place on dates that the new ones don't include."
        else:
            why = f"This lesson has begun, so its time and rooms stay until it is over at {until}."
        super().__init__(
            f"{why} {_instead(upcoming, lost=lost > 0)}",
            until=until,
            next=None if upcoming is None else str(upcoming.recurrence),
        )


def _instead(upcoming: Held | None, *, lost: bool) -> str:
    if upcoming is None:
        return "Book a new lesson for the coming weeks."
    name = upcoming.recurrence
    if lost:
        return f"Change {name} and the following meetings instead (scope=following), so that those before stay."
    return f"Change the next meeting, {name}, or book a new lesson for the coming weeks."


class ClosedError(Refusal):
    """What took place can be neither changed nor cancelled; ``next`` is the first meeting still to come."""

    slug = "closed"

    def __init__(self, lesson: Lesson, ended: Instant, now: Instant) -> None:
        upcoming = lesson.next_after(now)
        way = "Book a new lesson." if upcoming is None else f"Choose the next meeting, {upcoming.recurrence}."
        super().__init__(
            f"This took place and was over at {rfc3339(ended)}, so it can no longer be changed or cancelled. {way}",
            ended=rfc3339(ended),
            next=None if upcoming is None else str(upcoming.recurrence),
        )


class AlreadyCancelledError(Refusal):
    """A cancelled lesson is not changed; its UID is not used again (RFC 5546 section 2.1.5).

    Args:
        lesson: As it stands.
        meeting: The one that alone is off; None: the lesson is.
        now: The present; what would lie behind it can come back at another time alone.
    """

    slug = "already-cancelled"

    def __init__(self, lesson: Lesson, meeting: Held | None = None, now: Instant = 0) -> None:
        facts: dict[str, object] = {}
        if lesson.cancelled_at is not None:
            facts["cancelled"] = rfc3339(lesson.cancelled_at)
        if meeting is None:
            super().__init__("This lesson was cancelled. Book a new one instead.", **facts)
            return
        when = " with a start to come" if meeting.starts <= now else ""
        super().__init__(
            f"This meeting was cancelled. Add {meeting.recurrence} to the lesson again{when} if it shall take place "
            "after all.",
            recurrence=str(meeting.recurrence),
            **facts,
        )


class OverlapError(Refusal):
    """A meeting would meet another one of the same lesson, or stands already."""

    slug = "overlap"

    def __init__(self, moved: Planned, other: Planned, zone: str) -> None:
        until = local(other.ends, zone)
        way = (
            f"Change that meeting, {other.recurrence}, instead of adding it."
            if moved is other
            else f"Choose a time that begins at {until} or later, or cancel the meeting {other.recurrence} first."
        )
        super().__init__(
            f"This lesson meets already from {other.start} to {until} ({city(zone)}). {way}",
            recurrence=str(moved.recurrence),
            other=str(other.recurrence),
            until=rfc3339(other.ends),
            start=str(until),
        )


class NothingLostError(Refusal):
    """There is nothing to go on without."""

    slug = "nothing-lost"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


class NotConfirmedError(Refusal):
    """Rooms are exchanged by lessons that have them, not by those that still wait for an answer.

    ``until`` is when the answer is due at the latest, ``recurrences`` one meeting of each that could be exchanged.
    """

    slug = "not-confirmed"

    def __init__(self, title: str, held: Held, pair: tuple[WallTime, WallTime] | None) -> None:
        until = rfc3339(held.starts if held.hold_until is None else held.hold_until)
        name = held.recurrence
        way = (
            f"Wait for the answer, which comes by {until}, or give this meeting other rooms"
            if held.pending
            else "Give this meeting other rooms"
        )
        others = "" if pair is None else f", or exchange {pair[0]} and {pair[1]} alone (recurrences)"
        super().__init__(
            f"{title!r} does not have its rooms on {name.date} for sure, so it can't exchange them. {way}{others}.",
            recurrence=str(name),
            state=held.state,
            until=until if held.pending else None,
            recurrences=None if pair is None else list(map(str, pair)),
        )


class AlreadyInvitedError(Refusal):
    """Somebody is invited to a lesson who is invited already."""

    slug = "already-invited"

    def __init__(self) -> None:
        super().__init__("This person is invited already. Send them a new link if they can't find theirs.")


class InThePastError(Refusal):
    """A start lies behind us; ``earliest`` is the same hour of the same weekday, as soon as it is to come."""

    slug = "in-the-past"

    def __init__(self, start: WallTime, zone: str, now: Instant) -> None:
        earliest = _to_come(start, zone, now)
        super().__init__(
            f"This start has passed: it is {local(now, zone)} in {city(zone)}. Choose a time to come, such as "
            f"{earliest}.",
            until=rfc3339(now),
            earliest=str(earliest),
        )


def _to_come(start: WallTime, zone: str, now: Instant) -> WallTime:
    """The first weekly repetition of a start that exists once and lies ahead."""
    behind = (local(now, zone).date - start.date).days
    later = start.plus_days(max(0, behind // WEEK_DAYS) * WEEK_DAYS)
    while not (isinstance(instant := resolve(later, zone), int) and instant > now):
        later = later.plus_days(WEEK_DAYS)
    return later
