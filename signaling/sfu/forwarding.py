"""Tracks that come in, slots that go out, and how a slot goes on counting when its source changes."""

import secrets
from dataclasses import dataclass, field

from signaling.media import Kind, PeerId, TrackId
from signaling.sfu import h264, rtp, vp8
from signaling.sfu.answer import Outgoing, codec_key, common_codecs
from signaling.sfu.engine.base import Engine, Outlet, copy_for
from signaling.sfu.paths import Path
from signaling.sfu.reception import Reception
from signaling.sfu.rtcp import SenderReport
from signaling.sfu.sdp import Section
from signaling.sfu.srtp import Keys

HISTORY = 512
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
    reception: Reception | None = None
    history: list[bytes | None] = field(default_factory=list)
    outlets: list[Outlet] = field(default_factory=list)
    slots: list["Slot"] = field(default_factory=list)
    waiting: list["Slot"] = field(default_factory=list)
    timestamp: int = 0
    picture: int = 0
    tl0: int = 0
    forwarded: int = 0
    octets: int = 0
    key_frame_wanted: bool = False
    key_frame_urgent: bool = False
    key_frame_asked: float = float("-inf")

    def forward(self, packet: bytes, now: float, engine: Engine) -> bool:
        """Takes a plain packet without extensions and sends it on; false for one that came before."""
        _, second, sequence, timestamp, _ = rtp.HEADER.unpack_from(packet)
        if not self._remember(packet, sequence):
            return False
        assert self.reception is not None
        newest = self.reception.arrived(sequence, timestamp, now)
        if self.muted:
            return True
        form = self.formats.get(second & 0x7F)
        descriptor, key_frame = _inspect(packet, form)
        if self.waiting and (key_frame or self.kind == "audio"):
            self._start_waiting(sequence, timestamp, descriptor, now)
        if newest:
            self.timestamp = timestamp
            self.picture, self.tl0 = descriptor.picture, descriptor.tl0
        self.forwarded += 1
        self.octets += len(packet)
        engine.fan_out(packet, descriptor, self.outlets if newest else self._outlets_since(sequence))
        return True

    def _outlets_since(self, sequence: int) -> list[Outlet]:
        """Those that had begun when a late packet was due."""
        assert self.reception is not None
        index = self.reception.index_of(sequence)
        return [outlet for outlet in self.outlets if outlet.first <= index]

    def _remember(self, packet: bytes, sequence: int) -> bool:
        if not self.history:
            return True
        before = self.history[sequence % HISTORY]
        if before is not None and before[2:4] == packet[2:4]:
            return False
        self.history[sequence % HISTORY] = packet
        return True

    def _start_waiting(self, sequence: int, timestamp: int, descriptor: vp8.Descriptor, now: float) -> None:
        waiting, self.waiting = self.waiting, []
        for slot in waiting:
            slot.start(self, sequence, timestamp, descriptor, now)

    def recall(self, sequence: int) -> bytes | None:
        """A packet that was forwarded lately."""
        packet = self.history[sequence % HISTORY] if self.history else None
        return packet if packet is not None and packet[2:4] == sequence.to_bytes(2, "big") else None

    def heard(self, ssrc: int, nack_delay: float, now: float) -> None:
        """Binds the track to its source; slots that showed another source wait for this one to start."""
        self.pause(now)
        self.ssrc = ssrc
        self.reception = Reception(next(iter(self.formats.values())).clock, nack_delay)
        self.history = [None] * HISTORY if self.kind == "video" else []

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
        track.waiting.append(self)
        track.key_frame_urgent = True

    def start(self, track: Track, sequence: int, timestamp: int, descriptor: vp8.Descriptor, now: float) -> None:
        """Begins to forward with this packet, one step after what the slot sent last."""
        assert self.outlet is not None
        assert track.reception is not None
        outlet = self.outlet
        clock = next(iter(track.formats.values())).clock
        elapsed = 0.0 if self.stopped is None else now - self.stopped
        outlet.first = track.reception.index_of(sequence)
        outlet.sequence_by = (self.sequence + 1 - sequence) & 0xFFFF
        outlet.timestamp_by = (self.timestamp + max(1, int(elapsed * clock)) - timestamp) & 0xFFFFFFFF
        if self.picture is not None:
            outlet.picture_by = self.picture + 1 - descriptor.picture
            outlet.tl0_by = self.tl0 + 1 - descriptor.tl0
        self.packets_before -= track.forwarded
        self.octets_before -= track.octets
        track.outlets.append(outlet)

    @property
    def flowing(self) -> bool:
        return self.track is not None and self.outlet is not None and self.outlet in self.track.outlets

    def pause(self, now: float) -> None:
        """Stops forwarding and keeps where the numbers stand, until the track's next start."""
        track, outlet = self.track, self.outlet
        if track is None or outlet is None or not self.flowing or track.reception is None:
            return
        track.outlets.remove(outlet)
        self.sequence = (track.reception.highest + outlet.sequence_by) & 0xFFFF
        self.timestamp = (track.timestamp + outlet.timestamp_by) & 0xFFFFFFFF
        self.picture = track.picture + outlet.picture_by
        self.tl0 = track.tl0 + outlet.tl0_by
        self.stopped = now
        self.packets_before += track.forwarded
        self.octets_before += track.octets
        track.waiting.append(self)

    def detach(self, now: float) -> None:
        """Shows nothing."""
        if self.track is None:
            return
        self.pause(now)
        if self in self.track.waiting:
            self.track.waiting.remove(self)
        self.track.slots.remove(self)
        self.track = self.outlet = None

    def sender_report(self, report: SenderReport) -> SenderReport | None:
        """The source's report in the slot's own numbers (RFC 3550 6.4.1)."""
        if self.track is None or self.outlet is None or not self.flowing:
            return None
        timestamp = (report.timestamp + self.outlet.timestamp_by) & 0xFFFFFFFF
        packets = (self.packets_before + self.track.forwarded) & 0xFFFFFFFF
        octets = (self.octets_before + self.track.octets) & 0xFFFFFFFF
        return SenderReport(self.ssrc, report.ntp, timestamp, packets, octets)

    def again(self, sequence: int) -> bytes | None:
        """What to send when the receiver asks for one of our packets again, as RTX where it was agreed."""
        if self.track is None or self.outlet is None or not self.flowing:
            return None
        original = (sequence - self.outlet.sequence_by) & 0xFFFF
        if self.track.reception is None or self.track.reception.index_of(original) < self.outlet.first:
            return None
        packet = self.track.recall(original)
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
