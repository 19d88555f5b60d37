"""The way out under TLS, with logins and letters of all alphabets, against a real server with its own certificate."""

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.mail_server import MailServer
from vclass.mail import FinalError, Mail, TemporaryError, transport
from vclass.mail.smtp import _must_hide

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # TLS is there from the start
CONTENT = b"From: lessons@vclass.example\r\nSubject: hello\r\nMessage-ID: <a@vclass.example>\r\n\r\nText\r\n"
LOGIN = {"vclass": "p@ss/word"}


def parcel(recipient: str = "greta@example.org") -> Mail:
    return Mail(CONTENT, "bounce+1-a@vclass.example", recipient)


@pytest.fixture
def starttls(tls: ssl.SSLContext) -> Iterator[MailServer]:
    with MailServer(tls=tls, logins=LOGIN) as server:
        yield server


@pytest.fixture
def smtps(tls: ssl.SSLContext) -> Iterator[MailServer]:
    with MailServer(tls=tls, implicit_tls=True, logins=LOGIN) as server:
        yield server


async def send(url: str, sent: Mail) -> None:
    connection = await transport(url).connect()
    try:
        await connection.announce(sent)
        await connection.hand_over(sent)
    finally:
        connection.close()


@pytest.mark.usefixtures("trusted")
async def test_a_login_goes_through_starttls(starttls: MailServer) -> None:
    await send(f"smtp://vclass:p%40ss%2Fword@127.0.0.1:{starttls.port}", parcel())
    assert [each.raw for each in starttls.to("greta@example.org")] == [CONTENT]


@pytest.mark.usefixtures("trusted")
async def test_a_login_goes_through_tls_from_the_start(smtps: MailServer) -> None:
    await send(f"smtps://vclass:p%40ss%2Fword@127.0.0.1:{smtps.port}", parcel())
    assert len(smtps.delivered) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("server", ["starttls", "smtps"])
async def test_a_wrong_password_kills_no_mail(server: str, request: pytest.FixtureRequest) -> None:
    post: MailServer = request.getfixturevalue(server)
    scheme = "smtps" if post.implicit_tls else "smtp"
    with pytest.raises(TemporaryError, match="535"):
        await transport(f"{scheme}://vclass:wrong@127.0.0.1:{post.port}").connect()


@pytest.mark.parametrize("server", ["starttls", "smtps"])
async def test_a_server_that_nobody_vouches_for_gets_nothing(server: str, request: pytest.FixtureRequest) -> None:
    post: MailServer = request.getfixturevalue(server)
    scheme = "smtps" if post.implicit_tls else "smtp"
    with pytest.raises(TemporaryError, match=r"(?i)certificate"):
        await transport(f"{scheme}://vclass:p%40ss%2Fword@127.0.0.1:{post.port}").connect()


def test_a_password_never_leaves_this_machine_in_the_clear() -> None:
    assert must_hide("smtp://user:secret@mail.example:587")
    assert must_hide("smtp://user:secret@192.0.2.1")
    for url in (
        "smtp://mail.example",
        "smtps://user:secret@mail.example",
        "smtp://u:s@127.0.0.1",
        "smtp://u:s@localhost",
    ):
        assert not must_hide(url)


def must_hide(url: str) -> bool:
    return _must_hide(urlsplit(url))


@pytest.mark.parametrize("recipient", ["олена@пошта.example", "δοκιμή@example.org"])
async def test_an_address_in_another_alphabet_leaves_where_the_server_takes_it(recipient: str) -> None:
    with MailServer(international=True) as post:
        await send(post.url, parcel(recipient))
        assert [each.recipients for each in post.delivered] == [(recipient,)]
    with MailServer() as post:
        with pytest.raises(FinalError, match="SMTPUTF8"):
            await send(post.url, parcel(recipient))
        assert post.delivered == []


async def test_a_refused_recipient_leaves_the_connection_to_the_next() -> None:
    with MailServer() as post:
        post.tell("gone@example.org", "550 no such user")
        connection = await transport(post.url).connect()
        with pytest.raises(FinalError, match="550 no such user"):
            await connection.announce(parcel("gone@example.org"))
        assert connection.usable
        await connection.announce(parcel())
        await connection.hand_over(parcel())
        connection.close()
        assert (len(post.delivered), post.connections) == (1, 1)


async def test_a_server_that_closes_down_leaves_no_usable_connection() -> None:
    with MailServer() as post:
        post.tell("greta@example.org", "421 closing down")
        connection = await transport(post.url).connect()
        with pytest.raises(TemporaryError, match="421"):
            await connection.announce(parcel())
        assert not connection.usable
