import pytest

from signaling.media import NeedSlots, PeerId, PeerState, Slot, SlotsChanged, Speaker, Track, TrackId, TracksChanged
from signaling.protocol import NeedSlots as NeedSlotsMessage
from signaling.protocol import Offer, Slots, SlotView, StateChanged, Tracks
from signaling.protocol import Speaker as SpeakerMessage
from tests.signaling.parts import SDP, Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_tracks_are_told_to_everybody_with_the_rooms_word_on_muting(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.connect(olena)
    told = stage.last(marko)
    assert isinstance(told, Tracks)
    assert told.participant == stage.seat(olena).id
    assert [(track.kind, track.muted) for track in told.added] == [("audio", True), ("video", True)]
    assert stage.last(olena) == told


def test_an_update_of_a_known_track_is_no_news(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    stage.forget()
    known = Track(TrackId(f"{peer}/a"), "audio", muted=True)
    stage.hear(TracksChanged(stage.room.id, peer, added=(known,)))
    assert stage.inbox(olena) == []


def test_a_track_that_ended_is_told_by_its_id(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    peer = stage.connect(olena)
    stage.hear(TracksChanged(stage.room.id, peer, removed=(TrackId(f"{peer}/v"), TrackId("never"))))
    assert stage.last(marko) == Tracks(participant=stage.seat(olena).id, added=(), removed=(f"{peer}/v",))


def test_slots_name_the_participant_instead_of_the_peer(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    mine, theirs = stage.connect(olena), stage.connect(marko)
    stage.hear(SlotsChanged(mine, (Slot("2", "audio", TrackId(f"{theirs}/a"), theirs), Slot("3", "video"))))
    expected = (
        SlotView("2", "audio", stage.seat(marko).id, f"{theirs}/a"),
        SlotView("3", "video", None, None),
    )
    assert stage.last(olena) == Slots(slots=expected)
    assert not any(isinstance(message, Slots) for message in stage.inbox(marko))


def test_a_slot_names_the_codec_that_its_browser_lacks(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    mine, theirs = stage.connect(olena), stage.connect(marko)
    track = TrackId(f"{theirs}/v")
    stage.hear(SlotsChanged(mine, (Slot("3", "video", track, theirs, "AV1"),)))
    assert stage.last(olena) == Slots(slots=(SlotView("3", "video", stage.seat(marko).id, track, "AV1"),))


def test_slots_of_somebody_who_left_meanwhile_are_shown_empty(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    stage.hear(SlotsChanged(peer, (Slot("2", "audio", TrackId("gone/a"), PeerId("gone")),)))
    assert stage.last(olena) == Slots(slots=(SlotView("2", "audio", None, None),))


def test_the_same_slots_again_are_no_news(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    for _ in range(2):
        stage.hear(SlotsChanged(peer, (Slot("2", "audio"),)))
    assert sum(isinstance(message, Slots) for message in stage.inbox(olena)) == 1


def test_a_client_that_missed_too_much_learns_its_slots_from_the_welcome(stage: Stage) -> None:
    olena = stage.enter("Olena")
    peer = stage.connect(olena)
    stage.hear(SlotsChanged(peer, (Slot("2", "audio"),)))
    stage.drop(olena)
    welcome = stage.welcome(stage.resume("secret-1", 10_000))
    assert (welcome.assigned, welcome.media) == ((SlotView("2", "audio", None, None),), "kept")


def test_a_silent_peer_is_stale_and_then_live_again_for_everybody(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    peer = stage.connect(olena)
    stage.hear(PeerState(peer, "stale"))
    assert stage.last(marko) == StateChanged(participant=stage.seat(olena).id, state="stale")
    stage.hear(PeerState(peer, "live"))
    assert stage.last(marko) == StateChanged(participant=stage.seat(olena).id, state="live")


def test_media_that_is_gone_takes_its_tracks_along_and_asks_its_owner_for_more(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    peer = stage.connect(olena)
    stage.forget()
    stage.hear(PeerState(peer, "gone"))
    state = StateChanged(participant=stage.seat(olena).id, state="connecting")
    assert stage.seat(olena).seen().tracks == ()
    assert (stage.last(olena), stage.last(marko)) == (state, state)


def test_media_that_never_came_up_is_told_to_its_owner_alone(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    stage.say(olena, Offer(sdp=SDP, rev=1))
    peer = stage.peer(olena)
    stage.forget()
    stage.hear(PeerState(peer, "gone"))
    assert stage.inbox(olena) == [StateChanged(participant=stage.seat(olena).id, state="connecting")]
    assert stage.inbox(marko) == []


def test_events_of_a_replaced_peer_change_nothing(stage: Stage) -> None:
    olena = stage.enter("Olena")
    old = stage.connect(olena)
    stage.say(olena, Offer(sdp=SDP, rev=2, fresh=True))
    stage.forget()
    stage.hear(PeerState(old, "gone"))
    stage.hear(TracksChanged(stage.room.id, old, added=(Track(TrackId("x"), "audio"),)))
    stage.hear(SlotsChanged(old, (Slot("2", "audio"),)))
    stage.hear(NeedSlots(old, 1, 1))
    assert stage.inbox(olena) == []
    assert stage.seat(olena).peer != old


def test_the_speaker_is_a_participant_and_told_once(stage: Stage) -> None:
    olena, marko = stage.enter("Olena"), stage.enter("Marko")
    peer = stage.connect(olena)
    stage.forget()
    for event in (Speaker(stage.room.id, peer), Speaker(stage.room.id, peer), Speaker(stage.room.id)):
        stage.hear(event)
    seat = stage.seat(olena)
    assert stage.inbox(marko) == [SpeakerMessage(participant=seat.id), SpeakerMessage(participant=None)]


def test_a_speaker_who_leaves_is_not_the_speaker_of_the_next_welcome(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.enter("Marko")
    stage.hear(Speaker(stage.room.id, stage.connect(olena)))
    stage.do(stage.room.remove("attendee-Olena", stage.now))
    assert stage.welcome(stage.enter("Iryna")).speaker is None


def test_the_wish_for_more_slots_is_passed_on(stage: Stage) -> None:
    olena = stage.enter("Olena")
    stage.hear(NeedSlots(stage.connect(olena), audio=2, video=1))
    assert stage.last(olena) == NeedSlotsMessage(audio=2, video=1)
