"""A small load generator: endpoints with real ICE, DTLS and SRTP, many in one process, without codecs."""

import asyncio
import datetime as dt
import fractions
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from aiortc.codecs.vpx import Vp8Encoder
from av import VideoFrame

from signaling.sfu import rtp, stun
from signaling.sfu.dtls import opener
from signaling.sfu.ice import Credentials
from signaling.sfu.secure import SecureWish
from signaling.sfu.srtp import Cell, Keys, protect
from tests.signaling.sfu.offers import offer as captured

Negotiate: TypeAlias = Callable[[str], Awaitable[str]]
Direction: TypeAlias = Literal["sendonly", "recvonly"]

open_secure = opener(dt.timedelta(days=1))
PAYLOAD_TYPE = 96
CLOCK = 90_000
BITRATE = 500_000
LOCAL = "127.0.0.1"
CHECK_EVERY = 2.0
FIRST_CHECKS_EVERY = 0.05
PATIENCE = 20.0
ICE_CONTROLLED = 0x8029
CONTROLLING_PRIORITY = (1_845_494_271).to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Clip:
    """Encoded pictures as RTP payloads, the same for every system under test; the first is a key frame."""

    frames: tuple[tuple[bytes, ...], ...]
    per_second: int


def record_clip(width: int = 640, height: int = 480, per_second: int = 20, seconds: int = 4) -> Clip:
    """Encodes a moving band of noise at about half a megabit a second."""
    encoder = Vp8Encoder()
    encoder.target_bitrate = BITRATE
    noise = secrets.token_bytes(width * 16)
    frames = []
    for number in range(per_second * seconds):
        frame = VideoFrame(width, height, "yuv420p")
        luma, *chroma = frame.planes
        picture = bytearray(luma.buffer_size)
        start = number * 5 % (height - 20) * luma.line_size
        picture[start : start + len(noise)] = noise
        luma.update(bytes(picture))
        for plane in chroma:
            plane.update(bytes((128,)) * plane.buffer_size)
        frame.pts, frame.time_base = number * CLOCK // per_second, fractions.Fraction(1, CLOCK)
        payloads, _ = encoder.encode(frame, force_keyframe=number == 0)
        frames.append(tuple(payloads))
    return Clip(tuple(frames), per_second)


class Endpoint:
    """One client: joins over a negotiation, then sends a clip or counts what comes."""

    def __init__(self, direction: Direction, sections: int = 1) -> None:
        self.direction = direction
        self.received = 0
        self.keys: Keys | None = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((LOCAL, 0))
        self.socket.settimeout(0)
        self._controlled = False
        self._mids = [str(number) for number in range(sections)]
        self._ours = Credentials.fresh()
        self._theirs = Credentials("", "")
        self._ssrc = secrets.randbits(31)
        self._sequence = 0
        self._cell = Cell()
        self._checked = asyncio.Event()
        self._silent = False
        self._tasks: list[asyncio.Task[None]] = []
        self._secure = open_secure(SecureWish(client=True, send=self._send, closed=lambda: None))

    def offer(self) -> str:
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(self._mids)}"]
        lines += [line for mid in self._mids for line in self._section(mid)]
        return "\r\n".join(lines) + "\r\n"

    def answer(self, offer: str) -> str:
        """The same description, for sections that the other side named."""
        self._controlled = True
        self._mids = re.findall(r"^a=mid:(\S+)", offer, re.MULTILINE)
        return self.offer()

    def _section(self, mid: str) -> list[str]:
        port = self.socket.getsockname()[1]
        lines = [
            f"m=video {port} UDP/TLS/RTP/SAVPF {PAYLOAD_TYPE}",
            f"c=IN IP4 {LOCAL}",
            f"a=mid:{mid}",
            f"a=ice-ufrag:{self._ours.ufrag}",
            f"a=ice-pwd:{self._ours.password}",
            f"a=fingerprint:sha-256 {self._secure.fingerprint}",
            "a=setup:active",
            f"a=candidate:1 1 udp 2130706431 {LOCAL} {port} typ host",
            "a=end-of-candidates",
            "a=rtcp-mux",
            f"a={self.direction}",
            f"a=rtpmap:{PAYLOAD_TYPE} VP8/90000",
            f"a=rtcp-fb:{PAYLOAD_TYPE} nack pli",
        ]
        if self.direction == "sendonly":
            lines += ["a=msid:stream track", f"a=ssrc:{self._ssrc} cname:load"]
        return lines

    async def join(self, negotiate: Negotiate) -> "Endpoint":
        """Offers, checks the path until it answers, and shakes hands."""
        return await self.connect(await negotiate(self.offer()))

    async def connect(self, description: str) -> "Endpoint":
        """Checks the path that the other side described until it answers, and shakes hands."""
        self.meet(description)
        asyncio.get_running_loop().add_reader(self.socket.fileno(), self._readable)
        self._tasks.append(asyncio.create_task(self._check()))
        async with asyncio.timeout(PATIENCE):
            await self._checked.wait()
            self.keys = await self._secure.handshake("sha-256", self._fingerprint)
        if self.keys is None:
            raise ConnectionError("the handshake failed")
        return self

    def meet(self, answer: str) -> None:
        """Remembers from the answer where the server is and how it proves itself."""
        candidates = re.findall(r"a=candidate:\S+ 1 (?i:udp) \d+ (\S+) (\d+) typ host", answer)
        self._remote = next((host, int(port)) for host, port in candidates if host == LOCAL)
        self._theirs = Credentials(line_of(answer, "ice-ufrag"), line_of(answer, "ice-pwd"))
        self._fingerprint = line_of(answer, "fingerprint:sha-256")

    async def _check(self) -> None:
        while True:
            self.check_again()
            await asyncio.sleep(CHECK_EVERY if self._checked.is_set() else FIRST_CHECKS_EVERY)

    def check_message(self) -> bytes:
        """A connectivity check; whoever made the offer nominates with it the path that it takes (RFC 8445 6.1.1)."""
        attributes = {
            stun.USERNAME: f"{self._theirs.ufrag}:{self._ours.ufrag}".encode(),
            stun.PRIORITY: CONTROLLING_PRIORITY,
        }
        nomination = {stun.ICE_CONTROLLING: bytes(8), stun.USE_CANDIDATE: b""}
        attributes |= {ICE_CONTROLLED: bytes(8)} if self._controlled else nomination
        return stun.build(stun.BINDING_REQUEST, secrets.token_bytes(12), attributes, self._theirs.password)

    def check_again(self) -> None:
        """Shows that the path is still there."""
        self._send(self.check_message())

    def _send(self, data: bytes | memoryview) -> None:
        if self._silent:
            return
        try:
            self.socket.sendto(data, self._remote)
        except BlockingIOError:
            return

    def _readable(self) -> None:
        while True:
            try:
                data = self.socket.recv(2048)
            except BlockingIOError:
                return
            self._take(data)

    def _take(self, data: bytes) -> None:
        if is_media(data):
            self.received += 1
        else:
            self.take_other(data)

    def take_other(self, data: bytes) -> None:
        """Takes what isn't media: checks and answers to ours, handshakes."""
        if data[0] in {0, 1}:
            self._take_check(stun.parse(data))
        elif data[0] < 64:
            self._secure.feed(data)

    def _take_check(self, message: stun.Message) -> None:
        if message.kind == stun.BINDING_REQUEST:
            self._send(stun.success(message, self._remote, self._ours.password))
        elif message.kind == stun.BINDING_SUCCESS:
            self._checked.set()

    def send_frame(self, payloads: tuple[bytes, ...], timestamp: int) -> None:
        """Sends one picture."""
        for place, payload in enumerate(payloads, 1):
            marker = 0x80 if place == len(payloads) else 0
            self._sequence = (self._sequence + 1) & 0xFFFF
            head = rtp.HEADER.pack(0x80, marker | PAYLOAD_TYPE, self._sequence, timestamp & 0xFFFFFFFF, self._ssrc)
            self._send(self._sealed(head + payload))

    def _sealed(self, packet: bytes) -> memoryview:
        assert self.keys is not None
        cell = self._cell
        cell.view[: len(packet)] = packet
        cell.length[0] = len(packet)
        if protect(self.keys.outbound, cell.data, cell.length):
            raise ConnectionError("libsrtp refused a packet")
        return cell.view[: cell.length[0]]

    def play(self, clip: Clip) -> None:
        """Sends the clip again and again until the endpoint is closed."""
        self._tasks.append(asyncio.create_task(self._play(clip)))

    async def _play(self, clip: Clip) -> None:
        started = time.monotonic()
        number = 0
        while True:
            self.send_frame(clip.frames[number % len(clip.frames)], number * CLOCK // clip.per_second)
            number += 1
            await asyncio.sleep(max(0.0, started + number / clip.per_second - time.monotonic()))

    def leave_loop(self) -> None:
        """Leaves reading and connectivity checks to the caller."""
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        for task in self._tasks:
            task.cancel()

    def read_by_hand(self) -> None:
        """Leaves reading to the caller, who blocks on the socket."""
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        self.socket.settimeout(1.0)

    async def vanish(self) -> None:
        """Ends without a word to the other side, as a laptop that is shut."""
        self._silent = True
        await self.close()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._secure.stop()
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        self.socket.close()


class BrowserLike(Endpoint):
    """An endpoint that offers what Chromium does: microphone, camera, and nine slots of each kind to receive in."""

    def offer(self) -> str:
        """The captured offer, with this endpoint's own proof of who it is."""
        proof = {
            "ice-ufrag": self._ours.ufrag,
            "ice-pwd": self._ours.password,
            "fingerprint": f"sha-256 {self._secure.fingerprint}",
            "setup": "active",
        }
        text = captured("chromium_nine_slots")
        for name, value in proof.items():
            text = re.sub(rf"(?m)^a={name}:[^\r\n]*", f"a={name}:{value}", text)
        return text


def is_media(data: bytes | bytearray) -> bool:
    """Whether a datagram is SRTP and not SRTCP (RFC 7983, RFC 5761)."""
    return 128 <= data[0] < 192 and not 192 <= data[1] < 224


def line_of(answer: str, name: str) -> str:
    found = re.search(rf"^a={name}[: ](\S+)", answer, re.MULTILINE)
    if found is None:
        raise ValueError(f"the answer has no {name}")
    return found[1]
