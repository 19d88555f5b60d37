"""What the doors of encoders and players refuse; `vclass/web/errors.py` gives each its status."""

from typing import Final

from signaling import model
from signaling.sfu.sdp import OfferError
from vclass.core.refusals import NotFoundError, Refusal, StaleError, TooManyError, VersionMissingError

RETRY_SECONDS: Final = 5
FULL: Final = frozenset({"too_many_peers", "room_full", "closed"})


class BrokenSdpError(Refusal):
    """The body can't be read as what it claims to be."""

    slug = "broken-sdp"


class OfferRefusedError(Refusal):
    """The offer can be read, but not taken."""

    slug = "offer-refused"


class NotAcceptableError(Refusal):
    """The client rules out the type of the answer (RFC 9110 section 15.5.7)."""

    slug = "not-acceptable"

    def __init__(self, given: str) -> None:
        super().__init__(f"The answer is {given}. Let your Accept header allow that, or leave it out.")


class UnavailableError(Refusal):
    """There is no place for now."""

    slug = "unavailable"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, retry_after=RETRY_SECONDS)


class StaleSessionError(StaleError):
    """If-Match names another ICE session than the present one."""

    def __init__(self) -> None:
        Refusal.__init__(self, "ICE was restarted meanwhile. Send the ETag of the last answer as If-Match, or *.")


class VersionlessError(VersionMissingError):
    """A fragment that doesn't say to which ICE session it belongs."""

    def __init__(self) -> None:
        Refusal.__init__(self, "Send the ETag of the last answer as If-Match, or * to restart ICE.")


def of_offer(error: OfferError) -> Refusal:
    """Why an offer was not even brought into the room."""
    if error.code == "bad_sdp":
        return BrokenSdpError(error.sentence, field=error.field)
    return OfferRefusedError(error.sentence, cause=error.code, field=error.field)


def of_room(refusal: model.Refusal) -> Refusal:
    """The room's refusal in the words of HTTP."""
    if refusal.code == "bad_ticket":
        return NotFoundError("lesson")
    if refusal.code == "offer_refused" and refusal.cause not in FULL:
        return OfferRefusedError(refusal.sentence, cause=refusal.cause, field=refusal.field)
    if refusal.code == "too_fast":
        return TooManyError(refusal.sentence, retry_after=RETRY_SECONDS)
    return UnavailableError(refusal.sentence)
