"""Nobody is recorded who did not agree to this very recording, and everybody sees who is."""

import pytest

from signaling import media, recording
from signaling.effects import Ask
from signaling.media import CloseRoom, EndRecording, PeerId
from signaling.model import ConsentAnswer, RecordingOrder, RecordingWish, Refusal, Role, SocketId
from signaling.protocol import Consent, Record, Recorded, Recording
from tests.signaling.parts import Stage

ORDER = RecordingOrder("rec", "/srv/rec", "text 1")


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    host = stage.enter("Olena", Role.HOST)
    stage.connect(host)
    return stage


HOST = SocketId(1)


def asked(stage: Stage, socket: SocketId, message: Record | Consent) -> Ask:
    """What the application is asked for a message."""
    (ask,) = recording_effects(stage, socket, message)
    assert isinstance(ask, Ask)
    return ask


def recording_effects(stage: Stage, socket: SocketId, message: Record | Consent) -> list[object]:
    handler = recording.direct if isinstance(message, Record) else recording.consent
    return list(handler(stage.room, stage.seat(socket), message, stage.now))  # type: ignore[arg-type]  # each its own


def direct(stage: Stage, action: str) -> None:
    """The host asks, and the application agrees."""
    ask = asked(stage, HOST, Record(action=action))  # type: ignore[arg-type]  # one of the four
    stage.do(recording.settled(stage.room, ask, ORDER if action == "start" else None))


def agree(stage: Stage, socket: SocketId, *, given: bool = True) -> None:
    ask = asked(stage, socket, Consent(recording="rec", given=given))
    stage.do(recording.settled(stage.room, ask, None))


def takes(stage: Stage) -> list[tuple[PeerId, str | None]]:
    """Whom the media plane was told to record, and as whom."""
    return [
        (each.peer, each.take.publisher if each.take else None)
        for each in stage.commands
        if isinstance(each, media.Record)
    ]


def test_a_recording_is_told_to_everybody_and_records_nobody_yet(stage: Stage) -> None:
    guest = stage.enter("Marko", Role.GUEST)
    stage.connect(guest)
    direct(stage, "start")
    assert stage.last(guest) == Recording(id="rec", state="on", version="text 1")
    assert takes(stage) == []


def test_who_agrees_is_recorded_and_shown_as_such(stage: Stage) -> None:
    guest = stage.enter("Marko", Role.GUEST)
    peer = stage.connect(guest)
    direct(stage, "start")
    agree(stage, guest)
    assert takes(stage) == [(peer, "attendee-Marko")]
    assert stage.last(HOST) == Recorded(participant=stage.seat(guest).id, recorded=True)
    assert [stage.seat(each).seen().recorded for each in (HOST, guest)] == [False, True]


def test_the_application_keeps_each_answer_with_the_version_of_the_text(stage: Stage) -> None:
    direct(stage, "start")
    ask = asked(stage, HOST, Consent(recording="rec", given=False))
    assert ask.question == ConsentAnswer("lesson", "rec", "text 1", "attendee-Olena", "Olena", given=False)


def test_who_declines_stays_and_is_not_recorded(stage: Stage) -> None:
    direct(stage, "start")
    agree(stage, HOST, given=False)
    assert takes(stage) == []
    assert stage.seat(HOST).socket == HOST


def test_who_agreed_may_think_otherwise(stage: Stage) -> None:
    direct(stage, "start")
    agree(stage, HOST)
    agree(stage, HOST, given=False)
    assert [publisher for _, publisher in takes(stage)] == ["attendee-Olena", None]
    assert not stage.seat(HOST).seen().recorded


def test_who_comes_late_is_told_and_asked(stage: Stage) -> None:
    direct(stage, "start")
    late = stage.enter("Iryna")
    welcome = stage.welcome(late).recording
    assert welcome is not None
    assert (welcome.id, welcome.state, welcome.consent) == ("rec", "on", "asked")


def test_who_comes_back_with_another_connection_is_still_recorded(stage: Stage) -> None:
    direct(stage, "start")
    agree(stage, HOST)
    stage.do(stage.room.move(9))
    peer = stage.connect(HOST)
    assert takes(stage)[-1] == (peer, "attendee-Olena")


def test_a_pause_records_nobody_and_afterwards_those_who_agreed(stage: Stage) -> None:
    direct(stage, "start")
    agree(stage, HOST)
    direct(stage, "pause")
    assert takes(stage)[-1][1] is None
    assert not stage.seat(HOST).seen().recorded
    direct(stage, "resume")
    assert takes(stage)[-1][1] == "attendee-Olena"
    assert stage.seat(HOST).seen().recorded


def test_who_agrees_during_a_pause_is_recorded_after_it(stage: Stage) -> None:
    direct(stage, "start")
    direct(stage, "pause")
    agree(stage, HOST)
    assert takes(stage)[-1][1] is None
    direct(stage, "resume")
    assert takes(stage)[-1][1] == "attendee-Olena"


def test_the_end_is_told_and_another_recording_asks_anew(stage: Stage) -> None:
    direct(stage, "start")
    agree(stage, HOST)
    direct(stage, "stop")
    assert EndRecording(stage.room.id, "rec") in stage.commands
    assert not stage.seat(HOST).seen().recorded
    stage.do(recording.begin(stage.room, RecordingOrder("other", "/srv/other", "text 1")))
    assert not stage.seat(HOST).seen().recorded


def test_a_recording_that_failed_is_over_for_everybody(stage: Stage) -> None:
    direct(stage, "start")
    stage.do(recording.over(stage.room, "rec"))
    assert stage.last(HOST) == Recording(id="rec", state="off", version="text 1")


def test_when_the_last_one_leaves_the_recording_ends(stage: Stage) -> None:
    direct(stage, "start")
    stage.do(stage.room.leave(stage.seat(HOST), "bye", stage.now))
    assert stage.commands[-2:] == [EndRecording(stage.room.id, "rec"), CloseRoom(stage.room.id)]


def test_a_start_that_was_granted_too_late_ends_at_once(stage: Stage) -> None:
    ask = asked(stage, HOST, Record(action="start"))
    stage.do(stage.room.leave(stage.seat(HOST), "bye", stage.now))
    stage.do(recording.settled(stage.room, ask, ORDER))
    assert stage.commands[-1] == EndRecording(stage.room.id, "rec")


@pytest.mark.parametrize(
    ("before", "action"), [([], "stop"), ([], "pause"), (["start"], "start"), (["start"], "resume")]
)
def test_what_cannot_be_done_now_is_refused(stage: Stage, before: list[str], action: str) -> None:
    for each in before:
        direct(stage, each)
    with pytest.raises(Refusal) as refused:
        direct(stage, action)
    assert (refused.value.code, refused.value.cause) == ("recording_refused", "state")


def test_an_answer_to_a_recording_that_is_over_is_refused(stage: Stage) -> None:
    with pytest.raises(Refusal, match="is over"):
        agree(stage, HOST)


def test_only_a_host_may_record(stage: Stage) -> None:
    guest = stage.enter("Marko", Role.TEACHER)
    with pytest.raises(Refusal) as refused:
        stage.say(guest, Record(action="start"))
    assert refused.value.code == "forbidden"


def test_the_wish_of_the_host_names_lesson_and_recording(stage: Stage) -> None:
    direct(stage, "start")
    assert asked(stage, HOST, Record(action="stop")).question == RecordingWish(
        "lesson", "attendee-Olena", "stop", "rec"
    )
