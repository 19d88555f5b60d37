"""Which engine runs."""

import logging
from collections.abc import Callable

from signaling.sfu.engine import mmsg, pump
from signaling.sfu.engine.base import Engine
from signaling.sfu.engine.plain import PlainEngine
from signaling.sfu.settings import EngineWish

logger = logging.getLogger(__name__)

_LADDER: tuple[tuple[str, Callable[[], bool], Callable[[], Engine]], ...] = (
    ("pump", pump.available, pump.PumpEngine),
    ("mmsg", mmsg.available, mmsg.MmsgEngine),
    ("plain", lambda: True, PlainEngine),
)


def best_engine(wish: EngineWish) -> str:
    """The name of the engine that a wish brings: `auto`, and what this machine can't grant, give the best that runs."""
    able = [name for name, works, _ in _LADDER if works()]
    return wish if wish in able else able[0]


def choose(wish: EngineWish) -> Engine:
    """The engine that a wish brings."""
    best = best_engine(wish)
    if wish not in {"auto", best}:
        logger.warning("x media engine %s doesn't run here, taking %s; see vclass doctor", wish, best)
    return next(make for name, _, make in _LADDER if name == best)()
