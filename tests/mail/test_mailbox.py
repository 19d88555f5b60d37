"""The mailbox, on a real IMAP server: what is taken is marked, what can't be is set aside, and one process looks."""

import imaplib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from schedules.answers import Incoming
from tests import dovecot
from tests.mail.mails import TO, mail, multipart, reply_part, with_headers
from tests.needs import need_dovecot
from tests.office import DOMAIN, Office
from vclass.core.db import Database, DatabaseUnavailableError
from vclass.mail import Inbox, Mailbox, poll
from vclass.mail.incoming import LONGEST
from vclass.mail.mailbox import LOCK, envelope_of

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def imap(certificate: tuple[Path, Path], trusted: None) -> Iterator[dovecot.Imap]:  # noqa: ARG001  TLS is checked
    need_dovecot()
    with (
        tempfile.TemporaryDirectory(prefix="vclass-imap-") as folder,
        dovecot.running(Path(folder), certificate) as server,
    ):
        yield server


class Reader:
    """Takes answers down in a list; stumbles over some of them."""

    def __init__(self, office: Office) -> None:
        self.taken: list[str] = []
        self.stumbles: dict[str, Exception] = {}
        self.inbox = Inbox(office.database, office.clock, DOMAIN, "", self._answer)

    def _answer(self, _connection: sa.Connection, incoming: Incoming, _now: int) -> None:
        if incoming.message_id in self.stumbles:
            raise self.stumbles[incoming.message_id]
        self.taken.append(incoming.message_id)


@pytest.fixture
def reader(office: Office) -> Reader:
    return Reader(office)


def reply(number: int) -> bytes:
    headers = {"Message_ID": f"<{number}@x>", "Return_Path": "<greta@example.org>", "Delivered_To": TO}
    return with_headers(multipart(reply_part()), **headers)


async def test_what_is_new_is_taken_once_and_marked(imap: dovecot.Imap, office: Office, reader: Reader) -> None:
    imap.put(reply(1), "1")
    imap.put(mail("text/plain", "Hello"), "2")
    assert await poll(Mailbox(imap.url), office.database, reader.inbox) == 2
    assert (imap.flags("1"), imap.flags("2")) == ("S", "S")
    imap.put(reply(3), "3")
    assert await poll(Mailbox(imap.url), office.database, reader.inbox) == 1
    assert reader.taken == ["<1@x>", "<3@x>"]


@ONCE
async def test_a_mail_that_we_stumble_over_is_set_aside(imap: dovecot.Imap, office: Office, reader: Reader) -> None:
    reader.stumbles["<1@x>"] = RuntimeError("poison")
    imap.put(reply(1), "1")
    imap.put(reply(2), "2")
    assert await poll(Mailbox(imap.url), office.database, reader.inbox) == 1
    assert (imap.flags("1"), imap.flags("2")) == ("F", "S")
    assert await poll(Mailbox(imap.url), office.database, reader.inbox) == 0


@ONCE
async def test_nothing_is_marked_before_it_is_committed(imap: dovecot.Imap, office: Office, reader: Reader) -> None:
    reader.stumbles["<1@x>"] = DatabaseUnavailableError("away")
    imap.put(reply(1), "1")
    with pytest.raises(DatabaseUnavailableError):
        await poll(Mailbox(imap.url), office.database, reader.inbox)
    assert imap.flags("1") == ""
    reader.stumbles.clear()
    assert await poll(Mailbox(imap.url), office.database, reader.inbox) == 1
    assert reader.taken == ["<1@x>"]


@ONCE
async def test_case_39_of_a_mail_of_30_mb_the_headers_are_looked_at(
    imap: dovecot.Imap, office: Office, reader: Reader
) -> None:
    imap.put(with_headers(multipart(reply_part(), b"\r\n" + b"x" * LONGEST)), "1")
    imap.put(reply(2), "2")
    assert await poll(Mailbox(imap.url), office.database, reader.inbox) == 2
    assert reader.taken == ["<2@x>"]
    assert imap.flags("1") == "S"


@ONCE
@pytest.mark.parametrize(("right", "wrong"), [("word", "wrong"), ("/INBOX", "/No folder")])
async def test_a_mailbox_that_does_not_open_is_told_of(
    imap: dovecot.Imap, office: Office, reader: Reader, right: str, wrong: str
) -> None:
    with pytest.raises(imaplib.IMAP4.error):
        await poll(Mailbox(imap.url.replace(right, wrong)), office.database, reader.inbox)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_of_several_processes_one_looks(
    imap: dovecot.Imap, office: Office, reader: Reader, database_url: str
) -> None:
    other = Database(database_url)
    imap.put(reply(1), "1")
    async with other.alone(LOCK) as ours:
        assert ours
        assert await poll(Mailbox(imap.url), office.database, reader.inbox) == 0
    assert await poll(Mailbox(imap.url), office.database, reader.inbox) == 1
    await other.close()


def test_the_envelope_is_what_the_delivering_server_wrote() -> None:
    bounced = with_headers(b"\r\n", Return_Path="<>", Delivered_To=f"bounce+1-a@{DOMAIN}", To="someone@example.org")
    assert envelope_of(bounced, DOMAIN) == ("", f"bounce+1-a@{DOMAIN}")
    assert envelope_of(reply(1), DOMAIN) == ("greta@example.org", TO)
    assert envelope_of(b"To: x@example.org\r\n\r\n", DOMAIN) == ("", "")
