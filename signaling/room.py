"""One live lesson without any I/O: its state, and functions that say what to send to whom."""

from collections import deque
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from signaling.effects import Close, Effect, Replay, Report, Send, Tell
from signaling.film import Film
from signaling.media import CloseRoom, EndRecording, Leave, PeerId, RoomId
from signaling.model import (
    Admitted,
    Came,
    LeftReason,
    LessonFacts,
    LiveSettings,
    ParticipantId,
    Refusal,
    Retry,
    SocketId,
    State,
    Went,
)
from signaling.protocol import (
    Closed,
    Joined,
    Left,
    LessonView,
    Limits,
    Line,
    Moved,
    Resumed,
    ResumeSecret,
    SlotCount,
    StateChanged,
    ToClient,
    Tracks,
    Welcome,
)
from signaling.relays import IceServer, expiry, ice_servers, policy
from signaling.session import Seat
from vclass.core.tokens import digest
from vclass.core.zones import rfc3339

CloseReason: TypeAlias = Literal["bye", "ended", "removed", "moved", "resumed", "restart"]


@dataclass(frozen=True, slots=True)
class Farewell:
    """How a socket is closed for one reason."""

    code: int
    sentence: str
    retry: Retry | None = None


FAREWELLS: Final[dict[CloseReason, Farewell]] = {
    "bye": Farewell(1000, "You left the lesson."),
    "ended": Farewell(1000, "The lesson is over."),
    "removed": Farewell(
        4410, "Your place in this lesson was withdrawn. Ask the person who invited you for a new link."
    ),
    "moved": Farewell(
        4409, "You opened this lesson somewhere else. To bring it back here, press Join on this page again."
    ),
    "resumed": Farewell(4409, "This connection was replaced by a newer one of the same page."),
    "restart": Farewell(1001, "The server restarts. You will be back in a moment; there is nothing to do.", "resume"),
}


class Room:
    """The state of one live lesson; every method that changes it returns the effects."""

    def __init__(self, lesson: LessonFacts, epoch: int, settings: LiveSettings) -> None:
        self.lesson = lesson
        self.epoch = epoch
        self.settings = settings
        self.seats: dict[ParticipantId, Seat] = {}
        self.speaker: ParticipantId | None = None
        self.film: Film | None = None
        self.chat: deque[Line] = deque(maxlen=settings.chat_lines)
        self.lines = 0
        self._peers: dict[PeerId, Seat] = {}

    @property
    def id(self) -> RoomId:
        return RoomId(self.lesson.id)

    def at(self, socket: SocketId) -> Seat | None:
        return next((seat for seat in self.seats.values() if seat.socket == socket), None)

    def of(self, peer: PeerId | None) -> Seat | None:
        """The seat whose media that peer is; none for a peer that was replaced or ended."""
        return self._peers.get(peer) if peer else None

    # -- coming and going

    def enter(
        self, admitted: Admitted, socket: SocketId, participant: ParticipantId, secret: str, now: int
    ) -> list[Effect]:
        """Gives a seat (`participant` is its id if it is a new one), or one's own seat again.

        Raises:
            Refusal: `room_full`.
        """
        self.lesson = admitted.lesson
        seat = next((one for one in self.seats.values() if one.admitted.identity == admitted.identity), None)
        before = self._displace(seat, now) if seat else self._came(admitted, now)
        if seat is None:
            seat = self.seats[participant] = Seat(participant, admitted, self.settings, now)
        seat.begin(admitted, socket, digest(secret))
        return [
            *before,
            Send(socket, seat.seq, self._welcome(seat, secret, now)),
            *self.broadcast(Joined(participant=seat.seen()), but=seat),
        ]

    def resume(self, secret: str, seq: int, socket: SocketId, now: int) -> list[Effect]:
        """Gives a seat to the client that had it, with what it missed.

        Raises:
            Refusal: `resume_expired`.
        """
        wanted = digest(secret)
        seat = next((one for one in self.seats.values() if one.secret == wanted), None)
        if seat is None:
            raise resume_expired()
        before = seat.state
        old = self._close(seat, "resumed")
        seat.attach(socket)
        return [*old, *self._catch_up(seat, secret, seq, now), *self.state_since(seat, before, but=seat)]

    def drop(self, socket: SocketId, now: int) -> list[Effect]:
        """A socket is lost; the seat stays for a while, and its media goes on."""
        seat = self.at(socket)
        if seat is None:
            return []
        before = seat.state
        seat.detach(now)
        return self.state_since(seat, before, but=seat)

    def lost(self, now: int) -> list[ParticipantId]:
        """Whose seats have been without a socket for too long."""
        since = now - self.settings.resume_seconds
        return [seat.id for seat in self.seats.values() if seat.lost(since)]

    def expire(self, participant: ParticipantId, now: int) -> list[Effect]:
        """Frees a seat whose socket did not come back."""
        seat = self.seats.get(participant)
        return self.leave(seat, "lost", now) if seat and participant in self.lost(now) else []

    def remove(self, identity: str, now: int) -> list[Effect]:
        """Ends an attendee's visit at once (rule C6), and those of the encoders and players on the same right."""
        seats = [seat for seat in self.seats.values() if identity in seat.admitted.names]
        return [effect for seat in seats for effect in self.leave(seat, "removed", now)]

    def leave(self, seat: Seat, reason: Literal["bye", "lost", "removed"], now: int) -> list[Effect]:
        """Frees a seat for good."""
        farewell = [] if reason == "lost" else self._close(seat, reason)
        went = self._went(seat, reason, now)
        del self.seats[seat.id]
        self.speaker = None if self.speaker == seat.id else self.speaker
        return [
            *farewell,
            *self._end_peer(seat),
            *self._end_former(seat),
            *self.broadcast(Left(participant=seat.id, reason=reason)),
            went,
            *([] if self.seats else self._close_media()),
        ]

    def end(self, reason: Literal["ended", "restart"], now: int) -> list[Effect]:
        """Closes the room with everybody in it."""
        seats = list(self.seats.values())
        farewells = [effect for seat in seats for effect in self._close(seat, reason)]
        went = [self._went(seat, reason, now) for seat in seats]
        lingering = [effect for seat in seats for effect in self._end_former(seat)]
        self.seats.clear()
        self._peers.clear()
        return [*farewells, *lingering, *self._close_media(), *went]

    # -- media

    def new_peer(self, seat: Seat) -> PeerId:
        peer = seat.new_peer()
        self._peers[peer] = seat
        return peer

    def end_media(self, seat: Seat, *, but: Seat | None = None) -> list[Effect]:
        """Ends a seat's PeerConnection, if it has one, and tells everybody except `but`."""
        before = seat.state
        leave = self._end_peer(seat)
        gone = seat.end_media()
        tracks = self.broadcast(Tracks(participant=seat.id, added=(), removed=gone)) if gone else []
        return [*leave, *tracks, *self.state_since(seat, before, but=but)]

    def move(self, epoch: int, linger: int = 0) -> list[Effect]:
        """Forgets every PeerConnection, as the media plane has; the seats stay, and what is muted in them.

        With `linger` the old ones go on for so many milliseconds at most.
        """
        self.epoch, self.speaker = epoch, None
        self._peers.clear()
        for seat in self.seats.values():
            if linger:
                seat.linger()
            else:
                seat.end_media()
        return self.broadcast(Moved(epoch=epoch, linger=linger))

    def ice_servers(self, seat: Seat, now: int) -> tuple[IceServer, ...]:
        """The relays, with credentials for one participant of this lesson."""
        return ice_servers(self.settings.turn, f"{self.lesson.id}:{seat.id}", expiry(self.lesson.ends, now))

    # -- sending

    def post(self, seat: Seat, event: ToClient) -> list[Effect]:
        """An event for one seat, kept for the resume if its socket is away."""
        seq = seat.record(event)
        return [] if seat.socket is None else [Send(seat.socket, seq, event)]

    def broadcast(self, event: ToClient, *, but: Seat | None = None) -> list[Effect]:
        return [effect for seat in self.seats.values() if seat is not but for effect in self.post(seat, event)]

    def state_since(self, seat: Seat, before: State, *, but: Seat | None = None) -> list[Effect]:
        """Tells the seat's state, if it isn't what it was."""
        if seat.state == before:
            return []
        return self.broadcast(StateChanged(participant=seat.id, state=seat.state), but=but)

    # -- parts of the above

    def _came(self, admitted: Admitted, now: int) -> list[Effect]:
        if len(self.seats) >= self.settings.participants:
            raise Refusal(
                "room_full",
                f"The room is full: all {self.settings.participants} places are taken. "
                "Try again when somebody has left.",
                retry="later",
            )
        return [Report(Came(lesson=self.lesson.id, identity=admitted.identity, at=now))]

    def _went(self, seat: Seat, reason: LeftReason, now: int) -> Report:
        at = now if seat.socket is not None else seat.lost_at
        return Report(Went(lesson=self.lesson.id, identity=seat.admitted.identity, at=at, reason=reason))

    def _displace(self, seat: Seat, now: int) -> list[Effect]:
        """Ends what a seat has on another device, before it begins anew."""
        farewell = self._close(seat, "moved")
        seat.detach(now)
        return [*farewell, *self._end_former(seat), *self.end_media(seat)]

    def _close(self, seat: Seat, reason: CloseReason) -> list[Effect]:
        if seat.socket is None:
            return []
        farewell = FAREWELLS[reason]
        last = Closed(reason=reason, message=farewell.sentence, retry=farewell.retry)
        return [Close(seat.socket, seat.seq, last, farewell.code)]

    def _end_peer(self, seat: Seat) -> list[Effect]:
        if seat.peer is None:
            return []
        self._peers.pop(seat.peer, None)
        return [Tell(Leave(seat.peer))]

    def _end_former(self, seat: Seat) -> list[Effect]:
        """Ends what a worker that is to end still carries of a seat."""
        former, seat.former = seat.former, None
        return [] if former is None else [Tell(Leave(former))]

    def _close_media(self) -> list[Effect]:
        film, self.film = self.film, None
        ended = [Tell(EndRecording(self.id, film.order.id))] if film else []
        return [*ended, Tell(CloseRoom(self.id))]

    def _catch_up(self, seat: Seat, secret: str, seq: int, now: int) -> list[Effect]:
        assert seat.socket is not None
        missed = seat.missed(seq)
        if missed is None:
            return [Send(seat.socket, seat.seq, self._welcome(seat, secret, now))]
        resumed = Send(seat.socket, seq, Resumed(media=seat.fate, missed=len(missed)))
        return [resumed, Replay(seat.socket, seq + 1, missed)] if missed else [resumed]

    def _welcome(self, seat: Seat, secret: str, now: int) -> Welcome:
        return Welcome(
            epoch=self.epoch,
            now=rfc3339(now),
            me=seat.seen(),
            lesson=LessonView(
                id=self.lesson.id,
                title=self.lesson.title,
                starts=rfc3339(self.lesson.starts),
                ends=rfc3339(self.lesson.ends),
            ),
            peers=tuple(other.seen() for other in self.seats.values() if other is not seat),
            chat=tuple(self.chat),
            speaker=self.speaker,
            assigned=seat.slots,
            slots=SlotCount(audio=self.settings.audio_slots, video=self.settings.video_slots),
            media=seat.fate,
            resume=ResumeSecret(secret=secret),
            recording=self.film.view(seat) if self.film else None,
            ice_servers=self.ice_servers(seat, now),
            ice_policy=policy(self.settings.turn, relayed=self.lesson.relayed),
            limits=self._limits(),
        )

    def _limits(self) -> Limits:
        return Limits(
            message_bytes=self.settings.message_bytes,
            participants=self.settings.participants,
            messages_per_second=self.settings.messages_per_second,
            burst=self.settings.burst,
            resume_seconds=self.settings.resume_seconds,
        )


def resume_expired() -> Refusal:
    return Refusal(
        "resume_expired",
        "Your place is no longer kept. Get a new ticket from the page and join again.",
        retry="ticket",
    )
