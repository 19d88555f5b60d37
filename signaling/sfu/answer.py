"""Our SDP answer: ICE-lite, one transport for all sections, every codec that both sides know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from signaling.sfu.codecs import codec_key
from signaling.sfu.ice import Credentials, candidate_line
from signaling.sfu.sdp import Codec, Description, Direction, Section

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
TRANSPORT_WIDE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

MAX_DATA_MESSAGE = 65536

_MIRROR: dict[Direction, Direction] = {"sendonly": "recvonly", "recvonly": "sendonly"}
_UP_EXTENSIONS = frozenset({MID, RID, REPAIRED_RID, AUDIO_LEVEL, TRANSPORT_WIDE})
_UP_FEEDBACK = frozenset({"nack", "nack pli", "ccm fir", "transport-cc"})
_DOWN_FEEDBACK = frozenset({"nack", "nack pli", "ccm fir", "goog-remb"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How we send in one section: the stream it belongs to and its sources."""

    stream: str
    ssrc: int
    rtx_ssrc: int


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of the transport."""

    credentials: Credentials
    fingerprint: str
    role: str
    addresses: Sequence[tuple[str, int]]
    revision: int = 1
    listening: Sequence[tuple[str, int]] = ()

    def candidates(self) -> Iterable[str]:
        """Those over UDP come first: there are clients that read only one."""
        yield from (candidate_line(place, *each) for place, each in enumerate(self.addresses, 1))
        after = len(self.addresses) + 1
        yield from (candidate_line(place, *each, "tcp") for place, each in enumerate(self.listening, after))


def common_codecs(section: Section) -> tuple[Codec, ...]:
    """The codecs of a section that we carry, in its order, with the RTX payload types that belong to them."""
    kept = {str(codec.payload_type) for codec in section.codecs if codec_key(codec)}
    return tuple(
        codec
        for codec in section.codecs
        if codec_key(codec) or (codec.name == "rtx" and codec.parameter("apt") in kept)
    )


def build(offer: Description, local: Local, outgoing: Mapping[str, Outgoing]) -> str:
    """Writes the answer; `outgoing` holds the receive slots by mid."""
    accepted = [section for section in offer.sections if is_accepted(section)]
    lines = [
        "v=0",
        f"o=- 1 {local.revision} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(section.mid for section in accepted),
        "a=msid-semantic: WMS *",
        "a=extmap-allow-mixed",
    ]
    for section in offer.sections:
        lines += _section(section, local, outgoing)
    return "\r\n".join(lines) + "\r\n"


def is_accepted(section: Section) -> bool:
    """Whether a section is kept: data, or media in at least one codec that we carry."""
    if section.rejected:
        return False
    return section.kind == "application" or bool(common_codecs(section))


def _section(section: Section, local: Local, outgoing: Mapping[str, Outgoing]) -> Iterable[str]:
    if not is_accepted(section):
        yield f"m={section.kind} 0 {section.protocol} {' '.join(section.formats)}"
        yield "c=IN IP4 0.0.0.0"
        yield f"a=mid:{section.mid}"
        yield "a=inactive"
        return
    codecs = common_codecs(section)
    formats = [str(codec.payload_type) for codec in codecs] or section.formats
    yield f"m={section.kind} {local.addresses[0][1]} {section.protocol} {' '.join(formats)}"
    yield from _transport(section, local)
    if section.kind == "application":
        yield f"a=sctp-port:{section.sctp_port}"
        yield f"a=max-message-size:{MAX_DATA_MESSAGE}"
        return
    yield from _media(section, codecs)
    yield from _sources(outgoing.get(section.mid), codecs)


def _transport(section: Section, local: Local) -> Iterable[str]:
    address = local.addresses[0][0]
    yield f"c=IN {'IP6' if ':' in address else 'IP4'} {address}"
    yield f"a=mid:{section.mid}"
    yield f"a=ice-ufrag:{local.credentials.ufrag}"
    yield f"a=ice-pwd:{local.credentials.password}"
    yield f"a=fingerprint:sha-256 {local.fingerprint}"
    yield f"a=setup:{local.role}"
    yield from (f"a={each}" for each in local.candidates())
    yield "a=end-of-candidates"


def _media(section: Section, codecs: Sequence[Codec]) -> Iterable[str]:
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    yield f"a={_MIRROR.get(section.direction, section.direction)}"
    wanted = (_UP_FEEDBACK if section.sends else frozenset()) | (_DOWN_FEEDBACK if section.receives else frozenset())
    for codec in codecs:
        yield f"a=rtpmap:{codec.payload_type} {codec.encoding}"
        if codec.parameters:
            yield f"a=fmtp:{codec.payload_type} {codec.parameters}"
        yield from (f"a=rtcp-fb:{codec.payload_type} {each}" for each in codec.feedback if each in wanted)
    if section.sends:
        for uri, number in section.extensions.items():
            if uri in _UP_EXTENSIONS:
                yield f"a=extmap:{number} {uri}"
        yield from _encodings(section.rids)


def _encodings(rids: Sequence[str]) -> Iterable[str]:
    """All encodings of a picture are welcome (RFC 8853 5.3)."""
    if rids:
        yield from (f"a=rid:{rid} recv" for rid in rids)
        yield f"a=simulcast:recv {';'.join(rids)}"


def _sources(outgoing: Outgoing | None, codecs: Sequence[Codec]) -> Iterable[str]:
    """The sources of a slot; the media source comes first, since Chromium takes the first as the primary one."""
    if outgoing is None:
        return
    repairs = any(codec.name == "rtx" for codec in codecs)
    yield f"a=msid:{outgoing.stream} {outgoing.stream}-{outgoing.ssrc}"
    if repairs:
        yield f"a=ssrc-group:FID {outgoing.ssrc} {outgoing.rtx_ssrc}"
    yield f"a=ssrc:{outgoing.ssrc} cname:{outgoing.stream}"
    if repairs:
        yield f"a=ssrc:{outgoing.rtx_ssrc} cname:{outgoing.stream}"
