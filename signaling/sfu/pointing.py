"""What people point at: the one thing that data channels carry. A message is read whole, and passed on under a name."""

from typing import Annotated, Final

import msgspec

LABEL: Final = "pointer"
MOST_OCTETS: Final = 256

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place in somebody's picture, as shares of its width and height; nobody's means that nothing is pointed at."""

    at: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None
    x: Share = 0.0
    y: Share = 0.0


class Pointed(Point, frozen=True):
    """The same, with the id of the participant who points."""

    who: str = msgspec.field(name="from", default="")


def passed_on(message: str | bytes, who: str) -> str | None:
    """What the others get of a message; nothing if it isn't one, or of somebody who may not point."""
    if not who or len(message) > MOST_OCTETS:
        return None
    try:
        point = _decoder.decode(message)
    except (msgspec.DecodeError, UnicodeError):
        return None
    return _encoder.encode(Pointed(point.at, point.x, point.y, who)).decode()


_decoder: Final = msgspec.json.Decoder(Point)
_encoder: Final = msgspec.json.Encoder()
