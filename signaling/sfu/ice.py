"""The ICE-lite side of a peer (RFC 8445 section 2.5): credentials, our candidates, and which checked path to use.

A lite agent sends no checks. A path is *checked* once an authenticated binding request came over it; only
checked paths carry anything else. Traffic goes to the path on which valid DTLS or SRTP last arrived:
a browser that nominates several pairs at once, as Firefox does, then still gets all of it on the one it uses.
"""

import secrets
import string
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Path = TypeVar("Path")

UFRAG_LENGTH = 8
PASSWORD_LENGTH = 24
MAX_PATHS = 8

_ICE_CHARACTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Credentials:
    """An ICE user name fragment and password."""

    ufrag: str
    password: str

    @staticmethod
    def fresh() -> "Credentials":
        return Credentials(_random(UFRAG_LENGTH), _random(PASSWORD_LENGTH))


def _random(length: int) -> str:
    return "".join(secrets.choice(_ICE_CHARACTERS) for _ in range(length))


@dataclass(slots=True)
class Paths(Generic[Path]):
    """The checked paths of one peer and the one in use."""

    checked: dict[Path, None] = field(default_factory=dict)
    current: Path | None = None
    proven: bool = False

    def check(self, path: Path, *, spare: bool = False) -> Path | None:
        """Notes an authenticated check; returns a path that had to give way to the newcomer.

        Before anything else arrived the latest check decides where we send, but one on a spare path only where there
        is no other; afterwards a check moves nothing.
        """
        evicted = None
        if path not in self.checked and len(self.checked) >= MAX_PATHS:
            evicted = next(old for old in self.checked if old != self.current)
            del self.checked[evicted]
        self.checked.pop(path, None)
        self.checked[path] = None
        if not self.proven and (self.current is None or not spare):
            self.current = path
        return evicted

    def doubt(self) -> None:
        """Nothing came over the path in use for a while: the next check decides where we send."""
        self.proven = False
        self.current = None

    def lose(self, path: Path) -> bool:
        """Forgets a path; says whether we now send over another one, until the next check says better."""
        self.checked.pop(path, None)
        if self.current != path:
            return False
        self.proven = False
        self.current = next(reversed(self.checked), None)
        return self.current is not None

    def valid(self, path: Path) -> bool:
        """Notes valid DTLS or SRTP on a checked path; says whether the peer moved there."""
        self.proven = True
        moved = self.current != path
        self.current = path
        return moved


def candidate_line(foundation: int, address: str, port: int, over: Literal["udp", "tcp"] = "udp") -> str:
    """A host candidate (RFC 8839 5.1, RFC 6544 4.5) that ranks by its place; those over TCP come after all others."""
    kind, highest, passive = _RANKS[over]
    priority = (kind << 24) | (max(0, highest - foundation) << 8) | 255
    return f"candidate:{foundation} 1 {over} {priority} {address} {port} typ host{passive}"


# type preference, highest local preference (RFC 8445 5.1.2.1, RFC 6544 4.2: direction 4 of 13 bits and more)
_RANKS = {"udp": (126, 65535, ""), "tcp": (90, (4 << 13) + 8191, " tcptype passive")}
