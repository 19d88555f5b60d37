"""What goes through data channels: places in pictures, under the name of whoever points, and nothing else."""

import json

import pytest

from signaling.sfu.pointing import MOST_OCTETS, passed_on


def test_a_point_is_passed_on_under_the_name_that_the_server_knows() -> None:
    told = passed_on('{"at": "hall", "x": 0.25, "y": 1}', "olena")
    assert told is not None
    assert json.loads(told) == {"from": "olena", "at": "hall", "x": 0.25, "y": 1.0}


def test_letting_go_is_passed_on() -> None:
    told = passed_on('{"at": null}', "olena")
    assert told is not None
    assert json.loads(told)["at"] is None


def test_nobody_without_the_right_is_passed_on() -> None:
    assert passed_on('{"at": "hall"}', "") is None


@pytest.mark.parametrize(
    "message",
    [
        "",
        "hello",
        b"\xff\x00",
        "[]",
        '{"x": 0.5, "y": 0.5}',
        '{"at": "hall", "x": 1.5}',
        '{"at": "hall", "x": -0.1}',
        '{"at": "hall", "from": "somebody else"}',
        json.dumps({"at": "h" * 65}),
        '{"at": "hall"}' + " " * MOST_OCTETS,
        "[" * MOST_OCTETS,
    ],
)
def test_what_is_no_point_is_dropped(message: str | bytes) -> None:
    assert passed_on(message, "olena") is None
