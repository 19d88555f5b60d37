from typing import get_args

import pytest
from msgspec import UNSET

from signaling import media
from signaling.media import Answer, Leave, SlotWish, TrackId
from signaling.model import RANK, Refusal, Role
from signaling.protocol import Answer as AnswerMessage
from signaling.protocol import (
    AskRelays,
    Bye,
    Chat,
    ClientMessage,
    Hello,
    Left,
    Mute,
    Muted,
    MuteOther,
    Offer,
    Ping,
    Pong,
    Say,
    StateChanged,
    Want,
    Wish,
)
from signaling.verbs import VERBS, answered, unanswered
from tests.signaling.parts import SDP, Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_every_message_of_a_client_has_a_verb_and_every_verb_a_message() -> None:
    assert set(VERBS) == set(get_args(ClientMessage))


MATRIX = {
    Hello: set(Role),
    Offer: set(Role),
    Want: set(Role),
    Mute: set(Role),
    Say: set(Role),
    Ping: set(Role),
    AskRelays: set(Role),
    Bye: set(Role),
    MuteOther: {Role.TEACHER, Role.HOST},
}
SAMPLES: tuple[ClientMessage, ...] = (
    Hello(ticket="t"),
    Offer(sdp=SDP, rev=1),
    Want(slots=()),
    Mute(kind="audio", muted=False),
    MuteOther(kind="audio", participant="nobody"),
    Say(text="hi"),
    Ping(),
    AskRelays(),
    Bye(),
)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("message", SAMPLES, ids=lambda message: type(message).__name__)
def test_rule_d2_each_role_may_send_what_the_matrix_says(stage: Stage, role: Role, message: ClientMessage) -> None:
    socket = stage.enter("Olena", role)
    forbidden = False
    try:
        stage.say(socket, message)
    except Refusal as refusal:
        forbidden = refusal.code == "forbidden"
    assert forbidden == (role not in MATRIX[type(message)])


def test_every_role_has_a_rank() -> None:
    assert set(RANK) == set(Role)


def test_a_line_of_chat_carries_the_writer_that_the_server_knows(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.say(olena, Say(text="Добрий день", id="c1"))
    heard = stage.last(marko)
    assert isinstance(heard, Chat)
    assert (heard.sender, heard.name, heard.language) == (stage.seat(olena).id, "Olena", "uk")
    assert (heard.text, heard.at) == ("Добрий день", "2026-11-21T10:00:00Z")


def test_only_the_writers_copy_carries_the_writers_own_name_for_it(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.say(olena, Say(text="hi", id="c1"))
    own, other = stage.last(olena), stage.last(marko)
    assert isinstance(own, Chat)
    assert isinstance(other, Chat)
    assert own.re == "c1"
    assert other.re != "c1"
    assert own.id == other.id


def test_what_is_muted_is_enforced_before_the_answer_is_sent(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.say(olena, Offer(sdp=SDP, rev=1))
    peer = stage.peer(olena)
    effects = answered(stage.room, Answer(peer=peer, revision=1, sdp="answer"))
    stage.do(effects)
    assert stage.commands == [media.Mute(peer, "audio", muted=True), media.Mute(peer, "video", muted=True)]
    assert effects[-1].message == AnswerMessage(rev=1, sdp="answer")  # type: ignore[union-attr]  # the last is a Send


def test_unmuting_is_told_to_the_media_plane_and_to_everybody(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    peer = stage.connect(olena)
    stage.forget()
    stage.say(olena, Mute(kind="audio", muted=False))
    expected = Muted(participant=stage.seat(olena).id, kind="audio", muted=False)
    assert stage.commands == [media.Mute(peer, "audio", muted=False)]
    assert (stage.last(olena), stage.last(marko)) == (expected, expected)
    assert stage.seat(olena).seen().audio


def test_unmuting_before_there_is_media_counts_once_it_is_there(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.say(olena, Mute(kind="video", muted=False))
    assert stage.commands == []
    peer = stage.connect(olena)
    assert media.Mute(peer, "video", muted=False) in stage.commands


def test_a_teacher_can_silence_a_student_but_nobody_can_unmute_another(stage: Stage) -> None:
    teacher, student = stage.enter("Olena", Role.TEACHER), stage.enter("Marko")
    peer = stage.connect(student)
    stage.say(student, Mute(kind="audio", muted=False))
    stage.say(teacher, MuteOther(kind="audio", participant=stage.seat(student).id))
    assert stage.commands[-1] == media.Mute(peer, "audio", muted=True)
    assert stage.last(student) == Muted(participant=stage.seat(student).id, kind="audio", muted=True)


def test_silencing_somebody_who_is_gone_names_the_field(stage: Stage) -> None:
    teacher = stage.enter("Olena", Role.TEACHER)
    with pytest.raises(Refusal) as refused:
        stage.say(teacher, MuteOther(kind="audio", participant="nobody"))
    assert (refused.value.code, refused.value.field) == ("no_participant", "participant")


def test_wishes_go_to_the_media_plane_and_an_empty_list_goes_back_to_automatic(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    peer, other = stage.connect(olena), stage.connect(marko)
    stage.say(olena, Want(slots=(Wish("3", f"{other}/v"), Wish("4", None))))
    stage.say(olena, Want(slots=()))
    wishes = (SlotWish("3", TrackId(f"{other}/v")), SlotWish("4", None))
    assert stage.commands[-2:] == [media.Want(peer, wishes), media.Want(peer, None)]


def test_a_wish_for_quality_leaves_the_choice_of_the_track_to_the_media_plane(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    stage.say(olena, Want(slots=(Wish("3", quality="q", temporal=1),)))
    assert stage.commands[-1] == media.Want(peer, (SlotWish("3", UNSET, "q", 1),))


def test_rule_d3_a_track_of_another_room_cannot_be_wanted(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.connect(olena)
    with pytest.raises(Refusal) as refused:
        stage.say(olena, Want(slots=(Wish("3", None), Wish("4", "elsewhere/v"))))
    assert (refused.value.code, refused.value.field) == ("no_track", "slots[1].track")


def test_a_wish_before_the_first_offer_is_refused(stage: Stage) -> None:
    with pytest.raises(Refusal, match="Send an offer first"):
        stage.say(stage.enter("Olena"), Want(slots=()))


def test_a_later_offer_is_for_the_same_peer(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    stage.say(olena, Offer(sdp=SDP, rev=2))
    assert [(offer.peer, offer.revision) for offer in stage.offers] == [(peer, 1), (peer, 2)]


def test_a_fresh_offer_is_for_a_new_peer_and_does_not_ask_its_sender_for_another(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    stage.forget()
    stage.say(olena, Offer(sdp=SDP, rev=2, fresh=True))
    assert stage.commands == [Leave(peer)]
    assert stage.offers[-1].peer != peer
    assert not any(isinstance(message, StateChanged) for message in stage.inbox(olena))


def test_a_refused_first_offer_leaves_nothing_behind(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.say(olena, Offer(sdp=SDP, rev=1))
    peer = stage.peer(olena)
    stage.do(unanswered(stage.room, peer))
    assert stage.seat(olena).peer is None
    assert stage.commands == [Leave(peer)]


def test_a_refused_renegotiation_keeps_the_media(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    stage.do(unanswered(stage.room, peer))
    assert stage.seat(olena).peer == peer


def test_an_answer_for_somebody_who_left_meanwhile_ends_the_peer(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.say(olena, Offer(sdp=SDP, rev=1))
    peer = stage.peer(olena)
    stage.say(olena, Bye())
    stage.forget()
    stage.do(answered(stage.room, Answer(peer=peer, revision=1, sdp=SDP)))
    assert stage.commands == [Leave(peer)]


def test_bye_frees_the_seat_and_is_confirmed(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    seat = stage.seat(olena)
    stage.say(olena, Bye())
    assert (stage.farewell(olena).reason, stage.closed[olena].code) == ("bye", 1000)
    assert stage.last(marko) == Left(participant=seat.id, reason="bye")


def test_a_pong_names_its_ping_and_is_no_event(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.say(olena, Ping(id="p"))
    assert stage.numbered[olena][-1] == (0, Pong(re="p"))


def test_a_second_hello_is_refused(stage: Stage) -> None:
    with pytest.raises(Refusal, match="Open another one"):
        stage.say(stage.enter("Olena"), Hello(ticket="t"))


def test_a_socket_that_lost_its_seat_is_not_obeyed(stage: Stage) -> None:
    first, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.enter("Olena")
    stage.forget()
    stage.say(first, Say(text="ghost"))
    assert stage.inbox(marko) == []
