"""The page of one date as a context: the form as typed, what it would come to, and the ways on from a clash."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from rooms import Room
from schedules import (
    AlternativeView,
    ClashError,
    Held,
    Lesson,
    LessonPatch,
    Reach,
    Timing,
    Trial,
    at_start,
    reach_of,
    shifted,
)
from vclass.core import zones
from vclass.core.keys import Actor
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime
from vclass.people import Institution
from vclass.web.pages import forms, sentences
from vclass.web.pages.clash_view import obstacles
from vclass.web.pages.contexts import Alternative, Clash, MoveForm, Shift, Side
from vclass.web.pages.contexts.occurrence import (
    Change,
    ChangePreview,
    ChangePreviewFragment,
    OccurrencePage,
    RoomOption,
    RoomSwap,
)
from vclass.web.pages.parts import own_side, shown_shifts, side, sides_of
from vclass.web.pages.reading_occurrence import OneDate, reached
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words

MOST_NAMED: Final = 3
MOST_TAKEN: Final = 5
ROOM: Final = "room-"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed; ``rooms`` maps a field's name to the room chosen there.

    ``taken`` are the rooms of an alternative, which come with its start; None: none was taken.
    """

    change: Change = "move"
    scope: Reach = "this"
    move: MoveForm = field(default_factory=MoveForm)
    rooms: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    taken: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying it: what would be, both instants of a doubled start, or what is wrong."""

    trial: Trial | None = None
    fold: tuple[Instant, Instant] | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A date, who looks at it, and when."""

    said: Words
    actor: Actor
    found: OneDate
    now: Instant

    @property
    def lesson(self) -> Lesson:
        return self.found.lesson

    @property
    def held(self) -> Held:
        return self.found.held

    @property
    def homes(self) -> Mapping[int, Institution]:
        return self.found.one.around.institutions

    @property
    def sides(self) -> tuple[Side, ...]:
        """All sides, the reader's first."""
        sides = sides_of(self.lesson, self.found.one.around)
        own = own_side(self.said, self.actor, self.homes)
        return tuple(sorted(sides, key=lambda each: each.code != own.code))


def as_it_is(shown: Shown) -> MoveForm:
    """The form that moves the date, with where it is now."""
    held = shown.held
    return MoveForm(
        zone=shown.lesson.draft.timing.zone,
        date=held.start.date.isoformat(),
        time=f"{held.start.time:%H:%M}",
        minutes=str(held.minutes),
        fold="" if held.fold is None else str(held.fold),
    )


def reach(shown: Shown, typed: Typed) -> Reach:
    return reach_of(shown.lesson, shown.held, typed.scope)


def patch_of(shown: Shown, typed: Typed) -> LessonPatch | None:
    """The change for what was typed; None cancels.

    Raises:
        InvalidInputError: A field can't be read.
        GapError: The clocks skip the start.
        FoldError: They show it twice.
    """
    if typed.change == "cancel":
        return None
    if typed.taken is not None:
        return _moved(shown, typed, rooms=typed.taken)
    if typed.change == "room":
        chosen = (each.chosen for each in swaps(shown, typed))
        return LessonPatch(rooms=tuple(dict.fromkeys(each for each in chosen if each)))
    return _moved(shown, typed)


def _moved(shown: Shown, typed: Typed, rooms: tuple[str, ...] | None = None) -> LessonPatch:
    read = forms.move_patch(typed.move)
    assert isinstance(read.start, str)
    assert isinstance(read.zone, str)
    assert isinstance(read.minutes, int)
    wanted = Timing(zones.canonical(read.zone), WallTime.parse(read.start), read.minutes, forms.fold_of(typed.move))
    patch = at_start(shown.lesson, shown.held, wanted, reach(shown, typed))
    if rooms is None:
        return patch
    return LessonPatch(start=patch.start, minutes=patch.minutes, fold=patch.fold, rooms=rooms)


def with_alternative(shown: Shown, typed: Typed, choice: str) -> Typed:
    """The form with another slot: a start on the lesson's clock, and the rooms that are free then."""
    start, _, rooms = choice.partition("|")
    date, _, time = _start_of(shown, typed, start).partition("T")
    minutes = typed.move.minutes or str(shown.held.minutes)
    move = MoveForm(shown.lesson.draft.timing.zone, date, time, minutes)
    return replace(typed, move=move, taken=tuple(each for each in rooms.split(",") if each))


def _start_of(shown: Shown, typed: Typed, start: str) -> str:
    """The start of this date where an alternative says when the whole lesson would begin."""
    if reach(shown, typed) != "all":
        return start
    return str(shifted(WallTime.parse(start), shown.lesson.draft.timing.start, shown.held.recurrence))


def occurrence_page(shown: Shown, typed: Typed, tried: Tried, refusal: Refusal | None = None) -> OccurrencePage:
    """The form with everything that was typed, what it would come to, and what is wrong with it."""
    held, own, others = shown.held, shown.sides[0], shown.sides[1:]
    wrong = refusal or tried.refusal
    return OccurrencePage(
        lesson=shown.lesson.public_id,
        version=str(shown.lesson.version),
        title=shown.lesson.draft.title,
        recurrence=str(held.recurrence),
        state=held.state_at(shown.now),
        span=(held.starts, held.ends),
        own=own,
        others=others,
        change=typed.change,
        following=len(reached(shown.lesson, held, "following", shown.now)),
        total=len(reached(shown.lesson, held, "all", shown.now)),
        scope=typed.scope,
        zones=_zones(shown),
        move=typed.move,
        swaps=tuple(swaps(shown, typed)),
        reason=typed.reason,
        errors={} if wrong is None else errors_of(shown, typed, wrong),
        preview=preview(shown, typed, tried),
        clash=_clash(shown, typed, wrong) if isinstance(wrong, ClashError) else None,
    )


def preview_fragment(shown: Shown, typed: Typed, tried: Tried) -> ChangePreviewFragment:
    errors = {} if tried.refusal is None else errors_of(shown, typed, tried.refusal)
    own, others = shown.sides[0], shown.sides[1:]
    return ChangePreviewFragment(own, others, preview(shown, typed, tried), typed.move.fold, errors)


def errors_of(shown: Shown, typed: Typed, refusal: Refusal) -> Errors:
    """What is wrong, by the form's fields."""
    if isinstance(refusal, InvalidInputError):
        return _wrong_fields(shown, typed, refusal)
    if isinstance(refusal, ClashError) and typed.change == "room":
        return _taken_rooms(shown, typed, refusal)
    return sentences.errors_of(refusal, shown.said, typed.move)


def _wrong_fields(shown: Shown, typed: Typed, refusal: InvalidInputError) -> Errors:
    if typed.change == "move":
        return forms.move_errors(shown.said, refusal.errors, typed.move)
    if typed.change == "cancel":
        return {"reason": shown.said.gettext("Write at most 500 characters that can be seen.")}
    return {f"{ROOM}0": sentences.of_field(shown.said, "room")}


def _taken_rooms(shown: Shown, typed: Typed, refusal: ClashError) -> Errors:
    taken = {each.resource: each.name for each in refusal.facts["clashes"]}
    sentence = shown.said.gettext("%(room)s is not free then. Choose another room.")
    return {
        f"{ROOM}{number}": sentence % {"room": taken[each.chosen]}
        for number, each in enumerate(swaps(shown, typed))
        if each.chosen in taken
    }


def swaps(shown: Shown, typed: Typed) -> Iterator[RoomSwap]:
    """A choice for each room that the date has, and one for each side that has none."""
    for number, (home, room) in enumerate(_places(shown)):
        now = "" if room is None else room.public_id
        options = [each for each in shown.found.rooms if each.institution_id == home.id]
        if room is not None and room not in options:
            options.insert(0, room)
        zone = options[0].zone if room is None and options else "" if room is None else room.zone
        yield RoomSwap(
            side=side(home, zone),
            now=now,
            chosen=typed.rooms.get(f"{ROOM}{number}", now),
            options=tuple(
                RoomOption(each.public_id, each.name, each.seats, each.id in shown.found.free, each.kind == "virtual")
                for each in options
            ),
        )


def _places(shown: Shown) -> list[tuple[Institution, Room | None]]:
    booked = shown.found.booked
    having = {each.institution_id for each in booked}
    offering = {each.institution_id for each in shown.found.rooms}
    codes = {each.code: each for each in shown.homes.values()}
    found: list[tuple[Institution, Room | None]] = []
    for each in shown.sides:
        home = codes[each.code]
        found += [(home, room) for room in booked if room.institution_id == home.id]
        if home.id not in having and home.id in offering:
            found.append((home, None))
    return found


def preview(shown: Shown, typed: Typed, tried: Tried) -> ChangePreview | None:
    """What would be, on every side's clock; None where nothing would change."""
    trial = tried.trial
    if trial is None or not trial.moved:
        return None
    moved = sorted(trial.moved, key=lambda each: each[0].starts)
    first, after = next((each for each in moved if each[0].id == shown.held.id), moved[0])
    last, later = moved[-1]
    return ChangePreview(
        before=(first.starts, first.ends),
        after=None if after is None else after.span,
        number=len(moved),
        last=last.starts if later is None else later.starts,
        rooms=_renamed(shown, typed) if typed.change == "room" else (),
        told=tuple(each.name for each in trial.told[:MOST_NAMED]),
        more_told=max(0, len(trial.told) - MOST_NAMED),
        shifts=_shifts(shown, trial) if typed.change == "move" and len(moved) > 1 else (),
        fold=tried.fold,
        taken=trial.taken[:MOST_TAKEN],
    )


def _shifts(shown: Shown, trial: Trial) -> tuple[Shift, ...]:
    return shown_shifts(trial.occurrences, shown.lesson.draft.timing.zone, shown.sides)


def _renamed(shown: Shown, typed: Typed) -> tuple[tuple[str, str], ...]:
    """The old room with the new one, where they differ."""
    nothing = shown.said.gettext("No room, online only")
    names = {each.public_id: each.name for each in shown.found.things.values()}
    return tuple(
        (names.get(each.now, nothing), names.get(each.chosen, nothing))
        for each in swaps(shown, typed)
        if each.now != each.chosen
    )


def _clash(shown: Shown, typed: Typed, refusal: ClashError) -> Clash:
    in_the_way, more = obstacles(refusal.facts["clashes"], shown.found.things)
    found = (_alternative(shown, typed, each) for each in refusal.facts["alternatives"] if each.plain)
    return Clash(in_the_way, tuple(each for each in found if each is not None), more)


def _alternative(shown: Shown, typed: Typed, other: AlternativeView) -> Alternative | None:
    starts = zones.resolve(_start_of(shown, typed, other.start), shown.lesson.draft.timing.zone, 0)
    if not isinstance(starts, Instant):
        return None
    names = {each.public_id: each.name for each in shown.found.things.values()}
    span: Span = starts, starts + 60 * _minutes(shown, typed)
    return Alternative(
        f"{other.start}|{','.join(other.rooms)}", span, tuple(names.get(room, "") for room in other.rooms)
    )


def _minutes(shown: Shown, typed: Typed) -> int:
    return int(typed.move.minutes) if typed.change == "move" else shown.held.minutes


def _zones(shown: Shown) -> tuple[str, ...]:
    """Clocks to choose from: the lesson's, then those of all sides, then the reader's."""
    sides = (each.zone for each in shown.sides)
    return tuple(dict.fromkeys([shown.lesson.draft.timing.zone, *sides, shown.actor.zone]))
