"""Honest input, damaged."""

from collections.abc import Sequence
from random import Random

BOUNDARIES = (0, 1, 0x0F, 0x10, 0x7F, 0x80, 0xBE, 0xDE, 0xFE, 0xFF)
MOST_DAMAGES = 6
LONGEST_DATAGRAM = 2100


def mutate(random: Random, seeds: Sequence[bytes], longest: int = LONGEST_DATAGRAM) -> bytes:
    """One of the seeds with a few damages; now and then it stays whole, or is mere noise."""
    if random.random() < 0.03:
        return random.randbytes(random.randrange(80))
    data = bytearray(random.choice(seeds))
    for _ in range(random.randrange(MOST_DAMAGES)):
        random.choice(_DAMAGES)(random, data, seeds)
    return bytes(data[:longest])


def _at(random: Random, data: bytearray) -> int:
    """A place; headers stand at the front, so most damage is done there."""
    reach = len(data) if random.random() < 0.3 else min(len(data), 40)
    return random.randrange(reach + 1)


def _cut(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[_at(random, data) :]


def _flip(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    place = _at(random, data)
    if place < len(data):
        data[place] ^= 1 << random.randrange(8)


def _overwrite(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    place = _at(random, data)
    data[place : place + 1] = bytes((random.choice(BOUNDARIES),))


def _length(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    """Two octets that may be a length: far too much, nothing, or nearly right."""
    place = _at(random, data)
    value = random.choice((0, 1, 0xFFFF, 0x8000, len(data), len(data) // 4, random.randrange(64)))
    data[place : place + 2] = (value & 0xFFFF).to_bytes(2, "big")


def _insert(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    data[(place := _at(random, data)) : place] = random.randbytes(random.randrange(1, 9))


def _remove(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    place = _at(random, data)
    del data[place : place + random.randrange(1, 9)]


def _repeat(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    first, last = sorted((_at(random, data), _at(random, data)))
    data[last:last] = data[first:last] * random.randrange(1, 4)


def _splice(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    other = random.choice(seeds)
    data[_at(random, data) :] = other[_at(random, bytearray(other)) :]


def _shuffle_lines(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    """Takes lines out, doubles them, swaps them, or takes one of another seed's; what has no lines stays."""
    lines = bytes(data).splitlines(keepends=True)
    if len(lines) < 2:
        return
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first] = random.choice(
        (b"", lines[first] * 2, lines[second], random.choice(random.choice(seeds).splitlines(keepends=True) or [b""]))
    )
    data[:] = b"".join(lines)


_DAMAGES = (_shuffle_lines, _cut, _flip, _overwrite, _length, _insert, _remove, _repeat, _splice)
