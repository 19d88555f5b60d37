"""aiortc connections as real peers of the SFU, and a room that holds them."""

import asyncio
import fractions
import json
import time
from collections import defaultdict
from collections.abc import Callable

import av
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError

from signaling import media
from signaling.media import Answer, Offer, PeerId, Refused, RoomId
from signaling.sfu import Sfu, SfuSettings, pointing

PATIENCE = 20.0
FRAME_RATE = 15


async def until(condition: Callable[[], object], patience: float = PATIENCE) -> None:
    """Waits for a condition, looking again every few milliseconds."""
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - the condition is somebody else's counter
            await asyncio.sleep(0.005)


class Pattern(MediaStreamTrack):
    """A small moving picture."""

    kind = "video"

    def __init__(self, width: int = 160) -> None:
        super().__init__()
        self._width = width
        self._count = 0
        self._start = time.monotonic()

    async def recv(self) -> av.VideoFrame:
        if self.readyState != "live":
            raise MediaStreamError
        self._count += 1
        await asyncio.sleep(max(0.0, self._start + self._count / FRAME_RATE - time.monotonic()))
        frame = av.VideoFrame(self._width, 120, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([self._count % 256]) * plane.buffer_size)
        frame.pts = self._count * 90000 // FRAME_RATE
        frame.time_base = fractions.Fraction(1, 90000)
        return frame


class Client:
    """One participant: sends what it is told to and counts the frames that it decodes in each section."""

    def __init__(self, sfu: Sfu, name: str, room: str = "r") -> None:
        self.sfu, self.id, self.room = sfu, PeerId(name), RoomId(room)
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.frames: dict[str, int] = defaultdict(int)
        self.widths: dict[str, int] = {}
        self.seen: list[float] = []
        self.messages: list[str | bytes] = []
        self.channel: RTCDataChannel | None = None
        self._readers: set[asyncio.Task[None]] = set()
        self.revision = 0
        self.pointer = name
        self.pc.on("track", self._track)

    def _track(self, track: MediaStreamTrack) -> None:
        mid = next(str(each.mid) for each in self.pc.getTransceivers() if each.receiver.track is track)
        task = asyncio.create_task(self._read(mid, track))
        self._readers.add(task)

    async def _read(self, mid: str, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                self.frames[mid] += 1
                if isinstance(frame, av.VideoFrame):
                    self.widths[mid] = frame.width
                    self.seen.append(time.monotonic())
        except MediaStreamError:
            return

    def publish(self, width: int = 160, *, audio: bool = True) -> "Client":
        if audio:
            self.pc.addTransceiver(AudioStreamTrack(), direction="sendonly")
        self.pc.addTransceiver(Pattern(width), direction="sendonly")
        return self

    def slots(self, count: int, kinds: tuple[str, ...] = ("audio", "video")) -> "Client":
        for _ in range(count):
            for kind in kinds:
                self.pc.addTransceiver(kind, direction="recvonly")
        return self

    def only(self, mime: str) -> "Client":
        """Sends and takes pictures in one codec alone."""
        capabilities = RTCRtpReceiver.getCapabilities("video")
        assert capabilities is not None
        known = [each for each in capabilities.codecs if each.mimeType == mime]
        for transceiver in self.pc.getTransceivers():
            if transceiver.kind == "video":
                transceiver.setCodecPreferences(known)
        return self

    def data(self) -> "Client":
        channel = self.pc.createDataChannel(pointing.LABEL)
        channel.on("message", self.messages.append)
        self.channel = channel
        return self

    async def join(self, port: int | None = None) -> "Client":
        """Offers and takes the answer; with a port, media goes there instead of to the SFU's own."""
        answer = await self.offer()
        assert isinstance(answer, Answer), answer
        text = answer.sdp
        if port is not None:
            text = text.replace(f" {self.sfu.addresses[0][1]} typ host", f" {port} typ host")
        await self.pc.setRemoteDescription(RTCSessionDescription(text, "answer"))
        return self

    async def offer(self) -> Answer | Refused:
        self.revision += 1
        await self.pc.setLocalDescription(await self.pc.createOffer())
        sdp = self.pc.localDescription.sdp
        return await self.sfu.negotiate(Offer(self.id, self.room, sdp, self.revision, self.pointer))

    @property
    def open(self) -> bool:
        """Whether the data channel is open."""
        return self.channel is not None and self.channel.readyState == "open"

    def point(self, at: str) -> None:
        """Points at the middle of somebody's picture."""
        assert self.channel is not None
        self.channel.send(json.dumps({"at": at, "x": 0.5, "y": 0.5}))

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Who has pointed at whom, as far as it was told of."""
        points = [json.loads(each) for each in self.messages]
        return [(each["from"], each["at"]) for each in points]

    async def vanish(self) -> None:
        """Goes silent without a goodbye, as a cut network does."""
        await self.pc.getTransceivers()[0].sender.transport.transport.stop()

    def decoded(self, kind: str) -> int:
        """How many frames of a kind came out of the decoders."""
        mids = {each.mid for each in self.pc.getTransceivers() if each.kind == kind}
        return sum(count for mid, count in self.frames.items() if mid in mids)

    async def close(self) -> None:
        await self.pc.close()
        for task in self._readers:
            task.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)


class Lesson:
    """An SFU on loopback, the events it told, and the clients in it."""

    def __init__(self, settings: SfuSettings) -> None:
        self.events: list[media.Event] = []
        self.sfu = Sfu(settings, self.events.append)
        self.clients: list[Client] = []

    def client(self, name: str, room: str = "r") -> Client:
        client = Client(self.sfu, name, room)
        self.clients.append(client)
        return client

    def states(self, name: str) -> list[str]:
        return [each.state for each in self.events if isinstance(each, media.PeerState) and each.peer == name]

    async def reach(self, name: str, phase: media.PeerPhase) -> None:
        """Waits until a peer is in a phase."""
        await until(lambda: self.states(name)[-1:] == [phase])

    def slots(self, name: str) -> dict[str, str | None]:
        """Who is in which slot of a peer now."""
        told = [each for each in self.events if isinstance(each, media.SlotsChanged) and each.peer == name]
        return {slot.mid: slot.owner for slot in told[-1].slots} if told else {}

    def lacking(self, name: str) -> dict[str, str | None]:
        """Which codec a peer lacks in which slot now."""
        told = [each for each in self.events if isinstance(each, media.SlotsChanged) and each.peer == name]
        return {slot.mid: slot.lacks for slot in told[-1].slots} if told else {}

    async def close(self) -> None:
        for client in self.clients:
            await client.close()
        await self.sfu.close()
