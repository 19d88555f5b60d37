"""The machine finds nothing as the desk is, and finds each bug that is planted."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from rooms import Wish
from rooms.decide import Decider, Ledger
from rooms.model import BookingWish, Clash, Verdict
from rooms.store import bookings, waiting
from tests.postgres import Cluster
from tests.stateful.run import play
from tests.stateful.twins import Twins, twins
from vclass.core import spans
from vclass.core.spans import Load

Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(scope="module")
def both(cluster: Cluster) -> Iterator[Twins]:
    with twins(cluster) as made:
        yield made


@pytest.mark.timeout(300)
def test_both_databases_and_the_model_say_the_same(both: Twins) -> None:
    counted = play(both, runs=16, steps=25, number=3)
    assert counted["steps"] > 200
    assert len(counted["rules"]) > 10


def touching_is_overlapping(patch: pytest.MonkeyPatch) -> None:
    def peak(loads: list[Load], starts: int, ends: int) -> int:
        return spans.peak([(begins, finishes + 1, taken) for begins, finishes, taken in loads], starts, ends)

    patch.setattr("rooms.decide.peak", peak)


def a_series_does_not_see_itself(patch: pytest.MonkeyPatch) -> None:
    whole = Decider._shortages

    def shortages(desk: Decider, wanted: BookingWish, _mine: Ledger, released: set[int]) -> Iterator[Clash]:
        return whole(desk, wanted, Ledger(), released)

    patch.setattr(Decider, "_shortages", shortages)


def the_look_back_is_two_hours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bookings, "LONGEST_CLAIM_SECONDS", 2 * 3600)
    patch.setattr(bookings, "touching", getattr(bookings.touching, "__wrapped__", bookings.touching))


def a_batch_does_not_see_itself(patch: pytest.MonkeyPatch) -> None:
    def settle(desk: Decider, verdict: Verdict) -> None:
        desk._released.update(verdict.wish.release)

    patch.setattr(Decider, "_settle", settle)


def the_youngest_is_offered_first(patch: pytest.MonkeyPatch) -> None:
    in_order = waiting.candidates

    def candidates(connection: sa.Connection, released: set[int], now: int) -> list[Wish]:
        return in_order(connection, released, now)[::-1]

    patch.setattr(waiting, "candidates", candidates)


def an_approval_does_not_look_again(patch: pytest.MonkeyPatch) -> None:
    whole = Decider._shortages

    def shortages(desk: Decider, wanted: BookingWish, mine: Ledger, released: set[int]) -> Iterator[Clash]:
        return iter(()) if wanted.standing and wanted.state == "confirmed" else whole(desk, wanted, mine, released)

    patch.setattr(Decider, "_shortages", shortages)


PLANTS: dict[Plant, tuple[str, ...]] = {
    touching_is_overlapping: ("book_one",),
    a_series_does_not_see_itself: ("book_one",),
    the_look_back_is_two_hours: ("book_one", "block"),
    a_batch_does_not_see_itself: ("crowd",),
    the_youngest_is_offered_first: ("book_one", "queue_up", "cancel"),
    an_approval_does_not_look_again: ("book_one", "queue_up", "block", "approve"),
}
"""With the rules that suffice to find each, so that it is found soon."""
STEPS: dict[Plant, int] = {an_approval_does_not_look_again: 60}
SEED = 4
"""Another one finds them as well, but some of them later."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_caught(both: Twins, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    plant(monkeypatch)
    with pytest.raises(BaseException, match="Failing test case"):
        play(both, runs=12, steps=STEPS.get(plant, 30), number=SEED, only=PLANTS[plant])
