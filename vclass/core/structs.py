"""Types that msgspec is done with before threads use them.

It looks at a type's annotations when the type is first decoded, and a second thread that comes in between crashes the
process (msgspec 0.22): so everything is looked at while there is one thread.
"""

from collections.abc import Iterator
from typing import Any

import msgspec


def complete() -> None:
    """Let msgspec look at every Struct that is defined, and at the dataclasses that stand in them."""
    for each in _descendants(msgspec.Struct):
        msgspec.json.Decoder(each)


def _descendants(base: type[Any]) -> Iterator[type[Any]]:
    for each in base.__subclasses__():
        yield each
        yield from _descendants(each)
