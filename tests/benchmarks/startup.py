"""How soon a fresh ``vclass serve`` answers, and what it weighs when idle.

Usage: python -m tests.benchmarks.startup [--json] [--rounds N]

``cold_start_ms``: from starting the process to the first 200 of ``/readyz``.
``idle_rss_mib``: all its processes together, ten seconds later.
``import_ms``: importing the composition root in a fresh interpreter.
"""

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from tests.benchmarks import report

ROOT = Path(__file__).resolve().parents[2]
IDLE_SECONDS = 10
DEADLINE = 60


def main() -> None:
    """Run the rounds and print the medians."""
    rounds = [one_round() for _ in range(report.rounds(default=3))]
    figures = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
    report.show("startup", figures)


def one_round() -> dict[str, float]:
    """A fresh installation, started once."""
    with tempfile.TemporaryDirectory() as folder:
        config = configuration(Path(folder))
        vclass("db", "upgrade", "--config", str(config))
        port = int(re.findall(r"port = (\d+)", config.read_text())[0])
        began = time.perf_counter()
        process = subprocess.Popen(
            command("serve", "--config", str(config)), env=environment(), stderr=subprocess.DEVNULL
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz")
            cold = 1000 * (time.perf_counter() - began)
            time.sleep(IDLE_SECONDS)
            weight = resident(process.pid)
        finally:
            process.terminate()
            process.wait(30)
    return {"cold_start_ms": cold, "idle_rss_mib": weight, "import_ms": import_time()}


def configuration(folder: Path) -> Path:
    config = folder / "vclass.toml"
    config.write_text(
        f"[server]\nport = {free_port(socket.SOCK_STREAM)}\nsecret_file = '{folder}/secret'\n"
        f"[database]\nurl = 'sqlite:///{folder}/vclass.db'\n[mail]\nsmtp_url = 'outbox:'\n"
        f"[media]\nudp_port = {free_port(socket.SOCK_DGRAM)}\n"
    )
    return config


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from vclass.cli import main; main(prog_name='vclass')", *arguments]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def vclass(*arguments: str) -> None:
    subprocess.run(command(*arguments), check=True, env=environment(), stdout=subprocess.DEVNULL)


def wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise SystemExit(f"{url} did not answer within {DEADLINE} s")


def resident(pid: int) -> float:
    """Resident memory of a process and its children, in MiB."""
    process = psutil.Process(pid)
    return sum(each.memory_info().rss for each in (process, *process.children(recursive=True))) / 2**20


def import_time() -> float:
    """Milliseconds to import the composition root, less those that the interpreter itself takes."""
    return _run("import vclass.app") - _run("pass")


def _run(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment())
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
