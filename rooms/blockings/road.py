"""The road that a blocking walks, from the API as from a page: prepared in a reader, decided at the desk."""

from collections.abc import Collection

import msgspec

from rooms.blockings import service
from rooms.blockings.clerks import CHANGED
from rooms.blockings.model import BlockingView, InTheWayError, NewBlocking
from rooms.desk import Desk
from vclass.core.db import Database, DatabaseUnavailableError
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import Refusal
from vclass.core.zones import Instant

TRIES = 5


async def block(
    database: Database,
    desk: Desk,
    actor: Actor,
    body: NewBlocking,
    *,
    key: Key | None,
    now: Instant,
    agreed: Collection[str] | None = None,
) -> BlockingView:
    """Block rooms and kit.

    Args:
        database: Where to look.
        desk: Where to ask.
        actor: Who administers the house.
        body: What to block.
        key: The request's Idempotency-Key, if it has one.
        now: The present.
        agreed: Public ids of the bookings that may be displaced; None: whichever are in the way.

    Raises:
        InTheWayError: Something stands there that is not to be displaced.
        InvalidInputError: Some fields are wrong.
    """
    for _ in range(TRIES):
        wish = await database.read(service.prepare_blocking, actor, body, key, now)
        if agreed is not None and not set(service.displaced_by(wish)) <= set(agreed):
            body, agreed = msgspec.structs.replace(body, on_clash="refuse"), None
            continue
        answer = await desk.submit(wish)
        if isinstance(answer, bytes):
            return msgspec.json.decode(answer, type=BlockingView)
        if isinstance(answer, Refusal) and not _makes_room(body, answer):
            raise answer
        assert answer == CHANGED or isinstance(answer, Refusal), "the clerk answers in one of three ways"
    raise DatabaseUnavailableError(f"the bookings in the way changed {TRIES} times")


def _makes_room(body: NewBlocking, refusal: Refusal) -> bool:
    """Whether what stands in the way came meanwhile, and may be displaced like the rest."""
    if body.on_clash != "displace" or not isinstance(refusal, InTheWayError):
        return False
    return {each["purpose"] for clash in refusal.facts["clashes"] for each in clash["bookings"]} == {"lesson"}


async def unblock(database: Database, desk: Desk, actor: Actor, blocking_id: str, *, now: Instant) -> None:
    """End a blocking.

    Raises:
        NotFoundError: The actor's house has no such blocking.
    """
    answer = await desk.submit(await database.read(service.prepare_removal, actor, blocking_id, now))
    if isinstance(answer, Refusal):
        raise answer
