import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import (
    Answer,
    CloseRoom,
    EndRecording,
    Figures,
    Leave,
    Moved,
    Mute,
    NeedSlots,
    Offer,
    PeerId,
    PeerState,
    Record,
    Recorded,
    Refused,
    RoomId,
    Slot,
    SlotsChanged,
    SlotWish,
    Speaker,
    Take,
    Track,
    TrackId,
    TracksChanged,
    Want,
)
from signaling.workers.wire import (
    FROM_WORKER,
    MOST_OCTETS,
    TO_WORKER,
    Ask,
    Draining,
    Failed,
    FrameError,
    FromWorker,
    Inbox,
    Ping,
    Pulse,
    Ready,
    Reply,
    Stop,
    ToWorker,
    encode,
    framed,
)

PEER, ROOM, TRACK = PeerId("p.1"), RoomId("r"), TrackId("p.1/0")
TO: list[ToWorker] = [
    Ask(1, Offer(PEER, ROOM, "v=0\r\n", 3)),
    Want(PEER, (SlotWish("2", TRACK), SlotWish("3"))),
    Want(PEER),
    Mute(PEER, "audio", muted=True),
    Leave(PEER),
    CloseRoom(ROOM),
    Record(PEER, Take("rec", "/srv/rec", "ann", "Ann", "1")),
    Record(PEER),
    EndRecording(ROOM, "rec"),
    Ping(),
    Stop(),
]
FROM: list[FromWorker] = [
    Ready((("127.0.0.1", 8443),), "mmsg"),
    Failed("Can't receive media."),
    Reply(1, Answer(PEER, 3, "v=0\r\n")),
    Reply(2, Refused(PEER, 3, "no_fingerprint", "sdp", "Send one.")),
    Pulse(Figures(rooms=1, packets_out=2**40), 0.25),
    Draining(),
    PeerState(PEER, "live"),
    TracksChanged(ROOM, PEER, (Track(TRACK, "video", muted=True),), (TrackId("old"),)),
    SlotsChanged(PEER, (Slot("2", "audio", TRACK, PEER), Slot("3", "video"))),
    NeedSlots(PEER, 1, 2),
    Speaker(ROOM),
    Moved(ROOM),
    Recorded("rec", "No space left on device"),
]


def pack(message: ToWorker | FromWorker) -> bytes:
    """A message as a pipe without a seal sends it."""
    return framed(encode(message))


MALFORMED = {
    "an empty frame": bytes(4),
    "a frame that is too long": (MOST_OCTETS + 1).to_bytes(4, "big"),
    "no msgpack": framed(b"\xc1"),
    "a value without a type": framed(msgspec.msgpack.encode({"number": 1})),
    "an unknown type": framed(msgspec.msgpack.encode({"type": "explode"})),
    "a missing field": framed(msgspec.msgpack.encode({"type": "leave"})),
    "a field of another type": framed(msgspec.msgpack.encode({"type": "leave", "peer": 5})),
    "two values in one frame": framed(msgspec.msgpack.encode(Ping()) * 2),
    "a message of the other direction": pack(Draining()),
    "broken UTF-8": framed(b"\x82\xa4type\xa5leave\xa4peer\xa2\xff\xff"),
}


def test_every_message_of_either_direction_has_an_example() -> None:
    assert {type(each) for each in TO} == set(ToWorker.__args__)
    assert {type(each) for each in FROM} == set(FromWorker.__args__)


def test_messages_to_a_worker_survive_the_way() -> None:
    assert Inbox(TO_WORKER).feed(b"".join(map(pack, TO))) == TO


def test_messages_of_a_worker_survive_the_way_octet_by_octet() -> None:
    inbox = Inbox(FROM_WORKER)
    stream = b"".join(map(pack, FROM))
    assert [message for octet in stream for message in inbox.feed(bytes((octet,)))] == FROM


@pytest.mark.parametrize("stream", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_frame_of_ours_is_refused(stream: bytes) -> None:
    with pytest.raises(FrameError):
        Inbox(TO_WORKER).feed(stream)


def test_half_a_frame_is_not_yet_a_message() -> None:
    inbox = Inbox(TO_WORKER)
    assert inbox.feed(pack(Leave(PEER))[:-1]) == []
    assert inbox.feed(pack(Leave(PEER))[-1:]) == [Leave(PEER)]


@given(st.lists(st.binary(max_size=64), max_size=8))
def test_whatever_comes_is_a_message_or_refused(pieces: list[bytes]) -> None:
    inbox = Inbox(TO_WORKER)
    try:
        for piece in pieces:
            inbox.feed(piece)
    except FrameError:
        return
    assert len(inbox._frames._buffer) <= sum(map(len, pieces))


@given(st.binary(max_size=200))
def test_whatever_a_frame_holds_is_a_message_or_refused(body: bytes) -> None:
    try:
        messages = Inbox(FROM_WORKER).feed(framed(body))
    except FrameError:
        return
    assert len(messages) == 1
