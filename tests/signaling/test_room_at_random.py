"""Whatever people do in whatever order: one seat each, no gap in the numbers, no peer left behind."""

from collections.abc import Callable
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.media import CloseRoom, Leave, PeerId, PeerState
from signaling.model import LiveSettings, SocketId
from signaling.protocol import Bye, Mute, Offer, Say, Welcome
from tests.signaling.parts import SDP, Stage

PEOPLE: Final = ("Olena", "Marko", "Iryna")


class Play:
    """A stage, and what each person's page remembers."""

    def __init__(self) -> None:
        self.stage = Stage(LiveSettings(replay_events=8, participants=3))
        self.sockets: dict[str, SocketId] = {}
        self.secrets: dict[str, tuple[str, SocketId]] = {}

    def seated(self, name: str) -> SocketId | None:
        socket = self.sockets.get(name)
        return socket if socket and self.stage.room.at(socket) else None

    def enter(self, name: str) -> None:
        self.sockets[name] = socket = self.stage.enter(name)
        self.secrets[name] = (self.stage.welcome(socket).resume.secret, socket)

    def drop(self, name: str) -> None:
        if socket := self.seated(name):
            self.stage.drop(socket)

    def resume(self, name: str) -> None:
        if any(seat.admitted.name == name for seat in self.stage.room.seats.values()):
            secret, old = self.secrets[name]
            self.sockets[name] = socket = self.stage.resume(secret, self.stage.numbered[old][-1][0])
            self.secrets[name] = (secret, socket)

    def offer(self, name: str) -> None:
        if socket := self.seated(name):
            self.stage.connect(socket)

    def fresh(self, name: str) -> None:
        if socket := self.seated(name):
            self.stage.say(socket, Offer(sdp=SDP, rev=9, fresh=True))

    def talk(self, name: str) -> None:
        if socket := self.seated(name):
            self.stage.say(socket, Say(text=f"{name} says"))

    def unmute(self, name: str) -> None:
        if socket := self.seated(name):
            self.stage.say(socket, Mute(kind="audio", muted=False))

    def media_ends(self, name: str) -> None:
        socket = self.seated(name)
        if socket and (peer := self.stage.seat(socket).peer):
            self.stage.hear(PeerState(peer, "gone"))

    def media_moves(self, _name: str) -> None:
        self.stage.do(self.stage.room.move(self.stage.room.epoch + 1))
        self.stage.offers.clear()

    def bye(self, name: str) -> None:
        if socket := self.seated(name):
            self.stage.say(socket, Bye())

    def wait(self, _name: str) -> None:
        self.stage.now += 20
        for participant in self.stage.room.lost(self.stage.now):
            self.stage.do(self.stage.room.expire(participant, self.stage.now))

    def revoke(self, name: str) -> None:
        self.stage.do(self.stage.room.remove(f"attendee-{name}", self.stage.now))


ACTIONS: Final[tuple[Callable[[Play, str], None], ...]] = (
    Play.enter,
    Play.drop,
    Play.resume,
    Play.offer,
    Play.fresh,
    Play.talk,
    Play.unmute,
    Play.media_ends,
    Play.media_moves,
    Play.bye,
    Play.wait,
    Play.revoke,
)


def check_seats(stage: Stage) -> None:
    seats = list(stage.room.seats.values())
    sockets = [seat.socket for seat in seats if seat.socket is not None]
    assert len({seat.admitted.identity for seat in seats}) == len(seats)
    assert len(set(sockets)) == len(sockets)
    assert not set(sockets) & set(stage.closed)


def check_numbers(stage: Stage) -> None:
    """Within a socket each event is one more than what came before, and all else carries what was reached."""
    for letters in stage.numbered.values():
        reached = letters[0][0]
        for seq, message in letters[1:]:
            reached = reached + 1 if message.EVENT else seq if isinstance(message, Welcome) else reached
            assert seq == reached


def check_peers(stage: Stage) -> None:
    """The media plane holds exactly the peers that some seat knows."""
    held: set[PeerId] = {offer.peer for offer in stage.offers}
    held -= {command.peer for command in stage.commands if isinstance(command, Leave)}
    assert held == {seat.peer for seat in stage.room.seats.values() if seat.peer}
    assert bool(stage.room.seats) or not stage.commands or isinstance(stage.commands[-1], CloseRoom)


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(PEOPLE)), max_size=40))
@settings(max_examples=300, deadline=None)
def test_seats_numbers_and_peers_stay_in_order_whatever_happens(
    steps: list[tuple[Callable[[Play, str], None], str]],
) -> None:
    play = Play()
    for action, name in steps:
        action(play, name)
        check_seats(play.stage)
        check_numbers(play.stage)
        check_peers(play.stage)
