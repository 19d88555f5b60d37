"""What a player is shown: who spoke last comes first, the others as they came; what is muted needs no slot. No I/O."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from signaling.media import Kind
from signaling.protocol import Participant, TrackView, Wish


@dataclass(slots=True)
class Sender:
    """A participant as far as a player is concerned."""

    tracks: dict[str, Kind] = field(default_factory=dict)
    muted: set[Kind] = field(default_factory=set)

    def add(self, tracks: Iterable[TrackView]) -> None:
        for track in tracks:
            self.tracks[track.id] = track.kind
            self.mute(track.kind, muted=track.muted)

    def mute(self, kind: Kind, *, muted: bool) -> None:
        (self.muted.add if muted else self.muted.discard)(kind)

    def flowing(self, kind: Kind) -> list[str]:
        """The tracks of a kind that have something to show."""
        return [] if kind in self.muted else [track for track, each in self.tracks.items() if each == kind]


@dataclass(slots=True)
class Programme:
    """Who is in the room, the last speaker first, and what is in which of a player's slots."""

    slots: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    _senders: dict[str, Sender] = field(default_factory=dict)
    _shown: dict[str, str | None] = field(default_factory=dict)

    def come(self, participant: Participant) -> None:
        """Somebody is there, or there anew."""
        sender = self._senders[participant.id] = Sender()
        sender.add(participant.tracks)

    def go(self, participant: str) -> None:
        self._senders.pop(participant, None)

    def change(self, participant: str, added: Iterable[TrackView], removed: Iterable[str]) -> None:
        sender = self._senders.setdefault(participant, Sender())
        for track in removed:
            sender.tracks.pop(track, None)
        sender.add(added)

    def mute(self, participant: str, kind: Kind, *, muted: bool) -> None:
        self._senders.setdefault(participant, Sender()).mute(kind, muted=muted)

    def speak(self, participant: str | None) -> None:
        """Somebody speaks; while nobody does, all stays as it is."""
        if participant in self._senders:
            assert participant is not None
            self._senders = {participant: self._senders.pop(participant), **self._senders}

    def wishes(self, without: Container[str] = ()) -> tuple[Wish, ...]:
        """What every slot is to show; nothing of some participants."""
        for kind, mids in self.slots.items():
            self._place(kind, mids, without)
        return tuple(Wish(mid=mid, track=track) for mid, track in self._shown.items())

    def _place(self, kind: Kind, mids: tuple[str, ...], without: Container[str]) -> None:
        """What stays on stays in its slot."""
        flowing = [track for name, each in self._senders.items() if name not in without for track in each.flowing(kind)]
        chosen = flowing[: len(mids)]
        kept = {mid: track for mid in mids if (track := self._shown.get(mid)) in chosen}
        waiting = iter([track for track in chosen if track not in kept.values()])
        for mid in mids:
            self._shown[mid] = kept.get(mid) or next(waiting, None)
