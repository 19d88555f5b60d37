"""What takes too long for every run: `python -m tests.nightly` plays all long forms, one after another.

``python -m tests.nightly [NAME ...] [--logs FOLDER] [--share 0.1]`` plays those that are named, or all; ``--share``
shortens each to that part of the night. Each is a program of its own, whose output is kept in a file of its name; at
the end there is a table, and the exit code is 0 if all went well. Seeds differ from night to night: the outputs name
them.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Final

from vclass._bootstrap import ensure

ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Form:
    """A program, its arguments for a share of the night, and the hours after which it hangs."""

    module: str
    arguments: Callable[[float], Sequence[str]]
    hours: float = 2.0


def _some(option: str, number: float, share: float, least: int = 1) -> tuple[str, str]:
    return option, str(max(least, round(number * share)))


FORMS: Final[dict[str, Form]] = {
    "fuzz": Form("tests.fuzz", lambda share: ("--seconds", f"{600 * share:g}", "--seed", _seed()), hours=4.0),
    "churn": Form("tests.faults.churn", lambda share: ("--minutes", f"{60 * share:g}")),
    "lossy": Form("tests.faults.lossy", lambda share: _some("--seconds", 600, share, 60)),
    "stateful": Form("tests.stateful.run", lambda share: _some("--runs", 500, share)),
    "herd": Form("tests.races.herd", lambda share: _some("--rounds", 200, share)),
    "kill": Form(
        "tests.faults.kill",
        lambda share: (*_some("--kills", 100, share), "--database", "postgres", "--processes", "3"),
    ),
    "kill-sqlite": Form("tests.faults.kill", lambda share: _some("--kills", 50, share)),
    "mail": Form("tests.faults.mail", lambda share: (*_some("--mails", 2000, share), *_some("--kills", 4, share))),
    "away": Form("tests.faults.away", lambda share: _some("--mails", 200, share)),
    "reminders": Form("tests.faults.reminders", lambda share: _some("--reminders", 500, share)),
    "imports": Form("tests.faults.imports", lambda _: ()),
    "histories": Form("tests.judges.histories", lambda share: (*_some("--runs", 500, share), "--seed", _seed())),
    "histories-postgres": Form(
        "tests.judges.histories",
        lambda share: (*_some("--runs", 200, share), "--seed", _seed(), "--database", "postgres"),
    ),
    "zone-sweep": Form("tests.judges.zone_sweep", lambda _: ()),
    "worker-kill": Form("tests.journeys.worker_kill", lambda share: _some("--rounds", 20, share)),
    "storm": Form("tests.benchmarks.storm", lambda share: _some("--rounds", 3, share)),
}


def _seed() -> str:
    """Another one each day; the same one for all forms of a night."""
    return str(int(time.time()) // 86_400)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a form ended."""

    name: str
    went_well: bool
    seconds: float
    last_line: str


def play(name: str, share: float, logs: Path) -> Outcome:
    """Runs one form to its end."""
    form, log = FORMS[name], logs / f"{name}.log"
    began = time.monotonic()
    with log.open("wb") as file:
        command = [sys.executable, "-m", form.module, *form.arguments(share)]
        code = finished(command, file, 3600 * form.hours)
    return Outcome(name, code == 0, time.monotonic() - began, last_line(log))


def finished(command: Sequence[str], log: IO[bytes], seconds: float) -> int:
    """The exit code of a program; one that hangs is ended, with all that it started."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def last_line(log: Path) -> str:
    """The last thing that was said."""
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def row(outcome: Outcome) -> str:
    """A line of the table."""
    took = str(timedelta(seconds=round(outcome.seconds)))
    return f"{outcome.name:20} {'ok' if outcome.went_well else 'FAILED':8} {took:>9}  {outcome.last_line[:160]}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.nightly", description="Play all long forms.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FORMS))
    parser.add_argument("--logs", type=Path, default=ROOT / "var" / "nightly", help="where the outputs go")
    parser.add_argument("--share", type=float, default=1.0, help="a part of the night")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - FORMS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(FORMS)}")
    options.logs.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for name in options.names or FORMS:
        outcomes.append(play(name, options.share, options.logs))
        print(row(outcomes[-1]), flush=True)
    failed = [each.name for each in outcomes if not each.went_well]
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} went well; the outputs are in {options.logs}")
    return int(bool(failed))


if __name__ == "__main__":
    ensure("test", "check", "benchmark")
    from tests import setup  # what it imports is there only now

    if missing := setup.install_missing():
        sys.exit(f"nightly: please install {' '.join(sorted(missing))}")
    sys.exit(main())
