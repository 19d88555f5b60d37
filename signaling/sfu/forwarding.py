"""Tracks that come in, slots that go out, and how a slot goes on counting when its source changes."""

import secrets
from dataclasses import dataclass, field

from signaling.media import Kind, PeerId, TrackId
from signaling.sfu import h264, rtp, vp8
from signaling.sfu.answer import Outgoing, codec_key, common_codecs
from signaling.sfu.engine.base import Arrival, Engine, Source, Stream
from signaling.sfu.engine.outlet import Outlet, copy_for
from signaling.sfu.paths import Path
from signaling.sfu.reception import Reception
from signaling.sfu.rtcp import SenderReport
from signaling.sfu.sdp import Section
from signaling.sfu.srtp import Keys

URGENT_INTERVAL = 0.1


@dataclass(frozen=True, slots=True)
class Format:
    """A payload type: the codec it stands for and its clock."""

    codec: str
    clock: int


@dataclass(eq=False, slots=True)
class Track:
    """One stream that a peer sends, and the slots that show it."""

    id: TrackId
    kind: Kind
    mid: str
    owner: PeerId
    formats: dict[int, Format]
    repairs: dict[int, int]
    ssrc: int | None = None
    rtx_ssrc: int | None = None
    muted: bool = False
    stream: Stream | None = None
    reception: Reception | None = None
    slots: list["Slot"] = field(default_factory=list)
    waiting: list["Slot"] = field(default_factory=list)
    key_frame_wanted: bool = False
    key_frame_urgent: bool = False
    key_frame_asked: float = float("-inf")

    def forward(self, packet: bytes, now: float) -> None:
        """Takes a plain packet without extensions and sends it on, unless it came before or the track is muted."""
        assert self.stream is not None
        arrival = self.stream.note(packet, now)
        if arrival is Arrival.REPEATED or self.muted:
            return
        descriptor, key_frame = _inspect(packet, self.formats.get(packet[1] & 0x7F))
        if self.waiting and (key_frame or self.kind == "audio"):
            self._start_waiting(packet, descriptor, now)
        self.stream.send(packet, descriptor, arrival)

    def _start_waiting(self, packet: bytes, descriptor: vp8.Descriptor, now: float) -> None:
        _, _, sequence, timestamp, _ = rtp.HEADER.unpack_from(packet)
        waiting, self.waiting = self.waiting, []
        for slot in waiting:
            slot.start(self, sequence, timestamp, descriptor, now)
        self.tell()

    def wait(self, slot: "Slot") -> None:
        """Lets a slot start with the next packet that decoding can start at."""
        self.waiting.append(slot)
        self.tell()

    def cease(self, slot: "Slot") -> None:
        """Lets a slot wait no longer."""
        if slot in self.waiting:
            self.waiting.remove(slot)
            self.tell()

    def tell(self) -> None:
        """Tells the engine what must come to be looked at."""
        if self.stream is not None:
            self.stream.tally.muted, self.stream.tally.waiting = int(self.muted), len(self.waiting)

    def heard(self, ssrc: int, engine: Engine, nack_delay: float, now: float) -> None:
        """Binds the track to its source; slots that showed another source wait for this one to start."""
        self.pause(now)
        self.ssrc = ssrc
        codecs = {number: form.codec for number, form in self.formats.items()}
        self.stream = engine.stream(Source(self.clock, self.kind == "video", codecs))
        self.reception = Reception(self.stream, nack_delay)
        self.tell()

    @property
    def clock(self) -> int:
        """How often its timestamps tick in a second."""
        return next(iter(self.formats.values())).clock

    def pause(self, now: float) -> None:
        """Lets every slot wait for the next start."""
        for slot in self.slots:
            slot.pause(now)

    def wants_key_frame(self, now: float, interval: float) -> bool:
        """Whether to ask the sender for a key frame now: not too often, but soon for a slot that just came."""
        assert self.reception is not None
        self.key_frame_wanted |= self.reception.take_torn()
        if self.muted or not (self.key_frame_wanted or self.waiting):
            return False
        if now - self.key_frame_asked < (URGENT_INTERVAL if self.key_frame_urgent else interval):
            return False
        self.key_frame_asked = now
        self.key_frame_wanted = self.key_frame_urgent = False
        return True

    def silence(self, now: float, *, muted: bool) -> None:
        """Mutes or unmutes the track."""
        if muted and not self.muted:
            self.pause(now)
        self.muted = muted
        self.key_frame_urgent = not muted
        self.tell()


def _inspect(packet: bytes, form: Format | None) -> tuple[vp8.Descriptor, bool]:
    if form is None or form.codec == "opus":
        return vp8.NOTHING, False
    offset = rtp.payload_offset(packet)
    if form.codec == "vp8":
        descriptor = vp8.parse(packet, offset)
        return descriptor, descriptor.key_frame
    return vp8.NOTHING, h264.starts_key_frame(packet, offset)


def track_of(section: Section, track: TrackId, owner: PeerId) -> Track:
    """The track that a section of an offer announces."""
    codecs = common_codecs(section)
    formats = {codec.payload_type: Format(key, codec.clock) for codec in codecs if (key := codec_key(codec))}
    repairs = {codec.payload_type: int(codec.parameter("apt") or 0) for codec in codecs if codec.name == "rtx"}
    kind: Kind = "video" if section.kind == "video" else "audio"
    ssrc, rtx_ssrc = (*section.ssrcs, None, None)[:2]
    return Track(track, kind, section.mid, owner, formats, repairs, ssrc, rtx_ssrc)


@dataclass(eq=False, slots=True)
class Slot:
    """One m-section in which a peer receives, whatever track it shows."""

    kind: Kind
    mid: str
    index: int
    payload_types: dict[str, int]
    repairs: dict[int, int]
    ssrc: int = field(default_factory=lambda: secrets.randbits(32))
    rtx_ssrc: int = field(default_factory=lambda: secrets.randbits(32))
    track: Track | None = None
    outlet: Outlet | None = None
    sequence: int = field(default_factory=lambda: secrets.randbits(14))
    timestamp: int = field(default_factory=lambda: secrets.randbits(31))
    stopped: float | None = None
    picture: int | None = None
    tl0: int = 0
    rtx_sequence: int = field(default_factory=lambda: secrets.randbits(14))
    packets_before: int = 0
    octets_before: int = 0

    @property
    def outgoing(self) -> Outgoing:
        return Outgoing(f"slot{self.index}", self.ssrc, self.rtx_ssrc)

    def attach(self, track: Track, keys: Keys, path: Path, now: float) -> None:
        """Shows a track from its next key frame (or, for audio, packet) on."""
        self.detach(now)
        types = {
            number: self.payload_types[form.codec]
            for number, form in track.formats.items()
            if form.codec in self.payload_types
        }
        self.track = track
        self.outlet = Outlet(keys, path, self.ssrc, types)
        track.slots.append(self)
        track.wait(self)
        track.key_frame_urgent = True

    def start(self, track: Track, sequence: int, timestamp: int, descriptor: vp8.Descriptor, now: float) -> None:
        """Begins to forward with this packet, one step after what the slot sent last."""
        assert self.outlet is not None
        assert track.stream is not None
        outlet, tally = self.outlet, track.stream.tally
        elapsed = 0.0 if self.stopped is None else now - self.stopped
        outlet.first = track.stream.index_of(sequence)
        outlet.sequence_by = (self.sequence + 1 - sequence) & 0xFFFF
        outlet.timestamp_by = (self.timestamp + max(1, int(elapsed * track.clock)) - timestamp) & 0xFFFFFFFF
        if self.picture is not None:
            outlet.picture_by = self.picture + 1 - descriptor.picture
            outlet.tl0_by = self.tl0 + 1 - descriptor.tl0
        self.packets_before -= tally.forwarded
        self.octets_before -= tally.octets
        track.stream.begin(outlet)

    @property
    def flowing(self) -> bool:
        return self.outlet is not None and self.outlet.flowing

    def pause(self, now: float) -> None:
        """Stops forwarding and keeps where the numbers stand, until the track's next start."""
        track, outlet = self.track, self.outlet
        if track is None or outlet is None or track.stream is None or not outlet.flowing:
            return
        tally = track.stream.tally
        track.stream.end(outlet)
        self.sequence = (tally.highest + outlet.sequence_by) & 0xFFFF
        self.timestamp = (tally.timestamp + outlet.timestamp_by) & 0xFFFFFFFF
        self.picture = tally.picture + outlet.picture_by
        self.tl0 = tally.tl0 + outlet.tl0_by
        self.stopped = now
        self.packets_before += tally.forwarded
        self.octets_before += tally.octets
        track.wait(self)

    def detach(self, now: float) -> None:
        """Shows nothing."""
        if self.track is None:
            return
        self.pause(now)
        self.track.cease(self)
        self.track.slots.remove(self)
        self.track = self.outlet = None

    def moved(self, path: Path) -> None:
        """Sends to another address of the peer from now on."""
        if self.outlet is None:
            return
        self.outlet.path = path
        if self.outlet.flowing and self.track is not None and self.track.stream is not None:
            self.track.stream.update(self.outlet)

    def sender_report(self, report: SenderReport) -> SenderReport | None:
        """The source's report in the slot's own numbers (RFC 3550 6.4.1)."""
        if self.track is None or self.track.stream is None or self.outlet is None or not self.outlet.flowing:
            return None
        tally = self.track.stream.tally
        timestamp = (report.timestamp + self.outlet.timestamp_by) & 0xFFFFFFFF
        packets = (self.packets_before + tally.forwarded) & 0xFFFFFFFF
        octets = (self.octets_before + tally.octets) & 0xFFFFFFFF
        return SenderReport(self.ssrc, report.ntp, timestamp, packets, octets)

    def again(self, sequence: int) -> bytes | None:
        """What to send when the receiver asks for one of our packets again, as RTX where it was agreed."""
        if self.track is None or self.track.stream is None or self.outlet is None or not self.outlet.flowing:
            return None
        original = (sequence - self.outlet.sequence_by) & 0xFFFF
        if self.track.stream.index_of(original) < self.outlet.first:
            return None
        packet = self.track.stream.recall(original)
        if packet is None or packet[1] & 0x7F not in self.outlet.payload_types:
            return None
        descriptor, _ = _inspect(packet, self.track.formats.get(packet[1] & 0x7F))
        copy = bytes(copy_for(self.outlet, packet, descriptor))
        repair = self.repairs.get(copy[1] & 0x7F)
        if repair is None:
            return copy
        self.rtx_sequence = (self.rtx_sequence + 1) & 0xFFFF
        return rtp.wrap_retransmission(copy, repair, self.rtx_ssrc, self.rtx_sequence)


def slot_of(section: Section, index: int) -> Slot:
    """The slot that a section of an offer asks for."""
    codecs = common_codecs(section)
    payload_types: dict[str, int] = {}
    for codec in codecs:
        if key := codec_key(codec):
            payload_types.setdefault(key, codec.payload_type)
    repairs = {int(codec.parameter("apt") or 0): codec.payload_type for codec in codecs if codec.name == "rtx"}
    kind: Kind = "video" if section.kind == "video" else "audio"
    return Slot(kind, section.mid, index, payload_types, repairs)
