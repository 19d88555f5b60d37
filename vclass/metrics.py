"""Figures for Prometheus at ``/metrics``, on a listener of its own: operators read them, the world doesn't (H5)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from urllib.parse import urlsplit

import sqlalchemy as sa
from aiohttp import web

from vclass.core import failures, outbox
from vclass.core.clock import Clock
from vclass.core.db import Database, DatabaseUnavailableError
from vclass.core.gauge import Gauge
from vclass.core.keys import CLOCK, DATABASE, SETTINGS
from vclass.core.zones import Instant
from vclass.media_gauges import media_gauges
from vclass.web.pages.keys import LIVE

logger = logging.getLogger(__name__)

LATE_SECONDS = 3600
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNAVAILABLE = 503


async def listener(app: web.Application) -> AsyncIterator[None]:
    """Serve the figures of an application while it runs; where the address can't be had, it runs without them.

    For ``cleanup_ctx``.
    """
    address = app[SETTINGS].server.metrics
    if not address:
        yield
        return
    at = urlsplit(f"//{address}")
    runner = web.AppRunner(figures_of(app[DATABASE], app[CLOCK], partial(_here, app)), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, at.hostname, at.port).start()
    except OSError as error:
        logger.warning("no metrics: set [server] metrics to another address", extra={"error": str(error)})
    try:
        yield
    finally:
        await runner.cleanup()


def _here(app: web.Application) -> tuple[Gauge, ...]:
    """What only the process itself knows."""
    live = app.get(LIVE)
    tasks = Gauge("vclass_tasks", "Tasks that the server runs.", (("", len(asyncio.all_tasks())),))
    return (tasks, *(media_gauges(live) if live else ()))


def figures_of(database: Database, clock: Clock, here: Callable[[], tuple[Gauge, ...]] = tuple) -> web.Application:
    """The one page of that listener."""

    async def metrics(_request: web.Request) -> web.Response:
        try:
            found = await database.read(gauges, clock())
        except DatabaseUnavailableError:
            return web.Response(status=UNAVAILABLE)
        text = "".join(f"{line}\n" for each in (*found, *here()) for line in each.lines())
        return web.Response(body=text.encode(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get("/metrics", metrics)
    return app


def gauges(connection: sa.Connection, now: Instant) -> tuple[Gauge, ...]:
    """What becomes of mail."""
    late, _ = outbox.backlog(connection, now - LATE_SECONDS)
    waiting, _ = outbox.backlog(connection, now + 1)
    dead, bounced = failures.tally(connection)
    undelivered = (('{state="dead"}', dead), ('{state="bounced"}', bounced))
    return (
        Gauge("vclass_mail_waiting", "Mails that are to be sent.", (("", waiting),)),
        Gauge("vclass_mail_late", "Mails that have waited for over an hour.", (("", late),)),
        Gauge("vclass_mail_undelivered", "Mails that failed and with which nobody has dealt.", undelivered),
    )
