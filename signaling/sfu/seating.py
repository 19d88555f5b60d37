"""Which track a peer sees in which slot when it doesn't choose.

Free slots fill in order, people stay together, and where there are too few slots, muted tracks give way.
"""

from collections import Counter
from collections.abc import Sequence

from signaling.media import Kind, PeerId
from signaling.sfu.forwarding import Slot, Track


def assign(slots: Sequence[Slot], tracks: Sequence[Track]) -> dict[str, Track]:
    """New placements by mid for tracks that no slot shows yet, those that aren't muted first.

    A muted track keeps its slot until another needs it. The k-th audio and the k-th video slot are one stream to the
    browser, which keeps them in step; so sound goes beside the picture of the same peer while there is room to do so.
    """
    owners = {(slot.index, slot.kind): slot.track.owner for slot in slots if slot.track is not None}
    shown = {slot.track for slot in slots if slot.track is not None}
    placed: dict[str, Track] = {}
    for track in sorted((each for each in tracks if each not in shown), key=lambda each: each.muted):
        open_to_it = [slot for slot in slots if slot.kind == track.kind and slot.mid not in placed]
        free = [slot for slot in open_to_it if slot.track is None] or _yielding(open_to_it, track)
        if not free:
            continue
        slot = min(free, key=lambda each: (_rank(owners, each, track), each.index))
        placed[slot.mid] = track
        owners[slot.index, slot.kind] = track.owner
    return placed


def _yielding(slots: Sequence[Slot], track: Track) -> list[Slot]:
    return [slot for slot in slots if slot.track is not None and slot.track.muted and not track.muted]


def _rank(owners: dict[tuple[int, Kind], PeerId], slot: Slot, track: Track) -> int:
    beside = owners.get((slot.index, "audio" if slot.kind == "video" else "video"))
    if beside == track.owner:
        return 0
    return 1 if beside is None else 2


def missing(slots: Sequence[Slot], tracks: Sequence[Track]) -> Counter[Kind]:
    """How many slots of each kind, besides those that there are, would show all that can be seen or heard."""
    shown = {slot.track for slot in slots if slot.track is not None}
    return Counter(track.kind for track in tracks if track not in shown and not track.muted)
