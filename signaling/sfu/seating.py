"""Which track a peer sees in which slot when it doesn't choose.

Free slots fill in order, people stay together, and where there are too few slots, those give way who are muted or were
silent longest.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeAlias

from signaling.media import Kind, PeerId
from signaling.sfu.forwarding import Slot
from signaling.sfu.layers import Track

Last: TypeAlias = Callable[[Kind, PeerId], float]
"""When a peer was heard (audio) or spoke (video) last."""


def _never(_kind: Kind, _peer: PeerId) -> float:
    return float("-inf")


def assign(slots: Sequence[Slot], tracks: Sequence[Track], last: Last = _never) -> dict[str, Track]:
    """New placements by mid for tracks that no slot shows yet, those first that are on and whose owners spoke last.

    A muted track keeps its slot until another needs it, and so does one whose owner spoke before the other's. The
    k-th audio and the k-th video slot are one stream to the browser, which keeps them in step; so sound goes beside
    the picture of the same peer while there is room to do so.
    """
    owners = {(slot.index, slot.kind): slot.track.owner for slot in slots if slot.track is not None}
    shown = {slot.track for slot in slots if slot.track is not None}
    placed: dict[str, Track] = {}
    for track in sorted((each for each in tracks if each not in shown), key=lambda each: _precedence(each, last)):
        open_to_it = [slot for slot in slots if slot.kind == track.kind and slot.mid not in placed]
        free = [slot for slot in open_to_it if slot.track is None] or _yielding(open_to_it, track, last)
        if not free:
            continue
        slot = min(free, key=lambda each: (_rank(owners, each, track), each.index))
        placed[slot.mid] = track
        owners[slot.index, slot.kind] = track.owner
    return placed


def _precedence(track: Track, last: Last) -> tuple[bool, float]:
    return track.muted, -last(track.kind, track.owner)


def _yielding(slots: Sequence[Slot], track: Track, last: Last) -> list[Slot]:
    """Slots whose tracks give way: muted ones, or else the one whose owner was silent longest."""
    if track.muted:
        return []
    muted = [slot for slot in slots if slot.track is not None and slot.track.muted]
    others = [(last(track.kind, slot.track.owner), slot) for slot in slots if slot.track is not None]
    if muted or not others:
        return muted
    since, slot = min(others, key=lambda each: each[0])
    return [slot] if since < last(track.kind, track.owner) else []


def _rank(owners: dict[tuple[int, Kind], PeerId], slot: Slot, track: Track) -> int:
    beside = owners.get((slot.index, "audio" if slot.kind == "video" else "video"))
    if beside == track.owner:
        return 0
    return 1 if beside is None else 2


def missing(slots: Sequence[Slot], tracks: Sequence[Track]) -> Counter[Kind]:
    """How many slots of each kind, besides those that there are, would show all that can be seen or heard."""
    shown = {slot.track for slot in slots if slot.track is not None}
    return Counter(track.kind for track in tracks if track not in shown and not track.muted)
