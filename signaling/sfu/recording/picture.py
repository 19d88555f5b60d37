"""An encoded picture, and what each codec must know to make one of RTP payloads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LONGEST_HEAD = 256


class PictureError(ValueError):
    """Payloads are no picture of that codec."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as files hold it; only a key frame tells its size, and what decoders must know before it."""

    data: bytes
    key: bool
    width: int = 0
    height: int = 0
    private: bytes = b""


class Codec(Protocol):
    """How pictures of one codec travel."""

    def begins(self, payload: bytes) -> bool:
        """Whether decoding can start with the picture that starts with this payload."""

    def picture(self, payloads: Sequence[bytes]) -> Picture:
        """The picture that all payloads of one timestamp make.

        Raises:
            PictureError: They make none.
            IndexError: One is cut short.
        """


class Bits:
    """Reads numbers of some bits, the highest first; beyond the end it raises `PictureError`.

    What is read stands in the first octets; a stranger's long unit must not cost more.
    """

    def __init__(self, data: bytes) -> None:
        head = data[:LONGEST_HEAD]
        self._number = int.from_bytes(head, "big")
        self._left = 8 * len(head)

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise PictureError("cut short")
        return self._number >> self._left & ((1 << count) - 1)

    def exponential(self) -> int:
        """An unsigned Exp-Golomb code (H.264 section 9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """A signed Exp-Golomb code (H.264 section 9.1.1)."""
        code = self.exponential()
        return (code + 1) // 2 if code % 2 else -(code // 2)
