"""A lesson's recording while it runs: the leave to make it, and whom it shows."""

from dataclasses import dataclass

from signaling import media
from signaling.effects import Effect, Tell
from signaling.model import RecordingOrder
from signaling.protocol import ConsentState, RecordingState, RecordingView
from signaling.session import Seat


@dataclass(slots=True)
class Film:
    """Nobody is in it who did not agree to this very recording."""

    order: RecordingOrder
    paused: bool = False

    @property
    def state(self) -> RecordingState:
        return "paused" if self.paused else "on"

    def shows(self, seat: Seat) -> bool:
        """Whether somebody is recorded."""
        return not self.paused and seat.consents.get(self.order.id, False)

    def view(self, seat: Seat) -> RecordingView:
        """What somebody who comes in is told."""
        answers: dict[bool | None, ConsentState] = {None: "asked", True: "given", False: "declined"}
        return RecordingView(self.order.id, self.state, self.order.version, answers[seat.consents.get(self.order.id)])

    def tell(self, seat: Seat) -> list[Effect]:
        """What the media plane must know of somebody's connection, if there is one."""
        if seat.peer is None or not seat.negotiated:
            return []
        take = self._take(seat) if self.shows(seat) else None
        return [Tell(media.Record(peer=seat.peer, take=take))]

    def _take(self, seat: Seat) -> media.Take:
        order = self.order
        return media.Take(order.id, order.folder, seat.admitted.identity, seat.seen().name, order.version)
