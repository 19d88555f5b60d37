"""Of fifty who ask at once for the same, one gets it; the others hear of it at once, and nothing breaks."""

import pytest

from tests.needs import need_postgresql
from tests.races.herd import FAULTS, run

pytestmark = pytest.mark.alone
ROUNDS = 3


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("database", "processes"), [("sqlite", 1), ("postgres", 1), ("postgres", 3)])
def test_one_of_a_herd_wins_and_nothing_breaks(database: str, processes: int) -> None:
    if database == "postgres":
        need_postgresql()
    figures = run(ROUNDS, processes, seed=1, database=database)
    assert (figures["won"], figures["clashed"]) == (ROUNDS, 49 * ROUNDS)
    assert {name: figures[name] for name in FAULTS} == dict.fromkeys(FAULTS, 0)
