"""The clockwork: APScheduler as a metronome only; each job is idempotent and asks the tables what is due."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from config.settings import Retention
from vclass.core import audit, idempotency, inbox, leases, outbox
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.mail import Postman
from vclass.people import forget_expired

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

logger = logging.getLogger(__name__)

MAIL_SECONDS = 1
TIDY_SECONDS = 3600
DAY = 24 * 3600
KEPT = Retention()


class Clockwork:
    """Runs each job at its interval, one at a time, late rather than never."""

    def __init__(self, scheduler: "AsyncIOScheduler") -> None:
        self._scheduler = scheduler

    def every(self, seconds: int, name: str, job: Callable[[], Awaitable[object]]) -> None:
        options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(_survive, "interval", seconds=seconds, args=(name, job), id=name, **options)

    def once(self, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """Run a job now: the time zone database, say, is another one only after a start."""
        self._scheduler.add_job(_survive, args=(name, job), id=name, misfire_grace_time=None)


@asynccontextmanager
async def running(
    database: Database, clock: Clock, postman: Postman, retention: Retention = KEPT
) -> AsyncIterator[Clockwork]:
    """The clockwork of one process, until the block ends."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415  heavy: after the first answer

    scheduler = AsyncIOScheduler(timezone="UTC")
    clockwork = Clockwork(scheduler)
    clockwork.every(MAIL_SECONDS, "mail", postman.deliver_due)
    clockwork.every(TIDY_SECONDS, "tidy", lambda: database.write(tidy, retention, clock()))
    scheduler.start()
    try:
        yield clockwork
    finally:
        scheduler.shutdown(wait=False)
        await asyncio.sleep(0)


def tidy(connection: sa.Connection, retention: Retention, now: int) -> None:
    """Delete what is over: sessions, links and keys at once, mail that has left and the audit log when they are old."""
    forget_expired(connection, now)
    idempotency.forget_old(connection, now)
    inbox.forget(connection, now)
    leases.forget(connection, now - DAY)
    outbox.forget(connection, now - retention.outbox_days * DAY)
    audit.forget(connection, now - retention.audit_days * DAY)


async def _survive(name: str, job: Callable[[], Awaitable[object]]) -> None:
    """A job that fails is told of and runs again at its next beat; one that the end of the process cuts short, too."""
    try:
        await job()
    except asyncio.CancelledError:
        logger.info("job cut short; its leases run out", extra={"job": name})
    except Exception:
        logger.exception("job failed", extra={"job": name})
