"""The one source of "now": a callable handed in, so that tests and the demo can stand at another instant."""

import time
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], int]
"""Gives the present instant in epoch seconds, UTC."""


def system_clock() -> int:
    return int(time.time())


def shifted_clock(offset_seconds: int) -> Clock:
    """A clock that runs like the system's, ``offset_seconds`` ahead (behind, if negative)."""
    return lambda: system_clock() + offset_seconds
