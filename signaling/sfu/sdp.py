"""A client's SDP offer as values (RFC 8866, RFC 8829, RFC 9143): read with limits, refused with a sentence.

Reading does no I/O and raises nothing but `OfferError`, whatever the text.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NoReturn, TypeAlias, cast, get_args

Direction: TypeAlias = Literal["sendonly", "recvonly", "sendrecv", "inactive"]

MAX_LINE = 2048
MAX_MID = 32
MAX_RID = 16
MAX_LAYERS = 3
MAX_SSRC = 0xFFFFFFFF
MAX_PAYLOAD_TYPE = 127
MAX_PORT = 65535
MAX_CLOCK = 0xFFFFFFFF
DIGEST_SIZES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
DEFAULT_SCTP_PORT = 5000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+")
_ICE = re.compile(r"[A-Za-z0-9+/]+")
_RID = re.compile(r"[A-Za-z0-9_-]+")


class OfferError(ValueError):
    """An offer can't be taken: which rule, which field, and what to do."""

    def __init__(self, code: str, at: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.field, self.sentence = code, at, sentence


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an offer is read."""

    octets: int = 32 * 1024
    sections: int = 48
    candidates: int = 20


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type of a section."""

    payload_type: int
    encoding: str
    parameters: str = ""
    feedback: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.encoding.partition("/")[0].lower()

    @property
    def clock(self) -> int:
        return int(self.encoding.split("/")[1])

    def parameter(self, name: str) -> str | None:
        """A format parameter, such as `apt` of an RTX payload type."""
        for pair in self.parameters.split(";"):
            key, _, value = pair.strip().partition("=")
            if key.lower() == name:
                return value.strip()
        return None


@dataclass(frozen=True, slots=True)
class Section:
    """One m-section of an offer; `rids` names the encodings of its picture (RFC 8853) in the order of its list."""

    kind: str
    mid: str
    direction: Direction
    rejected: bool
    protocol: str
    formats: tuple[str, ...]
    codecs: tuple[Codec, ...]
    extensions: dict[str, int]
    ssrcs: tuple[int, ...]
    sctp_port: int
    rids: tuple[str, ...] = ()

    @property
    def sends(self) -> bool:
        return self.direction in {"sendonly", "sendrecv"}

    @property
    def receives(self) -> bool:
        return self.direction in {"recvonly", "sendrecv"}


@dataclass(frozen=True, slots=True)
class Description:
    """A whole offer; all sections share one transport."""

    sections: tuple[Section, ...]
    ufrag: str
    password: str
    algorithm: str
    fingerprint: str
    setup: str


@dataclass(slots=True)
class _Draft:
    """A section, or the session above them all, while its lines are read."""

    kind: str = ""
    at: str = "session"
    port: int = 0
    protocol: str = ""
    formats: tuple[str, ...] = ()
    mid: str = ""
    direction: Direction = "sendrecv"
    bundle_only: bool = False
    encodings: dict[int, str] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)
    feedback: dict[str, list[str]] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: dict[int, None] = field(default_factory=dict)
    fid: tuple[int, ...] = ()
    rids: set[str] = field(default_factory=set)
    simulcast: tuple[str, ...] = ()
    ufrag: str = ""
    password: str = ""
    fingerprints: dict[str, str] = field(default_factory=dict)
    setup: str = ""
    sctp_port: int = DEFAULT_SCTP_PORT
    bundle: tuple[str, ...] = ()
    candidates: set[str] = field(default_factory=set)


def parse(text: str, limits: Limits) -> Description:
    """Reads an offer within the limits."""
    drafts = _drafts(_lines(text, limits), limits)
    _check_candidates(drafts, limits)
    session, media = drafts[0], drafts[1:]
    sections = tuple(_section(draft) for draft in media)
    _check_mids(sections, session.bundle)
    active = [draft for draft, section in zip(media, sections, strict=True) if not section.rejected]
    if not active:
        _refuse("no_media", "sdp", "Offer at least one section of audio, video or data that isn't stopped.")
    ufrag, password = _credentials([*active, session])
    algorithm, fingerprint = _fingerprint([*active, session])
    setup = next((draft.setup for draft in [*active, session] if draft.setup), "actpass")
    return Description(sections, ufrag, password, algorithm, fingerprint, setup)


def _refuse(code: str, at: str, sentence: str) -> NoReturn:
    raise OfferError(code, at, sentence)


def _lines(text: str, limits: Limits) -> list[str]:
    size = len(text.encode("utf-8", "replace"))
    if size > limits.octets:
        sentence = (
            f"The offer has {size} octets; send at most {limits.octets}, for instance with fewer codecs or slots."
        )
        _refuse("sdp_too_large", "sdp", sentence)
    if not text.startswith("v=0"):
        _refuse("bad_sdp", "sdp", 'Send the text of an SDP offer; it starts with the line "v=0".')
    lines = [line.rstrip("\r") for line in text.split("\n")]
    for number, line in enumerate(lines, 1):
        if line and (line[1:2] != "=" or len(line) > MAX_LINE or not _is_text(line)):
            _refuse(
                "bad_sdp",
                f"line {number}",
                f"Line {number} is not an SDP line; send the offer as the browser wrote it.",
            )
    return [line for line in lines if line]


def _is_text(line: str) -> bool:
    return line.isprintable() or not (_CONTROL.search(line) or "\r" in line)


def _drafts(lines: list[str], limits: Limits) -> list[_Draft]:
    drafts = [_Draft()]
    for line in lines:
        name, _, value = line.partition(":")
        read = _ATTRIBUTES.get(name)
        if read is not None:
            read(drafts[-1], name, value)
        elif line.startswith("m="):
            if len(drafts) > limits.sections:
                sentence = f"The offer has more than {limits.sections} sections; ask for fewer receive slots."
                _refuse("too_many_sections", "m=", sentence)
            drafts.append(_media(line[2:], f"section {len(drafts) - 1}"))
    return drafts


def _media(value: str, at: str) -> _Draft:
    parts = value.split()
    if len(parts) < 4:  # noqa: PLR2004 - RFC 8866 5.14: media, port, proto, fmt
        _refuse("bad_sdp", at, f"The m= line of {at} needs a medium, a port, a protocol and formats.")
    if parts[0] not in {"audio", "video", "application"}:
        _refuse("bad_sdp", at, f"The medium of {at} isn't audio, video or application; leave that section out.")
    return _Draft(parts[0], at, _number(parts[1], MAX_PORT, at), parts[2], tuple(parts[3:]))


def _number(text: str, largest: int, at: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(largest)) and int(text) <= largest):
        _refuse(
            "bad_sdp", at, f"A number in {at} is not one from 0 to {largest}; send the offer as the browser wrote it."
        )
    return int(text)


def _matching(pattern: re.Pattern[str], text: str, sizes: range, at: str, what: str) -> str:
    if len(text) not in sizes or not pattern.fullmatch(text):
        sentence = f"The {what} of {at} needs {sizes.start} to {sizes.stop - 1} of the allowed characters."
        _refuse("bad_sdp", at, sentence)
    return text


def _read_mid(draft: _Draft, _: str, value: str) -> None:
    draft.mid = _matching(_TOKEN, value, range(1, MAX_MID + 1), draft.at, "mid")


def _read_direction(draft: _Draft, name: str, _: str) -> None:
    draft.direction = cast("Direction", name.removeprefix("a="))


def _read_encoding(draft: _Draft, _: str, value: str) -> None:
    number, _, encoding = value.partition(" ")
    if encoding.count("/") not in {1, 2}:
        _refuse("bad_sdp", f"{draft.at} rtpmap", f"An rtpmap of {draft.at} needs a name and a clock rate.")
    _number(encoding.split("/")[1].strip(), MAX_CLOCK, f"{draft.at} rtpmap")
    draft.encodings[_number(number, MAX_PAYLOAD_TYPE, f"{draft.at} rtpmap")] = encoding.strip()


def _read_parameters(draft: _Draft, _: str, value: str) -> None:
    number, _, text = value.partition(" ")
    draft.parameters[_number(number, MAX_PAYLOAD_TYPE, f"{draft.at} fmtp")] = text.strip()


def _read_feedback(draft: _Draft, _: str, value: str) -> None:
    number, _, text = value.partition(" ")
    draft.feedback.setdefault(number, []).append(text.strip())


def _read_extension(draft: _Draft, _: str, value: str) -> None:
    number, _, rest = value.partition(" ")
    number = number.partition("/")[0]
    draft.extensions[rest.partition(" ")[0]] = _number(number, 255, f"{draft.at} extmap")


def _read_ssrc(draft: _Draft, _: str, value: str) -> None:
    draft.ssrcs[_number(value.partition(" ")[0], MAX_SSRC, f"{draft.at} ssrc")] = None


def _read_group(draft: _Draft, _: str, value: str) -> None:
    semantics, *ssrcs = value.split() or [""]
    if semantics == "FID" and not draft.fid:
        draft.fid = tuple(_number(each, MAX_SSRC, f"{draft.at} ssrc-group") for each in ssrcs[:2])


def _read_rid(draft: _Draft, _: str, value: str) -> None:
    name, _, rest = value.partition(" ")
    if rest.partition(" ")[0] == "send":
        draft.rids.add(_matching(_RID, name, range(1, MAX_RID + 1), draft.at, "rid"))


def _read_simulcast(draft: _Draft, _: str, value: str) -> None:
    """Of alternatives for one encoding the first counts; a paused one (~) may flow later."""
    words = value.split()
    for direction, encodings in zip(words[::2], words[1::2], strict=False):
        if direction == "send":
            draft.simulcast = tuple(each.partition(",")[0].removeprefix("~") for each in encodings.split(";"))


def _read_bundle(draft: _Draft, _: str, value: str) -> None:
    semantics, *mids = value.split() or [""]
    if semantics == "BUNDLE":
        draft.bundle = tuple(mids)


def _read_ufrag(draft: _Draft, _: str, value: str) -> None:
    draft.ufrag = _matching(_ICE, value, range(4, 257), draft.at, "ice-ufrag")


def _read_password(draft: _Draft, _: str, value: str) -> None:
    draft.password = _matching(_ICE, value, range(22, 257), draft.at, "ice-pwd")


def _read_fingerprint(draft: _Draft, _: str, value: str) -> None:
    algorithm, _, digest = value.partition(" ")
    draft.fingerprints[algorithm.lower()] = digest.strip().upper()


def _read_setup(draft: _Draft, _: str, value: str) -> None:
    if value not in {"actpass", "active", "passive"}:
        _refuse("bad_sdp", f"{draft.at} setup", "Offer a=setup:actpass, so that either side may open the handshake.")
    draft.setup = value


def _read_sctp_port(draft: _Draft, _: str, value: str) -> None:
    draft.sctp_port = _number(value, MAX_PORT, f"{draft.at} sctp-port")


def _read_bundle_only(draft: _Draft, _: str, __: str) -> None:
    draft.bundle_only = True


def _read_candidate(draft: _Draft, _: str, value: str) -> None:
    draft.candidates.add(value)


_ATTRIBUTES: dict[str, Callable[[_Draft, str, str], None]] = {
    **dict.fromkeys((f"a={direction}" for direction in get_args(Direction)), _read_direction),
    "a=mid": _read_mid,
    "a=rtpmap": _read_encoding,
    "a=fmtp": _read_parameters,
    "a=rtcp-fb": _read_feedback,
    "a=extmap": _read_extension,
    "a=ssrc": _read_ssrc,
    "a=ssrc-group": _read_group,
    "a=rid": _read_rid,
    "a=simulcast": _read_simulcast,
    "a=group": _read_bundle,
    "a=ice-ufrag": _read_ufrag,
    "a=ice-pwd": _read_password,
    "a=fingerprint": _read_fingerprint,
    "a=setup": _read_setup,
    "a=sctp-port": _read_sctp_port,
    "a=bundle-only": _read_bundle_only,
    "a=candidate": _read_candidate,
}


def _section(draft: _Draft) -> Section:
    feedback = tuple((number, tuple(texts)) for number, texts in draft.feedback.items())
    codecs = _codecs(draft.formats, tuple(draft.encodings.items()), tuple(draft.parameters.items()), feedback)
    return Section(
        kind=draft.kind,
        mid=draft.mid,
        direction=draft.direction,
        rejected=draft.port == 0 and not draft.bundle_only,
        protocol=draft.protocol,
        formats=draft.formats,
        codecs=codecs,
        extensions=draft.extensions,
        ssrcs=draft.fid or tuple(draft.ssrcs)[:2],
        sctp_port=draft.sctp_port,
        rids=_rids(draft),
    )


def _rids(draft: _Draft) -> tuple[str, ...]:
    """The encodings of a picture that are sent at once, as many as we take."""
    if draft.kind != "video":
        return ()
    return tuple(dict.fromkeys(each for each in draft.simulcast if each in draft.rids))[:MAX_LAYERS]


@functools.lru_cache(maxsize=64)
def _codecs(
    formats: tuple[str, ...],
    encodings: tuple[tuple[int, str], ...],
    parameters: tuple[tuple[int, str], ...],
    feedback: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[Codec, ...]:
    """Remembered, since the slots of an offer all name the same, and so do the offers of one kind of browser."""
    texts, asked = dict(parameters), dict(feedback)
    return tuple(
        Codec(number, encoding, texts.get(number, ""), (*asked.get(str(number), ()), *asked.get("*", ())))
        for number, encoding in encodings
        if str(number) in formats
    )


def _check_candidates(drafts: list[_Draft], limits: Limits) -> None:
    candidates = set[str]().union(*(draft.candidates for draft in drafts))
    if len(candidates) > limits.candidates:
        sentence = (
            f"The offer has more than {limits.candidates} candidates; send the offer without any, none is needed."
        )
        _refuse("too_many_candidates", "candidate", sentence)


def _check_mids(sections: tuple[Section, ...], bundle: tuple[str, ...]) -> None:
    mids = [section.mid for section in sections]
    if "" in mids or len(set(mids)) != len(mids):
        _refuse("bad_sdp", "mid", "Give each section a mid of its own.")
    active = [section.mid for section in sections if not section.rejected]
    if len(active) > 1 and not set(active) <= set(bundle):
        _refuse("not_bundled", "group", "Bundle all sections; create the connection with bundlePolicy max-bundle.")


def _credentials(drafts: list[_Draft]) -> tuple[str, str]:
    found = {(draft.ufrag, draft.password) for draft in drafts if draft.ufrag or draft.password}
    if len(found) != 1 or not all(next(iter(found))):
        _refuse("no_ice", "ice-ufrag", "Send one ice-ufrag and ice-pwd for all sections.")
    return found.pop()


def _fingerprint(drafts: list[_Draft]) -> tuple[str, str]:
    usable = {
        (algorithm, digest)
        for draft in drafts
        for algorithm, digest in draft.fingerprints.items()
        if algorithm in DIGEST_SIZES
    }
    if not usable:
        _refuse("no_fingerprint", "fingerprint", "Send a certificate fingerprint made with sha-256 or stronger.")
    algorithm, digest = min(usable)
    if [each for each, _ in usable].count(algorithm) > 1:
        _refuse("two_certificates", "fingerprint", "Use one certificate for all sections.")
    if not re.fullmatch(rf"([0-9A-F]{{2}}:){{{DIGEST_SIZES[algorithm] - 1}}}[0-9A-F]{{2}}", digest):
        _refuse("bad_sdp", "fingerprint", f"The {algorithm} fingerprint has not its hexadecimal form with colons.")
    return algorithm, digest
