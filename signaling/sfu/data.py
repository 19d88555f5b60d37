"""Data channels of one peer: aiortc's SCTP over its DTLS transport."""

from collections.abc import Callable
from contextlib import suppress

from aiortc import RTCDataChannel, RTCDtlsTransport
from aiortc.exceptions import InvalidStateError
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from signaling.sfu.answer import MAX_DATA_MESSAGE

MAX_BUFFERED = 1 << 14
"""What waits longer says where somebody pointed once."""
MAX_CHANNELS = 16
Received = Callable[[str, str | bytes], None]


class DataLink:
    """The channels that a peer opened, by label."""

    def __init__(self, dtls: RTCDtlsTransport, received: Received) -> None:
        self._sctp = RTCSctpTransport(dtls)
        self._received = received
        self._channels: dict[str, RTCDataChannel] = {}
        self._sctp.on("datachannel", self._opened)

    async def start(self, port: int) -> None:
        """Starts the association; a connection that ended meanwhile needs none."""
        with suppress(ConnectionError):
            await self._sctp.start(RTCSctpCapabilities(maxMessageSize=MAX_DATA_MESSAGE), port)

    def _opened(self, channel: RTCDataChannel) -> None:
        if channel.label in self._channels or len(self._channels) >= MAX_CHANNELS:
            channel.close()
            return
        self._channels[channel.label] = channel
        channel.on("message", lambda message: self._message(channel.label, message))

    def _message(self, label: str, message: str | bytes) -> None:
        if len(message) <= MAX_DATA_MESSAGE:
            self._received(label, message)

    def send(self, label: str, message: str | bytes) -> None:
        """Sends on an open channel; a receiver that is too slow misses the message."""
        channel = self._channels.get(label)
        if channel is not None and channel.bufferedAmount < MAX_BUFFERED:
            with suppress(InvalidStateError):
                channel.send(message)

    async def stop(self) -> None:
        with suppress(ConnectionError):
            await self._sctp.stop()
