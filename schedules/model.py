"""Lessons as values: what was asked for, what stands, and the ways in which a wish can be refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from rooms import PENDING, Clash, State, Want
from schedules.recurrence import Occurrence, Rule
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import Refusal
from vclass.core.zones import Fold, Gap, Instant, WallTime, city, local, offset, offset_text, rfc3339

MOST_ATTENDEES = 200
IN_ORDER: tuple[State, ...] = (
    "held",
    "requested",
    "waiting",
    "confirmed",
    "displaced",
    "rejected",
    "cancelled",
)


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

    ``transparent`` lessons take no time of their teachers (RFC 5545 section 3.8.2.7), such as open hours.
    """

    title: str
    description: str
    timing: Timing
    resources: tuple[Quantity, ...]
    invitees: tuple[Invitee, ...]
    transparent: bool = False


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
    """One invited person of one lesson, with the state of the personal link and what was last said by mail."""

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


@dataclass(frozen=True, slots=True)
class Held:
    """An occurrence that stands in the tables, with its booking.

    ``recurrence`` is its original wall start, which names it for good (RFC 5545 section 3.8.4.4); ``start`` is when it
    really is, on the clocks of the lesson's zone. ``published_start`` is the start under which calendars first heard of
    it; no later move changes it.
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

    @property
    def stands(self) -> bool:
        """Whether it takes place or still may."""
        return self.state not in ("cancelled", "rejected")


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
    def pending(self) -> bool:
        """Whether something of it is still to be decided: nobody is invited before."""
        return any(each.state in PENDING for each in self.dates)

    @property
    def present(self) -> tuple[Attendee, ...]:
        return tuple(each for each in self.attendees if not each.removed)


@dataclass(frozen=True, slots=True)
class Creation:
    """A lesson to book, prepared: the people are found and the occurrences expanded."""

    actor: Actor
    draft: Draft
    occurrences: tuple[Occurrence, ...]
    invited: tuple[Invited, ...]
    key: Key | None
    skipped: tuple[Clash, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A lesson to change: as it was read, as it shall be. ``occurrences`` is None where claims stay as they are."""

    actor: Actor
    before: Lesson
    after: Draft
    occurrences: tuple[Occurrence, ...] | None
    invited: tuple[Invited, ...]

    @property
    def version(self) -> int:
        return self.before.version


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A lesson to cancel, with the reason that everyone is told."""

    actor: Actor
    before: Lesson
    reason: str

    @property
    def version(self) -> int:
        return self.before.version


class GapError(Refusal):
    """A start does not exist: the clocks skip it."""

    slug = "gap"

    def __init__(self, zone: str, gaps: Sequence[Gap], *, series: bool) -> None:
        first = gaps[0]
        early, late = first.readings
        dates = [gap.wall.date.isoformat() for gap in gaps]
        way_out = f"Leave {', '.join(dates)} out, or choose" if series else "Choose"
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
    """A lesson that has begun keeps its time."""

    slug = "already-begun"

    def __init__(self) -> None:
        super().__init__("This lesson has begun, so its time and rooms stay. Book a new lesson for the coming weeks.")


class AlreadyCancelledError(Refusal):
    """A cancelled lesson is not changed; its UID is not used again (RFC 5546 section 2.1.5)."""

    slug = "already-cancelled"

    def __init__(self) -> None:
        super().__init__("This lesson was cancelled. Book a new one instead.")


class AlreadyInvitedError(Refusal):
    """Somebody is invited to a lesson who is invited already."""

    slug = "already-invited"

    def __init__(self) -> None:
        super().__init__("This person is invited already.")


class InThePastError(Refusal):
    """A start lies behind us."""

    slug = "in-the-past"

    def __init__(self) -> None:
        super().__init__("This start has passed. Choose a date and time to come.")
