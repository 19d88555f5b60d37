"""The listener, asked by real clients: what it takes, what it refuses, and what it bears."""

import asyncio
import socket
from collections.abc import AsyncIterator

import aiosmtplib
import pytest
import sqlalchemy as sa

from config import ConfigurationError
from schedules.answers import Incoming
from tests.mail.mails import TO, mail, multipart, reply_part, report, with_headers
from tests.office import DOMAIN, Office
from vclass.core import outbox
from vclass.core.db import DatabaseUnavailableError
from vclass.core.outbox import Effect
from vclass.mail import Inbox, listening
from vclass.mail.listener import CONNECTIONS, Door

REPLY = with_headers(multipart(reply_part()))
ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the listener says is the same on every database."""


@pytest.fixture
def answers() -> list[Incoming]:
    return []


@pytest.fixture
def inbox(office: Office, answers: list[Incoming]) -> Inbox:
    def answer(_connection: sa.Connection, incoming: Incoming, _now: int) -> None:
        answers.append(incoming)

    return Inbox(office.database, office.clock, DOMAIN, "mx.vclass.example", answer)


@pytest.fixture
async def port(inbox: Inbox) -> AsyncIterator[int]:
    async with listening("smtp://127.0.0.1:0", inbox) as bound:
        yield bound


async def deliver(port: int, content: bytes, to: str = TO, sender: str = "greta@example.org") -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        await client.mail(sender)
        await client.rcpt(to)
        await client.data(content)


async def refusal(port: int, content: bytes, to: str = TO) -> str:
    with pytest.raises(aiosmtplib.SMTPResponseException) as caught:
        await deliver(port, content, to)
    return f"{caught.value.code} {caught.value.message}"


async def test_a_reply_is_taken_once_however_often_it_comes(port: int, answers: list[Incoming]) -> None:
    await deliver(port, REPLY)
    await deliver(port, REPLY)
    assert [(each.recipient, each.envelope_sender) for each in answers] == [(TO, "greta@example.org")]


async def test_the_same_mail_without_a_name_is_taken_once(port: int, answers: list[Incoming]) -> None:
    for body in ("x", "x", "y"):
        await deliver(port, mail("text/calendar", body, Message_ID=""))
    assert [each.parts[0].content.strip() for each in answers] == [b"x", b"y"]


@ONCE
@pytest.mark.parametrize("to", ["lessons@vclass.example", "b-x@other.example", "postmaster@vclass.example", "b-@x"])
async def test_other_addresses_are_refused_at_once(port: int, to: str) -> None:
    assert (await refusal(port, REPLY, to)).startswith("550 5.1.1")


@ONCE
async def test_a_second_recipient_comes_in_a_transaction_of_its_own(port: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        await client.mail("greta@example.org")
        await client.rcpt(TO)
        with pytest.raises(aiosmtplib.SMTPRecipientRefused, match="452"):
            await client.rcpt(f"b-other@{DOMAIN}")


async def sent_row(office: Office) -> outbox.Leased:
    effect = Effect("lesson-mail", "k", "l", "greta@example.org", {})
    await office.database.write(outbox.put, [effect], office.clock())
    (row,) = await office.database.write(outbox.lease, office.clock())
    await office.database.write(outbox.mark_sent, row.id, office.clock())
    return row


async def test_r13_a_report_marks_the_mail_of_its_return_path(
    port: int, office: Office, answers: list[Incoming]
) -> None:
    row = await sent_row(office)
    await deliver(port, report(to=f"bounce+{row.return_token}@{DOMAIN}"), f"bounce+{row.return_token}@{DOMAIN}", "")
    (standing,) = await office.database.read(outbox.listing)
    assert (standing.bounced_at, standing.bounce_reason) == (office.clock(), "5.1.1 550 no such user")
    assert answers == []


@pytest.mark.parametrize("what", ["delayed", "foreign", "to the lesson", "out of office"])
async def test_r13_other_returns_mark_nothing(port: int, office: Office, answers: list[Incoming], what: str) -> None:
    row = await sent_row(office)
    path = f"bounce+{row.return_token}@{DOMAIN}"
    content, to = {
        "delayed": (report("delayed"), path),
        "foreign": (report(), f"bounce+{row.id}-0000000000000000@{DOMAIN}"),
        "to the lesson": (report(), TO),
        "out of office": (mail("text/plain", "I am away.", Auto_Submitted="auto-replied"), path),
    }[what]
    await deliver(port, content, to, "")
    (standing,) = await office.database.read(outbox.listing)
    assert standing.bounced_at is None
    assert answers == []


@ONCE
@pytest.mark.timeout(180)
async def test_case_39_a_mail_of_30_mb_is_taken_and_changes_nothing(port: int, answers: list[Incoming]) -> None:
    line = "x" * 76 + "\r\n"
    await deliver(port, mail("text/calendar", line * (30_000_000 // 78)))
    assert answers == []
    await deliver(port, REPLY)
    assert len(answers) == 1


@ONCE
async def test_a_mail_that_is_announced_as_larger_is_refused(port: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        with pytest.raises(aiosmtplib.SMTPSenderRefused, match="552"):
            await client.mail("greta@example.org", options=["SIZE=60000000"])


@ONCE
async def test_one_connection_too_many_is_put_off_and_the_others_go_on(port: int) -> None:
    clients = [aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) for _ in range(CONNECTIONS)]
    for each in clients:
        await each.connect()
    with pytest.raises(aiosmtplib.SMTPException, match="421"):
        await aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False).connect()
    for each in clients:
        await each.quit()
    await deliver(port, REPLY)


@ONCE
async def test_who_breaks_off_in_the_middle_harms_nobody(port: int, answers: list[Incoming]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for said in (
        b"EHLO x\r\n",
        b"MAIL FROM:<a@x.example>\r\n",
        f"RCPT TO:<{TO}>\r\n".encode(),
        b"DATA\r\nSubject: x\r\n",
    ):
        await reader.readuntil(b"\n")
        writer.write(said)
    writer.close()
    await deliver(port, REPLY)
    assert len(answers) == 1


@ONCE
async def test_lmtp_is_spoken_too(inbox: Inbox, answers: list[Incoming]) -> None:
    async with listening("lmtp://127.0.0.1:0", inbox) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.readline()
        for said in (b"LHLO mx\r\n", b"MAIL FROM:<greta@example.org>\r\n", f"RCPT TO:<{TO}>\r\n".encode(), b"DATA\r\n"):
            writer.write(said)
            assert (await last_line(reader))[:1] in (b"2", b"3")
        writer.write(REPLY + b"\r\n.\r\n")
        assert await last_line(reader) == b"250 2.0.0 taken\r\n"
        writer.close()
    assert len(answers) == 1


async def last_line(reader: asyncio.StreamReader) -> bytes:
    while (line := await reader.readline())[3:4] == b"-":
        pass
    return line


@ONCE
@pytest.mark.parametrize("error", [DatabaseUnavailableError("away"), RuntimeError("a fault of ours")])
async def test_what_cannot_be_taken_now_is_to_be_delivered_again(office: Office, error: Exception) -> None:
    tries = [error]

    def answer(_connection: sa.Connection, _incoming: Incoming, _now: int) -> None:
        if tries:
            raise tries.pop()

    inbox = Inbox(office.database, office.clock, DOMAIN, "", answer)
    async with listening("smtp://127.0.0.1:0", inbox) as port:
        assert (await refusal(port, REPLY)).startswith("451")
        await deliver(port, REPLY)
    assert tries == []


@ONCE
async def test_a_port_that_is_taken_is_told_of(inbox: Inbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(ConfigurationError, match="can't listen"):
        async with listening(f"smtp://127.0.0.1:{other.getsockname()[1]}", inbox):
            pass


@ONCE
async def test_the_end_closes_connections_that_are_open(inbox: Inbox) -> None:
    async with listening("smtp://127.0.0.1:0", inbox) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
    assert await reader.read() == b""
    writer.close()


def test_the_door_knows_its_domain(inbox: Inbox) -> None:
    assert Door(inbox).domain == DOMAIN
