"""Which room lives on which worker, and which peers are in it: a value without I/O, and the rule of placement."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from signaling.media import PeerId, RoomId

FEW: Final = 6
"""A room counts as so many peers at least: where one has come others will."""
BUSY: Final = 0.7
"""A share of a core beyond which a worker gets rooms only when all others are busy, too."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A worker that may take a room: how many peers it has, and what share of a core it uses."""

    name: str
    peers: int
    share: float = 0.0


def choose(candidates: Iterable[Candidate]) -> str:
    """The least loaded; of equals the first."""
    return min(candidates, key=lambda each: (each.share > BUSY, each.peers, each.share)).name


@dataclass(slots=True)
class _Home:
    worker: str
    peers: set[PeerId] = field(default_factory=set)


class Ledger:
    """Rooms by worker, peers by room; a room without peers has no home.

    A worker that is drained has no rooms any more, but still the peers that *linger* on it.
    """

    def __init__(self) -> None:
        self._homes: dict[RoomId, _Home] = {}
        self._rooms: dict[PeerId, RoomId] = {}
        self._lingering: dict[PeerId, str] = {}

    def home(self, room: RoomId) -> str | None:
        """The worker that a room lives on."""
        home = self._homes.get(room)
        return home.worker if home else None

    def worker_of(self, peer: PeerId) -> str | None:
        room = self._rooms.get(peer)
        return self._lingering.get(peer) if room is None else self._homes[room].worker

    def enter(self, room: RoomId, peer: PeerId, worker: str) -> bool:
        """Puts a peer into a room, and the room on that worker if it has none; tells whether the peer is new."""
        if peer in self._rooms:
            return False
        self._homes.setdefault(room, _Home(worker)).peers.add(peer)
        self._rooms[peer] = room
        return True

    def leave(self, peer: PeerId) -> None:
        self._lingering.pop(peer, None)
        room = self._rooms.pop(peer, None)
        if room is None:
            return
        peers = self._homes[room].peers
        peers.discard(peer)
        if not peers:
            del self._homes[room]

    def close(self, room: RoomId) -> None:
        home = self._homes.pop(room, None)
        for peer in home.peers if home else ():
            del self._rooms[peer]

    def evict(self, worker: str) -> list[RoomId]:
        """Forgets what lives on a worker; gives its rooms."""
        self._lingering = {peer: name for peer, name in self._lingering.items() if name != worker}
        rooms = self._of(worker)
        for room in rooms:
            self.close(room)
        return rooms

    def drain(self, worker: str) -> list[RoomId]:
        """Takes its rooms away from a worker; gives them. Their peers linger there."""
        lingering = {peer: worker for room in self._of(worker) for peer in self._homes[room].peers}
        rooms = self.evict(worker)
        self._lingering |= lingering
        return rooms

    def lingers(self, worker: str) -> bool:
        """Whether a drained worker still has peers."""
        return worker in self._lingering.values()

    def count(self, worker: str) -> tuple[int, int]:
        """How many rooms and peers live on a worker."""
        rooms = self._of(worker)
        return len(rooms), sum(len(self._homes[room].peers) for room in rooms)

    def weight(self, worker: str) -> int:
        """What a worker has to carry, in peers."""
        return sum(max(FEW, len(self._homes[room].peers)) for room in self._of(worker))

    def _of(self, worker: str) -> list[RoomId]:
        return [room for room, home in self._homes.items() if home.worker == worker]
