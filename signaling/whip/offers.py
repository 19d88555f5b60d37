"""What an encoder's or a player's offer must be, and what each says of the sections in it. No I/O."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from signaling.media import Kind
from signaling.session import KINDS
from signaling.sfu import sdp
from signaling.sfu.answer import is_accepted
from signaling.whip.refusals import OfferRefusedError, of_offer

Purpose: TypeAlias = Literal["whip", "whep"]
LIMITS: Final = sdp.Limits()


@dataclass(frozen=True, slots=True)
class StreamOffer:
    """An offer that may be brought into the room, and the mids of its sections of each kind."""

    text: str
    mids: dict[Kind, tuple[str, ...]]


def checked(text: str, purpose: Purpose) -> StreamOffer:
    """Reads the offer of a publisher (`whip`) or a player (`whep`).

    Raises:
        BrokenSdpError: It is no SDP.
        OfferRefusedError: It offers what this door doesn't take.
    """
    try:
        offer = sdp.parse(text, LIMITS)
    except sdp.OfferError as error:
        raise of_offer(error) from None
    sections = [each for each in offer.sections if not each.rejected]
    for section in sections:
        _check(section, purpose)
    mids = {kind: tuple(each.mid for each in sections if each.kind == kind) for kind in KINDS}
    if not any(mids.values()):
        raise OfferRefusedError("The offer has neither audio nor video. Add a section of either.", cause="no_media")
    return StreamOffer(text, mids)


def _check(section: sdp.Section, purpose: Purpose) -> None:
    """One section that can't be served refuses the offer (RFC 9725 section 4.4.3)."""
    flows = section.sends if purpose == "whip" else section.receives
    if section.kind != "application" and not flows:
        wanted = "sendonly" if purpose == "whip" else "recvonly"
        sentence = f"Section {section.mid} is {section.direction}. Offer it as {wanted}."
        raise OfferRefusedError(sentence, cause="wrong_direction", field=section.mid)
    if not is_accepted(section):
        sentence = f"Section {section.mid} has no codec that is forwarded here. Offer VP8, H264, VP9, AV1 or Opus."
        raise OfferRefusedError(sentence, cause="no_codec", field=section.mid)
