"""What the reading process gives up before it sees a stranger's octets: memory, time, files, the network."""

import os
import sys
from typing import Final

MEMORY: Final = 300 * 1024 * 1024
CPU_SECONDS: Final = 5
DESCRIPTORS: Final = 32
NICER: Final = 10
FORBIDDEN: Final = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.spawn",
    "ctypes.",
)
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class ConfinedError(PermissionError):
    """The reading process tried what it has no business with."""


def confine() -> None:
    """Give up what reading needs not; there is no way back."""
    if sys.platform != "win32":
        _limit()
        os.nice(NICER)
    sys.addaudithook(_watch)


def _limit() -> None:
    import resource  # noqa: PLC0415  Windows has none

    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_NOFILE: DESCRIPTORS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(FORBIDDEN) or (event == "open" and _is_writing(arguments)):
        raise ConfinedError(event)


def _is_writing(arguments: tuple[object, ...]) -> bool:
    """Whether a file is opened for more than reading: what the mode says, or the flags."""
    _, mode, flags = (*arguments, None, None, None)[:3]
    if isinstance(mode, str) and not set(mode).isdisjoint("wax+"):
        return True
    return isinstance(flags, int) and bool(flags & WRITING)
