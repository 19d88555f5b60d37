"""The event loop on which every process of ours runs: uvloop's, where there is one."""

import asyncio
import sys


def new_runner() -> asyncio.Runner:
    """A runner of that loop."""
    if sys.platform == "win32":
        return asyncio.Runner()
    import uvloop  # noqa: PLC0415  not made for Windows

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)
