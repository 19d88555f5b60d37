"""The dates of a lesson as lines of its page: those that stand, where they moved from, and those left out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from schedules import Held, Lesson, Skipped, Timing, shifts
from vclass.core import zones
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime
from vclass.web.pages.contexts import OccurrenceLine, Side
from vclass.web.pages.contexts.lesson import SkippedDate
from vclass.web.pages.parts import occurrences_in
from vclass.web.pages.reading import Around
from vclass.web.words import Words


def date_lines(lesson: Lesson, sides: Sequence[Side], now: Instant) -> Iterator[OccurrenceLine]:
    seen = shifts(occurrences_in(lesson), lesson.draft.timing.zone, [each.zone for each in sides])
    odd = {(str(week.recurrence), shift.zone) for shift in seen for week in shift.weeks}
    for held in lesson.occurrences:
        shifted = {each.zone for each in sides if (str(held.recurrence), zones.canonical(each.zone)) in odd}
        before = _before(lesson, held)
        yield OccurrenceLine(
            span=(held.starts, held.ends),
            state=_state(held, now, moved=before is not None),
            shifted=frozenset(shifted),
            recurrence=str(held.recurrence),
            before=before,
            hold_until=(held.hold_until or 0) if held.state == "held" else 0,
        )


def _before(lesson: Lesson, held: Held) -> Span | None:
    """Where a date of a series was, that moved alone."""
    if held.start == held.recurrence or lesson.draft.timing.rule is None:
        return None
    return _usual(lesson, held.recurrence)


def _usual(lesson: Lesson, recurrence: WallTime) -> Span | None:
    """When a date of the rule would be; None if the clocks skip it."""
    timing = lesson.draft.timing
    starts = zones.resolve(recurrence, timing.zone, timing.fold or 0)
    return (starts, starts + 60 * timing.minutes) if isinstance(starts, Instant) else None


def _state(held: Held, now: Instant, *, moved: bool) -> str:
    state = held.state_at(now)
    if state != "confirmed":
        return state
    if held.starts <= now:
        return "open"
    return "moved" if moved else state


def skipped_dates(said: Words, lesson: Lesson, around: Around) -> Iterator[SkippedDate]:
    """What the rule names but does not take place, as far as it can be added: left out, skipped or cancelled."""
    rule, timing = lesson.draft.timing.rule, lesson.draft.timing
    if rule is None or lesson.cancelled:
        return
    off = {each.recurrence: each for each in lesson.dates if not each.stands and each not in lesson.occurrences}
    why = {each.recurrence: each for each in lesson.skipped}
    for recurrence in map(timing.start.on, rule.dates(timing.start.date)):
        span = _usual(lesson, recurrence)
        if span is not None and (recurrence in off or recurrence.date in rule.except_):
            yield SkippedDate(str(recurrence), span, _why(said, off.get(recurrence), why.get(recurrence), around))


def closed_dates(said: Words, skipped: Sequence[Skipped], timing: Timing) -> Iterator[tuple[Instant, str]]:
    """The starts that closed days take from a series before it is booked, each with the reason."""
    for each in skipped:
        starts = zones.resolve(each.recurrence, timing.zone, timing.fold or 0)
        if isinstance(starts, Instant):
            yield starts, REASONS[each.reason](said)


def _why(said: Words, off: Held | None, skipped: Skipped | None, around: Around) -> str:
    if off is not None:
        state = said.gettext("Rejected") if off.state == "rejected" else said.gettext("Cancelled")
        return f"{state}: {off.reason}" if off.reason else state
    if skipped is None:
        return ""
    if skipped.reason in REASONS:
        return REASONS[skipped.reason](said)
    thing = around.resources.get(skipped.resource_id or 0)
    return "" if thing is None else said.gettext("%(room)s was not free.") % {"room": thing.name}


REASONS: Final[Mapping[str, Callable[[Words], str]]] = {
    "closed": lambda said: said.gettext("An institution is closed that day."),
    "between_terms": lambda said: said.gettext("An institution has no term then."),
}
