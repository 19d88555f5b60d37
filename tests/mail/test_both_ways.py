"""The whole server: an invitation leaves, its reader's calendar answers, and the answer counts."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from config import ConfigurationError
from config.settings import Mail
from schedules.answers.tables import answer
from tests.houses import three_houses
from tests.mail.mails import multipart, reply_part, report, with_headers
from tests.mail_server import Delivered, MailServer, free_port
from tests.schedules.ical.examples import lines
from tests.schedules.ical.replies import reply
from tests.support import SettableClock
from tests.web.api import Api, settings
from vclass.app import create_app
from vclass.core import outbox
from vclass.core.keys import DATABASE
from vclass.web.limits import Limits

GRETA = "greta@example.org"


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def door() -> int:
    return free_port()


@pytest.fixture
async def api(
    sqlite_url: str,
    tmp_path: Path,
    aiohttp_client: Any,  # noqa: ANN401  untyped
    clock: SettableClock,
    post: MailServer,
    door: int,
) -> Api:
    usual = settings(tmp_path, sqlite_url)
    mail = Mail(smtp_url=post.url, sender="vclass <lessons@vclass.example>", inbound=f"lmtp://127.0.0.1:{door}")
    app = create_app(msgspec.structs.replace(usual, mail=mail), clock=clock, limits=Limits.lifted())
    client = await aiohttp_client(app)
    world = await client.app[DATABASE].write(three_houses)
    return Api(client, world, clock)


async def invitation(api: Api, post: MailServer) -> Delivered:
    await api.booked()
    await post.taken(4)
    (found,) = post.to(GRETA)
    return found


async def hand_over(door: int, content: bytes, recipient: str, sender: str = GRETA) -> None:
    """As a mail server does over LMTP."""
    start = (b"LHLO mx", f"MAIL FROM:<{sender}>".encode(), f"RCPT TO:<{recipient}>".encode(), b"DATA")
    reader, writer = await asyncio.open_connection("127.0.0.1", door)
    try:
        await reader.readline()
        for said in (*start, content + b"\r\n."):
            writer.write(said + b"\r\n")
            while (line := await reader.readline())[3:4] == b"-":
                pass
            assert line[:1] in (b"2", b"3"), line
    finally:
        writer.close()
        await writer.wait_closed()


async def test_an_answer_to_the_organizer_of_an_invitation_counts(api: Api, post: MailServer, door: int) -> None:
    invited = await invitation(api, post)
    assert "RSVP=TRUE" in "".join(lines(invited.calendar, "ATTENDEE"))
    organizer = lines(invited.calendar, "ORGANIZER")[0].rpartition("mailto:")[2]
    uid = lines(invited.calendar, "UID")[0].partition(":")[2]
    answered = reply(partstat="ACCEPTED", uid=uid, attendee=GRETA, dtstamp="20261201T100000Z")
    await hand_over(door, with_headers(multipart(reply_part(content=answered)), From=GRETA), organizer)
    given = await api.database.read(lambda connection: connection.execute(sa.select(answer.c.partstat)).scalars().all())
    assert given == ["ACCEPTED"]


async def test_a_mail_that_comes_back_to_its_return_path_is_marked(api: Api, post: MailServer, door: int) -> None:
    invited = await invitation(api, post)
    await hand_over(door, report(to=invited.sender), invited.sender, "")
    rows = await api.database.read(outbox.listing)
    assert {each.leased.recipient for each in rows if each.bounced_at} == {GRETA}


async def test_nothing_but_answers_and_reports_is_taken(api: Api, post: MailServer, door: int) -> None:
    await invitation(api, post)
    with pytest.raises(AssertionError, match="550"):
        await hand_over(door, b"Subject: hello\r\n\r\nText", "lessons@vclass.example")


def test_a_way_in_that_nobody_knows_stops_the_start(tmp_path: Path) -> None:
    wrong = msgspec.structs.replace(settings(tmp_path), mail=Mail(smtp_url="outbox:", inbound="pop3://x"))
    with pytest.raises(ConfigurationError, match="inbound is lmtp"):
        create_app(wrong)
