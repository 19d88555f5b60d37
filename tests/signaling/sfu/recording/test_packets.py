"""Packets come out of the tap in order, whatever the network did."""

from signaling.sfu.recording.packets import Order, Packet, Reader
from tests.signaling.sfu.recording.media import drip


def taken(order: Order, now: float = 0.0) -> list[int | None]:
    return [packet.index if packet else None for packet in order.take(now)]


def packet(index: int, at: float = 0.0) -> Packet:
    return Packet(index, 0, marker=False, payload_type=96, payload=b"x", at=at)


def order_of(*indexes: int, at: float = 0.0) -> Order:
    order = Order(0.5)
    for index in indexes:
        order.put(packet(index, at))
    return order


def test_packets_that_overtook_each_other_are_put_in_order() -> None:
    assert taken(order_of(1, 3, 2, 4)) == [1, 2, 3, 4]


def test_a_missing_packet_is_waited_for() -> None:
    order = order_of(1, 3)
    assert taken(order, 0.4) == [1]
    order.put(packet(2))
    assert taken(order, 0.4) == [2, 3]


def test_after_a_while_a_missing_packet_is_a_hole() -> None:
    assert taken(order_of(1, 4, 5), 0.6) == [1, None, 4, 5]


def test_a_packet_that_comes_after_its_hole_is_of_no_use() -> None:
    order = order_of(1, 3)
    assert taken(order, 0.6) == [1, None, 3]
    order.put(packet(2))
    assert taken(order, 0.6) == []


def test_a_packet_that_comes_twice_is_taken_once() -> None:
    order = order_of(1)
    assert taken(order) == [1]
    order.put(packet(1))
    assert taken(order) == []


def test_what_waits_is_bounded() -> None:
    order = order_of(1, *range(3, 3000))
    assert taken(order)[:3] == [1, None, 3]


def test_after_a_restart_no_hole_is_told() -> None:
    order = order_of(1)
    assert taken(order) == [1]
    order.restart()
    order.put(packet(500))
    assert taken(order) == [500]


def test_wraps_of_sequence_and_timestamp_are_counted() -> None:
    drips = b"".join(drip(65_535 + step, 2**32 - 10 + 20 * step, b"x") for step in range(3))
    packets = list(Reader().read(drips))
    assert [each.index for each in packets] == [65_535, 65_536, 65_537]
    assert [each.ticks - packets[0].ticks for each in packets] == [0, 20, 40]


def test_padding_is_no_payload() -> None:
    plain = bytearray(drip(1, 0, b"xyz\x00\x00\x03"))
    plain[10] |= 0x20
    assert [each.payload for each in Reader().read(bytes(plain))] == [b"xyz"]
