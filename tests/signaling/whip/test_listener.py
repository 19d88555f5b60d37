"""What an encoder or player makes of the room's messages, without a room."""

from msgspec import json

from signaling.media import Kind
from signaling.model import ParticipantId, Role
from signaling.protocol import (
    Answer,
    Bye,
    ClientMessage,
    Joined,
    Left,
    Muted,
    Participant,
    Speaker,
    StateChanged,
    ToClient,
    Tracks,
    TrackView,
    Want,
    Wish,
)
from signaling.whip.listener import Listener
from signaling.whip.programme import Programme
from tests.signaling.parts import Stage

ONE: dict[Kind, tuple[str, ...]] = {"audio": ("0",), "video": ("1",)}
SOUND, PICTURE = TrackView("s", "audio", muted=False), TrackView("p", "video", muted=False)


def hear(listener: Listener, *messages: ToClient) -> tuple[ClientMessage, ...]:
    replies = [reply for message in messages for reply in listener.hear(json.encode(message))]
    return tuple(replies)


def playing(slots: dict[Kind, tuple[str, ...]] = ONE, role: Role = Role.STUDENT) -> tuple[Listener, ParticipantId]:
    """A player that is welcomed and answered, and its id."""
    stage = Stage()
    listener = Listener(programme=Programme(slots))
    welcome = stage.welcome(stage.enter("player", role))
    hear(listener, welcome, Answer(rev=1, sdp="v=0"))
    return listener, welcome.me.id


def shown(sound: str | None, picture: str | None) -> Want:
    return Want(slots=(Wish("0", sound), Wish("1", picture)))


def renamed(number: str) -> tuple[TrackView, TrackView]:
    """Sound and picture of somebody else."""
    return TrackView(f"s{number}", "audio", muted=False), TrackView(f"p{number}", "video", muted=False)


def person(name: str, *tracks: TrackView) -> Participant:
    return Participant(
        id=ParticipantId(name),
        name=name,
        role=Role.STUDENT,
        institution=None,
        language="en",
        audio=True,
        video=True,
        tracks=tracks,
        state="live",
    )


def speaks(name: str | None) -> Speaker:
    return Speaker(participant=ParticipantId(name) if name else None)


def test_a_player_is_shown_who_is_there() -> None:
    listener, _ = playing()
    assert hear(listener, Joined(participant=person("olena", SOUND, PICTURE))) == (shown("s", "p"),)


def test_a_player_with_one_slot_of_each_kind_follows_the_speaker() -> None:
    listener, _ = playing()
    hear(listener, Joined(participant=person("olena", SOUND, PICTURE)))
    hear(listener, Joined(participant=person("marko", *renamed("2"))))
    assert hear(listener, speaks("marko")) == (shown("s2", "p2"),)


def test_the_last_speaker_stays_while_nobody_speaks() -> None:
    listener, _ = playing()
    hear(listener, Joined(participant=person("olena", SOUND, PICTURE)))
    hear(listener, Joined(participant=person("marko", *renamed("2"))), speaks("marko"))
    assert hear(listener, speaks(None)) == ()


def test_what_the_speaker_does_not_send_comes_from_who_spoke_before() -> None:
    listener, _ = playing()
    hear(listener, Joined(participant=person("olena", SOUND, PICTURE)))
    hear(listener, Joined(participant=person("marko", renamed("2")[0])))
    assert hear(listener, speaks("marko")) == (shown("s2", "p"),)


def test_what_is_muted_gives_way_and_comes_back() -> None:
    listener, _ = playing()
    olena = ParticipantId("olena")
    hear(listener, Joined(participant=person("olena", SOUND, PICTURE)))
    assert hear(listener, Muted(participant=olena, kind="video", muted=True)) == (shown("s", None),)
    assert hear(listener, Muted(participant=olena, kind="video", muted=False)) == (shown("s", "p"),)


def test_a_track_that_comes_is_shown_and_one_that_goes_is_not() -> None:
    listener, _ = playing()
    olena = ParticipantId("olena")
    hear(listener, Joined(participant=person("olena", SOUND)))
    assert hear(listener, Tracks(participant=olena, added=(PICTURE,), removed=())) == (shown("s", "p"),)
    assert hear(listener, Tracks(participant=olena, added=(), removed=("s",))) == (shown(None, "p"),)


def test_when_the_speaker_is_gone_the_next_is_shown() -> None:
    listener, _ = playing()
    hear(listener, Joined(participant=person("olena", SOUND, PICTURE)))
    hear(listener, Joined(participant=person("marko", *renamed("2"))), speaks("marko"))
    assert hear(listener, Left(participant=ParticipantId("marko"), reason="bye")) == (shown("s", "p"),)


def test_with_more_slots_what_stays_on_stays_in_its_place() -> None:
    listener, _ = playing({"video": ("1", "2")})
    for number in "123":
        hear(listener, Joined(participant=person(number, renamed(number)[1])))
    assert hear(listener, speaks("3")) == (Want(slots=(Wish("1", "p1"), Wish("2", "p3"))),)


def test_an_encoder_wants_nothing() -> None:
    listener, _ = playing({})
    assert hear(listener, Joined(participant=person("olena", SOUND, PICTURE)), speaks("olena")) == ()


def test_a_device_does_not_hear_itself_and_a_person_does() -> None:
    for role, heard in ((Role.ROOM, None), (Role.TEACHER, "s")):
        listener, _ = playing(ONE, role)
        listener.twins = lambda: {"own"}
        replies = hear(listener, Joined(participant=person("own", SOUND)))
        assert replies == (() if heard is None else (shown(heard, None),))


def test_whose_media_is_gone_says_goodbye() -> None:
    listener, me = playing()
    assert hear(listener, StateChanged(participant=me, state="stale")) == ()
    assert hear(listener, StateChanged(participant=me, state="connecting")) == (Bye(),)


def test_the_media_of_others_is_not_mine() -> None:
    listener, _ = playing()
    assert hear(listener, StateChanged(participant=ParticipantId("olena"), state="connecting")) == ()


def test_a_room_whose_media_moves_sends_this_kind_of_client_away() -> None:
    listener, _ = playing()
    assert listener.hear(b'{"seq":3,"type":"moved","epoch":8}') == (Bye(),)
