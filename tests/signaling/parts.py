"""A lesson on paper: a room, and notes of everything it wanted done."""

from collections import defaultdict
from dataclasses import dataclass, field

from signaling import media
from signaling.effects import Close, Effect, Negotiate, Replay, Report, Send, Tell
from signaling.floor import heard
from signaling.media import Answer, Offer, PeerId, Track, TrackId, TracksChanged
from signaling.model import (
    Admitted,
    Attendance,
    Institution,
    LessonFacts,
    LiveSettings,
    ParticipantId,
    Role,
    SocketId,
)
from signaling.protocol import ClientMessage, Closed, ToClient, Welcome
from signaling.protocol import Offer as ClientOffer
from signaling.room import Room
from signaling.session import Seat
from signaling.verbs import answered, obey
from tests.support import SATURDAY

LESSON = LessonFacts(id="lesson", title="Harmony", starts=SATURDAY, ends=SATURDAY + 5400)
VIENNA = Institution(code="VIE", name="Vienna", hue=210)
SDP = "v=0\r\n"


def admitted(name: str, role: Role = Role.STUDENT, lesson: LessonFacts = LESSON) -> Admitted:
    return Admitted(lesson=lesson, identity=f"attendee-{name}", name=name, role=role, institution=VIENNA, language="uk")


@dataclass
class Stage:
    """Carries a room's effects out on paper."""

    settings: LiveSettings = field(default_factory=LiveSettings)
    now: int = SATURDAY
    numbered: dict[SocketId, list[tuple[int, ToClient]]] = field(default_factory=lambda: defaultdict(list))
    closed: dict[SocketId, Close] = field(default_factory=dict)
    commands: list[media.Command] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    reports: list[Attendance] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = Room(LESSON, epoch=7, settings=self.settings)
        self._sockets = 0

    def do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(socket, seq, message):
                    self.numbered[socket].append((seq, message))
                case Replay(socket, first, messages):
                    self.numbered[socket].extend(enumerate(messages, first))
                case Close(socket):
                    self.closed[socket] = effect
                case Tell(command):
                    self.commands.append(command)
                case Negotiate(offer):
                    self.offers.append(offer)
                case Report(event):
                    self.reports.append(event)

    def new_socket(self) -> SocketId:
        self._sockets += 1
        return SocketId(self._sockets)

    def enter(self, name: str, role: Role = Role.STUDENT) -> SocketId:
        socket = self.new_socket()
        participant = ParticipantId(f"{name}-{socket}")
        self.do(self.room.enter(admitted(name, role), socket, participant, f"secret-{socket}", self.now))
        return socket

    def resume(self, secret: str, seq: int) -> SocketId:
        socket = self.new_socket()
        self.do(self.room.resume(secret, seq, socket, self.now))
        return socket

    def drop(self, socket: SocketId) -> None:
        self.do(self.room.drop(socket, self.now))

    def say(self, socket: SocketId, message: ClientMessage) -> None:
        self.do(obey(self.room, socket, message, self.now))

    def hear(self, event: media.Event) -> None:
        self.do(heard(self.room, event))

    def seat(self, socket: SocketId) -> Seat:
        seat = self.room.at(socket)
        assert seat is not None
        return seat

    def peer(self, socket: SocketId) -> PeerId:
        peer = self.seat(socket).peer
        assert peer is not None
        return peer

    def connect(self, socket: SocketId) -> PeerId:
        """Offers, gets the answer, and publishes a microphone and a camera."""
        self.say(socket, ClientOffer(sdp=SDP, rev=1))
        peer = self.peer(socket)
        self.do(answered(self.room, Answer(peer=peer, revision=1, sdp=SDP)))
        self.hear(media.PeerState(peer=peer, state="live"))
        tracks = (Track(TrackId(f"{peer}/a"), "audio"), Track(TrackId(f"{peer}/v"), "video"))
        self.hear(TracksChanged(room=self.room.id, peer=peer, added=tracks))
        return peer

    def inbox(self, socket: SocketId) -> list[ToClient]:
        return [message for _, message in self.numbered[socket]]

    def last(self, socket: SocketId) -> ToClient:
        return self.inbox(socket)[-1]

    def welcome(self, socket: SocketId) -> Welcome:
        return next(message for message in self.inbox(socket) if isinstance(message, Welcome))

    def farewell(self, socket: SocketId) -> Closed:
        return self.closed[socket].message

    def forget(self) -> None:
        """Turns the page: only what comes now counts."""
        self.numbered.clear()
        self.commands.clear()
