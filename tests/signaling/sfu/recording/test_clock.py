"""Frames are taken when the sender's reports say so, on the server's clock."""

from signaling.sfu.recording.clock import NTP_UNIT, PATIENCE, SenderClock, SourceClock, Told

SENDER = 4_000_000_000.0


def told(seconds: float, ticks: int, at: float) -> Told:
    return Told(int((SENDER + seconds) * NTP_UNIT), ticks, at)


def test_sound_and_picture_of_one_sender_stay_in_step_however_late_each_came() -> None:
    sender = SenderClock()
    sound, picture = SourceClock(48_000, sender), SourceClock(90_000, sender)
    sound.tell(told(10.0, 480_000, 5.02), 480_000)
    picture.tell(told(10.5, 945_000, 5.53), 945_000)
    heard, seen = sound.time(528_000, 7.0, 7.0), picture.time(990_000, 7.0, 7.0)
    assert heard is not None
    assert seen is not None
    assert abs(heard - seen) < 0.002
    assert abs(heard - 6.02) < 0.002


def test_a_frame_waits_for_the_first_report_but_not_for_ever() -> None:
    clock = SourceClock(90_000, SenderClock())
    assert clock.time(0, 5.0, 5.0 + PATIENCE / 2) is None
    assert clock.time(0, 5.0, 5.0 + PATIENCE) == 5.0
    assert clock.time(90_000, 6.0, 6.0) == 6.0


def test_a_report_that_was_long_on_its_way_is_outdone_by_a_quicker_one() -> None:
    sender = SenderClock()
    assert sender.hear(SENDER, 5.2) == 5.2 - SENDER
    assert sender.hear(SENDER + 1, 6.01) == 6.01 - SENDER - 1
    assert sender.hear(SENDER + 2, 7.3) == 6.01 - SENDER - 1


def test_small_corrections_cause_no_leap() -> None:
    clock = SourceClock(90_000, SenderClock())
    clock.tell(told(0.0, 0, 5.0), 0)
    clock.tell(told(1.0, 90_000 - 180, 6.0), 90_000 - 180)
    assert clock.time(180_000, 7.5, 7.5) == 7.0


def test_a_sender_whose_clock_is_set_is_followed() -> None:
    clock = SourceClock(90_000, SenderClock())
    clock.tell(told(0.0, 0, 5.0), 0)
    clock.tell(told(3600.0, 90_000, 6.0), 90_000)
    found = clock.time(180_000, 7.1, 7.1)
    assert found is not None
    assert abs(found - 7.0) < 0.01


def test_nothing_was_taken_after_it_came_or_long_before() -> None:
    clock = SourceClock(90_000, SenderClock())
    clock.tell(told(0.0, 0, 5.0), 0)
    assert clock.time(90_000 * 3600, 6.0, 6.0) == 6.0
    assert clock.time(-90_000 * 3600, 6.0, 6.0) == -4.0
