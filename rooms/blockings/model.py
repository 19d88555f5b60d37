"""What a blocking is, and what may stand in its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from rooms.resources_model import Resource
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import Refusal
from vclass.core.spans import Span

BLOCK: Final = "blocking.create"
UNBLOCK: Final = "blocking.remove"

Wall: TypeAlias = Annotated[str, msgspec.Meta(max_length=40)]


class NewBlocking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rooms and kit to take out of use from ``start`` to ``end``, wall times in each one's own zone; kit as a whole.

    With ``on_clash`` "displace" the lessons that stand there lose everything that they hold, and their people are told.
    """

    resources: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=50)]
    start: Wall
    end: Wall
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    on_clash: Literal["refuse", "displace"] = "refuse"


class BlockedView(msgspec.Struct, frozen=True):
    """What is blocked of one resource."""

    id: str
    start: str
    end: str


class BlockingView(msgspec.Struct, frozen=True):
    """A blocking; ``displaced`` are the bookings that had to make room, told once, to who made it."""

    id: str
    reason: str
    resources: tuple[BlockedView, ...]
    displaced: tuple[str, ...] = ()


class BlockingList(msgspec.Struct, frozen=True):
    """Some blockings, by start; ``cursor`` asks for the next ones."""

    blockings: tuple[BlockingView, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Blocking:
    """What the clerk must know of a blocking beside its bookings; ``displaced`` are public ids."""

    actor: Actor
    reason: str
    displaced: Sequence[str]
    key: Key | None


@dataclass(frozen=True, slots=True)
class Block:
    """A blocking as its house sees it: what is blocked over which time, why, and who did it."""

    name: str
    resources: tuple[Resource, ...]
    span: Span
    reason: str
    owner_id: int


class InTheWayError(Refusal):
    """Something stands where a blocking shall be."""

    slug = "clash"
