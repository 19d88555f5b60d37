"""The recording of one lesson, without any I/O: who wants it, who agrees to it, and what everybody is told.

What changes it goes to the application first: an answer that isn't kept doesn't count.
"""

from typing import Final

from signaling import media
from signaling.effects import Ask, Effect, Tell
from signaling.film import Film
from signaling.model import ConsentAnswer, RecordingAction, RecordingOrder, RecordingWish, Refusal
from signaling.protocol import Consent, Record, Recorded, Recording, RecordingState
from signaling.room import Room
from signaling.session import Seat

_BEFORE: Final[dict[RecordingAction, frozenset[RecordingState]]] = {
    "start": frozenset({"off"}),
    "pause": frozenset({"on"}),
    "resume": frozenset({"paused"}),
    "stop": frozenset({"on", "paused"}),
}
_SENTENCES: Final[dict[RecordingAction, str]] = {
    "start": "The lesson is recorded already. Stop that recording before you start another.",
    "pause": "The lesson isn't recorded just now, so there is nothing to pause.",
    "resume": "The recording isn't paused, so there is nothing to resume.",
    "stop": "The lesson isn't recorded, so there is nothing to stop.",
}


def direct(room: Room, seat: Seat, message: Record, _now: int) -> list[Effect]:
    """The host wants something of the recording.

    Raises:
        Refusal: It isn't in a state in which that can be.
    """
    check(room, message.action)
    recording = room.film.order.id if room.film else ""
    wish = RecordingWish(room.lesson.id, seat.admitted.identity, message.action, recording)
    return [Ask(seat.id, wish)]


def check(room: Room, action: RecordingAction) -> None:
    """Raises `recording_refused` unless the recording is in a state in which that can be done."""
    if (room.film.state if room.film else "off") not in _BEFORE[action]:
        raise Refusal("recording_refused", _SENTENCES[action], cause="state")


def consent(room: Room, seat: Seat, message: Consent, _now: int) -> list[Effect]:
    """Somebody answers whether they agree to be recorded.

    Raises:
        Refusal: That recording is over.
    """
    if room.film is None or room.film.order.id != message.recording:
        raise Refusal("recording_refused", "That recording is over; nobody is recorded by it.", cause="state")
    order, admitted = room.film.order, seat.admitted
    name = seat.seen().name
    answer = ConsentAnswer(room.lesson.id, order.id, order.version, admitted.identity, name, message.given)
    return [Ask(seat.id, answer)]


def settled(room: Room, ask: Ask, order: RecordingOrder | None) -> list[Effect]:
    """The application has noted it: now it holds."""
    question = ask.question
    if isinstance(question, ConsentAnswer):
        return _consented(room, ask, question)
    if question.action == "start":
        return begin(room, order) if order else []
    return change(room, question.action, question.recording)


def begin(room: Room, order: RecordingOrder) -> list[Effect]:
    """The lesson is recorded from now on; everybody is asked, and nobody recorded before they agree."""
    if not room.seats or room.film is not None:
        return [Tell(media.EndRecording(room.id, order.id))]
    room.film = Film(order)
    return _told(room, room.film, "on")


def change(room: Room, action: RecordingAction, recording: str) -> list[Effect]:
    """Pauses, resumes or stops a recording; nothing if it is over meanwhile."""
    film = room.film
    if film is None or film.order.id != recording:
        return []
    if action == "stop":
        return [Tell(media.EndRecording(room.id, recording)), *over(room, recording)]
    film.paused = action == "pause"
    return [*_told(room, film, film.state), *(effect for seat in room.seats.values() for effect in film.tell(seat))]


def over(room: Room, recording: str) -> list[Effect]:
    """A recording has ended, whoever ended it."""
    film = room.film
    if film is None or film.order.id != recording:
        return []
    room.film = None
    return _told(room, film, "off")


def _told(room: Room, film: Film, state: RecordingState) -> list[Effect]:
    told = room.broadcast(Recording(id=film.order.id, state=state, version=film.order.version))
    return [*told, *(effect for seat in room.seats.values() for effect in _flag(room, seat))]


def _consented(room: Room, ask: Ask, answer: ConsentAnswer) -> list[Effect]:
    seat = room.seats.get(ask.participant)
    if seat is None or seat.admitted.identity != answer.identity:
        return []
    seat.consents[answer.recording] = answer.given
    film = room.film
    commands = (
        film.tell(seat) if film and film.order.id == answer.recording and film.shows(seat) != seat.recorded else []
    )
    return [*commands, *_flag(room, seat)]


def _flag(room: Room, seat: Seat) -> list[Effect]:
    """Shows everybody whether somebody is recorded, if that has changed."""
    recorded = room.film is not None and room.film.shows(seat)
    if recorded == seat.recorded:
        return []
    seat.recorded = recorded
    return room.broadcast(Recorded(participant=seat.id, recorded=recorded))
