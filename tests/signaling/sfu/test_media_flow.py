"""Real peers exchange real media through the SFU, on both engines."""

from dataclasses import replace

import pytest

from signaling import media
from signaling.media import PeerId, RoomId, SlotWish, TrackId
from signaling.sfu import SfuSettings
from tests.signaling.sfu.clients import Client, Lesson, until
from tests.signaling.sfu.lossy import Direction, LossyProxy


def receives(client: Client, others: int = 1) -> bool:
    """Whether pictures of so many others, and sound, come through."""
    videos = [mid for mid in client.widths if client.frames[mid] > 3]
    return len(videos) >= others and client.decoded("audio") > 5


async def pair(lesson: Lesson) -> tuple[Client, Client]:
    ann = await lesson.client("ann").publish().slots(1).join()
    bob = await lesson.client("bob").publish().slots(1).join()
    await until(lambda: receives(ann) and receives(bob))
    return ann, bob


async def hears_more(client: Client) -> None:
    heard = client.decoded("audio")
    await until(lambda: client.decoded("audio") > heard + 25)


async def test_two_peers_see_and_hear_each_other(lesson: Lesson) -> None:
    await pair(lesson)
    figures = lesson.sfu.figures()
    assert (figures.rooms, figures.peers, figures.live, figures.tracks, figures.slots_in_use) == (1, 2, 2, 4, 4)
    assert figures.packets_dropped == 0


async def test_a_late_joiner_needs_no_renegotiation(lesson: Lesson) -> None:
    ann = await lesson.client("ann").publish().slots(2).join()
    bob = await lesson.client("bob").publish().slots(2).join()
    await until(lambda: receives(ann) and receives(bob))
    eve = await lesson.client("eve").publish().slots(2).join()
    await until(lambda: all(receives(each, 2) for each in (ann, bob, eve)))
    assert [each.revision for each in lesson.clients] == [1, 1, 1]


async def test_rooms_are_separate(lesson: Lesson) -> None:
    ann = await lesson.client("ann").publish().slots(1).join()
    bob = await lesson.client("bob").publish().slots(1).join()
    far = await lesson.client("far", room="other").publish().slots(1).join()
    await until(lambda: receives(ann) and receives(bob))
    assert lesson.states("far")[-1] == "live"
    assert not far.frames


async def test_the_sender_is_asked_at_once_and_not_with_the_next_look_at_everybody(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.sfu.sfu.TICK", 3600)
    await lesson.client("ann").publish().join()
    await until(lambda: lesson.sfu.figures().packets_in > 100)
    bob = await lesson.client("bob").slots(1).join()
    await until(lambda: bob.decoded("video") > 3)


async def test_a_new_receiver_gets_a_key_frame_because_the_sender_is_asked(lesson: Lesson) -> None:
    await lesson.client("ann").publish().join()
    await until(lambda: lesson.sfu.figures().packets_in > 100)
    before = lesson.sfu.figures().plis_sent
    eve = await lesson.client("eve").slots(1).join()
    await until(lambda: receives(eve))
    assert lesson.sfu.figures().plis_sent > before


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_lost_packets_are_sent_again(lesson: Lesson, direction: Direction) -> None:
    ann = lesson.client("ann").publish(640, audio=False)
    bob = lesson.client("bob").slots(1, ("video",))
    proxy = await LossyProxy(lesson.sfu.addresses[0], direction, every=7).open()
    await ann.join(proxy.port if direction == "up" else None)
    await bob.join(proxy.port if direction == "down" else None)
    await until(lambda: proxy.lost > 5 and bob.decoded("video") > 30)
    figures = lesson.sfu.figures()
    assert (figures.nacks_sent if direction == "up" else figures.retransmitted) > 3
    proxy.close()


async def test_a_muted_picture_is_not_forwarded_and_comes_back_with_a_key_frame(lesson: Lesson) -> None:
    ann, bob = await pair(lesson)
    lesson.sfu.command(media.Mute(ann.id, "video", muted=True))
    shown = media.Track(TrackId("ann/1"), "video", muted=True)
    assert lesson.events[-1] == media.TracksChanged(RoomId("r"), ann.id, (shown,))
    await hears_more(bob)
    seen = bob.decoded("video")
    await hears_more(bob)
    assert bob.decoded("video") == seen
    asked = lesson.sfu.figures().plis_sent
    lesson.sfu.command(media.Mute(ann.id, "video", muted=False))
    await until(lambda: bob.decoded("video") > seen + 10)
    assert lesson.sfu.figures().plis_sent > asked


async def test_who_cannot_decode_a_picture_is_told_and_the_others_see_it(lesson: Lesson) -> None:
    await lesson.client("ann").publish().join()
    bob = await lesson.client("bob").slots(1).only("video/H264").join()
    await until(lambda: lesson.lacking("bob") == {"0": None, "1": "VP8"})
    eve = await lesson.client("eve").slots(1).join()
    await until(lambda: receives(eve) and bob.decoded("audio") > 5)
    assert bob.decoded("video") == 0
    assert lesson.lacking("eve") == {"0": None, "1": None}


async def test_h264_passes_as_vp8_does(lesson: Lesson) -> None:
    await lesson.client("ann").publish().only("video/H264").join()
    bob = await lesson.client("bob").slots(1).join()
    await until(lambda: receives(bob))


async def test_leaving_frees_slots_for_those_who_wait(lesson: Lesson) -> None:
    ann, bob = await pair(lesson)
    await lesson.client("eve").publish().slots(1).join()
    await until(lambda: lesson.events.count(media.NeedSlots(bob.id, 1, 1)))
    lesson.sfu.command(media.Leave(ann.id))
    await until(lambda: set(lesson.slots("bob").values()) == {"eve"})
    assert lesson.states("ann") == ["connecting", "live", "gone"]
    gone = media.TracksChanged(RoomId("r"), ann.id, removed=(TrackId("ann/0"), TrackId("ann/1")))
    assert gone in lesson.events


async def test_a_peer_that_closes_its_connection_is_gone(lesson: Lesson) -> None:
    ann, _ = await pair(lesson)
    await ann.close()
    await until(lambda: lesson.states("ann")[-1] == "gone")


async def test_closing_a_room_ends_its_peers(lesson: Lesson) -> None:
    await pair(lesson)
    lesson.sfu.command(media.CloseRoom(RoomId("r")))
    assert [lesson.states(each)[-1] for each in ("ann", "bob")] == ["gone", "gone"]
    assert lesson.sfu.figures().rooms == 0


async def test_a_later_offer_brings_more_slots_and_keeps_the_old(lesson: Lesson) -> None:
    ann, bob = await pair(lesson)
    await lesson.client("eve").publish().join()
    await until(lambda: media.NeedSlots(bob.id, 1, 1) in lesson.events)
    await bob.slots(1).join()
    await until(lambda: receives(bob, 2))
    assert lesson.slots("bob") == {"2": "ann", "3": "ann", "4": "eve", "5": "eve"}
    assert receives(ann)


async def test_a_peer_may_choose_what_it_sees(lesson: Lesson) -> None:
    await lesson.client("ann").publish(160).join()
    await lesson.client("bob").publish(320).join()
    eve = await lesson.client("eve").slots(1).join()
    await until(lambda: eve.widths.get("1") == 160)
    lesson.sfu.command(media.Want(eve.id, (SlotWish("1", TrackId("bob/1")), SlotWish("0", None))))
    await until(lambda: eve.widths.get("1") == 320)
    assert lesson.slots("eve") == {"0": None, "1": "bob"}
    lesson.sfu.command(media.Want(eve.id))
    await until(lambda: lesson.slots("eve")["0"] == "ann")


async def test_what_somebody_points_at_reaches_the_others_under_the_right_name(lesson: Lesson) -> None:
    ann, bob = [await lesson.client(name).data().join() for name in ("ann", "bob")]
    await until(lambda: ann.open and bob.open)
    for place in ("hall", "board"):
        ann.point(place)
    await until(lambda: len(bob.messages) == 2)
    assert (bob.shown, ann.shown) == ([("ann", "hall"), ("ann", "board")], [])


async def test_who_may_not_point_reaches_nobody(lesson: Lesson) -> None:
    ann, bob, eve = [lesson.client(name).data() for name in ("ann", "bob", "eve")]
    eve.pointer = ""
    for client in (ann, bob, eve):
        await client.join()
    await until(lambda: ann.open and bob.open and eve.open)
    eve.point("hall")
    await until(lambda: eve.channel is not None and eve.channel.bufferedAmount == 0)
    ann.point("board")
    await until(lambda: bob.messages and eve.messages)
    assert (bob.shown, eve.shown) == ([("ann", "board")], [("ann", "board")])


async def test_rule_d4_a_flood_of_data_reaches_nobody_beyond_its_pace(settings: SfuSettings) -> None:
    lesson = Lesson(replace(settings, data_per_second=0.001, data_burst=3))
    await lesson.sfu.open()
    ann, bob = [await lesson.client(name).data().join() for name in ("ann", "bob")]
    await until(lambda: ann.open and bob.open)
    for number in range(50):
        ann.point(str(number))
    bob.point("hall")
    await until(lambda: ann.messages and len(bob.messages) == 3)
    await until(lambda: ann.channel is not None and ann.channel.bufferedAmount == 0)
    assert ([at for _, at in bob.shown], ann.shown) == (["0", "1", "2"], [("bob", "hall")])
    await lesson.close()


async def test_rule_d4_all_of_a_room_together_have_a_pace_too(settings: SfuSettings) -> None:
    lesson = Lesson(replace(settings, copies_per_second=0.001, copies_burst=5))
    await lesson.sfu.open()
    people = [await lesson.client(name).data().join() for name in ("ann", "bob", "eve")]
    await until(lambda: all(each.open for each in people))
    for each in people:
        each.point("hall")
    await until(lambda: sum(len(each.messages) for each in people) == 4)
    await until(lambda: all(each.channel is not None and each.channel.bufferedAmount == 0 for each in people))
    assert sum(len(each.messages) for each in people) == 4
    await lesson.close()


async def test_a_second_channel_of_one_name_is_closed(lesson: Lesson) -> None:
    ann = lesson.client("ann").data()
    second = ann.pc.createDataChannel("pointer")
    await ann.join()
    await until(lambda: ann.open and second.readyState == "closed")


@pytest.fixture
def hasty(settings: SfuSettings) -> SfuSettings:
    return replace(settings, connect_deadline=0.3, stale_after=0.3, gone_after=0.3)


async def test_a_silent_peer_grows_stale_and_then_is_gone(hasty: SfuSettings) -> None:
    lesson = Lesson(hasty)
    await lesson.sfu.open()
    ann = await lesson.client("ann").publish().join()
    await until(lambda: lesson.states("ann")[-1] == "live")
    await ann.vanish()
    await until(lambda: lesson.states("ann") == ["connecting", "live", "stale", "gone"])
    await lesson.close()


async def test_a_peer_that_never_connects_is_gone_after_the_deadline(hasty: SfuSettings) -> None:
    lesson = Lesson(hasty)
    await lesson.sfu.open()
    await lesson.client("ann").publish().offer()
    await until(lambda: lesson.states("ann") == ["connecting", "gone"])
    await lesson.close()


async def test_unknown_peers_and_rooms_are_ignored(lesson: Lesson) -> None:
    for command in (
        media.Leave(PeerId("x")),
        media.Mute(PeerId("x"), "audio", muted=True),
        media.Want(PeerId("x")),
        media.CloseRoom(RoomId("x")),
    ):
        lesson.sfu.command(command)
    assert lesson.events == []
