"""WHIP and WHEP (RFC 9725): the doors through which encoders publish and players watch (`docs/whip.md`)."""

from signaling.whip.door import AdmitBearer, Door
from signaling.whip.refusals import (
    BrokenSdpError,
    NotAcceptableError,
    OfferRefusedError,
    StaleSessionError,
    UnavailableError,
    VersionlessError,
)
from signaling.whip.stream import Stream

__all__ = [
    "AdmitBearer",
    "BrokenSdpError",
    "Door",
    "NotAcceptableError",
    "OfferRefusedError",
    "StaleSessionError",
    "Stream",
    "UnavailableError",
    "VersionlessError",
]
