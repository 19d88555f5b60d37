"""``vclass worker``: media for a server on another machine."""

import asyncio
import logging
import signal

from config.settings import Media
from signaling.sfu import SfuSettings
from signaling.workers import Outpost, Place

logger = logging.getLogger(__name__)


async def run(settings: Media) -> None:
    """Wait for supervisors and work for them; SIGINT and SIGTERM give the rooms away first.

    Raises:
        ConfigurationError: No place to listen, or no secret.
    """
    outpost = Outpost(SfuSettings.of(settings), Place.of(settings.worker_listen, settings.worker_secret))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, outpost.end)
    await outpost.run(lambda port: logger.info("listening for a supervisor", extra={"port": port}))
