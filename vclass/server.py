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

from vclass.core.loops import new_runner

logger = logging.getLogger(__name__)

KEEPALIVE_SECONDS = 20
SHUTDOWN_SECONDS = 25
SWITCH_SECONDS = 0.001
"""The event loop waits so long for a thread that computes, and not the interpreter's 5 ms, each time it has work."""

Ready: TypeAlias = Callable[[], Awaitable[None]]


async def serve(
    app: web.Application, host: str, port: int, *, ready: Ready | None = None, tls: ssl.SSLContext | None = None
) -> None:
    """Serve until SIGINT or SIGTERM; then finish requests, tell sockets to come again, close everything.

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
    finally:
        logger.info("stopping")
        await runner.cleanup()


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
