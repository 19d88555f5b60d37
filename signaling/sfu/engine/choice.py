"""Which engine runs."""

from typing import Literal

from signaling.sfu.engine import mmsg
from signaling.sfu.engine.base import Engine
from signaling.sfu.engine.plain import PlainEngine


def choose(wish: Literal["auto", "mmsg", "plain"]) -> Engine:
    """The wished engine; `auto` and a wish that this machine can't grant give the best that runs."""
    if wish == "plain" or not mmsg.available():
        return PlainEngine()
    return mmsg.MmsgEngine()
