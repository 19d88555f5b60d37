"""What happened to a lesson, as sentences of its page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from schedules import CANCEL, CHANGE, CREATE, SWAP, Lesson
from vclass.core.audit import Entry
from vclass.web.pages.contexts import Event
from vclass.web.words import Words

Sentence: TypeAlias = Callable[[Words], str]

INVITE: Final = "lesson.invite"
BAD: Final = frozenset(
    {CANCEL, "booking.reject", "booking.expire", "waiting.lapse", "waiting.withdraw", "blocking.create"}
)

SAID: Final[Mapping[str, Sentence]] = {
    CREATE: lambda said: said.gettext("Booked by %(name)s."),
    CHANGE: lambda said: said.gettext("Changed by %(name)s."),
    CANCEL: lambda said: said.gettext("Cancelled by %(name)s."),
    SWAP: lambda said: said.gettext("Rooms exchanged by %(name)s."),
    INVITE: lambda said: said.gettext("A new personal link was sent by %(name)s."),
    "booking.approve": lambda said: said.gettext("Approved by %(name)s."),
    "booking.reject": lambda said: said.gettext("Rejected by %(name)s."),
    "booking.expire": lambda said: said.gettext("Nobody answered in time."),
    "waiting.offer": lambda said: said.gettext("The slot has become free."),
    "waiting.accept": lambda said: said.gettext("Offer taken by %(name)s."),
    "waiting.withdraw": lambda said: said.gettext("Given up by %(name)s."),
    "waiting.lapse": lambda said: said.gettext("The offer has ended."),
    "blocking.create": lambda said: said.gettext("A room was blocked by %(name)s."),
    "law.change": lambda said: said.gettext("A time zone has changed its clocks."),
}
"""What is said of each action; of any other one that the lesson changed."""

WHY: Final[Mapping[str, Sentence]] = {
    CANCEL: lambda said: said.gettext("Cancelled by %(name)s: %(reason)s"),
    "booking.reject": lambda said: said.gettext("Rejected by %(name)s: %(reason)s"),
    "blocking.create": lambda said: said.gettext("A room was blocked by %(name)s: %(reason)s"),
}
"""The same with the reason, where somebody gave one."""


def events(said: Words, lesson: Lesson, history: Sequence[Entry], names: Mapping[int, str]) -> list[Event]:
    """What happened to the lesson, newest first; ``names`` are those of people by their ids."""
    return list(_told(said, lesson, history, names))[::-1]


def _told(said: Words, lesson: Lesson, history: Sequence[Entry], names: Mapping[int, str]) -> Iterator[Event]:
    start, last = "", next((each for each in reversed(history) if each.action == CANCEL), None)
    for entry in history:
        moved = bool(start) and entry.facts.get("start", start) != start
        start = entry.facts.get("start", start)
        whole = lesson.cancelled and entry is last
        facts = {
            "name": names.get(entry.person_id or 0) or said.gettext("Somebody"),
            "reason": lesson.cancel_reason if whole else entry.facts.get("reason", ""),
        }
        sentence = _sentence(said, entry.action, moved=moved, whole=whole, reasoned=bool(facts["reason"]))
        yield Event(sentence % facts, entry.at, good=entry.action not in BAD)


def _sentence(said: Words, action: str, *, moved: bool, whole: bool, reasoned: bool) -> str:
    if action == CHANGE and moved:
        return said.gettext("Moved by %(name)s.")
    if action == CANCEL and not whole:
        return said.gettext("Dates left out by %(name)s.")
    return WHY[action](said) if reasoned and action in WHY else SAID.get(action, SAID[CHANGE])(said)
