"""What benchmarks share: their options, and the JSON object on the last line."""

import argparse
import json
import sys
from collections.abc import Mapping


def options(default_rounds: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    parser.add_argument("--rounds", type=int, default=default_rounds)
    return parser.parse_args()


def rounds(default: int = 3) -> int:
    return int(options(default).rounds)


def show(name: str, figures: Mapping[str, float]) -> None:
    """Print the figures: for people on standard error, for programs as the last line."""
    for key, value in figures.items():
        print(f"{key:32} {value:12.2f}", file=sys.stderr)
    print(json.dumps({"benchmark": name, "figures": {key: round(value, 3) for key, value in figures.items()}}))
