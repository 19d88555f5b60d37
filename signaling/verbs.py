"""What each message of a client does, and who may send it: one function a type, found by type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import UNSET

from signaling import media, recording
from signaling.effects import Effect, Measure, Negotiate, Send, Tell
from signaling.media import Kind, SlotWish, TrackId
from signaling.model import RANK, ParticipantId, Refusal, Role, SocketId
from signaling.protocol import (
    Answer,
    AskRelays,
    Bye,
    Chat,
    ClientMessage,
    Consent,
    Hello,
    Line,
    Mute,
    Muted,
    MuteOther,
    Offer,
    Ping,
    Pong,
    Record,
    RelayServers,
    Report,
    Say,
    SignalChanged,
    Want,
    Wish,
)
from signaling.room import Room
from signaling.session import KINDS, Seat
from vclass.core.zones import rfc3339

REPORT_SECONDS: Final = 5
"""What is reported more often isn't counted."""
POINTS: Final = Role.STUDENT
"""Who may point at pictures, and everybody above."""


@dataclass(frozen=True, slots=True)
class Verb:
    """Who may send a message, and what it does."""

    minimum: Role
    obey: Callable[[Room, Seat, Any, int], list[Effect]]


def obey(room: Room, socket: SocketId, message: ClientMessage, now: int) -> list[Effect]:
    """Does what a message asks for; nothing if the socket has lost its seat meanwhile.

    Raises:
        Refusal: the message is not for this role, or not possible now.
    """
    seat = room.at(socket)
    if seat is None:
        return []
    verb = VERBS[type(message)]
    if RANK[seat.admitted.role] < RANK[verb.minimum]:
        raise Refusal("forbidden", f"Only a {verb.minimum} may do this. Ask one who is in the lesson.")
    return verb.obey(room, seat, message, now)


def answered(room: Room, answer: media.Answer) -> list[Effect]:
    """The media plane took an offer: what is muted is enforced before the client hears of it."""
    seat = room.of(answer.peer)
    if seat is None:
        return [Tell(media.Leave(answer.peer))]
    first, seat.negotiated = not seat.negotiated, True
    mutes = [_mute(seat, kind) for kind in KINDS] if first else []
    filmed = room.film.tell(seat) if first and room.film and room.film.shows(seat) else []
    return [*mutes, *filmed, *room.post(seat, Answer(rev=answer.revision, sdp=answer.sdp))]


def unanswered(room: Room, peer: media.PeerId) -> list[Effect]:
    """The media plane refused an offer or was silent: a peer that never stood is forgotten."""
    seat = room.of(peer)
    return [] if seat is None or seat.negotiated else room.end_media(seat)


def _hello(_room: Room, _seat: Seat, _message: Hello, _now: int) -> list[Effect]:
    raise Refusal("hello_twice", "You have said hello on this socket already. Open another one to start anew.")


def _offer(room: Room, seat: Seat, message: Offer, now: int) -> list[Effect]:
    if not seat.may_offer(now):
        raise Refusal("too_fast", "Too many offers. Wait a moment before the next one.", retry="later")
    ended = room.end_media(seat, but=seat) if message.fresh else []
    peer = seat.peer or room.new_peer(seat)
    pointer = seat.id if RANK[seat.admitted.role] >= RANK[POINTS] else ""
    offer = media.Offer(peer=peer, room=room.id, sdp=message.sdp, revision=message.rev, pointer=pointer)
    return [*ended, Negotiate(offer)]


def _want(room: Room, seat: Seat, message: Want, _now: int) -> list[Effect]:
    if seat.peer is None:
        raise Refusal("no_media", "There are no slots to fill yet. Send an offer first.")
    for index, wish in enumerate(message.slots):
        if isinstance(wish.track, str) and not any(other.owns(wish.track) for other in room.seats.values()):
            raise Refusal("no_track", "That track is no longer here.", field=f"slots[{index}].track")
    wishes = tuple(_slot_wish(wish) for wish in message.slots)
    return [Tell(media.Want(peer=seat.peer, slots=wishes or None))]


def _slot_wish(wish: Wish) -> SlotWish:
    track = TrackId(wish.track) if isinstance(wish.track, str) else wish.track
    return SlotWish(wish.mid, track, wish.quality, wish.temporal)


def _mute_self(room: Room, seat: Seat, message: Mute, _now: int) -> list[Effect]:
    return _set_muted(room, seat, message.kind, muted=message.muted)


def _mute_other(room: Room, _seat: Seat, message: MuteOther, _now: int) -> list[Effect]:
    other = room.seats.get(ParticipantId(message.participant))
    if other is None:
        raise Refusal("no_participant", "Nobody of that id is in the lesson any more.", field="participant")
    return _set_muted(room, other, message.kind, muted=True)


def _say(room: Room, seat: Seat, message: Say, now: int) -> list[Effect]:
    room.lines += 1
    line = Line(
        id=f"{room.epoch}-{room.lines}",
        sender=seat.id,
        name=seat.seen().name,
        language=seat.admitted.language,
        text=message.text,
        at=rfc3339(now),
    )
    room.chat.append(line)
    said = Chat(**msgspec.structs.asdict(line))
    own = msgspec.structs.replace(said, re=message.id or UNSET)
    return [*room.post(seat, own), *room.broadcast(said, but=seat)]


def _report(room: Room, seat: Seat, message: Report, now: int) -> list[Effect]:
    if now - seat.reported_at < REPORT_SECONDS:
        return []
    seat.reported_at = now
    changed = seat.signal.note(message.up.lost, message.round_trip_ms)
    told = room.broadcast(SignalChanged(participant=seat.id, signal=seat.signal.word)) if changed else []
    return [Measure(message), *told]


def _ping(_room: Room, seat: Seat, message: Ping, _now: int) -> list[Effect]:
    assert seat.socket is not None
    return [Send(seat.socket, seat.seq, Pong(re=message.id or UNSET))]


def _ask_relays(room: Room, seat: Seat, message: AskRelays, now: int) -> list[Effect]:
    assert seat.socket is not None
    servers = room.ice_servers(seat, now)
    return [Send(seat.socket, seat.seq, RelayServers(ice_servers=servers, re=message.id or UNSET))]


def _bye(room: Room, seat: Seat, _message: Bye, now: int) -> list[Effect]:
    return room.leave(seat, "bye", now)


def _set_muted(room: Room, seat: Seat, kind: Kind, *, muted: bool) -> list[Effect]:
    seat.mute(kind, muted=muted)
    peers = [seat.peer if seat.negotiated else None, seat.former]
    commands = [Tell(media.Mute(peer=peer, kind=kind, muted=muted)) for peer in peers if peer is not None]
    return [*commands, *room.broadcast(Muted(participant=seat.id, kind=kind, muted=muted))]


def _mute(seat: Seat, kind: Kind) -> Tell:
    assert seat.peer is not None
    return Tell(media.Mute(peer=seat.peer, kind=kind, muted=seat.muted(kind)))


VERBS: Final[Mapping[type, Verb]] = {
    Hello: Verb(Role.GUEST, _hello),
    Offer: Verb(Role.GUEST, _offer),
    Want: Verb(Role.GUEST, _want),
    Mute: Verb(Role.GUEST, _mute_self),
    MuteOther: Verb(Role.TEACHER, _mute_other),
    Say: Verb(Role.GUEST, _say),
    Report: Verb(Role.GUEST, _report),
    Record: Verb(Role.HOST, recording.direct),
    Consent: Verb(Role.GUEST, recording.consent),
    Ping: Verb(Role.GUEST, _ping),
    AskRelays: Verb(Role.GUEST, _ask_relays),
    Bye: Verb(Role.GUEST, _bye),
}
