"""Some seconds of talk over bad ways; ``python -m tests.faults.lossy`` takes a minute for each."""

import pytest

from tests.faults.lossy import Row, audio_share, frozen_share, most_in, play, usual_width
from tests.faults.narrow import QUEUE_SECONDS, Bucket

SECONDS = 8.0
WIDTH = 960
HELD = 0.99


def row(frames: float, frozen: float = 0.0, samples: float = 0.0, concealed: float = 0.0, width: float = 0.0) -> Row:
    return {"frames": frames, "frozen": frozen, "samples": samples, "concealed": concealed, "width": width}


@pytest.mark.alone
@pytest.mark.browser
@pytest.mark.timeout(120)
async def test_on_a_narrow_way_all_is_heard_and_pictures_are_smaller() -> None:
    told = await play("narrow", SECONDS)
    assert told["audio_share"] >= HELD
    assert told["width"] < WIDTH
    assert (told["offers"], told["slots_short"]) == (2, 0)


def test_a_freeze_that_goes_on_counts_as_one_that_ended() -> None:
    assert frozen_share([row(0), row(10, 0.5), row(20, 0.5)]) == pytest.approx(0.25)
    assert frozen_share([row(0), row(10), row(10)]) == pytest.approx(0.5)


def test_a_second_is_heard_when_less_than_half_of_it_was_concealed() -> None:
    rows = [
        row(0),
        row(0, samples=100, concealed=49),
        row(0, samples=200, concealed=99),
        row(0, samples=200, concealed=99),
    ]
    assert audio_share(rows) == pytest.approx(1 / 3)


def test_key_frames_asked_for_are_counted_in_any_span() -> None:
    assert most_in([0, 1, 1, 4, 4], 2) == 3
    assert most_in([], 2) == 0


def test_a_width_that_was_only_tried_is_not_the_usual_one() -> None:
    assert (
        usual_width([row(0, width=960), row(0, width=480), row(0, width=480), row(0, width=960), row(0, width=480)])
        == 480
    )


def test_what_would_wait_too_long_at_a_narrow_place_is_dropped() -> None:
    narrow = Bucket(80)
    waits = [narrow.wait(1000, 10.0) for _ in range(6)]
    assert waits == pytest.approx([0.1, 0.2, 0.3, 0.4, None, None])
    assert narrow.wait(1000, 10.0 + QUEUE_SECONDS) == pytest.approx(0.2)
