"""One who is in a room as a browser is: sends sound and a picture in three sizes, and sees others in slots.

Every packet says whose it is and of which layer, and no picture starts but with a key frame that was asked for.
"""

import asyncio
import re
import time
from collections import Counter
from typing import Final, NamedTuple

from signaling.media import Quality
from signaling.sfu import rtcp, rtp
from signaling.sfu.answer import AUDIO_LEVEL, MID, RID
from signaling.sfu.srtp import Cell, Keys, unprotect
from tests.benchmarks.load import CLOCK, LOCAL, Endpoint, is_media

SOUND, PICTURE = 111, 96
PICTURE_MID: Final = "1"
MID_ID, RID_ID, LEVEL_ID = 1, 2, 3
FRAMES_A_SECOND: Final = 15
SOUNDS_A_FRAME: Final = 3
PACKETS: Final[dict[Quality, int]] = {"q": 1, "h": 2, "f": 6}
"""Packets of one frame: about the rates that a page gives to the sizes of a picture."""
SIZE: Final = 900
SILENCE: Final = 127


class Picture(NamedTuple):
    """Whose picture, and of which size."""

    number: int
    quality: str


class Member(Endpoint):
    """One of many; `seen` counts the packets that came, by slot and by what they are of.

    `level` is how loud its sound says that it is, in -dBov.
    """

    def __init__(self, number: int, pictures: int, sounds: int) -> None:
        super().__init__("sendonly")
        self.number, self.level = number, SILENCE
        self.sent: Counter[str] = Counter()
        self.seen: dict[str, Counter[Picture]] = {f"v{slot}": Counter() for slot in range(pictures)}
        self._listening = [f"a{slot}" for slot in range(sounds)]
        self._slots: dict[int, str] = {}
        self._counts: Counter[str] = Counter()
        self._due: set[str] = set()
        self._sources = {rid: self._ssrc + place for place, rid in enumerate(("sound", *PACKETS))}
        self._opened = Cell()

    def offer(self) -> str:
        """Microphone, camera in three sizes, and slots."""
        mids = ["0", PICTURE_MID, *self._listening, *self.seen]
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(mids)}"]
        lines += [*self._part("audio", "0", "sendonly"), f"a=ssrc:{self._sources['sound']} cname:load"]
        lines += [*self._part("video", PICTURE_MID, "sendonly"), f"a=simulcast:send {';'.join(PACKETS)}"]
        lines += [f"a=rid:{rid} send" for rid in PACKETS]
        lines += [line for mid in self._listening for line in self._part("audio", mid, "recvonly")]
        lines += [line for mid in self.seen for line in self._part("video", mid, "recvonly")]
        return "\r\n".join(lines) + "\r\n"

    def _part(self, kind: str, mid: str, direction: str) -> list[str]:
        codec = f"{SOUND} opus/48000/2" if kind == "audio" else f"{PICTURE} VP8/90000"
        number = codec.partition(" ")[0]
        return [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}",
            f"c=IN IP4 {LOCAL}",
            f"a=mid:{mid}",
            f"a=ice-ufrag:{self._ours.ufrag}",
            f"a=ice-pwd:{self._ours.password}",
            f"a=fingerprint:sha-256 {self._secure.fingerprint}",
            "a=setup:active",
            "a=rtcp-mux",
            f"a={direction}",
            f"a=rtpmap:{codec}",
            f"a=rtcp-fb:{number} nack pli",
            f"a=extmap:{MID_ID} {MID}",
            f"a=extmap:{RID_ID} {RID}",
            f"a=extmap:{LEVEL_ID} {AUDIO_LEVEL}",
        ]

    def meet(self, answer: str) -> None:
        """Remembers which source is which slot's."""
        super().meet(answer)
        for section in answer.split("\r\nm=")[1:]:
            mid, source = re.search(r"a=mid:(\S+)", section), re.search(r"a=ssrc:(\d+)", section)
            if mid and source:
                self._slots[int(source[1])] = mid[1]

    def begin(self) -> None:
        """Sends sound and picture until it is closed."""
        self._tasks.append(asyncio.create_task(self._send_all()))

    async def _send_all(self) -> None:
        started = time.monotonic()
        for frame in range(1 << 40):
            await asyncio.sleep(max(0.0, started + frame / FRAMES_A_SECOND - time.monotonic()))
            for part in range(SOUNDS_A_FRAME):
                self._send_packet("sound", SOUND, (SOUNDS_A_FRAME * frame + part) * 960, bytes(80))
            for rid, packets in PACKETS.items():
                self._send_picture(rid, packets, frame)

    def _send_picture(self, rid: str, packets: int, frame: int) -> None:
        key = rid in self._due
        self._due.discard(rid)
        for part in range(packets):
            head = (0x90 if part == 0 else 0x80, 0xC0, 0x80 | frame >> 8 & 0x7F, frame & 0xFF, frame & 0xFF)
            body = bytes((*head, 0 if key else 1)) + bytes(SIZE) + bytes((self.number, ord(rid)))
            self._send_packet(rid, PICTURE, frame * CLOCK // FRAMES_A_SECOND, body, last=part == packets - 1)

    def _send_packet(self, name: str, payload_type: int, stamp: int, payload: bytes, *, last: bool = False) -> None:
        number = self._counts[name] = self._counts[name] + 1
        second = payload_type | (0x80 if last else 0)
        head = rtp.HEADER.pack(0x90, second, number & 0xFFFF, stamp & 0xFFFFFFFF, self._sources[name])
        self._send(self._sealed(head + self._extension(name) + payload))
        self.sent[name] += 1

    def _extension(self, name: str) -> bytes:
        """How loud the sound is, or which picture this is and which size of it."""
        if name == "sound":
            return bytes((0xBE, 0xDE, 0, 1, LEVEL_ID << 4, self.level, 0, 0))
        return bytes((0xBE, 0xDE, 0, 1, MID_ID << 4, ord(PICTURE_MID), RID_ID << 4, ord(name)))

    def _take(self, data: bytes) -> None:
        if data[0] < 128:
            self.take_other(data)
        elif self.keys is not None:
            (self._take_media if is_media(data) else self._take_feedback)(self.keys, data)

    def _take_media(self, keys: Keys, data: bytes) -> None:
        slot = self._slots.get(int.from_bytes(data[8:12], "big"))
        cell = self._opened
        cell.view[: len(data)] = data
        size = unprotect(keys, cell, len(data))
        self.received += 1
        if slot in self.seen and size:
            self.seen[slot][Picture(cell.view[size - 2], chr(cell.view[size - 1]))] += 1

    def _take_feedback(self, keys: Keys, data: bytes) -> None:
        names = {source: name for name, source in self._sources.items()}
        for packet in rtcp.parse(keys.unprotect_rtcp(data)):
            if isinstance(packet, rtcp.PictureLoss) and packet.media in names:
                self._due.add(names[packet.media])
