"""What the media plane reports, in the words of the lesson: participants instead of peers."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from signaling import media
from signaling.effects import Effect
from signaling.protocol import NeedSlots, Slots, SlotView, Speaker, StateChanged, Tracks
from signaling.room import Room
from signaling.session import Seat


def heard(room: Room, event: media.Event) -> list[Effect]:
    """Takes an event of the media plane, but not `Moved`; one about a peer that was replaced changes nothing."""
    return _HANDLERS[type(event)](room, event)


def _peer_state(room: Room, event: media.PeerState) -> list[Effect]:
    seat = room.of(event.peer)
    if seat is None:
        return []
    before = seat.state
    if event.state != "gone":
        seat.media_is(event.state)
        return room.state_since(seat, before)
    ended = room.end_media(seat)
    return [*ended, *(_try_again(room, seat) if before == "connecting" else [])]


def _try_again(room: Room, seat: Seat) -> list[Effect]:
    """Media that never came up is no change of state, but its owner waits for word."""
    return room.post(seat, StateChanged(participant=seat.id, state=seat.state))


def _tracks_changed(room: Room, event: media.TracksChanged) -> list[Effect]:
    seat = room.of(event.peer)
    if seat is None:
        return []
    removed, added = seat.withdraw(event.removed), seat.publish(event.added)
    if not (added or removed):
        return []
    return room.broadcast(Tracks(participant=seat.id, added=added, removed=removed))


def _slots_changed(room: Room, event: media.SlotsChanged) -> list[Effect]:
    seat = room.of(event.peer)
    slots = tuple(_slot(room, slot) for slot in event.slots)
    if seat is None or seat.slots == slots:
        return []
    seat.slots = slots
    return room.post(seat, Slots(slots=slots))


def _slot(room: Room, slot: media.Slot) -> SlotView:
    owner = room.of(slot.owner)
    return SlotView(
        mid=slot.mid,
        kind=slot.kind,
        participant=owner.id if owner else None,
        track=slot.track if owner else None,
        lacks=slot.lacks if owner else None,
        paused=slot.paused and owner is not None,
    )


def _need_slots(room: Room, event: media.NeedSlots) -> list[Effect]:
    seat = room.of(event.peer)
    return room.post(seat, NeedSlots(audio=event.audio, video=event.video)) if seat else []


def _speaker(room: Room, event: media.Speaker) -> list[Effect]:
    seat = room.of(event.peer)
    speaker = seat.id if seat else None
    if speaker == room.speaker:
        return []
    room.speaker = speaker
    return room.broadcast(Speaker(participant=speaker))


_HANDLERS: Final[Mapping[type, Callable[[Room, Any], list[Effect]]]] = {
    media.PeerState: _peer_state,
    media.TracksChanged: _tracks_changed,
    media.SlotsChanged: _slots_changed,
    media.NeedSlots: _need_slots,
    media.Speaker: _speaker,
}
