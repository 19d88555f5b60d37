"""The figures for operators: what they say of mail, and that the site runs without them where their port is taken."""

import asyncio
import socket
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from config import Settings
from config.settings import Server
from tests.journeys.house import free_port
from tests.office import GRETA, Office
from vclass import metrics
from vclass.core import outbox
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.keys import CLOCK, DATABASE, SETTINGS

HOUR = 3600


def listening(database: Database, clock: Clock, address: str) -> AbstractAsyncContextManager[None]:
    """The listener beside no more of the application than it needs."""
    app = web.Application()
    app[DATABASE] = database
    app[CLOCK] = clock
    app[SETTINGS] = Settings(server=Server(metrics=address))
    return asynccontextmanager(metrics.listener)(app)


async def shown(client: Any) -> dict[str, int]:  # noqa: ANN401  aiohttp's
    answer = await client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line.rpartition(" ") for line in (await answer.text()).splitlines() if not line.startswith("#")]
    return {name: int(value) for name, _, value in lines}


async def test_they_tell_mail_that_waits_is_late_and_failed(office: Office, aiohttp_client: Any) -> None:  # noqa: ANN401  untyped
    client = await aiohttp_client(metrics.figures_of(office.database, office.clock))
    await office.book(attendees=(GRETA,), teachers=())
    assert (await shown(client))["vclass_mail_waiting"] == 2
    first, second = [each.leased.id for each in await office.database.read(outbox.listing)]
    await office.database.write(outbox.mark_dead, first, office.clock(), "550 no such user")
    office.clock.advance(HOUR + 1)
    assert await shown(client) == {
        "vclass_mail_waiting": 1,
        "vclass_mail_late": 1,
        'vclass_mail_undelivered{state="dead"}': 1,
        'vclass_mail_undelivered{state="bounced"}': 0,
    }
    await office.database.write(outbox.mark_sent, second, office.clock())
    await office.database.write(outbox.mark_bounced, second, office.clock(), "552 mailbox full")
    assert (await shown(client))['vclass_mail_undelivered{state="bounced"}'] == 1


async def test_h5_they_are_on_a_listener_of_their_own(office: Office) -> None:
    port = free_port(socket.SOCK_STREAM)
    async with listening(office.database, office.clock, f"127.0.0.1:{port}"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
        assert b"vclass_mail_undelivered" in await reader.read()
        writer.close()


async def test_a_port_that_is_taken_is_told_of_and_ends_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with listening(office.database, office.clock, f"127.0.0.1:{taken.getsockname()[1]}"):
            assert "set [server] metrics to another address" in caplog.text


async def test_no_address_no_listener(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    async with listening(office.database, office.clock, ""):
        assert caplog.text == ""
