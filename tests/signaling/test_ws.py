"""The door's bounds: who may open it, how much and how fast, and that others don't feel a bad neighbour."""

import asyncio
import json
import logging
import random
import socket
import time

import pytest
from aiohttp import WSServerHandshakeError

from signaling import Role
from signaling.pace import Bucket, Strikes
from tests.signaling.conftest import ORIGIN, OpenSchool, Person, School


async def pace(person: Person, rounds: int = 20) -> float:
    """The slowest of some pings, in seconds."""
    slowest = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        await person.say("ping")
        await person.hear("pong")
        slowest = max(slowest, time.perf_counter() - start)
    return slowest


@pytest.mark.parametrize(
    "origin", [None, "https://evil.example", "null", ORIGIN + ".evil.example", "http://school.example"]
)
async def test_rule_d1_a_page_of_another_origin_is_turned_away(school: School, origin: str | None) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await school.door(origin=origin)
    assert refused.value.status == 403


async def test_too_many_sockets_are_turned_away_with_a_time_to_come_back(open_school: OpenSchool) -> None:
    school = await open_school(sockets=1)
    await school.enter("Olena")
    with pytest.raises(WSServerHandshakeError) as refused:
        await school.door()
    assert refused.value.status == 503
    assert refused.value.headers is not None
    assert refused.value.headers["Retry-After"] == "5"


async def test_before_hello_nothing_is_done_and_nothing_is_told(school: School) -> None:
    await school.enter("Olena")
    stranger = await school.door()
    for kind, fields in (("chat", {"text": "x"}), ("bye", {}), ("offer", {"sdp": "v=0", "rev": 1})):
        await stranger.say(kind, **fields)
    assert await stranger.rest() == 1008
    assert {message["code"] for message in stranger.heard} == {"hello_first"}


async def test_who_never_says_hello_is_shown_out(open_school: OpenSchool) -> None:
    school = await open_school(hello_seconds=0.05)
    silent = await school.door()
    assert (await silent.hear("error"))["code"] == "hello_late"
    assert await silent.rest() == 4408


async def test_rule_d4_a_message_over_64_kib_ends_the_socket_but_not_the_seat(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    await olena.ws.send_str(json.dumps({"type": "chat", "text": "x" * 70_000}))
    assert await olena.rest() == 1009
    assert (await marko.hear("state"))["state"] == "away"
    back = await school.resume(olena.heard[0]["resume"]["secret"], olena.seq)
    assert back.last()["type"] == "resumed"


async def test_rule_d3_an_error_goes_to_its_sender_only(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    await olena.ws.send_str("{")
    assert (await olena.hear("error"))["code"] == "malformed"
    await pace(marko, 1)
    assert [message["type"] for message in marko.heard] == ["welcome", "pong"]


async def test_rule_d2_three_errors_close_the_socket_and_the_seat_can_be_resumed(school: School) -> None:
    olena = await school.enter("Olena")
    for _ in range(3):
        await olena.say("dance")
    assert await olena.rest() == 1008
    assert [message["type"] for message in olena.heard[1:]] == ["error"] * 3
    back = await school.resume(olena.heard[0]["resume"]["secret"], olena.seq)
    assert back.last()["type"] == "resumed"


async def test_errors_that_are_nobodys_fault_do_not_close_the_socket(school: School) -> None:
    teacher = await school.enter("Iryna", Role.TEACHER)
    for _ in range(5):
        await teacher.say("mute_other", kind="audio", participant="gone")
        assert (await teacher.hear("error"))["code"] == "no_participant"


async def test_a_binary_frame_is_refused_with_the_way_out(school: School) -> None:
    olena = await school.enter("Olena")
    await olena.ws.send_bytes(b'{"type": "ping"}')
    assert "text frames" in (await olena.hear("error"))["message"]


async def test_a_fault_inside_is_logged_and_said_and_the_visit_goes_on(
    school: School, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_offer: object) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("the engine stalled")

    olena = await school.enter("Olena")
    monkeypatch.setattr(school.sfu, "negotiate", broken)
    await olena.say("offer", sdp="v=0", rev=1)
    assert (await olena.hear("error"))["code"] == "internal"
    assert "the engine stalled" in caplog.text
    await pace(olena, 1)


async def test_a_media_plane_that_is_silent_is_not_waited_for(
    open_school: OpenSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_offer: object) -> None:
        await asyncio.Event().wait()

    school = await open_school(answer_seconds=0.05)
    olena = await school.enter("Olena")
    monkeypatch.setattr(school.sfu, "negotiate", silent)
    await olena.say("offer", sdp="v=0", rev=1)
    error = await olena.hear("error")
    assert (error["code"], error["retry"]) == ("media_unavailable", "later")


FELT_SECONDS = 1.0
"""An echo that takes longer is felt; a machine that does something else for a moment isn't."""


@pytest.mark.alone
async def test_rule_d4_a_flooder_is_closed_and_the_others_do_not_feel_it(school: School) -> None:
    flooder, marko = await school.enter("Flood"), await school.enter("Marko")
    for _ in range(2000):
        await flooder.say("ping")
    assert await pace(marko) < FELT_SECONDS
    assert await flooder.rest() == 1008
    assert [message.get("code") for message in flooder.heard[-3:]] == ["too_fast"] * 3


async def test_two_thousand_malformed_frames_cause_no_unhandled_error(
    open_school: OpenSchool, caplog: pytest.LogCaptureFixture
) -> None:
    school = await open_school(errors=5000, burst=5000)
    olena, dice = await school.enter("Olena"), random.Random(7)
    for _ in range(2000):
        await olena.ws.send_str("".join(dice.choices('{}[]":,\\ \ud7ff0e-+typechatNaNull', k=dice.randrange(40))))
        assert (await olena.hear("error"))["code"] in ("malformed", "unknown_type")
    await pace(olena, 1)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.alone
async def test_rule_d4_a_slow_consumer_is_cut_off_and_the_others_do_not_feel_it(open_school: OpenSchool) -> None:
    school = await open_school(burst=5000)
    olena = await school.enter("Olena")
    _, sleeper = await sleeping_client(school)
    await olena.hear("joined")
    slowest, line = 0.0, "🦉" * 2000
    while (heard := await said(olena, line))[0] != "away":
        slowest = max(slowest, heard[1])
    assert slowest < FELT_SECONDS
    sleeper.close()


async def said(person: Person, line: str) -> tuple[str, float]:
    """Says a line; gives the state of somebody else if that was told before the echo, and how long the echo took."""
    start = time.perf_counter()
    await person.say("chat", text=line)
    state = ""
    while (message := await person.next()) and message["type"] != "chat":
        state = message.get("state", state)
    return state, time.perf_counter() - start


async def sleeping_client(school: School) -> tuple[bytes, socket.socket]:
    """A client that says hello and then never reads: raw, since a library would read on its own."""
    sleeper = socket.socket()
    sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sleeper.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sleeper, (school.client.host, school.client.port))
    request = (
        f"GET /live/lesson/ws HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    await loop.sock_sendall(sleeper, request.encode())
    answer = await loop.sock_recv(sleeper, 1024)
    hello = json.dumps({"type": "hello", "ticket": school.ticket("Sleeper")}).encode()
    await loop.sock_sendall(sleeper, bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
    return answer, sleeper


def test_the_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(rate=20, burst=60, now=0.0)
    assert sum(bucket.take(0.0) for _ in range(100)) == 60
    assert sum(bucket.take(0.5) for _ in range(100)) == 10
    assert sum(bucket.take(100.0) for _ in range(100)) == 60


def test_strikes_are_forgotten_after_their_window() -> None:
    strikes = Strikes(limit=3, seconds=10)
    assert [strikes.out(at) for at in (0, 4, 11, 12)] == [False, False, False, True]


async def test_rule_d7_neither_chat_nor_sdp_nor_secrets_are_logged(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "signaling")
    olena = await school.enter("Olena Secretname")
    await olena.say("chat", text="between us")
    await olena.say("offer", sdp="v=0\r\ns=hidden\r\n", rev=1)
    await olena.hear("error")
    secret = olena.heard[0]["resume"]["secret"]
    assert not [word for word in ("between us", "hidden", "Secretname", "ticket-", secret) if word in caplog.text]
    assert "< Say" in caplog.text
