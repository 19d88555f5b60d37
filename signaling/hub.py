"""All live lessons of this process: carries out what the rooms want done."""

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, Literal, TypeAlias

import msgspec

from signaling import recording
from signaling.dispatcher import Dispatcher, OnEvent, Outlet, Ways
from signaling.effects import Ask, Negotiate
from signaling.floor import heard
from signaling.leases import RENEW_SECONDS, Carried, LeaseHolder, Leases
from signaling.measures import Measures
from signaling.media import Event, Media, Moved, Offer, Recorded, Refused, Sink, Unavailable
from signaling.model import (
    Admitted,
    Archive,
    LessonFacts,
    LiveSettings,
    ParticipantId,
    RecordingAction,
    RecordingOrder,
    RecordingOver,
    RecordingWish,
    Refusal,
    SocketId,
)
from signaling.protocol import ClientMessage, Hello, Participant, Resume
from signaling.room import Room, resume_expired
from signaling.signal_strength import Strength
from signaling.verbs import answered, obey, unanswered
from vclass.core.clock import Clock
from vclass.core.tokens import new_id, new_token

logger: Final = logging.getLogger(__name__)

Admit: TypeAlias = Callable[[str], Awaitable[Admitted | None]]
MediaFactory: TypeAlias = Callable[[Sink], Media]


class Snapshot(msgspec.Struct, frozen=True):
    """A lesson at this moment, for metrics and tests."""

    lesson: str
    epoch: int
    participants: tuple[Participant, ...]
    sockets: int
    lines: int


class Hub:
    """The rooms, and the sockets in them."""

    def __init__(
        self,
        *,
        media: MediaFactory,
        admit: Admit,
        settings: LiveSettings,
        clock: Clock,
        on_event: OnEvent,
        leases: Leases,
        archive: Archive,
    ) -> None:
        self.media: Final = media(self.heard)
        self.settings: Final = settings
        self.measures: Final = Measures()
        self._admit = admit
        self._clock = clock
        self._renew_at = 0
        self._archive = archive
        self._rooms: dict[str, Room] = {}
        self._leases = LeaseHolder(leases, self._rooms.keys())
        self._sockets: dict[SocketId, tuple[Room, Outlet]] = {}
        self._numbers = itertools.count(1)
        self._epoch = 0
        self._greetings = 0
        self._withdrawn: set[str] = set()
        ways = Ways(self._sockets, self.media.command, on_event, self.measures.note, self._emptied)
        self._carry_out: Final = Dispatcher(ways).carry_out

    # -- what a socket may ask

    async def greet(self, lesson: str, hello: Hello, outlet: Outlet) -> SocketId:
        """Seats the client behind `outlet`.

        Raises:
            Refusal: the ticket or the resume secret is no good, or the room is full.
        """
        if not hello.resume:
            return await self.seat(lesson, self._admit(hello.ticket or ""), outlet)
        socket = SocketId(next(self._numbers))
        self._resume(lesson, hello.resume, socket, outlet)
        return socket

    async def seat(self, lesson: str, admitting: Awaitable[Admitted | None], outlet: Outlet) -> SocketId:
        """Seats a client by the right that `admitting` finds.

        Raises:
            Refusal: there is none, it was withdrawn at the same moment, or the room is full.
        """
        socket = SocketId(next(self._numbers))
        self._enter(await self._admitted(lesson, admitting), socket, outlet)
        return socket

    async def obey(self, socket: SocketId, message: ClientMessage) -> None:
        """Does what a message asks for.

        Raises:
            Refusal: it is not for this participant, or not possible now.
        """
        for room, effect in self.do(socket, message):
            if isinstance(effect, Ask):
                await self._ask(room, effect)
            else:
                await self._negotiate(room, effect.offer)

    def do(self, socket: SocketId, message: ClientMessage) -> list[tuple[Room, Negotiate | Ask]]:
        """Does what a message asks for at once; gives what remains to be waited for."""
        if socket not in self._sockets:
            return []
        room, _ = self._sockets[socket]
        effects = obey(room, socket, message, self._clock())
        self._carry_out(room, [effect for effect in effects if not isinstance(effect, Negotiate | Ask)])
        return [(room, effect) for effect in effects if isinstance(effect, Negotiate | Ask)]

    def hang_up(self, socket: SocketId) -> None:
        """The socket is lost."""
        room, _ = self._sockets.pop(socket, (None, None))
        if room:
            self._carry_out(room, room.drop(socket, self._clock()))

    def seq(self, socket: SocketId | None) -> int:
        """The number of the last event of the seat behind a socket."""
        entry = self._sockets.get(socket) if socket else None
        seat = entry[0].at(socket) if entry and socket else None
        return seat.seq if seat else 0

    # -- what the application may ask

    def revoke(self, identity: str) -> None:
        """Ends the visits of an attendee whose admission was withdrawn."""
        self._withdraw(identity)
        for room in list(self._rooms.values()):
            self._carry_out(room, room.remove(identity, self._clock()))

    def end(self, lesson: str, reason: Literal["ended", "restart"] = "ended") -> None:
        """Closes a lesson with everybody in it."""
        self._withdraw(lesson)
        if room := self._rooms.get(lesson):
            self._carry_out(room, room.end(reason, self._clock()))

    def end_all(self) -> None:
        """The server goes down."""
        for lesson in list(self._rooms):
            self.end(lesson, "restart")

    def recordings(self) -> tuple[str, ...]:
        """The recordings that run."""
        return tuple(room.film.order.id for room in self._rooms.values() if room.film)

    def check_recording(self, lesson: str, action: RecordingAction) -> str:
        """The recording that an action is about, empty for a start.

        Raises:
            Refusal: Nobody is in the lesson, or its recording is in no state for that.
        """
        room = self._rooms.get(lesson)
        if room is None:
            raise Refusal("recording_refused", "Nobody is in the lesson now. Open it first.", cause="empty")
        recording.check(room, action)
        return room.film.order.id if room.film else ""

    def record(self, lesson: str, order: RecordingOrder) -> None:
        """Begins to record a lesson; one that nobody is in any more is over at once."""
        if room := self._rooms.get(lesson):
            self._carry_out(room, recording.begin(room, order))
        else:
            self._archive.over(RecordingOver(order.id))

    def change_recording(self, lesson: str, action: RecordingAction, name: str) -> None:
        """Pauses, resumes or stops a recording."""
        if room := self._rooms.get(lesson):
            self._carry_out(room, recording.change(room, action, name))

    def snapshot(self, lesson: str) -> Snapshot | None:
        room = self._rooms.get(lesson)
        if room is None:
            return None
        return Snapshot(
            lesson=lesson,
            epoch=room.epoch,
            participants=tuple(seat.seen() for seat in room.seats.values()),
            sockets=sum(seat.socket is not None for seat in room.seats.values()),
            lines=len(room.chat),
        )

    def seats(self) -> Counter[Strength]:
        """How many seats are taken in all lessons, by how well their sound and picture come up."""
        return Counter(seat.signal.word for room in self._rooms.values() for seat in room.seats.values())

    def lessons(self) -> tuple[str, ...]:
        """The lessons that somebody is in."""
        return tuple(self._rooms)

    async def tick(self) -> None:
        """Frees the seats whose sockets did not come back; to be called every second."""
        for room in list(self._rooms.values()):
            for participant in room.lost(self._clock()):
                self._carry_out(room, room.expire(participant, self._clock()))
                await asyncio.sleep(0)  # a hall that vanishes at once must not overflow the others' queues

    async def keep_leases(self) -> None:
        """Gives back the lessons that are over, and keeps the others; to be called every second.

        While the database is away the lessons go on: who can't reach it can't take them from us either.
        """
        await self._leases.release()
        if self._rooms and self._clock() >= self._renew_at:
            self._renew_at = self._clock() + RENEW_SECONDS
            carried = {lesson: Carried(room.epoch, self.media.home(room.id)) for lesson, room in self._rooms.items()}
            for lesson in await self._leases.renew(carried):
                logger.warning("x lesson=%s is carried by another server now", lesson)
                self.end(lesson, "restart")

    async def give_up(self) -> None:
        """Closes every lesson and gives it back: another server may carry it at once."""
        self.end_all()
        await self._leases.release()

    def heard(self, event: Event) -> None:
        """The sink for events of the media plane."""
        if isinstance(event, Recorded):
            self._recorded(event)
            return
        for room in self._concerned(event):
            self._carry_out(
                room,
                room.move(self._next_epoch(), event.linger) if isinstance(event, Moved) else heard(room, event),
            )

    # -- parts of the above

    async def _admitted(self, lesson: str, admitting: Awaitable[Admitted | None]) -> Admitted:
        self._greetings += 1
        try:
            admitted = await admitting
            if admitted is None or admitted.lesson.id != lesson:
                raise _bad_ticket()
            await self._leases.hold(lesson)
            if self._withdrawn & {*admitted.names, lesson}:
                raise _bad_ticket()
            return admitted
        finally:
            self._greetings -= 1
            if not self._greetings:
                self._withdrawn.clear()

    def _withdraw(self, name: str) -> None:
        """Notes what is withdrawn while somebody is admitted: that answer may be older."""
        if self._greetings:
            self._withdrawn.add(name)

    def _enter(self, admitted: Admitted, socket: SocketId, outlet: Outlet) -> None:
        room = self._rooms.get(admitted.lesson.id) or self._open(admitted.lesson)
        effects = room.enter(admitted, socket, ParticipantId(new_id()), new_token(), self._clock())
        self._rooms[room.lesson.id] = room
        self._sockets[socket] = (room, outlet)
        self._carry_out(room, effects)

    def _open(self, lesson: LessonFacts) -> Room:
        """A room with the number of its lease, which counts on from those of all servers, where there is one."""
        epoch = self._leases.take_epoch(lesson.id) or self._next_epoch()
        self._epoch = max(self._epoch, epoch)
        return Room(lesson, epoch, self.settings)

    def _resume(self, lesson: str, resume: Resume, socket: SocketId, outlet: Outlet) -> None:
        room = self._rooms.get(lesson)
        if room is None:
            raise resume_expired()
        effects = room.resume(resume.secret, resume.seq, socket, self._clock())
        self._sockets[socket] = (room, outlet)
        self._carry_out(room, effects)

    def _next_epoch(self) -> int:
        self._epoch = max(self._clock(), self._epoch + 1)
        return self._epoch

    def _concerned(self, event: Event) -> list[Room]:
        by_room = getattr(event, "room", None)
        if by_room is not None:
            return [self._rooms[by_room]] if by_room in self._rooms else []
        peer = getattr(event, "peer", None)
        return [room for room in self._rooms.values() if room.of(peer)]

    async def _negotiate(self, room: Room, offer: Offer) -> None:
        try:
            async with asyncio.timeout(self.settings.answer_seconds):
                reply = await self.media.negotiate(offer)
        except (TimeoutError, Unavailable):
            self._carry_out(room, unanswered(room, offer.peer))
            raise Refusal(
                "media_unavailable", "The media server did not answer. Try again in a moment.", retry="later"
            ) from None
        if isinstance(reply, Refused):
            self._carry_out(room, unanswered(room, offer.peer))
            raise Refusal("offer_refused", reply.sentence, field=reply.field, cause=reply.code)
        self._carry_out(room, answered(room, reply))

    async def _ask(self, room: Room, ask: Ask) -> None:
        question = ask.question
        if isinstance(question, RecordingWish):
            order = await self._archive.direct(question)
        else:
            order = None
            await self._archive.consent(question)
        self._carry_out(room, recording.settled(room, ask, order))

    def _recorded(self, event: Recorded) -> None:
        for room in list(self._rooms.values()):
            self._carry_out(room, recording.over(room, event.recording))
        self._archive.over(RecordingOver(event.recording, event.failure))

    def _emptied(self, room: Room) -> None:
        if self._rooms.get(room.lesson.id) is room:
            del self._rooms[room.lesson.id]
            self._leases.vacate(room.lesson.id)
            logger.info("- lesson=%s is empty", room.lesson.id)


def _bad_ticket() -> Refusal:
    return Refusal(
        "bad_ticket",
        "This ticket is unknown, used, too old, or for another lesson. Get a new one from the page.",
        retry="ticket",
    )
