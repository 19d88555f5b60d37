"""A joined view is made in a process of its own, which has little priority and no part in the server's life."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

logger: Final = logging.getLogger(__name__)

NAME: Final = "joined.webm"
SILENCE_SECONDS: Final = 120
"""A process that says nothing for so long hangs."""

Progress = Callable[[int], Awaitable[bool]]


async def join(folder: Path, progress: Progress) -> None:
    """Makes the view and tells how far it is, in percent; ends the process when nobody wants it any more."""
    command = (sys.executable, "-m", "vclass.recordings.joined", str(folder))
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    try:
        await _follow(process, progress)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        told = (await errors).decode(errors="replace").strip()
        if process.returncode:
            logger.warning("joined view failed", extra={"recording": folder.name, "reason": told[-500:]})


async def _follow(process: asyncio.subprocess.Process, progress: Progress) -> None:
    assert process.stdout is not None
    try:
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                line = await process.stdout.readline()
            if not line or not await progress(int(line)):
                return
    except TimeoutError:
        logger.warning("joined view hangs")
