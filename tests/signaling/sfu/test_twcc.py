"""Transport-wide feedback: what is told is what came."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from signaling.sfu import rtcp, twcc

START_MICROSECONDS = 5_000_000


def read(packet: bytes) -> dict[int, int | None]:
    """Arrival in ticks of 250 microseconds by sequence, as a sender reads the feedback."""
    _, kind, words = struct.unpack_from("!BBH", packet)
    assert (kind, len(packet)) == (rtcp.RTPFB, 4 * words + 4)
    base, count, reference = struct.unpack_from("!HHI", packet, 12)
    chunks = -(-count // twcc.SYMBOLS_PER_CHUNK)
    symbols = [
        word >> (12 - 2 * place) & 3
        for (word,) in struct.iter_unpack("!H", packet[20 : 20 + 2 * chunks])
        for place in range(twcc.SYMBOLS_PER_CHUNK)
    ]
    position, clock = 20 + 2 * chunks, (reference >> 8) * 256
    arrivals: dict[int, int | None] = {}
    for step, symbol in enumerate(symbols[:count]):
        if symbol:
            clock += int.from_bytes(packet[position : position + symbol], "big", signed=symbol == twcc.LARGE_DELTA)
            position += symbol
        arrivals[(base + step) & 0xFFFF] = clock if symbol else None
    return arrivals


gaps = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 90_000)), min_size=1, max_size=200)


@given(st.integers(0, 0xFFFF), gaps)
def test_every_arrival_is_told_within_a_tick(first: int, steps: list[tuple[int, int]]) -> None:
    recorder = twcc.Recorder()
    told: dict[int, int] = {}
    sent: dict[int, int] = {}
    sequence, clock = first, START_MICROSECONDS
    for step, wait in steps:
        sequence, clock = (sequence + step) & 0xFFFF, clock + wait
        recorder.record(sequence, clock)
        sent[sequence] = clock
    for packet in recorder.feedback(1, 2):
        assert len(packet) < 1200
        told |= {each: at for each, at in read(packet).items() if at is not None}
    assert told.keys() == sent.keys()
    assert all(abs(told[each] * twcc.TICK_MICROSECONDS - at) <= 1000 for each, at in sent.items())


def test_the_next_feedback_begins_where_the_last_ended() -> None:
    recorder = twcc.Recorder()
    recorder.record(10, START_MICROSECONDS)
    assert list(read(next(recorder.feedback(1, 2)))) == [10]
    recorder.record(13, START_MICROSECONDS + 1000)
    assert [at is not None for at in read(next(recorder.feedback(1, 2))).values()] == [False, False, True]


def test_a_late_packet_is_told_after_all() -> None:
    recorder = twcc.Recorder()
    recorder.record(10, START_MICROSECONDS)
    list(recorder.feedback(1, 2))
    recorder.record(9, START_MICROSECONDS + 5000)
    assert list(read(next(recorder.feedback(1, 2)))) == [9]


def test_without_packets_there_is_no_feedback() -> None:
    assert list(twcc.Recorder().feedback(1, 2)) == []
