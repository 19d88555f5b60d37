"""What the slot finder says of rooms and kit is what their desk says when one tries."""

import pytest

from rooms import BookingWish, Claim, Rules, Want, Wish
from rooms.decide import decide
from schedules.slots import Candidate, Need, Query, Slot, find
from tests.schedules.slots.timetables import random_query
from vclass.core import spans

EVERY = 10**6
HALL = 1


def is_granted(room: Candidate, slot: Slot) -> bool:
    rules = Rules(HALL, 1, "hall", 1, zone=room.zone, setup=room.setup, teardown=room.teardown, openings=room.openings)
    held = [Claim(7, HALL, 1, *span) for span in room.busy if span[0] < span[1]]
    booking = BookingWish("one", slot.starts, slot.ends, (Want(HALL),))
    [verdict] = decide([Wish("test", 1, 1, (booking,))], {HALL: rules}, held)
    return not verdict.refused


@pytest.mark.parametrize("fifty", range(4))
def test_rooms_that_are_offered_are_granted_and_all_others_refused(fifty: int) -> None:
    for seed in range(50 * fifty, 50 * fifty + 50):
        query = random_query(seed, most_hours=20)
        for slot in find(query, EVERY):
            for need, choice in zip(query.needs, slot.choices, strict=True):
                granted = tuple(room.key for room in need.candidates if is_granted(room, slot))
                assert granted == choice.free, (seed, str(slot.local))


@pytest.mark.parametrize("wanted", [1, 3, 5])
def test_kit_is_offered_when_as_much_is_left_as_is_wanted(wanted: int) -> None:
    loads = [(0, 7200, 2), (3600, 10800, 2), (14400, 18000, 5)]
    kit = Candidate("projectors", "Etc/UTC", busy=tuple(spans.above(loads, 5 - wanted)))
    query = Query("Etc/UTC", 60, 0, 21600, needs=(Need("kit", (kit,)),))
    left = {slot.starts: bool(slot.choices[0].free) for slot in find(query, EVERY)}
    claims = [Claim(7, HALL, quantity, starts, ends) for starts, ends, quantity in loads]
    for starts, free in left.items():
        booking = BookingWish("one", starts, starts + 3600, (Want(HALL, wanted),))
        [verdict] = decide([Wish("test", 1, 1, (booking,))], {HALL: Rules(HALL, 1, "equipment", 5)}, claims)
        assert free is not verdict.refused
