"""Who is the speaker of a room."""

from signaling.media import PeerId
from signaling.sfu.speaker import ActiveSpeaker, Floor, Voice

ANN, BOB = PeerId("ann"), PeerId("bob")
LOUD, LOUDER, QUIET = Voice(90.0), Voice(100.0), Voice(20.0)


def decided(*moments: tuple[float, dict[PeerId, Voice]]) -> list[PeerId | None]:
    """The speaker after each moment."""
    speaker = ActiveSpeaker()
    found = []
    for now, voices in moments:
        speaker.decide(voices, now)
        found.append(speaker.current)
    return found


def test_a_voice_must_last_before_it_takes_the_floor() -> None:
    speaking = {ANN: LOUD, BOB: QUIET}
    assert decided((0.0, speaking), (0.2, speaking), (0.4, speaking)) == [None, None, ANN]


def test_a_cough_does_not_take_the_floor() -> None:
    speaking, cough = {ANN: LOUD, BOB: QUIET}, {ANN: LOUD, BOB: LOUDER}
    moments = ((0.0, speaking), (0.4, speaking), (0.6, cough), (0.8, speaking), (1.0, cough), (1.2, speaking))
    assert decided(*moments)[-4:] == [ANN] * 4


def test_a_little_louder_is_not_enough() -> None:
    both = {ANN: LOUD, BOB: Voice(94.0)}
    assert decided((0.0, {ANN: LOUD}), (0.4, {ANN: LOUD}), (1.0, both), (3.0, both))[-1] == ANN


def test_quiet_must_last_before_nobody_speaks() -> None:
    speaking, quiet = {ANN: LOUD}, {ANN: QUIET}
    assert decided((0.0, speaking), (0.4, speaking), (1.0, quiet), (2.9, quiet), (3.0, quiet))[-2:] == [ANN, None]


def test_a_speaker_who_leaves_is_the_speaker_no_longer() -> None:
    assert decided((0.0, {ANN: LOUD}), (0.4, {ANN: LOUD}), (0.6, {}))[-1] is None


def test_a_voice_rises_with_its_packets_and_dies_away_without() -> None:
    voice = Voice()
    for _ in range(40):
        voice.hear(0x80 | 20)
    assert 100 < voice.loudness < 107
    voice.fade()
    loud = voice.loudness
    voice.fade()
    assert voice.loudness < loud


def test_who_is_audible_is_told_at_once_and_who_speaks_only_when_all_agree() -> None:
    floor = Floor()
    assert floor.listen({ANN: LOUD, BOB: QUIET}, 0.0) == (False, True)
    assert (floor.last("audio", ANN), floor.last("video", ANN)) == (0.0, float("-inf"))
    assert floor.listen({ANN: LOUD, BOB: QUIET}, 0.4) == (True, False)
    assert (floor.last("audio", ANN), floor.last("video", ANN)) == (0.4, 0.4)
    assert floor.last("audio", BOB) == float("-inf")


def test_who_leaves_was_never_heard() -> None:
    floor = Floor()
    floor.listen({ANN: LOUD}, 0.0)
    floor.listen({BOB: QUIET}, 0.2)
    assert floor.last("audio", ANN) == float("-inf")
