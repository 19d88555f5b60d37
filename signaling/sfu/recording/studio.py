"""All recordings of one process: the part that works on packets and files, in a thread of its own."""

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from signaling.media import RoomId
from signaling.sfu.recording.film import Film
from signaling.sfu.recording.roll import Catch

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """A recording's part of a batch; the last one ends it."""

    recording: str
    room: RoomId
    folder: str
    catches: tuple[Catch, ...]
    last: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of a batch: sources that need a key frame, recordings that ended, and those that can't go on."""

    thirsty: set[int] = field(default_factory=set)
    ended: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class Studio:
    """Takes batches one after another, from one thread at a time."""

    def __init__(self) -> None:
        self._films: dict[str, Film] = {}
        self._since_epoch = time.time() - time.monotonic()

    def work(self, scenes: list[Scene], now: float) -> Outcome:
        """Does what a batch asks for; one recording's failure harms no other."""
        outcome = Outcome()
        for scene in scenes:
            try:
                self._shoot(scene, now, outcome)
            except OSError as error:
                outcome.failed[scene.recording] = error.strerror or str(error)
            except Exception:
                logger.exception("x recording=%s", scene.recording)
                outcome.failed[scene.recording] = "an error of the server, which its log tells"
            if scene.recording in outcome.failed and (film := self._films.pop(scene.recording, None)):
                film.abandon()
        return outcome

    def _shoot(self, scene: Scene, now: float, outcome: Outcome) -> None:
        film = self._films.get(scene.recording)
        if film is None:
            film = Film(scene.recording, scene.room, Path(scene.folder), now, self._since_epoch)
            self._films[scene.recording] = film
        outcome.thirsty |= film.expose(scene.catches, now)
        if scene.last:
            film.close(now)
            del self._films[scene.recording]
            outcome.ended.append(scene.recording)
