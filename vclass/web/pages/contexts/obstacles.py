"""What stands in the way of a booking, and when it ends."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from vclass.core.spans import Span
from vclass.web.pages.contexts.parts import Side

Cause: TypeAlias = Literal[
    "booking",
    "too_few",
    "blocking",
    "closed",
    "closure",
    "person",
    "quota",
    "horizon",
    "longest",
    "retired",
    "grid",
    "itself",
]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that is not free, over ``span``: the instant at which it ends is the second of the pair.

    ``what`` is the room, the equipment or the person; ``title`` says what takes it where the reader may know, else it
    is "" and the thing is only busy. Causes: another ``booking``; ``too_few`` pieces (``free`` of the ``wanted``); a
    ``blocking`` and a ``closure`` (``title`` is the reason); ``closed`` by opening hours; a ``person`` who teaches
    elsewhere; a spent ``quota`` (``what`` names it, ``span`` is its week or term); beyond the room's ``horizon``
    (free to book from the end of ``span``); longer than a ``longest`` booking
    (``wanted`` minutes, ``free`` is the limit); ``retired`` from use; off the ``grid`` of five minutes; another date
    of the wish ``itself``.
    """

    what: str
    span: Span
    cause: Cause = "booking"
    title: str = ""
    wanted: int = 0
    free: int = 0
    side: Side | None = None
