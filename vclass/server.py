"""Runs the application until it is told to stop: sockets, signals, a graceful end."""

import asyncio
import contextlib
import gc
import logging
import signal
import ssl
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

from aiohttp import web

from vclass.core.keys import SETTINGS, STOPPING
from vclass.core.loops import new_runner

logger = logging.getLogger(__name__)

KEEPALIVE_SECONDS = 20
SHUTDOWN_SECONDS = 10
"""No answer takes longer (the database has its limits): what is then not over isn't waited for."""
SWITCH_SECONDS = 0.001
"""The event loop waits so long for a thread that computes, and not the interpreter's 5 ms, each time it has work."""

Ready: TypeAlias = Callable[[], Awaitable[None]]


async def serve(
    app: web.Application, host: str, port: int, *, ready: Ready | None = None, tls: ssl.SSLContext | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; then be unready, finish requests, tell sockets to come again, close everything.

    Args:
        app: From ``create_app``.
        host: Address to listen on.
        port: TCP port.
        ready: Called once the port answers.
        tls: For a server that speaks TLS by itself.
    """
    stop = _stop_event()
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEPALIVE_SECONDS, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        logger.info("serving", extra={"host": host, "port": port})
        settle()
        if ready is not None:
            await ready()
        await stop.wait()
        await _say_goodbye(app)
    finally:
        logger.info("stopping")
        await runner.cleanup()


async def _say_goodbye(app: web.Application) -> None:
    """For as long as the settings say, nobody new is sent here, and who comes all the same is still served."""
    app[STOPPING].set()
    await asyncio.sleep(app[SETTINGS].server.unready_seconds)


def settle() -> None:
    """Keep the event loop's stalls short from now on: what has been made by now is no longer searched for garbage."""
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run the server's coroutine."""
    with new_runner() as runner:
        runner.run(main)
