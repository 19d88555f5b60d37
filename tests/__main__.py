"""``python3 -m tests``: set up what the tests need, hold the code against its rules, run everything.

With arguments they go to pytest and the other checks are left out; ``--benchmarks`` runs the benchmarks instead.
"""

import sys

from vclass._bootstrap import ensure

ensure("test", "check", "benchmark")

from tests import setup  # noqa: E402  what it imports is there only now

if __name__ == "__main__":
    raise SystemExit(setup.main(sys.argv[1:]))
