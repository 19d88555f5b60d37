"""One lesson's peers: who sees what, and telling it when that changes."""

import time
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import UNSET

from signaling import media
from signaling.media import PeerId, RoomId, Sink, SlotWish, TrackId
from signaling.pace import Bucket
from signaling.sfu import pointing, seating
from signaling.sfu.forwarding import Slot
from signaling.sfu.layers import Track
from signaling.sfu.peer import Peer
from signaling.sfu.settings import SfuSettings
from signaling.sfu.speaker import Floor

CUT_OFF_SECONDS: Final = 2.5
"""A page that gets something reports of it at least once a second."""


class Room:
    """Peers of one lesson in the order in which they came."""

    def __init__(self, name: RoomId, sink: Sink, settings: SfuSettings, now: float) -> None:
        self.id = name
        self.peers: dict[PeerId, Peer] = {}
        self._sink = sink
        self._announced: dict[PeerId, dict[TrackId, bool]] = {}
        self._shown: dict[PeerId, tuple[media.Slot, ...]] = {}
        self._needed: dict[PeerId, tuple[int, int]] = {}
        self._floor = Floor()
        self._last_n = settings.last_n
        self._pace = Bucket(settings.copies_per_second, settings.copies_burst, now)

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
        """Fills the slots that the peer fills by hand, and the others with what is left."""
        for mid, slot in peer.slots.items():
            slot.want(peer.wishes.get(mid) or SlotWish(mid))
        filled = self._filled(peer)
        by_hand = _by_hand(filled, peer.wishes, others)
        free = [slot for slot in filled if slot.mid not in by_hand]
        placed: dict[str, Track | None] = {slot.mid: None for slot in free if slot.track in by_hand.values()}
        for mid, track in (by_hand | placed).items():
            peer.show(peer.slots[mid], track, now)
        rest = [track for track in others if track not in by_hand.values()]
        for mid, track in seating.assign(free, rest, self._floor.last).items():
            peer.show(peer.slots[mid], track, now)

    def _filled(self, peer: Peer) -> list[Slot]:
        """The slots that are filled: all for sound, no more than the last N speakers' for pictures."""
        return [slot for slot in peer.slots.values() if slot.kind == "audio" or slot.index < self._last_n]

    def _tell_slots(self, peer: Peer) -> None:
        shown = tuple(_slot_value(slot) for slot in peer.slots.values())
        if shown != self._shown.get(peer.id, ()):
            self._shown[peer.id] = shown
            self._sink(media.SlotsChanged(peer.id, shown))

    def _tell_need(self, peer: Peer, others: Iterable[Track]) -> None:
        count = seating.missing(list(peer.slots.values()), list(others))
        pictures = sum(slot.kind == "video" for slot in peer.slots.values())
        more = max(0, min(count["video"], self._last_n - pictures))
        need = (count["audio"], more) if peer.slots and not _by_hand(self._filled(peer), peer.wishes, ()) else (0, 0)
        before = self._needed.get(peer.id, (0, 0))
        self._needed[peer.id] = need
        if need != before and any(need):
            self._sink(media.NeedSlots(peer.id, *need))

    def ask_for_pictures(self, now: float) -> None:
        """Asks for what somebody who just came waits for, instead of with the next look at everybody."""
        for peer in self.peers.values():
            peer.ask_for_pictures(now)

    def listen(self, now: float) -> None:
        """Says who speaks, and who can see whom no more, when that changed; makes room for who came to be heard."""
        self._tell_turned()
        voices = {peer.id: peer.voice for peer in self.peers.values()}
        changed, came = self._floor.listen(voices, now)
        if changed:
            self._sink(media.Speaker(self.id, self._floor.speaker.current))
        if changed or came:
            self.refresh(now)
            self.ask_for_pictures(now)
        for voice in voices.values():
            voice.fade()

    def share(self, now: float) -> None:
        """Lets everybody be sent what the way there carries, and says which pictures that leaves out."""
        for peer in self.peers.values():
            peer.measure(now)
        for peer in self.peers.values():
            if peer.keys is not None:
                self._share(peer, now)
                self._tell_slots(peer)

    def _share(self, peer: Peer, now: float) -> None:
        if now - peer.transport.life.heard > CUT_OFF_SECONDS:
            peer.allowance.forget(peer.slots.values(), now)
        else:
            peer.allowance.share(peer.slots.values(), self._floor.speaker.current, now)

    def _tell_turned(self) -> None:
        """A track that goes on in another codec may be shown in a slot that can't decode it, or can again."""
        turned = [each for peer in self.peers.values() for each in peer.tracks.values() if each.take_turned()]
        for peer in self.peers.values() if turned else ():
            if peer.keys is not None:
                self._tell_slots(peer)

    def relay(self, sender: Peer, label: str, message: str | bytes) -> None:
        """Passes what somebody points at to everybody else, at the pace of the room; channels carry nothing else."""
        told = pointing.passed_on(message, sender.pointer) if label == pointing.LABEL else None
        if told is None:
            return
        others = [peer for peer in self.peers.values() if peer is not sender and peer.keys is not None]
        if self._pace.take(time.monotonic(), len(others)):
            for peer in others:
                peer.transport.send_data(label, told)


def _by_hand(slots: Iterable[Slot], wishes: Mapping[str, SlotWish], others: Iterable[Track]) -> dict[str, Track | None]:
    """The slots that a peer fills itself, and what with: nothing for a track of another kind, or one that is gone."""
    known = {(track.id, track.kind): track for track in others}
    wanted = [(slot, wishes[slot.mid].track) for slot in slots if slot.mid in wishes]
    return {
        slot.mid: None if track is None else known.get((track, slot.kind))
        for slot, track in wanted
        if track is not UNSET
    }


def _slot_value(slot: Slot) -> media.Slot:
    if slot.track is None:
        return media.Slot(slot.mid, slot.kind)
    return media.Slot(slot.mid, slot.kind, slot.track.id, slot.track.owner, slot.lacks, slot.paused)
