"""When the media of a lesson moves: one message to everybody, the same seats, the same muting."""

import pytest

from signaling.media import Answer, Leave, Mute, PeerState
from signaling.protocol import Bye, Moved, Offer, Resumed, Tracks
from signaling.protocol import Mute as MuteMessage
from signaling.verbs import answered
from tests.signaling.parts import SDP, Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_everybody_hears_one_moved_with_a_higher_epoch_and_keeps_the_seat(stage: Stage) -> None:
    sockets = stage.enter("Olena"), stage.enter("Marko")
    seats = [stage.seat(socket) for socket in sockets]
    for socket in sockets:
        stage.connect(socket)
    stage.forget()
    stage.do(stage.room.move(8))
    assert [stage.inbox(socket) for socket in sockets] == [[Moved(epoch=8)], [Moved(epoch=8)]]
    assert [stage.seat(socket) for socket in sockets] == seats
    assert [(seat.state, seat.tracks, seat.slots, seat.fate) for seat in seats] == [("connecting", (), (), "new")] * 2


def test_a_newcomer_after_the_move_is_welcomed_with_its_epoch(stage: Stage) -> None:
    stage.enter("Olena")
    stage.do(stage.room.move(8))
    assert stage.welcome(stage.enter("Marko")).epoch == 8


def test_what_the_lost_worker_still_says_changes_nothing(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    stage.do(stage.room.move(8))
    stage.forget()
    stage.hear(PeerState(peer, "gone"))
    assert stage.inbox(olena) == []


def test_a_microphone_that_was_on_is_on_at_the_new_worker_without_another_word(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.connect(olena)
    stage.say(olena, MuteMessage(kind="audio", muted=False))
    stage.do(stage.room.move(8))
    stage.forget()
    stage.say(olena, Offer(sdp=SDP, rev=2, fresh=True))
    peer = stage.peer(olena)
    stage.do(answered(stage.room, Answer(peer, 2, SDP)))
    assert stage.commands == [Mute(peer, "audio", muted=False), Mute(peer, "video", muted=True)]


def test_a_word_on_muting_reaches_the_old_worker_too_while_it_lingers(stage: Stage) -> None:
    olena = stage.enter("Olena")
    former = stage.connect(olena)
    stage.do(stage.room.move(8, linger=4000))
    stage.forget()
    stage.say(olena, MuteMessage(kind="audio", muted=False))
    stage.say(olena, MuteMessage(kind="audio", muted=True))
    assert stage.commands == [Mute(former, "audio", muted=False), Mute(former, "audio", muted=True)]


def test_a_new_connection_leaves_the_one_that_lingers_alone_and_whoever_leaves_ends_both(stage: Stage) -> None:
    olena = stage.enter("Olena")
    former = stage.connect(olena)
    stage.do(stage.room.move(8, linger=4000))
    stage.forget()
    stage.say(olena, Offer(sdp=SDP, rev=2, fresh=True))
    peer = stage.peer(olena)
    assert stage.commands == []
    stage.say(olena, Bye())
    assert {Leave(peer), Leave(former)} <= set(stage.commands)


def test_a_lesson_that_ends_ends_what_lingers(stage: Stage) -> None:
    former = stage.connect(stage.enter("Olena"))
    stage.do(stage.room.move(8, linger=4000))
    stage.forget()
    stage.do(stage.room.end("ended", 0))
    assert Leave(former) in stage.commands


def test_an_offer_from_before_the_move_is_a_new_peer_and_the_next_one_replaces_it(stage: Stage) -> None:
    olena = stage.enter("Olena")
    former = stage.connect(olena)
    stage.do(stage.room.move(8))
    stage.say(olena, Offer(sdp=SDP, rev=2))
    stage.say(olena, Offer(sdp=SDP, rev=3, fresh=True))
    assert len({former, *(offer.peer for offer in stage.offers)}) == 3
    assert stage.peer(olena) == stage.offers[-1].peer


def test_who_was_away_is_told_of_new_media_and_finds_the_move_in_the_replay(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.connect(olena)
    reached = stage.seat(olena).seq
    stage.drop(olena)
    stage.do(stage.room.move(8))
    back = stage.resume("secret-1", reached)
    assert stage.inbox(back) == [Resumed(media="new", missed=1), Moved(epoch=8)]


def test_the_tracks_of_before_are_told_anew_by_the_new_worker(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.connect(olena)
    stage.do(stage.room.move(8))
    stage.forget()
    stage.connect(olena)
    assert any(isinstance(message, Tracks) and len(message.added) == 2 for message in stage.inbox(marko))
