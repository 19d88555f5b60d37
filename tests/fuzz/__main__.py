"""Feeds hostile input for a while.

Usage: python -m tests.fuzz [NAME ...] [--seconds N] [--seed N] [--core FOLDER]

NAME is one of the parsers (stun, sdp, rtp, rtcp, recording, twcc, dtls, framing, signalling, pointing), ``core`` (the
compiled engine beside the plain one, encrypted), ``bare`` (the same without encryption), or ``sanitized`` (both with
address and undefined behaviour sanitizers); all of them unless named, each for so many seconds. It fails at the first
error, with the seed that led there, and when memory grew.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from signaling.sfu.engine import pump
from tests.fuzz import sanitized
from tests.fuzz.house import without_encryption
from tests.fuzz.parsers import PARSERS
from tests.fuzz.twins import Twins

STEPS = 500
MOST_GROWTH = 16 << 20
PAGE = 4096


def main() -> None:
    """Runs what was named, one after another."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("names", nargs="*", default=[*PARSERS, "core", "bare", "sanitized"])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--core", type=Path, help="a folder with a core built otherwise")
    chosen = parser.parse_args()
    if chosen.core:
        sanitized.load(chosen.core)
    if not pump.available():
        sys.exit("The compiled core isn't built: python signaling/sfu/engine/core/build.py")
    for name in chosen.names:
        rounds = run(name, chosen.seconds, chosen.seed)
        print(f"{name}: {rounds} rounds of {STEPS}, nothing found", flush=True)


def run(name: str, seconds: float, seed: int) -> int:
    """Feeds one thing for a while; says how many rounds that were."""
    if name == "sanitized":
        return sanitized.run(seconds, seed)
    one_round = parsing(name) if name in PARSERS else engines(bare=name == "bare")
    end, rounds, settled = time.monotonic() + seconds, 0, 0
    while rounds == 0 or time.monotonic() < end:
        try:
            one_round(seed + rounds)
        except BaseException as error:
            error.add_note(f"python -m tests.fuzz {name} --seconds 0 --seed {seed + rounds}")
            raise
        rounds += 1
        settled = settled if rounds > 10 else resident()
    check_growth(settled)
    return rounds


def parsing(name: str) -> Callable[[int], None]:
    """Rounds of damaged input for a parser."""

    def one_round(seed: int) -> None:
        random = Random(seed)
        for _ in range(STEPS):
            PARSERS[name].step(random)

    return one_round


def engines(*, bare: bool) -> Callable[[int], None]:
    """Rounds of hostile packets for the compiled engine and the plain one."""

    def one_round(seed: int) -> None:
        if bare:
            with without_encryption():
                asyncio.run(_play(seed, bare=True))
        else:
            asyncio.run(_play(seed, bare=False))

    return one_round


async def _play(seed: int, *, bare: bool) -> None:
    twins = Twins(Random(seed), bare=bare)
    await twins.connect()
    for _ in range(STEPS):
        twins.step()
    twins.close()
    for house in twins.houses:
        await house.host.tasks.drain()


def resident() -> int:
    """Octets of memory that this process holds."""
    return PAGE * int(Path("/proc/self/statm").read_text("ascii").split()[1])


def check_growth(settled: int) -> None:
    """Raises when much more memory is held than after the first rounds."""
    grown = resident() - settled
    if grown > MOST_GROWTH:
        raise MemoryError(f"{grown >> 20} MiB more than after the first rounds")


if __name__ == "__main__":
    main()
