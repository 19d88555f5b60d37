"""A short, seeded form of what `python -m tests.fuzz` does for as long as one likes."""

import pytest

from tests.fuzz import sanitized
from tests.fuzz.__main__ import check_growth, engines, resident, run
from tests.fuzz.parsers import PARSERS
from tests.needs import unavailable
from tests.signaling.sfu.conftest import build_core

SECONDS = 1.0


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_damaged_was_honest_before(name: str) -> None:
    for seed in PARSERS[name].seeds:
        PARSERS[name].read(seed)


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_or_refuses_whatever_comes(name: str) -> None:
    assert run(name, SECONDS, seed=2026) >= 1


@pytest.mark.parametrize("bare", [False, True], ids=["encrypted", "bare"])
def test_the_compiled_engine_does_with_hostile_packets_what_the_plain_one_does(bare: bool) -> None:
    build_core()
    for seed in range(2):
        engines(bare=bare)(seed)


def test_sanitizers_find_nothing_in_the_compiled_engine() -> None:
    build_core()
    if sanitized.library() is None:
        unavailable("the compiler has no address sanitizer")
    assert sanitized.run(4.0, seed=7) >= 2


def test_growth_is_an_error() -> None:
    with pytest.raises(MemoryError, match="more than after the first rounds"):
        check_growth(resident() - (64 << 20))
