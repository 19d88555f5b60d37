"""The clerks who block rooms and end blockings."""

from collections.abc import Callable, Collection, Sequence
from typing import Final, TypeAlias

import msgspec
import sqlalchemy as sa

from rooms.blockings.model import BlockedView, Blocking, BlockingView, InTheWayError
from rooms.model import HOLDING, LATER, Clash, Result, Wish
from rooms.obstacles import obstacles
from rooms.store import bookings, occupancy, resources
from vclass.core import audit, idempotency
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant, rfc3339

CHANGED: Final = "changed"
"""The answer to a blocking whose bookings to displace have changed since it was prepared: prepare it again."""
MOST_NAMED: Final = 20
Noted: TypeAlias = Callable[[sa.Connection, Collection[int]], None]


def _nobody(_connection: sa.Connection, _booking_ids: Collection[int]) -> None:
    """Where no calendars are."""


class BlockClerk:
    """Blocks rooms and kit; the answer is the encoded view of the blocking, a refusal, or ``CHANGED``.

    ``noted`` is told of the bookings in the same transaction, as that of `UnblockClerk` is.
    """

    def __init__(self, noted: Noted = _nobody) -> None:
        self._noted = noted

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        """Take each Idempotency-Key; a second wish with a key of this batch waits for the next."""
        taken: set[tuple[int, str]] = set()
        return [self._admit(connection, wish, taken) for wish in wishes]

    def _admit(self, connection: sa.Connection, wish: Wish, taken: set[tuple[int, str]]) -> object:
        stands = bookings.standing(connection, wish.release) if wish.release else {}
        if any(each.state not in HOLDING for each in stands.values()):
            return CHANGED
        key = _blocking(wish).key
        if key is None:
            return None
        if (key.person_id, key.key) in taken:
            return LATER
        taken.add((key.person_id, key.key))
        try:
            return idempotency.begin(connection, key, wish.now)
        except idempotency.KeyReusedError as refusal:
            return refusal

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        return [self._record(connection, each) for each in results]

    def _record(self, connection: sa.Connection, result: Result) -> object:
        wish, blocking = result.wish, _blocking(result.wish)
        if result.refused:
            if blocking.key is not None:
                idempotency.release(connection, blocking.key)
            return _refusal(connection, result.clashes)
        ids = [each.booking_id for each in result.taken]
        bookings.note_reason(connection, ids, blocking.reason)
        self._noted(connection, ids)
        audit.append(connection, [_entry(wish, "blocking", each, {"displaced": list(wish.release)}) for each in ids])
        answer = msgspec.json.encode(_view(wish, blocking))
        if blocking.key is not None:
            idempotency.finish(connection, blocking.key, answer)
        return answer


class UnblockClerk:
    """Ends blockings; the answer is None, or a refusal."""

    def __init__(self, noted: Noted = _nobody) -> None:
        self._noted = noted

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        return [self._admit(connection, wish) for wish in wishes]

    def _admit(self, connection: sa.Connection, wish: Wish) -> object:
        stands = bookings.standing(connection, wish.release)
        return None if all(each.state in HOLDING for each in stands.values()) else NotFoundError("blocking")

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        entries = [_entry(each.wish, "blocking", i, {"removed": True}) for each in results for i in each.wish.release]
        audit.append(connection, entries)
        self._noted(connection, [i for each in results for i in each.wish.release])
        return [None] * len(results)


def _blocking(wish: Wish) -> Blocking:
    assert isinstance(wish.payload, Blocking)
    return wish.payload


def _view(wish: Wish, blocking: Blocking) -> BlockingView:
    assert wish.name is not None
    blocked = [BlockedView(each.reference, rfc3339(each.starts), rfc3339(each.ends)) for each in wish.bookings]
    return BlockingView(wish.name, blocking.reason, tuple(blocked), tuple(blocking.displaced))


def _entry(wish: Wish, entity: str, booking_id: int, facts: dict[str, object]) -> audit.Entry:
    who = None if wish.by is None else wish.by.person_id
    return audit.Entry(wish.now, who, wish.institution_id, "rooms.manage", entity, booking_id, facts)


def _refusal(connection: sa.Connection, clashes: Sequence[Clash]) -> InTheWayError:
    """What stands in the way: whose house it is may know all of it."""
    names = resources.resources_by_ids(connection, {each.resource_id for each in clashes})
    there = [_standing(connection, each) for each in clashes]
    until = [each.until for each in obstacles(connection, clashes)]
    blockings = sorted({each.wish for some in there for each in some if each.purpose == "blocking"})
    taken, number = " and ".join(each.name for each in names.values()), sum(map(len, there))
    return InTheWayError(
        f"{taken} can't be blocked: {number} bookings stand there. Nothing was blocked. {_way(blockings)}",
        clashes=list(map(_told, clashes, until, there)),
        blockings=[{"id": each} for each in blockings],
    )


def _way(blockings: Sequence[str]) -> str:
    if not blockings:
        return 'Move these bookings, or send "on_clash": "displace" to put them out; their people are told.'
    return (
        "Something there is blocked already: end that blocking first (DELETE each of the blockings), or choose another "
        "time."
    )


def _told(clash: Clash, until: Instant | None, there: Sequence[occupancy.Occupied]) -> dict[str, object]:
    return {
        "resource": clash.reference,
        "start": rfc3339(clash.starts),
        "end": rfc3339(clash.ends),
        "reason": clash.reason,
        "until": None if until is None else rfc3339(until),
        "bookings": [_named(each) for each in there],
    }


def _standing(connection: sa.Connection, clash: Clash) -> list[occupancy.Occupied]:
    rules = bookings.rules_of(connection, [clash.resource_id])[clash.resource_id]
    span = rules.held((clash.starts, clash.ends))
    return occupancy.occupied(connection, [clash.resource_id], span, HOLDING, most=MOST_NAMED)


def _named(each: occupancy.Occupied) -> dict[str, str]:
    start, end = rfc3339(each.booking_starts), rfc3339(each.booking_ends)
    return {"id": each.public_id, "start": start, "end": end, "purpose": each.purpose}
