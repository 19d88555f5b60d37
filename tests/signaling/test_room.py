import pytest

from signaling.media import CloseRoom, Leave
from signaling.model import Came, LiveSettings, Refusal, Role, Went
from signaling.protocol import Chat, Joined, Left, Mute, Resumed, Say, StateChanged, Tracks
from tests.signaling.parts import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_the_first_welcome_tells_the_lesson_and_that_nobody_else_is_there(stage: Stage) -> None:
    olena = stage.enter("Olena", Role.TEACHER)
    welcome = stage.welcome(olena)
    assert (welcome.lesson.title, welcome.lesson.starts) == ("Harmony", "2026-11-21T10:00:00Z")
    assert (welcome.me.name, welcome.me.role, welcome.me.state) == ("Olena", Role.TEACHER, "connecting")
    assert (welcome.peers, welcome.media, welcome.resume.secret) == ((), "new", "secret-1")


def test_everybody_else_hears_who_joined_and_the_newcomer_sees_who_is_there(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    joined = stage.last(olena)
    assert isinstance(joined, Joined)
    assert joined.participant == stage.welcome(marko).me
    assert [peer.name for peer in stage.welcome(marko).peers] == ["Olena"]


def test_microphone_and_camera_start_muted(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.connect(olena)
    seen = stage.seat(olena).seen()
    assert (seen.audio, seen.video) == (False, False)
    assert all(track.muted for track in seen.tracks)


def test_a_name_loses_controls_and_what_is_over_sixty_four_characters(stage: Stage) -> None:
    spoofed = stage.enter("\u202eOlena\x07\n" + "x" * 100)
    assert stage.welcome(spoofed).me.name == "Olena " + "x" * 58


def test_a_full_room_refuses_with_the_number_of_places(stage: Stage) -> None:
    stage = Stage(LiveSettings(participants=1))
    stage.enter("Olena")
    with pytest.raises(Refusal, match="all 1 places are taken") as refused:
        stage.enter("Marko")
    assert (refused.value.code, refused.value.retry) == ("room_full", "later")
    assert len(stage.room.seats) == 1


def test_the_same_attendee_gets_the_own_seat_even_in_a_full_room(stage: Stage) -> None:
    stage = Stage(LiveSettings(participants=1))
    first = stage.enter("Olena")
    second = stage.enter("Olena")
    assert stage.welcome(second).me.id == stage.welcome(first).me.id


def test_opening_on_a_second_device_closes_the_first_and_its_media(stage: Stage) -> None:
    first, marko = stage.enter("Olena"), stage.enter("Marko")
    peer = stage.connect(first)
    stage.forget()
    second = stage.enter("Olena")
    assert stage.farewell(first).reason == "moved"
    assert stage.commands == [Leave(peer)]
    assert [type(message) for message in stage.inbox(marko)] == [Tracks, Joined]
    assert stage.welcome(second).media == "new"
    assert stage.seat(second).muted("audio")


def test_moving_to_another_device_is_neither_coming_nor_going(stage: Stage) -> None:
    stage.enter("Olena")
    stage.enter("Olena")
    assert stage.reports == [Came(lesson="lesson", identity="attendee-Olena", at=stage.now)]


def test_a_secret_of_the_first_device_is_worthless_after_the_move(stage: Stage) -> None:
    stage.enter("Olena")
    stage.enter("Olena")
    with pytest.raises(Refusal, match="no longer kept"):
        stage.resume("secret-1", 0)


def test_a_lost_socket_makes_the_participant_away_and_keeps_seat_and_media(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.connect(olena)
    seat = stage.seat(olena)
    stage.forget()
    stage.drop(olena)
    assert stage.last(marko) == StateChanged(participant=seat.id, state="away")
    assert seat.peer is not None
    assert stage.commands == []


def test_a_resume_replays_what_was_missed_in_order_and_with_its_numbers(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    seen = stage.numbered[olena][-1][0]
    stage.drop(olena)
    stage.say(marko, Say(text="one"))
    stage.say(marko, Say(text="two"))
    back = stage.resume("secret-1", seen)
    assert stage.numbered[back][0] == (seen, Resumed(media="new", missed=2))
    assert [(seq, m.text) for seq, m in stage.numbered[back] if isinstance(m, Chat)] == [
        (seen + 1, "one"),
        (seen + 2, "two"),
    ]


def test_a_resume_is_the_same_seat_and_keeps_the_media(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.connect(olena)
    seat = stage.seat(olena)
    stage.drop(olena)
    back = stage.resume("secret-1", seat.seq)
    assert stage.seat(back) is seat
    assert stage.inbox(back) == [Resumed(media="kept", missed=0)]
    assert stage.last(marko) == StateChanged(participant=seat.id, state="live")


def test_a_resume_before_the_old_socket_is_known_lost_replaces_it(stage: Stage) -> None:
    olena = stage.enter("Olena")
    back = stage.resume("secret-1", 0)
    assert stage.farewell(olena).reason == "resumed"
    assert len(stage.room.seats) == 1
    stage.drop(olena)
    assert stage.seat(back).state == "connecting"


def test_a_resume_may_be_repeated_with_the_same_secret(stage: Stage) -> None:
    stage.enter("Olena")
    for _ in range(3):
        stage.drop(stage.resume("secret-1", 0))
    assert len(stage.room.seats) == 1


@pytest.mark.parametrize("claimed", [0, 10_000])
def test_a_resume_from_beyond_what_is_kept_gets_the_whole_state(claimed: int) -> None:
    stage = Stage(LiveSettings(replay_events=2))
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.drop(olena)
    for text in ("one", "two", "three"):
        stage.say(marko, Say(text=text))
    back = stage.resume("secret-1", claimed)
    welcome = stage.welcome(back)
    assert [line.text for line in welcome.chat] == ["one", "two", "three"]
    assert welcome.resume.secret == "secret-1"
    assert stage.numbered[back][-1][0] == stage.seat(back).seq


def test_a_seat_is_freed_after_thirty_seconds_and_not_before(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    seat = stage.seat(olena)
    stage.drop(olena)
    assert stage.room.lost(stage.now + 29) == []
    assert stage.room.lost(stage.now + 30) == [seat.id]
    stage.do(stage.room.expire(seat.id, stage.now + 30))
    assert stage.last(marko) == Left(participant=seat.id, reason="lost")
    with pytest.raises(Refusal, match="no longer kept"):
        stage.resume("secret-1", 0)


def test_who_came_back_in_time_is_not_expired(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.drop(olena)
    back = stage.resume("secret-1", 0)
    assert stage.room.expire(stage.seat(back).id, stage.now + 60) == []


def test_attendance_of_a_lost_participant_ends_when_the_socket_was_lost(stage: Stage) -> None:
    olena, lost_at = stage.enter("Olena"), stage.now
    seat = stage.seat(olena)
    stage.drop(olena)
    stage.do(stage.room.expire(seat.id, stage.now + 31))
    assert stage.reports[-1] == Went(lesson="lesson", identity="attendee-Olena", at=lost_at, reason="lost")


def test_a_revoked_attendee_is_out_at_once_and_the_others_hear_it(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    peer, seat = stage.connect(olena), stage.seat(olena)
    stage.forget()
    stage.do(stage.room.remove("attendee-Olena", stage.now))
    assert (stage.farewell(olena).reason, stage.closed[olena].code) == ("removed", 4410)
    assert stage.commands == [Leave(peer)]
    assert stage.last(marko) == Left(participant=seat.id, reason="removed")


def test_a_revoked_attendee_who_is_away_cannot_resume(stage: Stage) -> None:
    stage.drop(stage.enter("Olena"))
    stage.do(stage.room.remove("attendee-Olena", stage.now))
    with pytest.raises(Refusal, match="no longer kept"):
        stage.resume("secret-1", 0)


def test_the_last_to_leave_closes_the_room(stage: Stage) -> None:
    stage.enter("Olena")
    stage.do(stage.room.remove("attendee-Olena", stage.now))
    assert stage.commands == [CloseRoom(stage.room.id)]


@pytest.mark.parametrize(("reason", "code", "retry"), [("ended", 1000, None), ("restart", 1001, "resume")])
def test_the_end_of_a_room_says_goodbye_to_all(stage: Stage, reason: str, code: int, retry: str | None) -> None:
    sockets = [stage.enter("Olena"), stage.enter("Marko")]
    stage.do(stage.room.end("ended" if reason == "ended" else "restart", stage.now))
    assert {(stage.closed[s].code, stage.farewell(s).reason, stage.farewell(s).retry) for s in sockets} == {
        (code, reason, retry)
    }
    assert [event.reason for event in stage.reports if isinstance(event, Went)] == [reason, reason]
    assert stage.room.seats == {}


def test_every_event_raises_the_number_by_one_and_nothing_else_does(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.connect(olena)
    marko = stage.enter("Marko")
    stage.connect(marko)
    stage.say(marko, Say(text="hello"))
    for socket in (olena, marko):
        events = [seq for seq, message in stage.numbered[socket] if message.EVENT]
        assert events == list(range(1, len(events) + 1))


def test_the_history_keeps_the_last_lines_only(stage: Stage) -> None:
    stage = Stage(LiveSettings(chat_lines=2))
    olena = stage.enter("Olena")
    for text in ("one", "two", "three"):
        stage.say(olena, Say(text=text))
    assert [line.text for line in stage.welcome(stage.enter("Marko")).chat] == ["two", "three"]


def test_a_newcomer_sees_who_has_the_microphone_on(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.connect(olena)
    stage.say(olena, Mute(kind="audio", muted=False))
    (peer,) = stage.welcome(stage.enter("Marko")).peers
    assert (peer.audio, peer.video) == (True, False)
