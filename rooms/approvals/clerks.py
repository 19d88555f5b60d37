"""The clerks of approvals. Bookings are locked when they look, so each answer is given once, whoever comes at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import sqlalchemy as sa

from rooms.approvals.model import APPROVE, EXPIRE, OUTDO, REJECT, AlreadyDecidedError, Decided, Decision, is_open
from rooms.approvals.rivals import look, lost_to
from rooms.batch import Clerk
from rooms.model import BookingWish, Result, Wish
from rooms.prospect import weigh
from rooms.store import approvals as store
from rooms.store import bookings
from rooms.store.approvals import Answer, AnswerState
from rooms.store.bookings import Standing
from vclass.core import audit

Lost: TypeAlias = Callable[[sa.Connection, Sequence[Result]], None]
"""Told in the transaction of results with clashes that were not told of before."""
Agreed: TypeAlias = Callable[[sa.Connection, Sequence[Result]], None]
"""Told in the transaction of results with which houses have said yes to all of a wish that still waits for others."""


def clerks(lost: Lost = lambda *_: None, agreed: Agreed = lambda *_: None) -> dict[str, Clerk]:
    """A clerk for each kind of wish about approvals."""
    return {
        APPROVE: ApproveClerk(lost, agreed),
        REJECT: RejectClerk(),
        EXPIRE: ExpireClerk(),
        OUTDO: OutdoClerk(lost),
    }


class ApproveClerk:
    """Notes a house's yes; the last one takes the claims, if they can still be had.

    Args:
        lost: Told of requests that lost their slot, the first time they do.
        agreed: Told once of each house that has said yes to a whole wish while others have yet to answer.
    """

    def __init__(self, lost: Lost, agreed: Agreed) -> None:
        self._lost = lost
        self._agreed = agreed

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        standing, answers = _as_they_stand(connection, wishes)
        return [_approved(each, standing, answers) for each in wishes]

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        for each in results:
            lost = _lost(each)
            granted = [i for i in each.wish.touches if i not in lost]
            _answer(connection, each.wish, granted, "approved")
            _note(connection, each.wish, granted)
        _tell(connection, [each for each in results if each.clashes], self._lost)
        agreed = [each for each in results if _decided(each).waiting and _has_said_all(connection, each.wish)]
        if agreed:
            self._agreed(connection, agreed)
        return [_decided(each) for each in results]


class RejectClerk:
    """Notes a house's no: what was held is let go, whatever the others have said."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        standing, answers = _as_they_stand(connection, wishes)
        return [_rejected(each, standing, answers) for each in wishes]

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        for each in results:
            _answer(connection, each.wish, each.wish.release, "rejected")
            _note(connection, each.wish, each.wish.release)
        return [Decided(each.wish.release) for each in results]


class ExpireClerk:
    """Lets go of what nobody answered in time."""

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        standing = bookings.standing(connection, {i for wish in wishes for i in wish.release})
        return [
            replace(wish, release=tuple(i for i in wish.release if _is_overdue(standing[i], wish.now)))
            for wish in wishes
        ]

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        for each in results:
            _note(connection, each.wish, each.wish.release)
        return [Decided(each.wish.release) for each in results]


class OutdoClerk:
    """Tells who asked that others have the slot; the request stays open."""

    def __init__(self, lost: Lost) -> None:
        self._lost = lost

    def admit(self, connection: sa.Connection, wishes: Sequence[Wish]) -> list[object]:
        standing = bookings.standing(connection, {i for wish in wishes for i in wish.touches})
        return [
            replace(each, touches=tuple(i for i in each.touches if _hopes(standing[i], each.now))) for each in wishes
        ]

    def record(self, connection: sa.Connection, results: Sequence[Result]) -> list[object]:
        standing = bookings.standing(connection, {i for each in results for i in each.wish.touches})
        looks = [look([standing[i] for i in each.wish.touches], each.wish.now) for each in results if each.wish.touches]
        found = [Result(each.wish, (), tuple(lost_to(each))) for each in weigh(connection, looks)] if looks else []
        for each in found:
            _note(connection, each.wish, sorted(_lost(each)))
        _tell(connection, [each for each in found if each.clashes], self._lost)
        return [Decided((), each.wish.touches) for each in results]


def _tell(connection: sa.Connection, results: Sequence[Result], lost: Lost) -> None:
    """Keep why a request did not get further; who asked is told once for each reason."""
    known = bookings.standing(connection, {i for each in results for i in _lost(each)})
    fresh = [each for each in results if any(known[int(c.reference)].reason != c.reason for c in each.clashes)]
    for result in fresh:
        for clash in result.clashes:
            bookings.note_reason(connection, [int(clash.reference)], clash.reason)
    if fresh:
        lost(connection, fresh)


def _hopes(booking: Standing, now: int) -> bool:
    """Whether a request still waits, and nobody was told that it is lost."""
    return booking.state == "requested" and booking.reason is None and is_open(booking, now)


def _as_they_stand(
    connection: sa.Connection, wishes: Sequence[Wish]
) -> tuple[dict[int, Standing], dict[int, list[Answer]]]:
    ids = {each for wish in wishes for each in (*wish.touches, *wish.release)}
    answers: defaultdict[int, list[Answer]] = defaultdict(list)
    for each in store.answers_of(connection, ids):
        answers[each.booking_id].append(each)
    return bookings.standing(connection, ids), answers


def _approved(
    wish: Wish, standing: Mapping[int, Standing], answers: Mapping[int, Sequence[Answer]]
) -> Wish | AlreadyDecidedError:
    """The wish for what is still open; what misses nobody else's yes shall be confirmed."""
    waits = _waiting(wish, wish.touches, standing, answers)
    if not waits:
        return AlreadyDecidedError(standing[wish.touches[0]], wish.now)
    mine = decision(wish).institutions
    complete = [
        each for each in waits if all(a.state == "approved" or a.institution_id in mine for a in answers[each.id])
    ]
    wanted = tuple(BookingWish(str(b.id), b.starts, b.ends, b.wants, b.id, "confirmed") for b in complete)
    return replace(wish, bookings=wanted, touches=tuple(each.id for each in waits), on_clash="skip")


def _rejected(
    wish: Wish, standing: Mapping[int, Standing], answers: Mapping[int, Sequence[Answer]]
) -> Wish | AlreadyDecidedError:
    waits = _waiting(wish, wish.release, standing, answers)
    if not waits:
        return AlreadyDecidedError(standing[wish.release[0]], wish.now)
    return replace(wish, release=tuple(each.id for each in waits))


def _waiting(
    wish: Wish, ids: Iterable[int], standing: Mapping[int, Standing], answers: Mapping[int, Sequence[Answer]]
) -> list[Standing]:
    """Those bookings that wait for the houses in whose name the wish decides."""
    mine = decision(wish).institutions
    return [
        standing[i]
        for i in ids
        if is_open(standing[i], wish.now)
        and any(each.state == "pending" and each.institution_id in mine for each in answers[i])
    ]


def _is_overdue(booking: Standing, now: int) -> bool:
    return booking.state in ("requested", "held") and not is_open(booking, now)


def _lost(result: Result) -> frozenset[int]:
    return frozenset(int(each.reference) for each in result.clashes)


def _decided(result: Result) -> Decided:
    settled, lost = tuple(each.booking_id for each in result.taken), _lost(result)
    waiting = tuple(each for each in result.wish.touches if each not in (*settled, *lost))
    return Decided(settled, waiting, result.clashes)


def _has_said_all(connection: sa.Connection, wish: Wish) -> bool:
    """Whether nothing of the wish waits any more for the houses that have just answered."""
    assert wish.name is not None, "an approval is of the wish whose bookings it answers"
    mine = decision(wish).institutions
    waits = [each.id for each in bookings.of_wish(connection, wish.name) if is_open(each, wish.now)]
    answers = store.answers_of(connection, waits)
    return not any(each.state == "pending" and each.institution_id in mine for each in answers)


def _answer(connection: sa.Connection, wish: Wish, ids: Iterable[int], state: AnswerState) -> None:
    assert wish.by is not None, "an answer is somebody's"
    said = {"state": state, "person_id": wish.by.person_id, "at": wish.now, "reason": wish.reason}
    store.answer(connection, list(ids), sorted(decision(wish).institutions), said)


def _note(connection: sa.Connection, wish: Wish, ids: Iterable[int]) -> None:
    person_id = None if wish.by is None else wish.by.person_id
    house = next(iter(sorted(decision(wish).institutions)), wish.institution_id)
    facts = {} if wish.reason is None else {"reason": wish.reason}
    audit.append(connection, [audit.Entry(wish.now, person_id, house, wish.kind, "booking", i, facts) for i in ids])


def decision(wish: Wish) -> Decision:
    """In whose name the wish decides; the clockwork's in nobody's."""
    return wish.payload if isinstance(wish.payload, Decision) else Decision(frozenset())
