"""Offers to a running SFU: what is refused, what a restart changes, what a peer leaves behind."""

import asyncio
import secrets
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from signaling import media
from signaling.media import Answer, Offer, PeerId, Refused, RoomId
from signaling.sfu import Sfu, SfuSettings, stun, transport
from signaling.sfu.sockets import interface_addresses
from tests.benchmarks.load import Endpoint, Negotiate, is_media, line_of
from tests.signaling.sfu.clients import Lesson, until
from tests.signaling.sfu.offers import FINGERPRINT, SMALL

FRAME = (b"\x10\x00\x00\x00\x9d\x01\x2a" + bytes(100),)


async def ask(sfu: Sfu, peer: str, sdp: str = SMALL, room: str = "r", revision: int = 1) -> Answer | Refused:
    return await sfu.negotiate(Offer(PeerId(peer), RoomId(room), sdp, revision))


def joining(sfu: Sfu, peer: str) -> Negotiate:
    """The negotiation of an endpoint."""

    async def negotiate(sdp: str) -> str:
        answer = await ask(sfu, peer, sdp)
        assert isinstance(answer, Answer)
        return answer.sdp

    return negotiate


async def test_a_refusal_says_what_and_why_and_makes_no_peer(lesson: Lesson) -> None:
    refused = await ask(lesson.sfu, "ann", SMALL.replace("sha-256", "sha-1"), revision=7)
    assert isinstance(refused, Refused)
    assert (refused.peer, refused.revision, refused.code) == ("ann", 7, "no_fingerprint")
    assert (lesson.sfu.figures().peers, lesson.events) == (0, [])


async def test_caps_of_room_and_process_hold(settings: SfuSettings) -> None:
    lesson = Lesson(replace(settings, max_peers=3, max_peers_per_room=2))
    await lesson.sfu.open()
    rooms = ("r", "r", "r", "s", "t")
    answers = [await ask(lesson.sfu, f"p{number}", room=room) for number, room in enumerate(rooms)]
    codes = [each.code if isinstance(each, Refused) else None for each in answers]
    assert codes == [None, None, "room_full", None, "too_many_peers"]
    await lesson.close()


@pytest.mark.parametrize(
    ("room", "fingerprint", "code"),
    [("s", FINGERPRINT, "other_room"), ("r", FINGERPRINT.replace("AB", "CD"), "other_connection")],
)
async def test_a_later_offer_is_of_the_same_connection(lesson: Lesson, room: str, fingerprint: str, code: str) -> None:
    await ask(lesson.sfu, "ann")
    refused = await ask(lesson.sfu, "ann", SMALL.replace(FINGERPRINT, fingerprint), room)
    assert isinstance(refused, Refused)
    assert refused.code == code


async def test_new_remote_credentials_get_new_local_ones_and_the_same_do_not(lesson: Lesson) -> None:
    first, same, restarted = [
        await ask(lesson.sfu, "ann", sdp) for sdp in (SMALL, SMALL, SMALL.replace("ice-ufrag:abcd", "ice-ufrag:efgh"))
    ]
    assert isinstance(first, Answer)
    assert isinstance(same, Answer)
    assert isinstance(restarted, Answer)
    assert line_of(first.sdp, "ice-pwd") == line_of(same.sdp, "ice-pwd") != line_of(restarted.sdp, "ice-pwd")
    assert line_of(first.sdp, "ssrc") == line_of(restarted.sdp, "ssrc")


async def test_an_sfu_that_is_not_open_refuses() -> None:
    refused = await ask(Sfu(SfuSettings(), lambda _: None), "ann")
    assert isinstance(refused, Refused)
    assert refused.code == "closed"


async def test_a_taken_port_is_told_in_a_sentence(lesson: Lesson) -> None:
    address, port = lesson.sfu.addresses[0]
    other = Sfu(SfuSettings(udp_port=port, announced_addresses=(address,)), lambda _: None)
    with pytest.raises(OSError, match="another server running"):
        await other.open()


async def test_a_passive_client_gets_an_active_answer(lesson: Lesson) -> None:
    answer = await ask(lesson.sfu, "ann", SMALL.replace("actpass", "passive"))
    assert isinstance(answer, Answer)
    assert "a=setup:active" in answer.sdp


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_peers_leave_no_tasks_and_no_descriptors_behind(lesson: Lesson) -> None:
    await ask(lesson.sfu, "warm")
    lesson.sfu.command(media.Leave(PeerId("warm")))
    await until(lambda: len(asyncio.all_tasks()) <= 2)
    before = open_descriptors(), len(asyncio.all_tasks())
    for number in range(20):
        name = f"p{number}"
        endpoint = await Endpoint("recvonly").join(joining(lesson.sfu, name))
        await ask(lesson.sfu, f"abandoned{number}")
        for leaver in (name, f"abandoned{number}"):
            lesson.sfu.command(media.Leave(PeerId(leaver)))
        await endpoint.close()
    await until(lambda: (open_descriptors(), len(asyncio.all_tasks())) <= before)
    assert lesson.sfu.figures().peers == 0


async def test_a_handshake_that_never_ends_is_given_up(settings: SfuSettings) -> None:
    lesson = Lesson(replace(settings, connect_deadline=0.2))
    await lesson.sfu.open()
    viewer = Endpoint("recvonly")
    viewer.meet(await joining(lesson.sfu, "ann")(viewer.offer()))
    viewer.socket.sendto(viewer.check_message(), lesson.sfu.addresses[0])
    await until(lambda: lesson.states("ann") == ["connecting", "gone"])
    await until(lambda: len(asyncio.all_tasks()) == 2)
    await viewer.close()
    await lesson.close()


async def test_nominating_alone_moves_no_live_peer_but_its_packets_do(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "SILENT_AFTER", 3600)
    sender = await Endpoint("sendonly").join(joining(lesson.sfu, "ann"))
    viewer = await Endpoint("recvonly").join(joining(lesson.sfu, "bob"))
    await until(lambda: lesson.slots("bob") == {"0": "ann"})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second:
        second.settimeout(0)
        await nominate(lesson, viewer, second)
        sender.send_frame(FRAME, 0)
        await until(lambda: viewer.received == 1)
        report = b"\x80\xc9\x00\x01" + secrets.token_bytes(4)
        assert viewer.keys is not None
        second.sendto(viewer.keys.protect_rtcp(report), lesson.sfu.addresses[0])
        await until(lambda: lesson.sfu.figures().packets_in and moved(sender, second))
    assert viewer.received < 5
    for endpoint in (sender, viewer):
        await endpoint.close()


async def test_a_silent_peer_moves_with_its_check(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "SILENT_AFTER", 0)
    sender = await Endpoint("sendonly").join(joining(lesson.sfu, "ann"))
    viewer = await Endpoint("recvonly").join(joining(lesson.sfu, "bob"))
    await until(lambda: lesson.slots("bob") == {"0": "ann"})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second:
        second.settimeout(0)
        await nominate(lesson, viewer, second)
        await until(lambda: moved(sender, second))
    for endpoint in (sender, viewer):
        await endpoint.close()


def rebind(endpoint: Endpoint) -> None:
    """Gives an endpoint another address, as a network does between it and us."""
    loop = asyncio.get_running_loop()
    loop.remove_reader(endpoint.socket.fileno())
    endpoint.socket.close()
    endpoint.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.socket.bind(("127.0.0.1", 0))
    endpoint.socket.settimeout(0)
    loop.add_reader(endpoint.socket.fileno(), endpoint._readable)


async def test_a_publisher_with_another_address_goes_on_after_its_next_check(lesson: Lesson) -> None:
    sender = await Endpoint("sendonly").join(joining(lesson.sfu, "ann"))
    viewer = await Endpoint("recvonly").join(joining(lesson.sfu, "bob"))
    await until(lambda: lesson.slots("bob") == {"0": "ann"})
    sender.send_frame(FRAME, 0)
    await until(lambda: viewer.received == 1)
    rebind(sender)
    refused = lesson.sfu.figures().packets_refused
    sender.send_frame(FRAME, 3000)
    await until(lambda: lesson.sfu.figures().packets_refused > refused)
    sender.check_again()
    sender.send_frame(FRAME, 6000)
    await until(lambda: viewer.received == 2)
    for endpoint in (sender, viewer):
        await endpoint.close()


async def test_who_was_cut_off_goes_on_where_it_was(settings: SfuSettings) -> None:
    lesson = Lesson(replace(settings, stale_after=0.2, gone_after=20))
    await lesson.sfu.open()
    sender = await Endpoint("sendonly").join(joining(lesson.sfu, "ann"))
    viewer = await Endpoint("recvonly").join(joining(lesson.sfu, "bob"))
    sender.send_frame(FRAME, 0)
    await until(lambda: lesson.states("ann")[-1] == lesson.states("bob")[-1] == "stale")
    for endpoint in (sender, viewer):
        endpoint.check_again()
    sender.send_frame(FRAME, 3000)
    await lesson.reach("bob", "live")
    before = viewer.received
    sender.send_frame(FRAME, 6000)
    await until(lambda: viewer.received > before)
    for endpoint in (sender, viewer):
        await endpoint.close()
    await lesson.close()


async def nominate(lesson: Lesson, viewer: Endpoint, second: socket.socket) -> None:
    """Checks and nominates the path from another socket, and waits for the answer."""
    before = lesson.sfu.figures().packets_out
    second.sendto(viewer.check_message(), lesson.sfu.addresses[0])
    await until(lambda: lesson.sfu.figures().packets_out > before)
    await until(lambda: stun.parse(second.recv(2048)).kind == stun.BINDING_SUCCESS)


def moved(sender: Endpoint, second: socket.socket) -> bool:
    """Whether a picture now comes to the second socket."""
    sender.send_frame(FRAME, 0)
    try:
        return is_media(second.recv(2048))
    except BlockingIOError:
        return False


def test_loopback_is_announced_first() -> None:
    found = interface_addresses()
    assert found[0] == "127.0.0.1"
    assert len(set(found)) == len(found)
