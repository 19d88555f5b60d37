"""Who is put into which slot."""

from collections.abc import Callable

from signaling.media import Kind, PeerId, TrackId
from signaling.sfu.forwarding import Slot
from signaling.sfu.layers import Track
from signaling.sfu.seating import assign, missing


def slots(count: int) -> list[Slot]:
    """Slots a0, v0, a1, v1 and so on."""
    kinds: tuple[Kind, Kind] = ("audio", "video")
    return [Slot(kind, f"{kind[0]}{index}", index, {}, {}) for index in range(count) for kind in kinds]


def track(owner: str, kind: Kind, *, muted: bool = False) -> Track:
    return Track(TrackId(f"{owner}/{kind}"), kind, "0", PeerId(owner), {}, {}, muted=muted)


def seated(places: list[Slot], tracks: list[Track]) -> dict[str, str]:
    return {mid: each.owner for mid, each in assign(places, tracks).items()}


def test_free_slots_fill_in_order() -> None:
    tracks = [track("ann", "video"), track("bob", "video")]
    assert seated(slots(3), tracks) == {"v0": "ann", "v1": "bob"}


def test_sound_goes_beside_the_picture_of_the_same_peer() -> None:
    tracks = [track("mute", "video"), track("ann", "audio"), track("ann", "video")]
    assert seated(slots(3), tracks) == {"v0": "mute", "a1": "ann", "v1": "ann"}


def test_without_room_beside_any_free_slot_will_do() -> None:
    tracks = [track("mute", "video"), track("ann", "audio")]
    assert seated(slots(1), tracks) == {"v0": "mute", "a0": "ann"}


def test_who_is_seated_stays() -> None:
    places = slots(2)
    ann = track("ann", "video")
    places[3].track = ann
    assert seated(places, [track("bob", "video"), ann]) == {"v0": "bob"}


def test_who_finds_no_slot_waits_and_is_counted() -> None:
    places = slots(1)
    places[1].track = track("ann", "video")
    waiting = [places[1].track, track("bob", "video"), track("bob", "audio")]
    assert seated(places, waiting) == {"a0": "bob"}
    assert missing(places, waiting) == {"video": 1, "audio": 1}


def test_who_speaks_comes_before_who_came_first_and_is_muted() -> None:
    tracks = [track("ann", "audio", muted=True), track("bob", "audio")]
    assert seated(slots(1), tracks) == {"a0": "bob"}


def test_muted_tracks_have_slots_while_there_are_enough() -> None:
    tracks = [track("ann", "audio", muted=True), track("bob", "audio")]
    assert seated(slots(2), tracks) == {"a0": "bob", "a1": "ann"}


def test_a_muted_track_gives_way_to_one_that_begins_to_speak() -> None:
    places = slots(2)
    places[0].track, places[2].track = track("ann", "audio"), track("bob", "audio", muted=True)
    assert seated(places, [track("eve", "audio")]) == {"a1": "eve"}


def test_nobody_gives_way_to_a_muted_track() -> None:
    places = slots(1)
    places[0].track = track("ann", "audio", muted=True)
    assert seated(places, [track("bob", "audio", muted=True)]) == {}


def spoke(*names: str) -> Callable[[Kind, PeerId], float]:
    """When somebody was heard last; the one named first spoke first, who isn't named never."""
    return lambda _, peer: float(names.index(peer)) if peer in names else float("-inf")


def test_with_too_few_slots_those_who_spoke_last_are_seen() -> None:
    tracks = [track(name, "video") for name in ("ann", "bob", "eve")]
    assert set(assign(slots(2), tracks, spoke("eve", "bob")).values()) == set(tracks[1:])


def test_who_was_silent_longest_gives_way_to_one_who_spoke() -> None:
    places = slots(2)
    places[1].track, places[3].track = track("ann", "video"), track("bob", "video")
    placed = assign(places, [track("eve", "video")], spoke("bob", "eve"))
    assert {mid: each.owner for mid, each in placed.items()} == {"v0": "eve"}


def test_nobody_gives_way_to_one_who_was_silent_longer() -> None:
    places = slots(1)
    places[1].track = track("ann", "video")
    assert assign(places, [track("eve", "video")], spoke("eve", "ann")) == {}
    assert assign(places, [track("eve", "video")], spoke()) == {}


def test_muted_tracks_need_no_further_slots() -> None:
    places = slots(1)
    waiting = [track("ann", "audio", muted=True), track("bob", "audio"), track("bob", "video")]
    assert missing(places, waiting) == {"audio": 1, "video": 1}
