"""The reading process itself: what it gives up, and that hostile files cost it little."""

import subprocess
import sys

import msgspec
import pytest

from tests.icsreader.bombs import BOMBS
from tests.icsreader.files import NOW, VIENNA, one
from vclass.icsreader.model import Failure, Outcome, Reading, Task

COMMAND = (sys.executable, "-I", "-m", "vclass.icsreader")
CONFINED = "from vclass.icsreader.confinement import confine; confine()\n"
TELLING = """
import sys, time
from vclass.icsreader.__main__ import main
main()
sys.stderr.write(f"{time.process_time()}\\n" + open("/proc/self/status").read())
"""
ESCAPES = {
    "network": "import socket; socket.socket()",
    "resolver": "import socket; socket.getaddrinfo('localhost', 80)",
    "program": "import subprocess; subprocess.run(['true'])",
    "shell": "import os; os.system('true')",
    "fork": "import os; os.fork()",
    "foreign code": "import ctypes; ctypes.CDLL(None)",
    "file": "open('/tmp/escaped', 'w')",
    "memory": "bytearray(400 << 20)",
}


def run(task: Task) -> Outcome:
    done = subprocess.run(COMMAND, input=msgspec.msgpack.encode(task), capture_output=True, check=True, env={})
    outcome: Outcome = msgspec.msgpack.decode(done.stdout, type=Outcome)
    return outcome


def test_a_task_goes_in_and_the_outcome_comes_out() -> None:
    found = run(Task(one("DTSTART:20261005T080000Z", "DURATION:PT1H"), VIENNA, NOW))
    assert isinstance(found, Reading)
    assert (len(found.spans), found.report.taken) == (1, 1)


def test_what_is_no_calendar_is_a_failure() -> None:
    assert run(Task(b"%PDF", VIENNA, NOW)) == Failure("not_a_calendar")


@pytest.mark.parametrize("way", ESCAPES)
def test_f2_there_is_no_way_out_of_it(way: str) -> None:
    done = subprocess.run([sys.executable, "-I", "-c", CONFINED + ESCAPES[way]], capture_output=True, check=False)
    assert done.returncode != 0
    assert b"MemoryError" in done.stderr if way == "memory" else b"ConfinedError" in done.stderr


@pytest.mark.parametrize("name", BOMBS)
def test_f2_a_hostile_file_costs_it_less_than_three_seconds_and_100_mib(name: str) -> None:
    seconds, largest = cost(Task(BOMBS[name], VIENNA, NOW))
    assert seconds < 3
    assert largest < 100 << 10


def cost(task: Task) -> tuple[float, int]:
    """The processor time of a reading process, and the most memory that it had, in KiB, as it tells at its end."""
    command = [sys.executable, "-I", "-c", TELLING]
    done = subprocess.run(command, input=msgspec.msgpack.encode(task), capture_output=True, check=True, env={})
    assert done.stdout
    seconds, status = done.stderr.decode().split("\n", 1)
    most = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return float(seconds), int(most.split()[1])
