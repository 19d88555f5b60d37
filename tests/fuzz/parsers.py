"""The parsers that read what strangers send: each takes damaged input or raises its own error, and no other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import msgspec

from signaling.codec import decode
from signaling.media import PeerId, TrackId
from signaling.model import Refusal
from signaling.sfu import payloads, rtcp, rtp, sdp, stun, twcc, vp8
from signaling.sfu.answer import Local, build, is_accepted
from signaling.sfu.engine.base import DRIP
from signaling.sfu.forwarding import slot_of
from signaling.sfu.framing import Frames, FramingError, framed
from signaling.sfu.ice import Credentials
from signaling.sfu.layers import track_of
from signaling.sfu.pointing import passed_on
from signaling.sfu.recording.line import CODECS, Line
from signaling.sfu.secure import is_dtls_record
from tests.fuzz.mutation import LONGEST_DATAGRAM, mutate
from tests.signaling.sfu.offers import FINGERPRINT, SMALL, WITHIN_LIMITS, offer

PASSWORD = "p" * 24
FORMS = ("vp8", "vp9/0", "av1/0", "h264/constrained-baseline/1")
PIECE = 100
LOCAL = Local(Credentials("ours", PASSWORD), FINGERPRINT, "passive", [("127.0.0.1", 8443)], 1)


@dataclass(frozen=True, slots=True)
class Parser:
    """Honest input to begin with, what reads it, and the error that it may raise."""

    seeds: Sequence[bytes]
    read: Callable[[bytes], object]
    error: type[Exception]
    longest: int = LONGEST_DATAGRAM

    def step(self, random: Random) -> None:
        """Reads one damaged input."""
        data = mutate(random, self.seeds, self.longest)
        try:
            self.read(data)
        except self.error:
            return
        except Exception as error:
            error.add_note(f"input: {data.hex()}")
            raise


def _stun(data: bytes) -> None:
    message = stun.parse(data)
    assert all(isinstance(part, str) for part in message.username)
    if not stun.authentic(message, PASSWORD):
        raise stun.StunError("not ours")
    stun.success(message, ("192.0.2.1", 1), PASSWORD)


def _framing(data: bytes) -> None:
    frames = Frames()
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE]
        frames.room()[: len(piece)] = piece
        assert all(frames.take(len(piece)))
        assert len(frames.room()) > PIECE


def _sdp(data: bytes) -> None:
    description = sdp.parse(data.decode("latin-1"), sdp.Limits())
    accepted = [each for each in description.sections if is_accepted(each) and each.kind != "application"]
    slots = {each.mid: slot_of(each, 0).outgoing for each in accepted if each.receives}
    tracks = [track_of(each, TrackId("t"), PeerId("p")) for each in accepted if each.sends]
    assert all(track.clock for track in tracks)
    build(description, LOCAL, slots)


def _rtp(data: bytes) -> None:
    if len(data) < rtp.HEADER_SIZE:
        return
    rtp.extensions(data)
    plain = rtp.strip_extensions(data)
    again = rtp.restore_retransmission(rtp.wrap_retransmission(plain, 97, 5, 9), 96, 1)
    assert again is None or len(again) <= len(plain)
    for form in FORMS:
        descriptor, _ = payloads.reader(form)(plain, rtp.payload_offset(plain))
        vp8.shift(bytearray(plain), descriptor, 1, 1)


def _rtcp(data: bytes) -> None:
    for packet in rtcp.parse(data):
        rtcp.build([packet])


def _twcc(data: bytes) -> None:
    recorder = twcc.Recorder()
    for place in range(0, len(data) - 1, 2):
        recorder.record(int.from_bytes(data[place : place + 2], "big"), place * 1000)
    for packet in recorder.feedback(1, 2):
        rtcp.parse(packet)


def _pointing(data: bytes) -> None:
    for message in (data, data.decode("utf-8", "replace")):
        told = passed_on(message, "p")
        assert told is None or msgspec.json.decode(told)["from"] == "p"


def _recorded(data: bytes) -> None:
    """The same payload as a picture of every codec, whole and in two packets."""
    for codec in CODECS:
        for thirsty in (False, True):
            line = Line("video", {96: codec})
            line.thirsty = thirsty
            half = len(data) // 2
            drips = [_drip(1, data), _drip(2, data[:half]), _drip(3, data[half:])]
            for frame in line.feed(b"".join(drips), 0.0):
                assert frame.picture.data


def _drip(number: int, payload: bytes) -> bytes:
    packet = rtp.HEADER.pack(0x80, 0x80 | 96, number, number // 2, 1) + payload[:1400]
    return DRIP.pack(0.0, len(packet)) + packet


_REQUEST = {stun.USERNAME: b"ours:theirs", stun.PRIORITY: bytes(4), stun.USE_CANDIDATE: b""}
_RTCP = (
    rtcp.SenderReport(1, 2, 3, 4, 5),
    rtcp.ReceiverReport(1, (rtcp.Report(1, 2, 3, 4, 5, 6, 7),) * 2),
    rtcp.Nack(1, 2, (1, 2, 9, 40)),
    rtcp.PictureLoss(1, 2),
    rtcp.Bandwidth(1, 500_000, (2, 3)),
)
_MESSAGES = (
    b'{"type": "hello", "ticket": "abcdefgh"}',
    b'{"type": "hello", "resume": {"secret": "abcdefgh", "seq": 7}}',
    b'{"type": "chat", "id": "1", "text": "\\u017duna"}',
    b'{"type": "want", "slots": [{"mid": "0", "track": "p/1"}, {"mid": "1", "track": null}]}',
    b'{"type": "mute", "kind": "audio", "muted": true}',
    b'{"type": "offer", "sdp": "v=0\\r\\n", "rev": 1}',
    b'{"type": "report", "up": {"kilobits": 1, "lost": 0}, "down": {"kilobits": 2.5, "lost": 1}, "round_trip_ms": 9}',
    b'{"type": "ping"}',
)
_HEAD = bytes((0x90, 0xE0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 1))
_PACKETS = (
    _HEAD + bytes.fromhex("bede00023231000122033100") + bytes.fromhex("90e08005050000"),
    _HEAD + bytes.fromhex("100000020302000101013100") + b"\x7c\x85\x88",
    b"\x82" + _HEAD[1:] + bytes(8) + b"\x78\x00\x04\x67\x42\xe0\x1f",
    b"\xa0" + _HEAD[1:] + bytes(40) + b"\x05",
    b"\x80" + _HEAD[1:] + bytes.fromhex("ba810500180100010002040114018249834200"),
    b"\x80" + _HEAD[1:] + bytes.fromhex("0a3000a00078014000f08249"),
    b"\x80" + _HEAD[1:] + bytes.fromhex("680b080000002cc0"),
)

_PAYLOADS = (
    bytes.fromhex("90e0800507009d012a4001f000"),
    bytes.fromhex("aa800500071801400f0010401c49834200139012ec"),
    bytes.fromhex("780008674200 1f95a8140168 0004 68ce3c80 0005 6588840000".replace(" ", "")),
    bytes.fromhex("180a0b00000004473e3f3fe32032100000"),
)

PARSERS = {
    "stun": Parser([stun.build(stun.BINDING_REQUEST, bytes(12), _REQUEST, PASSWORD)], _stun, stun.StunError),
    "sdp": Parser([SMALL.encode(), *(offer(name).encode() for name in WITHIN_LIMITS)], _sdp, sdp.OfferError, 60_000),
    "rtp": Parser(_PACKETS, _rtp, rtp.RtpError),
    "rtcp": Parser([rtcp.build(_RTCP), *(rtcp.build([each]) for each in _RTCP)], _rtcp, rtcp.RtcpError),
    "recording": Parser(_PAYLOADS, _recorded, rtp.RtpError),
    "twcc": Parser([bytes(range(200)), b"\xff\xf0" * 20], _twcc, rtcp.RtcpError),
    "dtls": Parser([bytes.fromhex("16fefd0000000000000001000401020304") * 2], is_dtls_record, rtp.RtpError),
    "framing": Parser([framed(b"check") + framed(bytes(300)) * 9], _framing, FramingError, 20_000),
    "signalling": Parser(_MESSAGES, decode, Refusal),
    "pointing": Parser([b'{"at": "hall", "x": 0.25, "y": 1}', b'{"at": null}'], _pointing, ValueError, 300),
}
