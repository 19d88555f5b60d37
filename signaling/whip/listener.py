"""What an encoder or player would do in the room if it read the room's messages: a client without I/O.

It tells the server what a player is to be shown, and says goodbye when its media is gone.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from signaling.model import Role
from signaling.protocol import (
    Answer,
    Bye,
    ClientMessage,
    Joined,
    Left,
    Muted,
    Speaker,
    StateChanged,
    Tracks,
    Want,
    Welcome,
    Wish,
)
from signaling.whip.programme import Programme


class _Envelope(msgspec.Struct):
    """What is read of every message first; most concern browsers only."""

    type: str


@dataclass(slots=True)
class Listener:
    """Reads the room's messages to one stream.

    `twins` gives the participants behind the same token. A device doesn't get back what it sends itself: the hall
    would hear its own echo.
    """

    twins: Callable[[], Container[str]] = tuple
    programme: Programme = field(default_factory=Programme)
    me: str = ""
    answer: Answer | None = None
    _echoes: bool = True
    _wanted: tuple[Wish, ...] = ()

    def hear(self, frame: bytes) -> tuple[ClientMessage, ...]:
        """Takes a message; gives what there is to say to it."""
        kind = _envelopes.decode(frame).type
        if kind not in _READERS:
            return ()
        decoder, read = _READERS[kind]
        return read(self, decoder.decode(frame))

    def welcomed(self, welcome: Welcome) -> tuple[ClientMessage, ...]:
        self.me, self._echoes = welcome.me.id, welcome.me.role is not Role.ROOM
        for peer in welcome.peers:
            self.programme.come(peer)
        self.programme.speak(welcome.speaker)
        return ()

    def answered(self, answer: Answer) -> tuple[ClientMessage, ...]:
        """There are slots from now on."""
        self.answer = answer
        return self._want()

    def state_changed(self, changed: StateChanged) -> tuple[ClientMessage, ...]:
        """My own state `connecting` says that the server has given up my media."""
        gone = changed.participant == self.me and changed.state == "connecting"
        return (Bye(),) if gone else ()

    def moved(self, _: object) -> tuple[ClientMessage, ...]:
        """The media went elsewhere, and this kind of client can't be told where: it has to come again."""
        return (Bye(),)

    def joined(self, joined: Joined) -> tuple[ClientMessage, ...]:
        self.programme.come(joined.participant)
        return self._want()

    def left(self, left: Left) -> tuple[ClientMessage, ...]:
        self.programme.go(left.participant)
        return self._want()

    def tracks_changed(self, changed: Tracks) -> tuple[ClientMessage, ...]:
        self.programme.change(changed.participant, changed.added, changed.removed)
        return self._want()

    def muted(self, muted: Muted) -> tuple[ClientMessage, ...]:
        self.programme.mute(muted.participant, muted.kind, muted=muted.muted)
        return self._want()

    def speaker_changed(self, speaker: Speaker) -> tuple[ClientMessage, ...]:
        self.programme.speak(speaker.participant)
        return self._want()

    def _want(self) -> tuple[ClientMessage, ...]:
        if self.answer is None or not any(self.programme.slots.values()):
            return ()
        wishes = self.programme.wishes(() if self._echoes else self.twins())
        if wishes == self._wanted:
            return ()
        self._wanted = wishes
        return (Want(slots=wishes),)


_envelopes: Final = msgspec.json.Decoder(_Envelope)
_READERS: Final[
    Mapping[str, tuple[msgspec.json.Decoder[Any], Callable[[Listener, Any], tuple[ClientMessage, ...]]]]
] = {
    "welcome": (msgspec.json.Decoder(Welcome), Listener.welcomed),
    "answer": (msgspec.json.Decoder(Answer), Listener.answered),
    "state": (msgspec.json.Decoder(StateChanged), Listener.state_changed),
    "moved": (msgspec.json.Decoder(object), Listener.moved),
    "joined": (msgspec.json.Decoder(Joined), Listener.joined),
    "left": (msgspec.json.Decoder(Left), Listener.left),
    "tracks": (msgspec.json.Decoder(Tracks), Listener.tracks_changed),
    "muted": (msgspec.json.Decoder(Muted), Listener.muted),
    "speaker": (msgspec.json.Decoder(Speaker), Listener.speaker_changed),
}
