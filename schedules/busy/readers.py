"""The processes that read strangers' calendars: few at once, for a few seconds each, with nothing of ours in them."""

import asyncio
import logging
import os
import sys
from typing import Final

import msgspec

from vclass.core.refusals import TooManyError
from vclass.icsreader.model import Failure, Outcome, Task

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 2
MOST_WAITING: Final = 16
SECONDS: Final = 4.5
PASSED_ON: Final = ("VCLASS_TZDATA_DIR", "SYSTEMROOT")
"""All that a reading process knows of our environment: where zones are, and what Windows needs."""

COMMAND: Final = (sys.executable, "-I", "-m", "vclass.icsreader")


class Readers:
    """Reads calendars in processes of their own.

    Args:
        most: How many at once.
        waiting: How many may wait; who would wait behind them is turned away.
        seconds: How long one may take.
    """

    def __init__(self, most: int = MOST_AT_ONCE, waiting: int = MOST_WAITING, seconds: float = SECONDS) -> None:
        self._free = asyncio.Semaphore(most)
        self._room = most + waiting
        self._seconds = seconds
        self._inside = 0

    async def read(self, task: Task) -> Outcome:
        """What is in a calendar.

        Raises:
            TooManyError: Too many wait already.
        """
        if self._inside >= self._room:
            raise TooManyError("Many calendars are being read. Try again in a few seconds.", retry_after=10)
        self._inside += 1
        try:
            async with self._free:
                return await self._read(msgspec.msgpack.encode(task))
        finally:
            self._inside -= 1

    async def _read(self, task: bytes) -> Outcome:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._seconds):
                answer, _ = await process.communicate(task)
        except TimeoutError:
            return Failure("too_slow")
        finally:
            await _ended(process)
        return _outcome(answer, process.returncode)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """See to it that nothing is left of a process."""
    if process.returncode is None:
        process.kill()
        await process.wait()


def _outcome(answer: bytes, code: int | None) -> Outcome:
    """What a process said before it ended; one that the system ended had taken too much."""
    if code is not None and code < 0:
        return Failure("too_slow")
    try:
        outcome: Outcome = msgspec.msgpack.decode(answer, type=Outcome)
    except msgspec.DecodeError:
        logger.error("a calendar could not be read", extra={"exit_code": code, "octets": len(answer)})  # noqa: TRY400  the calendar is private
        return Failure("not_a_calendar")
    return outcome
