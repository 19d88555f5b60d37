"""Slots that go out, and how a slot goes on counting when its source changes."""

import secrets
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from signaling.media import MOST_TEMPORAL, Kind, SlotWish
from signaling.sfu import rtp, vp8
from signaling.sfu.answer import Outgoing, common_codecs
from signaling.sfu.budget import EVERYTHING, Rung
from signaling.sfu.codecs import NAMES, codec_key, fitting, name_of
from signaling.sfu.engine.base import UNKNOWN_TYPE
from signaling.sfu.engine.outlet import Outlet, copy_for
from signaling.sfu.layers import BEST, QUALITIES, Layer, Track, inspect
from signaling.sfu.paths import Path
from signaling.sfu.rtcp import SenderReport
from signaling.sfu.sdp import Section
from signaling.sfu.srtp import Keys

LONGEST_LEAP: Final = 2.0
"""By so many seconds more than passed here a slot's clock may go forward to stay in step with the sender's."""


class Clock(NamedTuple):
    """What a slot's clock showed at a time by its sender's clock (RFC 3550 section 6.4.1)."""

    track: Track
    ntp: int
    timestamp: int


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
    quality: int = BEST
    temporal: int = MOST_TEMPORAL
    most: Rung | None = EVERYTHING
    layer: Layer | None = None
    target: Layer | None = None
    outlet: Outlet | None = None
    clock: Clock | None = None
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
            number: known
            for number, form in track.formats.items()
            if (known := fitting(form.codec, self.payload_types)) is not None
        }
        self.track = track
        self.outlet = Outlet(keys, path, self.ssrc, types, temporal=self.layers)
        track.slots.append(self)
        self.aim()

    def want(self, wish: SlotWish) -> None:
        """Shows its track from now on as its receiver wants it."""
        self.quality = QUALITIES.index(wish.quality)
        self.temporal = wish.temporal
        self._thin()
        self.aim()

    def allow(self, most: Rung | None, now: float) -> None:
        """Shows no more than this from now on, of what is wanted, and nothing at all where nothing is allowed."""
        self.most = most
        if most is None:
            self._halt(now)
        self._thin()
        self.aim()

    @property
    def paused(self) -> bool:
        """Whether nothing may be sent."""
        return self.most is None

    @property
    def layers(self) -> int:
        """The highest temporal layer that is wanted and allowed."""
        return min(self.temporal, MOST_TEMPORAL if self.most is None else self.most.temporal)

    def _thin(self) -> None:
        if self.outlet is not None and self.outlet.temporal != self.layers:
            self._update()

    def aim(self) -> None:
        """Heads for the layer nearest to the quality wanted; until that one starts, the present one goes on."""
        track, most = self.track, self.most
        target = None if track is None or most is None else track.nearest(min(self.quality, most.place))
        if target is self.target:
            return
        if self.target is not None:
            self.target.cease(self)
        self.target = target
        if target is not None and target is not self.layer and self.lacks is None:
            target.wait(self)

    @property
    def lacks(self) -> str | None:
        """The codec of what the slot is to show, if its peer can't decode that; nothing of it is sent then."""
        if self.target is None or self.outlet is None:
            return None
        known, now = self.outlet.payload_types, self.target.payload_type
        if now in known or (known and now == UNKNOWN_TYPE):
            return None
        return NAMES[name_of(self.target.form.codec)]

    def follow(self, layer: Layer, now: float) -> None:
        """Stops when it can't decode what a layer sends now, or waits for it to start when it can again."""
        assert self.outlet is not None
        if layer is self.layer and layer.payload_type not in self.outlet.payload_types:
            self._halt(now)
        if layer is not self.target:
            return
        if self.lacks is not None:
            layer.cease(self)
        elif layer is not self.layer and self not in layer.waiting:
            layer.wait(self)

    def start(self, layer: Layer, sequence: int, timestamp: int, descriptor: vp8.Descriptor, now: float) -> None:
        """Begins to forward a layer with this packet, one step after what the slot sent last."""
        self._halt(now)
        assert self.outlet is not None
        assert layer.stream is not None
        outlet, tally = self.outlet, layer.stream.tally
        outlet.first = layer.stream.index_of(sequence)
        outlet.sequence_by = (self.sequence + 1 - sequence) & 0xFFFF
        outlet.timestamp_by = self._timestamp_by(layer, timestamp, now)
        if self.picture is not None:
            outlet.picture_by = self.picture + 1 - descriptor.picture
            outlet.tl0_by = self.tl0 + 1 - descriptor.tl0
        self.packets_before -= tally.forwarded
        self.octets_before -= tally.octets
        self.layer = layer
        layer.showing.append(self)
        layer.stream.begin(outlet)

    def _timestamp_by(self, layer: Layer, timestamp: int, now: float) -> int:
        """Keeps the sender's time, if both layers told it, so that lips stay in step; else goes on as time did here."""
        elapsed = 0.0 if self.stopped is None else now - self.stopped
        by = self._by_clock(layer)
        if (
            by is not None
            and 0 < (timestamp + by - self.timestamp) & 0xFFFFFFFF < (elapsed + LONGEST_LEAP) * layer.track.clock
        ):
            return by
        return (self.timestamp + max(1, int(elapsed * layer.track.clock)) - timestamp) & 0xFFFFFFFF

    def _by_clock(self, layer: Layer) -> int | None:
        clock, report = self.clock, layer.report
        if clock is None or report is None or clock.track is not layer.track:
            return None
        passed = (report.ntp - clock.ntp) * layer.track.clock >> 32
        return (clock.timestamp + passed - report.timestamp) & 0xFFFFFFFF

    def pause(self, now: float) -> None:
        """Stops forwarding until the track's next start."""
        halted = self._halt(now)
        if halted is not None and halted is self.target:
            halted.wait(self)

    def _halt(self, now: float) -> Layer | None:
        """Stops forwarding and keeps where the numbers stand; gives the layer that flowed."""
        layer, outlet = self.layer, self.outlet
        if layer is None or layer.stream is None or outlet is None:
            return None
        tally = layer.stream.tally
        layer.stream.end(outlet)
        layer.showing.remove(self)
        self.layer = None
        self.sequence = (tally.highest + outlet.sequence_by) & 0xFFFF
        self.timestamp = (tally.timestamp + outlet.timestamp_by) & 0xFFFFFFFF
        self.picture = tally.picture + outlet.picture_by
        self.tl0 = tally.tl0 + outlet.tl0_by
        self.stopped = now
        self.packets_before += tally.forwarded - outlet.left_out
        self.octets_before += tally.octets - outlet.left_out_octets
        report = layer.report
        self.clock = Clock(layer.track, report.ntp, report.timestamp + outlet.timestamp_by) if report else None
        return layer

    def detach(self, now: float) -> None:
        """Shows nothing."""
        if self.track is None:
            return
        self._halt(now)
        self.track.slots.remove(self)
        self.track = None
        self.aim()
        self.outlet = None

    def moved(self, path: Path) -> None:
        """Sends to another address of the peer from now on."""
        if self.outlet is not None:
            self.outlet.path = path
            self._update()

    def _update(self) -> None:
        if self.outlet is None:
            return
        self.outlet.temporal = self.layers
        if self.layer is not None and self.layer.stream is not None:
            self.layer.stream.update(self.outlet)

    def sender_report(self, report: SenderReport) -> SenderReport | None:
        """The source's report in the slot's own numbers (RFC 3550 6.4.1)."""
        if self.layer is None or self.layer.stream is None or self.outlet is None:
            return None
        outlet, tally = self.outlet, self.layer.stream.tally
        self.layer.stream.account(outlet)
        timestamp = (report.timestamp + outlet.timestamp_by) & 0xFFFFFFFF
        packets = (self.packets_before + tally.forwarded - outlet.left_out) & 0xFFFFFFFF
        octets = (self.octets_before + tally.octets - outlet.left_out_octets) & 0xFFFFFFFF
        return SenderReport(self.ssrc, report.ntp, timestamp, packets, octets)

    def again(self, sequence: int) -> bytes | None:
        """What to send when the receiver asks for one of our packets again, as RTX where it was agreed."""
        if self.layer is None or self.layer.stream is None or self.outlet is None:
            return None
        stream = self.layer.stream
        origin = stream.origin(self.outlet, sequence)
        packet = None if origin is None else stream.recall(origin.sequence)
        if origin is None or packet is None or packet[1] & 0x7F not in self.outlet.payload_types:
            return None
        descriptor, _ = inspect(packet, self.layer.track.formats.get(packet[1] & 0x7F))
        copy = bytes(copy_for(self.outlet, packet, descriptor, origin.shift))
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
