"""One source on its way into a file: packets in, frames out, each with the source's own time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from signaling.media import Kind
from signaling.sfu.recording import opus
from signaling.sfu.recording.avc import Avc
from signaling.sfu.recording.obu import Av1
from signaling.sfu.recording.packets import Order, Packet, Reader
from signaling.sfu.recording.picture import Codec, Picture, PictureError
from signaling.sfu.recording.vpx import Vp8, Vp9

AUDIO_PATIENCE, VIDEO_PATIENCE = 0.3, 0.8
MOST_PAYLOADS = 4096
CODECS: Final[dict[str, Codec]] = {"vp8": Vp8(), "vp9": Vp9(), "av1": Av1(), "h264": Avc()}


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame and when it was taken, in ticks of the source's clock; `at` is when it was sent on."""

    codec: str
    ticks: int
    at: float
    picture: Picture


def _begins(codec: Codec, payload: bytes) -> bool:
    try:
        return codec.begins(payload)
    except IndexError:
        return False


class Line:
    """Puts one source's packets in order and makes frames of them; `thirsty` waits for a key frame."""

    def __init__(self, kind: Kind, codecs: dict[int, str]) -> None:
        self.kind = kind
        self.lost = 0
        self.reader = Reader()
        self._codecs = {number: name.split("/", maxsplit=1)[0] for number, name in codecs.items()}
        self._order = Order(AUDIO_PATIENCE if kind == "audio" else VIDEO_PATIENCE)
        self._make = self._sound if kind == "audio" else self._picture
        self._parts: list[Packet] = []
        self.thirsty = kind == "video"

    def feed(self, drips: bytes, now: float) -> Iterator[Frame]:
        """The frames that are complete with these packets."""
        for packet in self.reader.read(drips):
            self._order.put(packet)
        for packet_or_hole in self._order.take(now):
            if packet_or_hole is None:
                self._tear()
            else:
                yield from self._make(packet_or_hole)

    def restart(self) -> None:
        """It was muted: what comes next stands for itself."""
        self._order.restart()
        self._parts.clear()
        self.thirsty = self.kind == "video"

    def _tear(self) -> None:
        """Packets are gone for good: only a key frame helps."""
        self.lost += 1
        self._parts.clear()
        self.thirsty = self.kind == "video"

    def _sound(self, packet: Packet) -> Iterator[Frame]:
        if opus.milliseconds(packet.payload):
            yield Frame("opus", packet.ticks, packet.at, Picture(packet.payload, key=True))

    def _picture(self, packet: Packet) -> Iterator[Frame]:
        if self._parts and packet.ticks != self._parts[0].ticks:
            yield from self._finish()
        codec = CODECS.get(self._codecs.get(packet.payload_type, ""))
        if codec is None or not packet.payload:
            return
        if not self._parts and self.thirsty and not _begins(codec, packet.payload):
            return
        self.thirsty = False
        self._parts.append(packet)
        if packet.marker or len(self._parts) == MOST_PAYLOADS:
            yield from self._finish()

    def _finish(self) -> Iterator[Frame]:
        parts, self._parts = self._parts, []
        name = self._codecs[parts[0].payload_type]
        try:
            picture = CODECS[name].picture([part.payload for part in parts])
        except (PictureError, IndexError):
            self._tear()
        else:
            yield Frame(name, parts[0].ticks, parts[0].at, picture)
