"""One lesson's peers: who sees what, and telling it when that changes."""

from collections.abc import Iterable

from signaling import media
from signaling.media import Kind, PeerId, RoomId, Sink, TrackId
from signaling.sfu import seating
from signaling.sfu.forwarding import Slot, Track
from signaling.sfu.peer import Peer
from signaling.sfu.speaker import ActiveSpeaker


class Room:
    """Peers of one lesson in the order in which they came."""

    def __init__(self, name: RoomId, sink: Sink) -> None:
        self.id = name
        self.peers: dict[PeerId, Peer] = {}
        self._sink = sink
        self._announced: dict[PeerId, dict[TrackId, bool]] = {}
        self._shown: dict[PeerId, tuple[media.Slot, ...]] = {}
        self._needed: dict[PeerId, tuple[int, int]] = {}
        self._speaker = ActiveSpeaker()

    def refresh(self, now: float) -> None:
        """Announces what changed, fills slots, and says who sees what now."""
        live = [peer for peer in self.peers.values() if peer.keys is not None]
        for peer in live:
            self._announce(peer.id, {track.id: track for track in peer.tracks.values()})
        for peer in live:
            others = [track for other in live if other is not peer for track in other.tracks.values()]
            self._fill(peer, others, now)
            self._tell_slots(peer)
            self._tell_need(peer, others)

    def remove(self, peer: Peer, now: float) -> None:
        """Takes a closed peer out."""
        if self.peers.pop(peer.id, None) is None:
            return
        self._announce(peer.id, {})
        for known in (self._announced, self._shown, self._needed):
            known.pop(peer.id, None)
        self.refresh(now)

    def _announce(self, owner: PeerId, tracks: dict[TrackId, Track]) -> None:
        before = self._announced.get(owner, {})
        after = {name: track.muted for name, track in tracks.items()}
        added = tuple(
            media.Track(name, track.kind, track.muted)
            for name, track in tracks.items()
            if before.get(name) is not track.muted
        )
        removed = tuple(name for name in before if name not in after)
        self._announced[owner] = after
        if added or removed:
            self._sink(media.TracksChanged(self.id, owner, added, removed))

    def _fill(self, peer: Peer, others: list[Track], now: float) -> None:
        if peer.wishes is not None:
            known = {track.id: track for track in others}
            for mid, wish in peer.wishes.items():
                if mid in peer.slots:
                    track = known.get(wish) if wish is not None else None
                    peer.show(peer.slots[mid], _fitting(peer.slots[mid], track), now)
            return
        for mid, track in seating.assign(list(peer.slots.values()), others).items():
            peer.show(peer.slots[mid], track, now)

    def _tell_slots(self, peer: Peer) -> None:
        shown = tuple(_slot_value(slot) for slot in peer.slots.values())
        if shown != self._shown.get(peer.id, ()):
            self._shown[peer.id] = shown
            self._sink(media.SlotsChanged(peer.id, shown))

    def _tell_need(self, peer: Peer, others: Iterable[Track]) -> None:
        count = seating.missing(list(peer.slots.values()), list(others))
        need = (count["audio"], count["video"]) if peer.wishes is None and peer.slots else (0, 0)
        before = self._needed.get(peer.id, (0, 0))
        self._needed[peer.id] = need
        if need != before and any(need):
            self._sink(media.NeedSlots(peer.id, *need))

    def ask_for_pictures(self, now: float) -> None:
        """Asks for what somebody who just came waits for, instead of with the next look at everybody."""
        for peer in self.peers.values():
            peer.ask_for_pictures(now)

    def listen(self, now: float) -> None:
        """Says who speaks when that changed."""
        voices = {peer.id: peer.voice for peer in self.peers.values()}
        if self._speaker.decide(voices, now):
            self._sink(media.Speaker(self.id, self._speaker.current))
        for voice in voices.values():
            voice.fade()

    def relay(self, sender: Peer, label: str, message: str | bytes) -> None:
        """Passes a data channel message to the channel of that label of everybody else."""
        for peer in self.peers.values():
            if peer is not sender and peer.keys is not None:
                peer.transport.send_data(label, message)


def _fitting(slot: Slot, track: Track | None) -> Track | None:
    kind: Kind = slot.kind
    return track if track is not None and track.kind == kind else None


def _slot_value(slot: Slot) -> media.Slot:
    if slot.track is None:
        return media.Slot(slot.mid, slot.kind)
    return media.Slot(slot.mid, slot.kind, slot.track.id, slot.track.owner)
