"""What an object that came by mail means for a lesson: pure decisions on values.

What counts is a matter of three things (RFC 5546 section 6.1): the token in the lesson's own address, an ATTENDEE who
is invited, and whether the mail is from that attendee as far as anybody can say.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

import msgspec

from schedules.answers.model import Incoming, Policy
from schedules.ical import Answerer, Moment, Statement, is_apart
from schedules.model import Attendee, Held, Lesson
from schedules.partstats import WHOLE, Answer, Partstat
from vclass.core.addresses import AddressError, address
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime, local, resolve

OWN_ADDRESS: Final = re.compile(r"b-([0-9a-z]{8,64})@.+", re.IGNORECASE)
MINUTE: Final = 60
LONGEST_SECONDS: Final = 24 * 3600

Trust: TypeAlias = Literal["counts", "ask", "disowned"]
"""Whether an answer counts, once the attendee has confirmed it, or never."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer whose attendee and occurrence are known.

    ``digest`` is the same for the same answer, however often it comes. ``to_old_time``: the lesson has moved since.
    """

    attendee: Attendee
    answer: Answer
    digest: str
    to_old_time: bool


def token_of_address(recipient: str) -> str | None:
    """The token of a lesson's own address."""
    found = OWN_ADDRESS.fullmatch(recipient.strip().strip("<>"))
    return None if found is None else found[1].lower()


def answerer(objects: Sequence[Answerer], sender: str) -> Answerer | None:
    """Who answers: the one ATTENDEE, or the one among several whose mail it is."""
    if len(objects) == 1:
        return objects[0]
    return next((each for each in objects if each.address == _address(sender)), None)


def invited(lesson: Lesson, email: str) -> Attendee | None:
    return next((each for each in lesson.present if _address(each.email) == email), None)


def trust(mail: Incoming, attendee: Attendee, policy: Policy) -> Trust:
    """What a mail in an attendee's name is worth (security rule G6).

    Everybody who is invited knows the lesson's address, so what comes from another sender, be it somebody who writes on
    the attendee's behalf, waits for the attendee's own word.
    """
    if mail.authenticated == "fail":
        return "disowned"
    if _address(mail.header_from) != _address(attendee.email):
        return "ask"
    return "ask" if mail.authenticated == "none" and policy == "always" else "counts"


def occurrence_named(lesson: Lesson, name: Moment | None) -> str | None:
    """The occurrence that a RECURRENCE-ID means, by its public id; `WHOLE` without one, None if there is none such.

    A name in any zone is an instant, so it may be in UTC for a series in a zone and the reverse. Once a lesson has
    moved, the same instant may be the name of one date in a series and of another among events apart: the present shape
    goes before the other one, which a program may know from before.
    """
    if name is None:
        return WHOLE
    for called in _namings(lesson, name):
        found = [each for each in lesson.dates if called(each)]
        if len(found) == 1:
            return found[0].public_id
    return WHOLE if len(lesson.dates) == 1 else None


def _namings(lesson: Lesson, name: Moment) -> tuple[Callable[[Held], bool], ...]:
    """Ways in which a name may be that of a date, the likeliest first."""
    timing = lesson.draft.timing
    if name.is_date:
        return (lambda held: held.recurrence.date == name.wall.date,)
    if name.instant is None:
        return (lambda held: held.recurrence == name.wall,)
    of_rule = (
        lambda held: resolve(held.recurrence, timing.zone, timing.fold or 0) == name.instant,
        lambda held: held.published_start == name.instant,
    )
    apart = is_apart(timing.zone, timing.start, timing.minutes, timing.rule)
    return of_rule[::-1] if apart else of_rule


def said_by(lesson: Lesson, attendee: Attendee, occurrence: str, said: Statement, mail: Incoming) -> Said:
    """The answer of a statement as it is ordered among others.

    A SEQUENCE above all that we ever sent, or a DTSTAMP from the future, would let nothing after it count: they are
    taken for the present ones.
    """
    who = answerer(said.attendees, mail.header_from)
    assert who is not None, "whoever isn't named in it is not known to be invited"
    present = max(lesson.sequence, attendee.sequence)
    stamp = mail.received_at if said.dtstamp is None else min(said.dtstamp, mail.received_at)
    partstat = cast("Partstat", who.partstat)  # the reader knows no other
    answer = Answer(occurrence, partstat, min(said.sequence, present), stamp)
    return Said(
        attendee, answer, digest_of(occurrence, said, mail), answer.sequence < asked(lesson, attendee, occurrence)
    )


def asked(lesson: Lesson, attendee: Attendee, occurrence: str) -> int:
    """The SEQUENCE below which answers are to another time; of the whole, that of what has stood the longest."""
    known = [each.asked for each in lesson.occurrences if occurrence in (WHOLE, each.public_id)]
    return max(min(known, default=0), attendee.sequence)


def held_of(lesson: Lesson, occurrence: str) -> Held | None:
    """The occurrence of a public id; of the whole its first."""
    return next((each for each in lesson.occurrences if occurrence in (WHOLE, each.public_id)), None)


def digest_of(occurrence: str, said: Statement, mail: Incoming) -> str:
    """Names what was said: of two mails with the same, one is a repetition."""
    stamp = mail.message_id if said.dtstamp is None else said.dtstamp
    who = [(each.address, each.partstat) for each in said.attendees]
    return hashlib.sha256(msgspec.json.encode([occurrence, who, said.sequence, stamp])).hexdigest()


def proposed(lesson: Lesson, occurrence: str, said: Statement) -> Span | None:
    """The span that a COUNTER proposes (RFC 5546 section 3.2.7); None where it can't be told, or is the present one.

    A date alone proposes the same hours of another day.
    """
    held = held_of(lesson, occurrence)
    if held is None or said.starts is None:
        return None
    starts = _on(held, lesson, said.starts.wall.date) if said.starts.is_date else said.starts.instant
    if starts is None:
        return None
    known = None if said.ends is None or said.ends.is_date else said.ends.instant
    ends = starts + held.ends - held.starts if known is None else known
    fits = 0 < ends - starts <= LONGEST_SECONDS and (ends - starts) % MINUTE == 0
    return (starts, ends) if fits and (starts, ends) != (held.starts, held.ends) else None


def moved_along(lesson: Lesson, span: Span) -> Iterator[tuple[Held, Span]]:
    """When each date would be if all moved as far as a proposal moves the first that calendars have.

    That is counted on the clock of the lesson; none where that skips the time.
    """
    starts, ends = span
    zone, rule = lesson.draft.timing.zone, lesson.draft.timing.rule
    wall, standing = local(starts, zone), lesson.occurrences
    first = standing[0].start if rule is None else min(each.recurrence for each in lesson.dates)
    for each in standing:
        begins = _at(lesson, WallTime(each.start.date + (wall.date - first.date), wall.time))
        if begins is not None:
            yield each, (begins, begins + ends - starts)


def _on(held: Held, lesson: Lesson, date: dt.date) -> Instant | None:
    return _at(lesson, WallTime(date, held.start.time))


def _at(lesson: Lesson, wall: WallTime) -> Instant | None:
    found = resolve(wall, lesson.draft.timing.zone, 0)
    return found if isinstance(found, int) else None


def _address(text: str) -> str:
    try:
        return address(text)
    except AddressError:
        return text.strip().lower()
