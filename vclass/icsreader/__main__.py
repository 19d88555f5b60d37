"""The reading process: a task comes in at standard input, the outcome goes out at standard output."""

import sys

import msgspec

from vclass.icsreader.confinement import confine
from vclass.icsreader.model import Failure, Outcome, Task
from vclass.icsreader.reading import read


def main() -> None:
    """Read one calendar and end."""
    confine()
    task = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Task)
    sys.stdout.buffer.write(msgspec.msgpack.encode(_outcome(task)))


def _outcome(task: Task) -> Outcome:
    try:
        return read(task)
    except MemoryError:
        return Failure("too_large")


if __name__ == "__main__":
    main()
