"""Who speaks: from the audio level that browsers put beside each packet (RFC 6464), with patience against flicker."""

from collections.abc import Mapping
from dataclasses import dataclass

from signaling.media import Kind, PeerId

SILENCE = 127
SMOOTHING = 0.1
FADING = 0.5
AUDIBLE = 80.0
MARGIN = 6.0
TAKEOVER_SECONDS = 0.4
QUIET_SECONDS = 2.0


@dataclass(slots=True)
class Voice:
    """How loud a peer is: 0 is silence, 127 the loudest (RFC 6464 counts the other way round)."""

    loudness: float = 0.0
    heard: bool = False

    def hear(self, level: int) -> None:
        """Takes the level of one packet, in -dBov."""
        self.loudness += (SILENCE - (level & SILENCE) - self.loudness) * SMOOTHING
        self.heard = True

    @property
    def audible(self) -> bool:
        return self.loudness > AUDIBLE

    def fade(self) -> None:
        """Lets a voice without packets since the last call die away."""
        if not self.heard:
            self.loudness *= FADING
        self.heard = False


class Floor:
    """Who was heard last, and who spoke last: those whose sound and picture come first where slots are few.

    Sound follows at once, pictures only the speaker whom all agree on, so that they don't flicker.
    """

    def __init__(self) -> None:
        self.speaker = ActiveSpeaker()
        self._audible: frozenset[PeerId] = frozenset()
        self._last: dict[Kind, dict[PeerId, float]] = {"audio": {}, "video": {}}

    def listen(self, voices: Mapping[PeerId, Voice], now: float) -> tuple[bool, bool]:
        """Looks at the voices; says whether the speaker changed, and whether anybody came to be heard."""
        changed = self.speaker.decide(voices, now)
        audible = frozenset(peer for peer, voice in voices.items() if voice.audible)
        came, self._audible = audible - self._audible, audible
        for last in self._last.values():
            for peer in last.keys() - voices.keys():
                del last[peer]
        self._last["audio"] |= dict.fromkeys(audible, now)
        if self.speaker.current is not None:
            self._last["video"][self.speaker.current] = now
        return changed, bool(came)

    def last(self, kind: Kind, peer: PeerId) -> float:
        """When a peer was heard, or spoke, last."""
        return self._last[kind].get(peer, float("-inf"))


@dataclass(slots=True)
class ActiveSpeaker:
    """The speaker of a room; another takes over only when louder for a while, and quiet must last too."""

    current: PeerId | None = None
    _rival: PeerId | None = None
    _since: float = 0.0

    def decide(self, voices: Mapping[PeerId, Voice], now: float) -> bool:
        """Looks at the voices; says whether the speaker changed."""
        if self.current is not None and self.current not in voices:
            self.current = self._rival = None
            return True
        rival = self._loudest(voices)
        if rival == self.current:
            self._rival = self.current
            return False
        if rival != self._rival:
            self._rival, self._since = rival, now
        if now - self._since < (QUIET_SECONDS if rival is None else TAKEOVER_SECONDS):
            return False
        self.current = rival
        return True

    def _loudest(self, voices: Mapping[PeerId, Voice]) -> PeerId | None:
        audible = {peer: voice.loudness for peer, voice in voices.items() if voice.audible}
        if not audible:
            return None
        loudest = max(audible, key=audible.__getitem__)
        if self.current in audible and audible[loudest] < audible[self.current] + MARGIN:
            return self.current
        return loudest
