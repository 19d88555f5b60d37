"""One recording while it is made: everybody in it, and its manifest."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from signaling.media import RoomId
from signaling.sfu.recording import manifest
from signaling.sfu.recording.manifest import Manifest
from signaling.sfu.recording.roll import Catch, Roll

LOOK_SECONDS = 2.0


class Film:
    """A folder with a file for each publisher and one part of the manifest, written by this process alone."""

    def __init__(self, recording: str, room: RoomId, folder: Path, now: float, since_epoch: float) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._recording, self._room, self._folder = recording, room, folder
        self._since_epoch = since_epoch
        self._starts = self._milliseconds(now)
        self._part = folder / f"{secrets.token_hex(8)}{manifest.PART}"
        self._rolls: dict[str, Roll] = {}
        self._look_at = now

    def expose(self, catches: Iterable[Catch], now: float) -> set[int]:
        """Takes what everybody sent since the last call, and writes what is due; the sources that need a key frame.

        Raises:
            OSError: The disk is full or broken.
        """
        thirsty: set[int] = set()
        present: dict[str, set[tuple[str, int]]] = {}
        for catch in catches:
            present.setdefault(catch.take.publisher, set()).add((catch.peer, catch.ssrc))
            if self._roll(catch).feed(catch, now):
                thirsty.add(catch.ssrc)
        for name, roll in self._rolls.items():
            roll.write(present.get(name, set()), now)
        self._look(now)
        return thirsty

    def _roll(self, catch: Catch) -> Roll:
        take = catch.take
        roll = self._rolls.get(take.publisher)
        if roll is None:
            roll = self._rolls[take.publisher] = Roll(self._folder, take, self._since_epoch)
        roll.take = take
        return roll

    def _look(self, now: float) -> None:
        """Says how far it is: at once when there is something new in the files, else now and then."""
        if now < self._look_at and not any(roll.changed for roll in self._rolls.values()):
            return
        self._look_at = now + LOOK_SECONDS
        for roll in self._rolls.values():
            roll.changed = False
            roll.look()
        self._write_part(None)

    def close(self, now: float) -> None:
        """Ends every file in order.

        Raises:
            OSError: The disk is full or broken.
        """
        for roll in self._rolls.values():
            roll.close(now)
        self._write_part(self._milliseconds(now))

    def abandon(self) -> None:
        """Leaves everything as it is, to be mended."""
        for roll in self._rolls.values():
            roll.abandon()

    def _write_part(self, ends: int | None) -> None:
        publishers = tuple(roll.publisher() for roll in self._rolls.values())
        whole = Manifest(self._recording, self._room, self._starts, ends, publishers)
        manifest.write(self._part, whole)

    def _milliseconds(self, at: float) -> int:
        return round(1000 * (at + self._since_epoch))
