"""The rule on its own: values in, verdicts out."""

import random

import pytest

from rooms import BookingWish, Claim, Clash, Rules, Want, Wish
from rooms.decide import decide, pieces
from rooms.model import Verdict

HOUR = 3600
DAY = 24 * HOUR
HALL, PROJECTORS = 1, 2
RULES = {HALL: Rules(HALL, 1, "hall", 1), PROJECTORS: Rules(PROJECTORS, 1, "equipment", 4)}


def booked(starts: int, ends: int, *wants: Want, reference: str = "") -> BookingWish:
    return BookingWish(reference or str(starts), starts, ends, wants or (Want(HALL),))


def wish(*bookings: BookingWish, release: tuple[int, ...] = ()) -> Wish:
    return Wish("test", 1, 1, bookings, release=release)


def skipping(*bookings: BookingWish) -> Wish:
    return Wish("test", 1, 1, bookings, on_clash="skip")


def hall(starts: int, ends: int, booking_id: int = 7) -> Claim:
    return Claim(booking_id, HALL, 1, starts, ends)


def projectors(quantity: int, starts: int, ends: int) -> Claim:
    return Claim(7, PROJECTORS, quantity, starts, ends)


def granted(verdict: Verdict) -> list[BookingWish]:
    return [each.wanted for each in verdict.granted]


def decide_one(wanted: Wish, *held: Claim) -> Verdict:
    [verdict] = decide([wanted], RULES, held)
    return verdict


@pytest.mark.parametrize(("starts", "ends"), [(0, HOUR), (2 * HOUR, 3 * HOUR)])
def test_a_booking_that_only_touches_another_is_granted(starts: int, ends: int) -> None:
    assert not decide_one(wish(booked(starts, ends)), hall(HOUR, 2 * HOUR)).clashes


@pytest.mark.parametrize(("starts", "ends"), [(0, HOUR + 1), (2 * HOUR - 1, 3 * HOUR), (0, 3 * HOUR), (HOUR, 2 * HOUR)])
def test_a_booking_that_shares_a_second_with_another_is_refused(starts: int, ends: int) -> None:
    verdict = decide_one(wish(booked(HOUR, 2 * HOUR, reference="monday")), hall(starts, ends))
    assert verdict.refused
    assert verdict.clashes == (Clash("monday", HALL, HOUR, 2 * HOUR, 0, "taken", until=ends),)


@pytest.mark.parametrize(("starts", "ends"), [(1, HOUR), (0, HOUR + 60)])
def test_a_booking_off_the_full_five_minutes_is_refused(starts: int, ends: int) -> None:
    assert [each.reason for each in decide_one(wish(booked(starts, ends))).clashes] == ["off_grid"]


def test_a_claim_of_a_whole_day_is_seen_from_its_last_second() -> None:
    assert decide_one(wish(booked(2 * DAY, 2 * DAY + HOUR)), hall(DAY + 1, 2 * DAY + 1)).refused


def test_times_before_1970_are_decided_like_any_other() -> None:
    assert decide_one(wish(booked(-2 * HOUR, HOUR)), hall(-HOUR, 2 * HOUR)).refused


def test_equipment_is_granted_up_to_its_quantity() -> None:
    assert not decide_one(wish(booked(0, HOUR, Want(PROJECTORS, 3))), projectors(1, 0, HOUR)).clashes


def test_a_refusal_says_how_many_are_left() -> None:
    [clash] = decide_one(wish(booked(0, HOUR, Want(PROJECTORS, 3))), projectors(2, 0, HOUR)).clashes
    assert (clash.free, clash.reason) == (2, "too_few")


def test_loads_one_after_the_other_do_not_add_up() -> None:
    held = [projectors(2, 0, HOUR), projectors(2, HOUR, 2 * HOUR)]
    assert not decide_one(wish(booked(0, 2 * HOUR, Want(PROJECTORS, 2))), *held).clashes


def test_the_peak_of_the_sum_counts_and_not_the_sum_of_peaks() -> None:
    """Held 3 in the first hour, own 3 in the second: never more than 3 at once, so 1 more fits over both."""
    own = booked(HOUR, 2 * HOUR, Want(PROJECTORS, 3))
    over_both = booked(0, 2 * HOUR, Want(PROJECTORS, 1))
    assert not decide_one(wish(own, over_both), projectors(3, 0, HOUR)).clashes


def test_two_wants_of_one_resource_in_one_booking_add_up() -> None:
    assert decide_one(wish(booked(0, HOUR, Want(PROJECTORS, 2), Want(PROJECTORS, 3)))).refused


def test_a_hall_wanted_twice_by_one_booking_is_refused() -> None:
    assert decide_one(wish(booked(0, HOUR, Want(HALL), Want(HALL)))).refused


def test_a_weekly_series_does_not_clash_with_itself() -> None:
    series = [booked(week * 7 * DAY, week * 7 * DAY + HOUR) for week in range(15)]
    assert granted(decide_one(wish(*series))) == series


def test_occurrences_of_one_wish_that_overlap_are_refused() -> None:
    verdict = decide_one(wish(booked(0, 2 * HOUR), booked(HOUR, 3 * HOUR)))
    assert [each.reference for each in verdict.clashes] == [str(HOUR)]
    assert verdict.granted == ()


def test_a_move_does_not_clash_with_the_bookings_that_it_releases() -> None:
    assert not decide_one(wish(booked(HOUR // 2, 2 * HOUR), release=(7,)), hall(0, HOUR, booking_id=7)).clashes


def test_a_move_still_clashes_with_the_bookings_of_others() -> None:
    held = [hall(0, HOUR, booking_id=7), hall(HOUR, 2 * HOUR, booking_id=8)]
    assert decide_one(wish(booked(HOUR // 2, 2 * HOUR), release=(7,)), *held).refused


def test_what_one_wish_releases_is_free_for_the_next_of_the_batch() -> None:
    verdicts = decide([wish(release=(7,)), wish(booked(0, HOUR))], RULES, [hall(0, HOUR, booking_id=7)])
    assert not verdicts[1].clashes


def test_a_refused_move_releases_nothing() -> None:
    held = [hall(0, HOUR, booking_id=7), hall(HOUR, 2 * HOUR, booking_id=8)]
    move = wish(booked(HOUR, 2 * HOUR), release=(7,))
    assert [each.refused for each in decide([move, wish(booked(0, HOUR))], RULES, held)] == [True, True]


def test_every_clash_of_a_refused_series_is_named() -> None:
    series = [booked(week * 7 * DAY, week * 7 * DAY + HOUR) for week in range(3)]
    verdict = decide_one(wish(*series), hall(0, HOUR), hall(14 * DAY, 14 * DAY + HOUR))
    assert [each.starts for each in verdict.clashes] == [0, 14 * DAY]
    assert verdict.granted == ()


def test_a_series_that_skips_is_granted_where_it_does_not_clash() -> None:
    series = [booked(week * 7 * DAY, week * 7 * DAY + HOUR) for week in range(3)]
    verdict = decide_one(skipping(*series), hall(7 * DAY, 7 * DAY + HOUR))
    assert granted(verdict) == [series[0], series[2]]
    assert not verdict.refused


def test_a_series_that_skips_everything_is_refused() -> None:
    assert decide_one(skipping(booked(0, HOUR)), hall(0, HOUR)).refused


def test_a_booking_that_clashes_in_one_want_takes_none() -> None:
    lesson = booked(0, HOUR, Want(PROJECTORS, 4), Want(HALL))
    verdicts = decide([wish(lesson), wish(booked(0, HOUR, Want(PROJECTORS, 4)))], RULES, [hall(0, HOUR)])
    assert [each.refused for each in verdicts] == [True, False]


@pytest.mark.parametrize("seed", range(40))
def test_a_batch_of_n_comes_out_as_n_single_calls(seed: int) -> None:
    wishes = [random_wish(random.Random(seed * 100 + each)) for each in range(12)]
    held: list[Claim] = []
    singly = []
    for booking_id, each in enumerate(wishes, start=100):
        [verdict] = decide([each], RULES, held)
        singly.append(verdict)
        held += [
            Claim(booking_id, want.resource_id, want.quantity, *each.span)
            for each in granted(verdict)
            for want in each.wants
        ]
    assert decide(wishes, RULES, []) == singly


def random_wish(dice: random.Random) -> Wish:
    bookings = []
    for _ in range(dice.randint(1, 3)):
        starts = dice.randint(0, 20) * HOUR
        wants = [Want(HALL)] * dice.randint(0, 1) + [Want(PROJECTORS, dice.randint(1, 3))]
        bookings.append(booked(starts, starts + dice.randint(1, 4) * HOUR, *wants))
    return skipping(*bookings) if dice.random() < 0.3 else wish(*bookings)


@pytest.mark.parametrize("ends", [0, -HOUR])
def test_a_booking_is_never_empty(ends: int) -> None:
    with pytest.raises(ValueError, match="empty"):
        booked(0, ends)


def test_a_booking_of_several_days_is_held_in_pieces_of_a_day() -> None:
    assert list(pieces((0, 2 * DAY + HOUR))) == [(0, DAY), (DAY, 2 * DAY), (2 * DAY, 2 * DAY + HOUR)]


@pytest.mark.parametrize("day", range(4))
def test_a_booking_of_several_days_clashes_on_each_of_them(day: int) -> None:
    exams, lesson = wish(booked(0, 4 * DAY)), wish(booked(day * DAY + HOUR, day * DAY + 2 * HOUR))
    assert [each.refused for each in decide([exams, lesson], RULES)] == [False, True]


def test_buffers_are_held_too_and_may_not_meet() -> None:
    rules = {HALL: Rules(HALL, 1, "hall", 1, setup=600, teardown=300)}
    wishes = [wish(booked(0, HOUR)), wish(booked(HOUR + 899, 2 * HOUR)), wish(booked(HOUR + 900, 2 * HOUR))]
    assert [each.refused for each in decide(wishes, rules)] == [False, True, False]


def test_a_clash_says_from_when_the_room_is_free_again() -> None:
    rules = {HALL: Rules(HALL, 1, "hall", 1, setup=600)}
    [clash] = decide([wish(booked(0, HOUR))], rules, [hall(0, 2 * HOUR)])[0].clashes
    assert clash.until == 2 * HOUR + 600


def test_a_want_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be booked"):
        Want(HALL, 0)
