"""How long what failed for now waits before it is tried again: longer each time, and until it is given up."""

import zlib
from dataclasses import dataclass
from typing import Final

JITTER: Final = 0.25
MOST_DOUBLINGS: Final = 20


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a row that isn't taken waits for its next try, in seconds: doubling, until it is given up."""

    first_pause: int = 60
    longest_pause: int = 3600
    give_up: int = 24 * 3600


PATIENCE = Patience()


def pause(tries: int, message_id: str = "", patience: Patience = PATIENCE) -> int:
    """Seconds until the next try: 1, 2, 4 ... 60 minutes, and up to a quarter more.

    How much more depends on the mail and on the try, so that what failed together doesn't come back together.
    """
    seconds = min(patience.first_pause << min(tries - 1, MOST_DOUBLINGS), patience.longest_pause)
    spread = zlib.crc32(f"{message_id}.{tries}".encode()) / 2**32 if message_id else 0
    return seconds + int(seconds * JITTER * spread)
