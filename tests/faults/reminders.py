"""Hundreds of reminders due in one second, two servers on one database, one of them killed while it sends.

``python -m tests.faults.reminders --reminders 500`` prints what arrived as JSON. The lessons are booked days before;
then the servers start again with clocks that are about to reach the second. What the killed one had taken leaves once
its lease has run out, from a server whose clock is as much later.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp

from config import load
from tests.faults.kill import PATIENCE_WITH_MAIL, delivered, place
from tests.mail_server import Delivered, MailServer
from tests.processes import Installation, end, start
from vclass import server
from vclass.app import create_app
from vclass.core.clock import shifted_clock, system_clock
from vclass.core.outbox import LEASE_SECONDS
from vclass.core.zones import local

DAY: Final = 24 * 3600
ZONE: Final = "Europe/Vienna"
A_LESSON: Final = 100
"""So many people come to each lesson, the teacher among them."""
BEFORE_SECONDS: Final = 24
"""So long before the second the servers start: both have written reminders by then, or tried to."""
KILLED_AFTER: Final = 0.2
"""Which part of them has arrived when a server is killed."""


async def play(there: Installation, post: MailServer, number: int) -> dict[str, float]:
    """Book, wait for the second, kill, start again, and count what arrived."""
    begins = (system_clock() + 3 * DAY) // 300 * 300
    await book_all(there, number, begins)
    offset = begins - DAY - BEFORE_SECONDS - system_clock()
    servers = [await start(there, each, *command(there, each, offset)) for each in range(len(there.ports))]
    try:
        await reached(post, round(number * KILLED_AFTER))
        servers[0].kill()
        await servers[0].wait()
        await end(servers[1])
        servers = [await start(there, 0, *command(there, 0, offset + LEASE_SECONDS))]
        await reached(post, number)
    finally:
        for each in servers:
            await end(each)
    return counted(post)


def command(there: Installation, number: int, offset: int) -> tuple[str, ...]:
    return ("-m", "tests.faults.reminders", "--serve", str(there.config(number)), "--offset", str(offset))


async def book_all(there: Installation, number: int, begins: int) -> None:
    """Lessons at one time, and their invitations sent."""
    process = await start(there)
    try:
        async with aiohttp.ClientSession() as session:
            for first in range(0, number, A_LESSON):
                await book(session, there, first, min(A_LESSON, number - first), str(local(begins, ZONE)))
        await delivered(there)
    finally:
        await end(process)


async def book(session: aiohttp.ClientSession, there: Installation, first: int, people: int, starts: str) -> None:
    who = there.bookers[first // A_LESSON]
    body: dict[str, Any] = {
        "title": "Joint seminar",
        "zone": ZONE,
        "start": starts,
        "minutes": 60,
        "teachers": [who.email],
        "attendees": [{"email": f"guest@university{first + each}.example"} for each in range(people - 1)],
        "closures": "ignore",
    }
    headers = {"Authorization": f"Bearer {who.token}"}
    async with session.post(f"{there.url(0)}/api/v1/lessons", json=body, headers=headers) as answer:
        assert answer.status == 201, await answer.text()


def reminders(post: MailServer) -> list[Delivered]:
    return [each for each in post.delivered if each.message["List-Unsubscribe"] is not None]


async def reached(post: MailServer, number: int) -> None:
    """Wait until so many people have got theirs; the other side lives in another thread, and gives no sign."""
    async with asyncio.timeout(PATIENCE_WITH_MAIL):
        while len({each.recipients for each in reminders(post)}) < number:  # noqa: ASYNC110  see above
            await asyncio.sleep(0.01)


def counted(post: MailServer) -> dict[str, float]:
    """Who got how many, and under how many Message-IDs each."""
    ids = defaultdict(list)
    for each in reminders(post):
        ids[each.recipients].append(each.message_id)
    return {
        "reminded": len(ids),
        "mails_twice": sum(len(each) - 1 for each in ids.values()),
        "mails_with_two_ids": sum(len(set(each)) > 1 for each in ids.values()),
    }


def serve(config: Path, offset: int) -> None:
    """The same installation, some days later."""
    settings = load(config).settings
    app = create_app(settings, clock=shifted_clock(offset))
    server.run(server.serve(app, settings.server.host, settings.server.port))


def run(number: int) -> dict[str, float]:
    """Play on an installation with two servers and PostgreSQL, which is thrown away."""
    with (
        tempfile.TemporaryDirectory() as folder,
        MailServer() as post,
        place("postgres", Path(folder), post.url, 2) as there,
    ):
        return asyncio.run(play(there, post, number))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Kill a server while it reminds, and count what arrived.")
    parser.add_argument("--reminders", type=int, default=500)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--offset", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve, options.offset)
        return 0
    figures = run(options.reminders)
    print(json.dumps(figures))
    return int(
        figures["reminded"] != options.reminders or figures["mails_twice"] > 1 or figures["mails_with_two_ids"] > 0
    )


if __name__ == "__main__":
    sys.exit(main())
