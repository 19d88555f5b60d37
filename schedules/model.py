"""Lessons as values: what was asked for, what stands, and the ways in which a wish can be refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rooms import PENDING, State, Want
from schedules.partstats import Answer, Partstat, by_occurrence, of_whole, partstat
from schedules.recurrence import Occurrence, Rule
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime

MOST_ATTENDEES = 200
Shown: TypeAlias = State | Literal["closed"]
"""The state of a meeting or a lesson as people are told it."""
IN_ORDER: tuple[State, ...] = (
    "held",
    "requested",
    "waiting",
    "confirmed",
    "displaced",
    "rejected",
    "cancelled",
)


def stands(state: State) -> bool:
    """Whether what has this state takes place or still may."""
    return state not in ("cancelled", "rejected")


@dataclass(frozen=True, slots=True)
class Timing:
    """When a lesson is: a wall time in its anchor zone, which is the truth; instants are derived from it."""

    zone: str
    start: WallTime
    minutes: int
    fold: int | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite: a teacher, who leads, or an attendee."""

    email: str
    name: str
    teaches: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many of a resource a lesson takes; 1 for a room."""

    resource_id: int
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole lesson as its teacher wants it; what is stored is always a whole draft, never a difference.

    ``transparent`` lessons take no time of their teachers (RFC 5545 section 3.8.2.7), such as open hours. A lesson
    ``spares_owner`` that is led by others alone: its owner only booked it. With ``minors`` in it, its media goes
    through the relay alone.
    """

    title: str
    description: str
    timing: Timing
    resources: tuple[Quantity, ...]
    invitees: tuple[Invitee, ...]
    transparent: bool = False
    spares_owner: bool = False
    minors: bool = False

    @property
    def teaching(self) -> tuple[bool, bool, frozenset[str]]:
        """All that says whose time it takes."""
        return self.transparent, self.spares_owner, frozenset(each.email for each in self.invitees if each.teaches)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitee as found among the people: guests have no person and read in the anchor zone."""

    person_id: int | None
    email: str
    name: str
    teaches: bool
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Attendee:
    """One invited person of one lesson, with the state of the personal link, and what was answered last.

    ``sequence`` is above all that was said to whoever was removed once: answers from before then hold no longer.
    """

    id: int
    public_id: str
    lesson_id: int
    person_id: int | None
    email: str
    name: str
    teaches: bool
    zone: str
    language: str
    generation: int
    key_id: str
    removed: bool
    sequence: int
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """An occurrence that stands in the tables, with its booking.

    ``recurrence`` is its original wall start, which names it for good (RFC 5545 section 3.8.4.4); ``start`` is when it
    really is, on the clocks of the lesson's zone. ``published_start`` is the start under which calendars first heard of
    it; no later move changes it. ``asked`` is the SEQUENCE since which it is when it is: older answers were to another
    time.
    """

    id: int
    public_id: str
    recurrence: WallTime
    start: WallTime
    minutes: int
    fold: int | None
    starts: Instant
    ends: Instant
    booking_id: int
    booking_public_id: str
    state: State
    reason: str | None
    hold_until: Instant | None
    wants: tuple[Want, ...]
    published_start: Instant | None = None
    asked: int = 0

    @property
    def stands(self) -> bool:
        """Whether it takes place or still may."""
        return stands(self.state)

    @property
    def asks(self) -> bool:
        """Whether it waits for houses to answer, or for its owner to take an offer."""
        return self.state in ("requested", "held")

    @property
    def answer_by(self) -> Instant:
        """Until when that can be answered: a hold ends when it was said to, a request when its start has come."""
        return self.starts if self.hold_until is None else self.hold_until

    @property
    def lost(self) -> bool:
        """Whether a house said yes to it when it could not be had any more; ``reason`` says why, and it stays open."""
        return self.asks and self.reason is not None

    @property
    def pending(self) -> bool:
        """Whether it is still to be decided."""
        return self.state in PENDING

    def state_at(self, now: Instant) -> Shown:
        """Its state as people are told it: ``closed`` if it took place."""
        return "closed" if self.state == "confirmed" and self.ends <= now else self.state


@dataclass(frozen=True, slots=True)
class Skipped:
    """A date of a lesson's rule on which it doesn't meet: why, and what was taken or who is closed."""

    recurrence: WallTime
    reason: str
    detail: str = ""
    resource_id: int | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as it stands.

    ``sequence`` rises with time, rule and status (RFC 5546 section 2.1.4), ``revision`` with each published
    change, ``version`` with each change at all (its ETag). ``told_at`` is the DTSTAMP of what was published last,
    ``moved_from`` the first start before the last move.
    """

    id: int
    public_id: str
    uid: str
    address_token: str
    institution_id: int
    owner_id: int
    draft: Draft
    sequence: int
    revision: int
    version: int
    told_at: Instant
    moved_from: Instant | None
    cancelled_at: Instant | None
    cancel_reason: str
    dates: tuple[Held, ...]
    attendees: tuple[Attendee, ...]
    published_at: Instant | None = None
    continues_id: int | None = None
    skipped: tuple[Skipped, ...] = ()

    @property
    def cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def occurrences(self) -> tuple[Held, ...]:
        """The dates that take place or still may; of a lesson that is off altogether all that were."""
        standing = tuple(each for each in self.dates if each.stands)
        return self.dates if self.cancelled or not standing else standing

    @property
    def state(self) -> State:
        """What is still to be decided comes first; read from the bookings, never stored twice."""
        if self.cancelled:
            return "cancelled"
        states = {each.state for each in self.dates}
        return next((each for each in IN_ORDER if each in states), "cancelled")

    @property
    def lost(self) -> tuple[Held, ...]:
        """The dates that were approved too late."""
        return tuple(each for each in self.dates if each.lost)

    def state_at(self, now: Instant) -> Shown:
        """The state as people are told it: ``closed`` once all that was to take place did."""
        shown = {each.state_at(now) for each in self.dates}
        return self.state if self.cancelled or self.state != "confirmed" or "confirmed" in shown else "closed"

    @property
    def pending(self) -> bool:
        """Whether something of it is still to be decided: nobody is invited before."""
        return any(each.pending for each in self.dates)

    def next_after(self, now: Instant) -> Held | None:
        """The first meeting that stands and hasn't begun."""
        coming = (each for each in self.dates if each.stands and each.starts > now)
        return min(coming, key=lambda each: each.starts, default=None)

    @property
    def present(self) -> tuple[Attendee, ...]:
        return tuple(each for each in self.attendees if not each.removed)

    def partstats(self, attendee: Attendee) -> tuple[Partstat, dict[WallTime, Partstat]]:
        """What an attendee's answers come to now: for the whole, and for each occurrence."""
        answers = by_occurrence(attendee.answers)
        asked = [max(each.asked, attendee.sequence) for each in self.occurrences]
        each_one = {
            each.recurrence: partstat(answers, each.public_id, since)
            for each, since in zip(self.occurrences, asked, strict=True)
        }
        return of_whole(answers, asked), each_one


@dataclass(frozen=True, slots=True)
class Creation:
    """A lesson to book, prepared: the people are found and the occurrences expanded."""

    actor: Actor
    draft: Draft
    occurrences: tuple[Occurrence, ...]
    invited: tuple[Invited, ...]
    key: Key | None
    skipped: tuple[Skipped, ...] = ()
    ignores_closures: bool = False
    asked: Draft | None = None

    @property
    def wanted(self) -> Draft:
        """What was asked for, with the dates that are left out since."""
        return self.draft if self.asked is None else self.asked


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting as it shall be. ``of`` is the one in the tables that becomes it; None: it is new.

    ``anew``: it was off, and takes place after all.
    """

    recurrence: WallTime
    start: WallTime
    minutes: int
    fold: int | None
    starts: Instant
    ends: Instant
    wants: tuple[Want, ...] = ()
    of: Held | None = None
    anew: bool = False

    @property
    def stays(self) -> bool:
        """Whether it keeps its booking, whatever that came to."""
        if self.of is None or self.anew:
            return False
        return self.span == (self.of.starts, self.of.ends) and same(self.wants, self.of.wants)

    @property
    def elsewhere(self) -> bool:
        """Whether it is new, or at another time than it was: people are asked again."""
        return self.of is None or self.anew or self.span != (self.of.starts, self.of.ends)

    @property
    def stands(self) -> bool:
        return self.of is None or self.of.stands or not self.stays

    @property
    def span(self) -> Span:
        return self.starts, self.ends


def same(one: Iterable[Want], other: Iterable[Want]) -> bool:
    """Whether as much is wanted of the same resources."""
    return set(one) == set(other)


@dataclass(frozen=True, slots=True)
class Change:
    """A lesson to change: as it was read, as it shall be, and its meetings as they shall be.

    ``about`` names the one meeting that alone is changed, ``alone`` is that meeting as it shall be; None: the whole.
    ``invited`` is None where people stay. ``asked`` is what was asked for: its rule doesn't move along yet.
    """

    actor: Actor
    before: Lesson
    after: Draft
    plan: tuple[Planned, ...]
    invited: tuple[Invited, ...] | None = None
    about: WallTime | None = None
    alone: Draft | None = None
    skipped: tuple[Skipped, ...] = ()
    ignores_closures: bool = False
    asked: Draft | None = None

    @property
    def wanted(self) -> Draft:
        """For when and where something is to be found."""
        return self.alone or self.asked or self.after

    @property
    def moves(self) -> bool:
        """Whether any meeting has another booking afterwards."""
        return any(not each.stays for each in self.plan) or bool(self.dropped)

    @property
    def dropped(self) -> tuple[Held, ...]:
        """The meetings that are no longer among those of the lesson."""
        kept = {each.of.id for each in self.plan if each.of is not None}
        return tuple(each for each in self.before.dates if each.id not in kept)

    @property
    def released(self) -> tuple[int, ...]:
        """The bookings that let go."""
        moved = (each.of for each in self.plan if each.of is not None and not each.stays)
        return tuple(each.booking_id for each in (*moved, *self.dropped) if each.stands)


@dataclass(frozen=True, slots=True)
class Split:
    """A lesson that ends before one of its meetings, and how it goes on from there as another one.

    ``rest`` changes the later half as if that were a lesson of its own; it becomes one.
    """

    actor: Actor
    before: Lesson
    cut: Timing
    rest: Change

    @property
    def wanted(self) -> Draft:
        return self.rest.wanted


@dataclass(frozen=True, slots=True)
class Swap:
    """Two lessons that exchange their rooms at one time: what that changes of each."""

    changes: tuple[Change, Change]


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Meetings to cancel, with the reason that everyone is told; ``whole`` if nothing of the lesson is left then."""

    actor: Actor
    before: Lesson
    reason: str
    off: tuple[Held, ...]
    whole: bool = True
