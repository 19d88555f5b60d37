"""Rule E5: a datagram from an address without an authenticated check never reaches a handshake."""

import asyncio
import itertools
import secrets
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from signaling.sfu import stun
from signaling.sfu.engine.plain import PlainEngine
from signaling.sfu.mux import Mux
from signaling.sfu.paths import Path
from signaling.sfu.secure import is_dtls_record
from signaling.sfu.sockets import Port, bind
from signaling.sfu.srtp import Keys
from tests.signaling.sfu.clients import Lesson, until

JOINS = 20
PASSWORD = "p" * 24


def record(content: int, body: bytes) -> bytes:
    """One DTLS 1.2 record of epoch 0 (RFC 6347 4.1)."""
    return struct.pack("!BHHHIH", content, 0xFEFD, 0, 0, 1, len(body)) + body


CLIENT_HELLO = record(22, bytes((1,)) + bytes(11) + bytes.fromhex("fefd") + secrets.token_bytes(64))
FATAL_ALERT = record(21, bytes((2, 40)))
CLOSE_NOTIFY = record(21, bytes((1, 0)))


def foreign_check(ufrag: str) -> bytes:
    """A check by somebody who read the ufrag but doesn't know the password."""
    attributes = {stun.USERNAME: f"{ufrag}:evil".encode(), stun.USE_CANDIDATE: b""}
    return stun.build(stun.BINDING_REQUEST, secrets.token_bytes(12), attributes, "guessed-password-of-24-ch")


@asynccontextmanager
async def attack(address: tuple[str, int], per_second: int = 1000) -> AsyncIterator[list[int]]:
    """A foreign socket that floods the port; yields how many datagrams it has sent."""
    sent = [0]

    async def flood() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as foreign:
            started = time.monotonic()
            for shot in itertools.cycle((CLIENT_HELLO, FATAL_ALERT, CLOSE_NOTIFY, b"")):
                while sent[0] > (time.monotonic() - started) * per_second:  # noqa: ASYNC110 - a pace, no event
                    await asyncio.sleep(0.002)
                foreign.sendto(shot or secrets.token_bytes(200), address)
                sent[0] += 1

    task = asyncio.create_task(flood())
    yield sent
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_e5_twenty_of_twenty_joins_succeed_under_attack(lesson: Lesson) -> None:
    async with attack(lesson.sfu.addresses[0]) as sent:
        for number in range(JOINS):
            client = await lesson.client(f"p{number}").slots(1, ("audio",)).join()
            await lesson.reach(f"p{number}", "live")
            await client.close()
        assert lesson.sfu.figures().packets_refused > sent[0] * 0.5
    assert sum(lesson.states(f"p{number}")[:2] == ["connecting", "live"] for number in range(JOINS)) == JOINS


class Witness:
    """A peer that remembers what reached it."""

    def __init__(self) -> None:
        self.keys: Keys | None = None
        self.reached: list[bytes] = []

    def password(self, _: str) -> str | None:
        return PASSWORD

    def checked(self, path: Path, ufrag: str, now: float) -> None:
        del path, now
        self.reached.append(ufrag.encode())

    def lost(self, path: Path) -> None:
        raise AssertionError(path)

    def dtls_arrived(self, path: Path, data: bytes) -> None:
        del path
        self.reached.append(data)

    def rtp_arrived(self, path: Path, packet: bytes, now: float) -> None:
        raise AssertionError(path, packet, now)

    def rtcp_arrived(self, path: Path, data: bytes, now: float) -> None:
        raise AssertionError(path, data, now)


@pytest.fixture
async def mux() -> AsyncIterator[Mux]:
    mux = Mux(PlainEngine())
    mux.open([Port("127.0.0.1", bind("127.0.0.1", 0), None)])
    yield mux
    mux.close()


async def say(mux: Mux, foreign: socket.socket, *datagrams: bytes) -> None:
    """Sends datagrams and waits until the mux has read them."""
    before = mux.received
    for each in datagrams:
        foreign.sendto(each, (mux.links[0].address, mux.links[0].port))
    await until(lambda: mux.received == before + len(datagrams))


async def test_e5_only_an_authenticated_check_opens_the_way(mux: Mux) -> None:
    witness = Witness()
    mux.expect("ours", witness)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        await say(mux, other, CLIENT_HELLO, FATAL_ALERT, foreign_check("ours"), CLIENT_HELLO)
        assert (witness.reached, mux.refused) == ([], 4)
        attributes = {stun.USERNAME: b"ours:theirs"}
        await say(mux, other, stun.build(stun.BINDING_REQUEST, bytes(12), attributes, PASSWORD), CLIENT_HELLO)
    assert witness.reached == [b"ours", CLIENT_HELLO]


async def test_e5_a_checked_path_lets_no_misshapen_record_through(mux: Mux) -> None:
    witness = Witness()
    mux.expect("ours", witness)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        check = stun.build(stun.BINDING_REQUEST, bytes(12), {stun.USERNAME: b"ours:theirs"}, PASSWORD)
        await say(mux, peer, check, CLIENT_HELLO[:-1], b"\x16" * 40, b"\x80" + bytes(40))
    assert witness.reached == [b"ours"]


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        (CLIENT_HELLO, True),
        (FATAL_ALERT + CLOSE_NOTIFY, True),
        (b"\x2f" + bytes(20), True),
        (b"\x2f" + bytes(5), False),
        (b"", False),
        (CLIENT_HELLO + b"\x00", False),
        (b"\x16\x03\x03" + CLIENT_HELLO[3:], False),
    ],
    ids=["hello", "two alerts", "unknown", "cut short", "empty", "one octet more", "plain TLS"],
)
def test_the_shape_of_dtls_records(data: bytes, fits: bool) -> None:
    assert is_dtls_record(data) is fits
