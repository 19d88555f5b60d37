"""SDP fragments (RFC 8840 section 9): what PATCH brings, and what an ICE restart is answered with. No I/O."""

import re
from dataclasses import dataclass
from typing import Final

from signaling.whip.refusals import BrokenSdpError

MOST_CANDIDATES: Final = 20
_LINE: Final = re.compile(r"[a-z]=[^\x00-\x08\x0a-\x1f\x7f]*")
_UFRAG: Final = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD: Final = re.compile(r"[A-Za-z0-9+/]{22,256}")
_CREDENTIAL: Final = re.compile(r"^a=ice-(ufrag|pwd):[^\r\n]*", re.MULTILINE)
_TOLD: Final = ("a=ice-lite", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates")


@dataclass(frozen=True, slots=True)
class Fragment:
    """The client's ICE credentials, none if it tells none, and how many candidates it trickles."""

    ufrag: str
    password: str
    candidates: int

    def restarts(self, offer: str) -> bool:
        """Whether the credentials are others than those of an offer."""
        return bool(self.ufrag) and (self.ufrag, self.password) != credentials(offer)

    def applied(self, offer: str) -> str:
        """The offer with these credentials: the rest of it stands (RFC 9725 section 4.3.3)."""
        new = {"ufrag": self.ufrag, "pwd": self.password}
        return _CREDENTIAL.sub(lambda found: f"a=ice-{found[1]}:{new[found[1]]}", offer)


def parse(text: str) -> Fragment:
    """Reads a fragment; attributes that say nothing of ICE are skipped.

    Raises:
        BrokenSdpError: It is no fragment, or has too much in it.
    """
    lines = [line for line in re.split(r"\r?\n", text) if line]
    if not lines or not all(map(_LINE.fullmatch, lines)):
        raise BrokenSdpError(
            "This is no SDP fragment. Send lines such as a=ice-ufrag:x, as RFC 8840 section 9 has them."
        )
    candidates = len({line for line in lines if line.startswith("a=candidate:")})
    if candidates > MOST_CANDIDATES:
        raise BrokenSdpError(f"These are {candidates} candidates. Send at most {MOST_CANDIDATES} at a time.")
    ufrag, password = credentials(text)
    if (ufrag or password) and not (_UFRAG.fullmatch(ufrag) and _PASSWORD.fullmatch(password)):
        raise BrokenSdpError("Send one a=ice-ufrag of 4 to 256 characters and one a=ice-pwd of 22 to 256.")
    return Fragment(ufrag, password, candidates)


def credentials(text: str) -> tuple[str, str]:
    """The first user name fragment and password in an offer, answer or fragment."""
    return _first("a=ice-ufrag:", text), _first("a=ice-pwd:", text)


def of_answer(answer: str) -> str:
    """What an ICE restart is answered with: the ICE lines of an answer, each once."""
    told = dict.fromkeys(line for line in answer.split("\r\n") if line.startswith(_TOLD))
    return "\r\n".join(told) + "\r\n"


def _first(name: str, text: str) -> str:
    found = re.search(rf"^{name}([^\r\n]*)", text, re.MULTILINE)
    return found[1] if found else ""
