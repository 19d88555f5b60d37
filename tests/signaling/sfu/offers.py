"""Offers that browsers made, kept as files, and a small one of our own."""

from pathlib import Path

from signaling.sfu.answer import MID, REPAIRED_RID, RID

FOLDER = Path(__file__).parent / "offers"
FINGERPRINT = ":".join(["AB"] * 32)

SMALL = f"""v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=fingerprint:sha-256 {FINGERPRINT}
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
a=setup:actpass
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=sendonly
a=rtpmap:111 opus/48000/2
a=ssrc:1111 cname:x
m=video 9 UDP/TLS/RTP/SAVPF 96 97 98
a=mid:1
a=recvonly
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtcp-fb:* goog-remb
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 AV1/90000
"""


def simulcast(*rids: str) -> str:
    """A small offer of one picture in several encodings, by the names and in the order of our page or of another."""
    names = rids or ("q", "h", "f")
    camera = SMALL[SMALL.index("m=video") :].replace("a=mid:1", "a=mid:0").replace("a=recvonly", "a=sendonly")
    encodings = "".join(f"a=rid:{name} send\n" for name in names)
    session = SMALL.partition("m=")[0].replace("BUNDLE 0 1", "BUNDLE 0")
    extensions = "".join(f"a=extmap:{number} {uri}\n" for number, uri in enumerate((MID, RID, REPAIRED_RID), 1))
    return f"{session}{camera}{extensions}{encodings}a=simulcast:send {';'.join(names)}\n"


def offer(name: str) -> str:
    """A captured offer, with the line ends of the browser."""
    return (FOLDER / f"{name}.sdp").read_bytes().decode()


CAPTURED = sorted(path.stem for path in FOLDER.glob("*.sdp"))
WITHIN_LIMITS = [name for name in CAPTURED if name != "chromium_all_codecs"]
