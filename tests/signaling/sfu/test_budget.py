"""What a receiver's way carries, and which layers that is."""

from math import inf

import pytest

from signaling.sfu.budget import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    PATIENT_LOOKS,
    PROVEN_SECONDS,
    SETTLING_SECONDS,
    STANDING_SECONDS,
    SWAYING,
    Downlink,
    Reports,
    Rung,
    allot,
    ladder,
    next_step,
)

LOW, MIDDLE, HIGH = Rung(0, 0, 100), Rung(1, 0, 400), Rung(2, 0, 1000)
LAYERS = (LOW, MIDDLE, HIGH)
BOTH = {"big": LAYERS, "small": LAYERS}


def narrowed(bits: float) -> Downlink:
    """A way that was found to carry so much at second 100."""
    downlink = Downlink()
    downlink.look(Reports(1000, lost=1 - bits / 1000), 100)
    return downlink


def test_motion_goes_before_size() -> None:
    layers = [(0, (50.0, 80.0, 100.0, 100.0)), (2, (200.0, 300.0, 400.0, 400.0))]
    assert [(rung.place, rung.temporal) for rung in ladder(layers)] == [(0, 0), (0, 3), (2, 3)]


def test_a_layer_that_spares_little_is_left_out() -> None:
    assert ladder([(0, (100.0, 200.0)), (1, (220.0, 250.0))], 1) == [Rung(0, 0, 100.0), Rung(1, 1, 250.0)]


def test_no_more_temporal_layers_than_wanted_are_shown() -> None:
    assert ladder([(0, (50.0, 80.0, 100.0, 100.0))], 1) == [Rung(0, 0, 50.0), Rung(0, 1, 80.0)]


@pytest.mark.parametrize(
    ("bits", "big", "small"),
    [
        (2000, HIGH, HIGH),
        (1500, HIGH, MIDDLE),
        (1100, HIGH, LOW),
        (600, MIDDLE, LOW),
        (200, LOW, LOW),
        (199, LOW, None),
        (99, None, None),
        (-10, None, None),
    ],
)
def test_all_get_something_before_the_first_gets_the_best(bits: float, big: Rung | None, small: Rung | None) -> None:
    assert allot(bits, BOTH) == {"big": big, "small": small}


def test_a_cheaper_picture_is_shown_where_a_more_important_one_does_not_fit() -> None:
    assert allot(150, {"big": [MIDDLE], "small": LAYERS}) == {"big": None, "small": LOW}


def test_with_patience_the_lowest_layers_may_go_beyond_the_limit_and_no_others() -> None:
    assert allot(180, BOTH, patience=1.25) == {"big": LOW, "small": LOW}


def test_the_next_step_brings_back_a_picture_before_it_makes_another_better() -> None:
    assert next_step({"big": LOW, "small": None}, BOTH) == {"big": LOW, "small": LOW}
    assert next_step({"big": LOW, "small": LOW}, BOTH) == {"big": MIDDLE, "small": LOW}
    assert next_step({"big": HIGH, "small": MIDDLE}, BOTH) == {"big": HIGH, "small": HIGH}
    assert next_step({"big": HIGH, "small": HIGH}, BOTH) is None


def test_a_way_is_wide_until_it_proves_narrow() -> None:
    downlink = Downlink()
    for second, estimate in enumerate((300, 500, 900, 1500)):
        downlink.look(Reports(1000, estimate), second)
    assert downlink.limit == inf


def test_an_estimate_that_falls_below_what_is_sent_is_the_limit_at_once() -> None:
    downlink = Downlink()
    for place, estimate in enumerate((300, 330, 280)):
        downlink.look(Reports(1000, estimate), place / 10)
    assert downlink.limit == 280


def test_an_estimate_that_stands_still_below_what_is_sent_is_the_limit_after_a_while() -> None:
    downlink, found = Downlink(), []
    for now in (0.0, STANDING_SECONDS - 0.1, STANDING_SECONDS):
        downlink.look(Reports(1000, 300), now)
        found.append(downlink.limit)
    assert found == [inf, inf, 300]


def test_an_estimate_says_nothing_of_a_picture_that_is_off() -> None:
    downlink = Downlink()
    for second in range(5):
        downlink.look(Reports(0, 11), second)
    assert downlink.limit == inf


def test_what_is_lost_lowers_the_limit_to_what_came() -> None:
    assert narrowed(300).limit == pytest.approx(300)


def test_what_goes_on_well_with_a_little_more_than_the_limit_may() -> None:
    downlink = narrowed(300)
    downlink.look(Reports(320), 100 + SETTLING_SECONDS)
    assert downlink.limit == 320
    downlink.look(Reports(1000), 100 + SETTLING_SECONDS)
    assert downlink.limit == pytest.approx(320 * SWAYING)


def test_a_tenth_lost_is_no_narrow_way() -> None:
    downlink = Downlink()
    downlink.look(Reports(1000, lost=0.12), 0)
    assert downlink.limit == inf


def test_a_loss_counts_sooner_when_the_estimate_is_low_too() -> None:
    high, low = Downlink(), Downlink()
    high.look(Reports(1000, 1200, lost=0.3), 0)
    low.look(Reports(1000, 900, lost=0.3), 0)
    assert high.limit == inf
    assert low.limit == pytest.approx(700)


def test_reports_of_the_time_before_a_step_down_lower_nothing_further() -> None:
    downlink = narrowed(300)
    downlink.look(Reports(100, lost=0.7), 100 + SETTLING_SECONDS / 2)
    assert downlink.limit == pytest.approx(300)


def test_more_is_tried_only_after_a_calm_while() -> None:
    downlink = narrowed(300)
    assert not downlink.try_more(400, 100 + FIRST_PAUSE - 1)
    assert downlink.try_more(400, 100 + FIRST_PAUSE)
    assert downlink.limit == pytest.approx(400 * SWAYING)


def test_one_step_is_tried_at_a_time() -> None:
    downlink = narrowed(300)
    assert downlink.try_more(400, 110)
    assert not downlink.try_more(1000, 111)
    downlink.look(Reports(400), 110 + PROVEN_SECONDS + 1)
    assert downlink.try_more(1000, 110 + PROVEN_SECONDS + 1)


def test_after_a_try_that_failed_the_next_waits_twice_as_long_up_to_a_minute() -> None:
    downlink, now, waits = narrowed(300), 100.0, []
    for _ in range(6):
        since = now
        while not downlink.try_more(400, now):
            now += 1
        waits.append(now - since)
        now += 1
        downlink.look(Reports(400, lost=0.5), now)
    assert waits == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_the_last_layers_are_turned_off_only_when_the_way_stays_too_narrow() -> None:
    downlink, found = Downlink(), []
    for look in range(PATIENT_LOOKS):
        found.append(downlink.patience > 1)
        downlink.look(Reports(100, lost=0.5), 10.0 * look)
    assert (found, downlink.patience) == ([True] * PATIENT_LOOKS, 1.0)
