"""Media over TCP: who is let in, who is hung up on, and what becomes of those who read slowly."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from signaling import media
from signaling.media import PeerId
from signaling.sfu import SfuSettings
from signaling.sfu.framing import framed
from signaling.sfu.settings import TcpLimits
from tests.benchmarks.load import Direction, Endpoint
from tests.signaling.sfu.clients import Lesson, until
from tests.signaling.sfu.over_tcp import TcpEndpoint, listening
from tests.signaling.sfu.test_e5_foreign_datagrams import CLIENT_HELLO, foreign_check
from tests.signaling.sfu.test_negotiation import FRAME, ask, joining

BURST = (*FRAME, *[b"\x00" + bytes(1100)] * 30)


@asynccontextmanager
async def opened(settings: SfuSettings, **limits: float) -> AsyncIterator[Lesson]:
    lesson = Lesson(replace(settings, tcp_limits=replace(TcpLimits(), **limits)))  # type: ignore[arg-type]  # some are whole
    await lesson.sfu.open()
    yield lesson
    await lesson.close()


async def come(lesson: Lesson, name: str, direction: Direction, *, tcp: bool = True) -> Endpoint:
    made = (TcpEndpoint if tcp else Endpoint)(direction)
    return await made.join(joining(lesson.sfu, name))


def connect(lesson: Lesson, source: str = "127.0.0.1") -> socket.socket:
    """A stranger's connection."""
    stranger = socket.create_connection(lesson.sfu.addresses[0], timeout=5, source_address=(source, 0))
    stranger.settimeout(0)
    return stranger


def is_open(stranger: socket.socket) -> bool:
    try:
        return stranger.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def connections(lesson: Lesson) -> int:
    return len(lesson.sfu._door)


@pytest.mark.parametrize(("over", "under"), [(True, True), (True, False), (False, True)])
async def test_pictures_go_from_and_to_whoever_cannot_use_udp(lesson: Lesson, over: bool, under: bool) -> None:
    sender = await come(lesson, "ann", "sendonly", tcp=over)
    viewers = [await come(lesson, name, "recvonly", tcp=under) for name in ("bob", "eve")]
    await until(lambda: lesson.slots("bob") == lesson.slots("eve") == {"0": "ann"})
    sender.send_frame(BURST, 0)
    await until(lambda: [each.received for each in viewers] == [len(BURST)] * 2)
    assert lesson.sfu.figures().packets_dropped == 0
    for each in (sender, *viewers):
        await each.close()


async def test_who_leaves_is_hung_up_on(lesson: Lesson) -> None:
    viewer = await come(lesson, "bob", "recvonly")
    lesson.sfu.command(media.Leave(PeerId("bob")))
    await until(lambda: isinstance(viewer, TcpEndpoint) and viewer.hung_up)
    await until(lambda: not connections(lesson))
    await viewer.close()


async def test_who_lost_the_connection_comes_back_over_another(lesson: Lesson) -> None:
    sender = await come(lesson, "ann", "sendonly", tcp=False)
    viewer = await come(lesson, "bob", "recvonly")
    await until(lambda: lesson.slots("bob") == {"0": "ann"})
    sender.send_frame(FRAME, 0)
    await until(lambda: viewer.received == 1)
    asyncio.get_running_loop().remove_reader(viewer.socket.fileno())
    remote = viewer.socket.getpeername()
    viewer.socket.close()
    await until(lambda: not connections(lesson))
    viewer.socket = socket.create_connection(remote, timeout=5)
    viewer.socket.settimeout(0)
    asyncio.get_running_loop().add_reader(viewer.socket.fileno(), viewer._readable)
    viewer.check_again()
    await until(lambda: connections(lesson))
    await until(lambda: sends_one_more(sender, viewer))
    await sender.close()
    await viewer.close()


def sends_one_more(sender: Endpoint, viewer: Endpoint) -> bool:
    sender.send_frame(FRAME, 90_000)
    return viewer.received > 1


@pytest.mark.parametrize(
    "said",
    [
        framed(CLIENT_HELLO),
        framed(foreign_check("ours")),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xff" + bytes(100),
        framed(b"\x80" + bytes(40)),
    ],
    ids=["handshake", "guessed password", "another protocol", "too long", "media"],
)
async def test_who_does_not_begin_with_an_authentic_check_is_hung_up_on(lesson: Lesson, said: bytes) -> None:
    with connect(lesson) as stranger:
        stranger.send(said)
        await until(lambda: not is_open(stranger))
    await until(lambda: not connections(lesson))


async def test_who_says_nothing_is_hung_up_on_after_a_while(settings: SfuSettings) -> None:
    async with opened(settings, first_check=0.2) as lesson:
        viewer = await come(lesson, "bob", "recvonly")
        with connect(lesson) as stranger:
            await until(lambda: not is_open(stranger))
        assert connections(lesson) == 1
        await viewer.close()


async def test_a_newcomer_pushes_out_the_oldest_stranger_and_nobody_else(settings: SfuSettings) -> None:
    async with opened(settings, strangers=3) as lesson:
        viewer = await come(lesson, "bob", "recvonly")
        strangers = [connect(lesson) for _ in range(4)]
        await until(lambda: [is_open(each) for each in strangers] == [False, True, True, True])
        assert connections(lesson) == 4
        for each in strangers:
            each.close()
        await viewer.close()


async def test_many_from_one_address_push_out_one_another_alone(settings: SfuSettings) -> None:
    async with opened(settings, strangers_of_address=2) as lesson:
        other = connect(lesson, "127.0.0.2")
        strangers = [connect(lesson) for _ in range(3)]
        await until(lambda: [is_open(each) for each in strangers] == [False, True, True])
        assert is_open(other)
        for each in (*strangers, other):
            each.close()


async def test_beyond_the_limit_newcomers_are_hung_up_on(settings: SfuSettings) -> None:
    async with opened(settings, connections=2) as lesson:
        strangers = [connect(lesson) for _ in range(3)]
        await until(lambda: [is_open(each) for each in strangers] == [True, True, False])
        for each in strangers:
            each.close()


async def test_who_reads_too_slowly_loses_packets_and_then_the_connection(settings: SfuSettings) -> None:
    async with opened(settings, queue=32 << 10, stalled=0.3) as lesson:
        sender = await come(lesson, "ann", "sendonly", tcp=False)
        slow, quick = await come(lesson, "bob", "recvonly"), await come(lesson, "eve", "recvonly", tcp=False)
        await until(lambda: lesson.slots("bob") == lesson.slots("eve") == {"0": "ann"})
        slow.leave_loop()
        await until(lambda: sends_until_dropped(sender, lesson))
        await until(lambda: not connections(lesson))
        before = quick.received
        sender.send_frame(BURST, 0)
        await until(lambda: quick.received >= before + len(BURST))
        for each in (sender, slow, quick):
            await each.close()


def sends_until_dropped(sender: Endpoint, lesson: Lesson) -> bool:
    sender.send_frame(BURST, 0)
    return lesson.sfu.figures().packets_dropped > 0


async def test_the_end_ends_every_connection(settings: SfuSettings) -> None:
    lesson = Lesson(settings)
    await lesson.sfu.open()
    viewer = await come(lesson, "bob", "recvonly")
    with connect(lesson) as stranger:
        await lesson.close()
        assert (connections(lesson), is_open(stranger)) == (0, False)
    await viewer.close()


async def test_udp_and_tcp_have_the_same_number_and_udp_comes_first(lesson: Lesson) -> None:
    answer = await ask(lesson.sfu, "ann")
    assert isinstance(answer, media.Answer)
    assert listening(answer.sdp) == lesson.sfu.addresses[0]
    over = [line.split()[2] for line in answer.sdp.splitlines() if line.startswith("a=candidate")][:2]
    assert over == ["udp", "tcp"]


async def test_without_tcp_on_its_number_a_port_takes_udp_alone(
    settings: SfuSettings, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        lesson = Lesson(replace(settings, udp_port=taken.getsockname()[1]))
        await lesson.sfu.open()
        answer = await ask(lesson.sfu, "ann")
        await lesson.close()
    assert isinstance(answer, media.Answer)
    assert " tcp " not in answer.sdp
    assert "free that port" in caplog.text
