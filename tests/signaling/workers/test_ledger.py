from hypothesis import given
from hypothesis import strategies as st

from signaling.media import PeerId, RoomId
from signaling.workers.ledger import BUSY, FEW, Candidate, Ledger, choose

ROOM = RoomId("r")


def filled(worker: str, *sizes: int) -> Ledger:
    """Rooms of those sizes on one worker."""
    ledger = Ledger()
    for place, size in enumerate(sizes):
        for peer in range(size):
            ledger.enter(RoomId(f"{worker}{place}"), PeerId(f"{worker}{place}.{peer}"), worker)
    return ledger


def test_a_room_stays_where_its_first_peer_was_put() -> None:
    ledger = Ledger()
    assert ledger.enter(ROOM, PeerId("a"), "1")
    assert ledger.enter(ROOM, PeerId("b"), "2")
    assert (ledger.home(ROOM), ledger.worker_of(PeerId("b"))) == ("1", "1")


def test_a_second_offer_of_a_peer_is_nothing_new() -> None:
    ledger = filled("1", 1)
    assert not ledger.enter(RoomId("10"), PeerId("10.0"), "1")
    assert ledger.count("1") == (1, 1)


def test_a_room_without_peers_has_no_home() -> None:
    ledger = filled("1", 2)
    ledger.leave(PeerId("10.0"))
    assert ledger.home(RoomId("10")) == "1"
    ledger.leave(PeerId("10.1"))
    assert ledger.home(RoomId("10")) is None


def test_who_is_gone_already_leaves_nothing() -> None:
    ledger = filled("1", 1)
    for peer in ("10.0", "10.0", "never"):
        ledger.leave(PeerId(peer))
    assert ledger.count("1") == (0, 0)


def test_a_closed_room_takes_its_peers_along() -> None:
    ledger = filled("1", 2, 3)
    ledger.close(RoomId("10"))
    assert (ledger.count("1"), ledger.worker_of(PeerId("10.1"))) == ((1, 3), None)


def test_an_evicted_worker_gives_up_all_its_rooms_and_no_other() -> None:
    ledger = filled("1", 2, 3)
    ledger.enter(ROOM, PeerId("a"), "2")
    assert ledger.evict("1") == [RoomId("10"), RoomId("11")]
    assert (ledger.count("1"), ledger.count("2")) == ((0, 0), (1, 1))


def test_a_drained_worker_has_no_rooms_any_more_but_still_the_peers_that_linger() -> None:
    ledger = filled("1", 2)
    assert ledger.drain("1") == [RoomId("10")]
    assert (ledger.home(RoomId("10")), ledger.count("1"), ledger.worker_of(PeerId("10.0"))) == (None, (0, 0), "1")
    ledger.enter(RoomId("10"), PeerId("new"), "2")
    ledger.leave(PeerId("10.0"))
    assert ledger.lingers("1")
    ledger.leave(PeerId("10.1"))
    assert (ledger.lingers("1"), ledger.home(RoomId("10"))) == (False, "2")


def test_who_lingered_on_a_worker_that_is_lost_is_gone() -> None:
    ledger = filled("1", 2)
    ledger.drain("1")
    assert ledger.evict("1") == []
    assert (ledger.lingers("1"), ledger.worker_of(PeerId("10.0"))) == (False, None)


def test_a_room_weighs_as_much_as_it_will_with_those_who_are_still_to_come() -> None:
    assert filled("1", 1, FEW + 4).weight("1") == FEW + FEW + 4


def test_the_worker_with_the_fewest_peers_is_chosen_and_of_equals_the_one_with_less_to_do() -> None:
    assert choose([Candidate("1", 12), Candidate("2", 6), Candidate("3", 30)]) == "2"
    assert choose([Candidate("1", 6, 0.4), Candidate("2", 6, 0.1)]) == "2"


def test_a_busy_worker_gets_a_room_only_when_all_are_busy() -> None:
    busy, idle = Candidate("1", 0, BUSY + 0.1), Candidate("2", 50, 0.2)
    assert choose([busy, idle]) == "2"
    assert choose([busy, Candidate("3", 50, 0.99)]) == "1"


Step = tuple[int, int, int]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 8)), max_size=60))
def test_whatever_happens_each_peer_is_in_one_room_and_each_room_on_one_worker(steps: list[Step]) -> None:
    ledger = Ledger()
    for kind, room, peer in steps:
        match kind:
            case 0:
                ledger.enter(RoomId(f"r{room}"), PeerId(f"p{peer}"), str(peer % 3))
            case 1:
                ledger.leave(PeerId(f"p{peer}"))
            case 2:
                ledger.close(RoomId(f"r{room}"))
            case 3:
                ledger.drain(str(room % 3))
            case _:
                ledger.evict(str(room % 3))
        known = [each for each in range(9) if PeerId(f"p{each}") in ledger._rooms]
        assert sum(ledger.count(str(worker))[1] for worker in range(3)) == len(known)
