"""``python -m signaling.workers --name NAME --fd N SETTINGS``: a worker on a socket that it was born with."""

import argparse
import asyncio
import signal
import socket

import msgspec

from config.logging import configure
from signaling.sfu import SfuSettings
from signaling.workers.worker import Worker
from vclass.core.loops import new_runner


async def work(settings: SfuSettings, inherited: socket.socket) -> None:
    """Work on a connected stream socket; SIGTERM drains."""
    loop = asyncio.get_running_loop()
    worker = Worker(settings)
    await loop.create_unix_connection(lambda: worker.pipe, sock=inherited)
    loop.add_signal_handler(signal.SIGTERM, worker.drain)
    await worker.run()


def main() -> None:
    """Run the worker that the command line describes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the supervisor, too, which ends us in order
    parser = argparse.ArgumentParser(prog="python -m signaling.workers")
    parser.add_argument("--name", required=True, help="for people who look at the list of processes")
    parser.add_argument("--fd", type=int, required=True, help="the connected socket")
    parser.add_argument("settings", help="SfuSettings as JSON")
    options = parser.parse_args()
    configure()
    settings = msgspec.json.decode(options.settings, type=SfuSettings)
    with new_runner() as runner:
        runner.run(work(settings, socket.socket(fileno=options.fd)))


if __name__ == "__main__":
    main()
