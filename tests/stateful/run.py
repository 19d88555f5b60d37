"""``python -m tests.stateful.run --runs 500 --steps 50`` runs the machine and prints what it did as JSON."""

import argparse
import json
import random
import sys
import time
from collections.abc import Collection, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import postgres
from tests.stateful.machine import Machine
from tests.stateful.stage import Stage
from tests.stateful.twins import Twins, twins

INITIAL = 2
"""Steps that only set up a run."""


def play(both: Twins, runs: int, steps: int, number: int, only: Collection[str] = ()) -> dict[str, Any]:
    """Run the machine on both databases; whatever fails is raised with its steps, as they were.

    Args:
        both: Where to run it.
        runs: How many times.
        steps: How many in each run.
        number: The seed.
        only: Rules; if there are any, the others are left out.
    """
    left_out = [
        each.function.__name__ for each in Machine.setup_state().rules if only and each.function.__name__ not in only
    ]
    machine = seed(number)(type("Seeded", (Machine,), dict.fromkeys(left_out)))
    Stage.fired.clear()
    Stage.refusals.clear()
    began = time.monotonic()
    options = settings(
        max_examples=runs,
        stateful_step_count=steps + INITIAL,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # shrinking against two databases takes minutes; the steps are printed
        suppress_health_check=list(HealthCheck),
    )
    Stage.twins = both
    run_state_machine_as_test(machine, settings=options, _min_steps=steps)
    fired = dict(Stage.fired)
    return {
        "seed": number,
        "runs": fired.pop("begin", 0),
        "steps": sum(fired.values()),
        "seconds": round(time.monotonic() - began, 1),
        "rules": dict(sorted(fired.items())),
        "refusals": dict(sorted(Stage.refusals.items())),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Hold both databases against a simple model, step by step.")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", file=sys.stderr, flush=True)
    with (
        postgres.throwaway(synchronous_commit="off", fsync="off", deadlock_timeout="50ms") as cluster,
        twins(cluster) as both,
    ):
        print(json.dumps(play(both, options.runs, options.steps, options.seed)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
