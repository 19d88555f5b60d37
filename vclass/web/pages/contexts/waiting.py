"""The waiting list: an offer to answer, or the place in line."""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.obstacles import Obstacle
from vclass.web.pages.contexts.parts import RoomLine, Side

WaitState: TypeAlias = Literal["waiting", "offered", "expired", "left"]


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """One entry of the waiting list: `waiting` in line, `offered` until a deadline, `expired`, or `left` by choice.

    ``id`` is the booking's. Forms post to `/waiting/ID/accept` and `/waiting/ID/leave`; the latter lets an offer go.
    ``position`` counts from 1; ``obstacles`` is what is waited for.
    """

    template: ClassVar[str] = "waiting.html"

    id: str
    lesson: str
    title: str
    state: WaitState
    own: Side
    others: tuple[Side, ...]
    span: Span
    until: Instant = 0
    position: int = 1
    number: int = 1
    rooms: tuple[RoomLine, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
