"""Tracks that come in, each as one encoding or as several of the same picture; each encoding is a source of its own."""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from itertools import accumulate
from typing import Final, Protocol

from signaling.media import MOST_TEMPORAL, Kind, PeerId, Quality, TrackId
from signaling.sfu import payloads, rtp, vp8
from signaling.sfu.answer import common_codecs
from signaling.sfu.codecs import codec_key
from signaling.sfu.engine.base import UNKNOWN_TYPE, Arrival, Engine, Source, Stream
from signaling.sfu.engine.outlet import Outlet
from signaling.sfu.reception import Reception
from signaling.sfu.rtcp import SenderReport
from signaling.sfu.sdp import Section

URGENT_INTERVAL: Final = 0.1
FLOWING_SECONDS: Final = 0.6
QUALITIES: Final[tuple[Quality, ...]] = ("q", "h", "f")
BEST: Final = len(QUALITIES) - 1


@dataclass(frozen=True, slots=True)
class Format:
    """A payload type: the codec it stands for and its clock."""

    codec: str
    clock: int


class Receiver(Protocol):
    """A slot, as far as tracks and layers know it."""

    outlet: Outlet | None

    def start(self, layer: "Layer", sequence: int, timestamp: int, descriptor: vp8.Descriptor, now: float) -> None:
        """Begins to show a layer with this packet."""

    def pause(self, now: float) -> None:
        """Stops, and waits for the next start."""

    def aim(self) -> None:
        """Looks again which layer is to be shown."""

    def follow(self, layer: "Layer", now: float) -> None:
        """Stops when it can't decode what a layer sends now, or waits for it to start when it can again."""

    def detach(self, now: float) -> None:
        """Shows nothing of the track any more."""

    def sender_report(self, report: SenderReport) -> SenderReport | None:
        """The source's report in the slot's own numbers."""


@dataclass(eq=False, slots=True)
class Layer:
    """One encoding of a track: its source, who shows it and who waits to."""

    track: "Track"
    rid: str = ""
    ssrc: int | None = None
    rtx_ssrc: int | None = None
    stream: Stream | None = None
    reception: Reception | None = None
    report: SenderReport | None = None
    showing: list[Receiver] = field(default_factory=list)
    waiting: list[Receiver] = field(default_factory=list)
    recorded: bool = False
    key_frame_wanted: bool = False
    key_frame_urgent: bool = False
    key_frame_asked: float = float("-inf")
    payload_type: int = UNKNOWN_TYPE
    rates: tuple[float, ...] = (0.0,) * (MOST_TEMPORAL + 1)
    _measured: tuple[float, tuple[int, ...]] | None = None
    _received: int = 0
    _received_at: float = float("-inf")

    def forward(self, packet: bytes, now: float) -> None:
        """Takes a plain packet without extensions and sends it on, unless it came before or the track is muted."""
        assert self.stream is not None
        arrival = self.stream.note(packet, now)
        if arrival is Arrival.REPEATED or self.track.muted:
            return
        if packet[1] & 0x7F != self.payload_type and arrival is Arrival.NEWEST:
            self._turn(packet[1] & 0x7F, now)
        descriptor, key_frame = inspect(packet, self.track.formats.get(packet[1] & 0x7F))
        if self.waiting and (key_frame or self.track.kind == "audio"):
            self._start_waiting(packet, descriptor, now)
        self.stream.send(packet, descriptor, arrival)

    def _turn(self, payload_type: int, now: float) -> None:
        """Goes on in another codec, which some slots may not know and others may know again."""
        if payload_type not in self.track.formats:
            return
        self.payload_type, self.track.turned = payload_type, True
        for slot in self.track.slots:
            slot.follow(self, now)
        self.tell()

    def _start_waiting(self, packet: bytes, descriptor: vp8.Descriptor, now: float) -> None:
        _, _, sequence, timestamp, _ = rtp.HEADER.unpack_from(packet)
        waiting, self.waiting = self.waiting, []
        for slot in waiting:
            slot.start(self, sequence, timestamp, descriptor, now)
        self.tell()

    def wait(self, slot: Receiver) -> None:
        """Lets a slot start with the next packet that decoding can start at."""
        self.waiting.append(slot)
        self.key_frame_urgent = True
        self.tell()

    def cease(self, slot: Receiver) -> None:
        """Lets a slot wait no longer."""
        if slot in self.waiting:
            self.waiting.remove(slot)
            self.tell()

    def tell(self) -> None:
        """Tells the engine what must come to be looked at."""
        if self.stream is not None:
            tally, muted = self.stream.tally, int(self.track.muted)
            tally.muted, tally.waiting, tally.payload_type = muted, len(self.waiting), self.payload_type

    @property
    def form(self) -> Format:
        """What it sends now; before its first packet, what it may send first."""
        return self.track.formats.get(self.payload_type) or next(iter(self.track.formats.values()))

    def heard(self, ssrc: int, engine: Engine, nack_delay: float, now: float) -> None:
        """Binds the layer to its source; slots that showed another source wait for this one to start."""
        for slot in list(self.showing):
            slot.pause(now)
        self.ssrc, self.report = ssrc, None
        track = self.track
        codecs = {number: form.codec for number, form in track.formats.items()}
        self.stream = engine.stream(Source(track.clock, track.kind == "video", codecs))
        self.reception = Reception(self.stream, nack_delay)
        self._received, self._received_at = 0, now
        self._measured = None
        self.tell()
        track.heard(self)

    def look(self, now: float) -> None:
        """Notes whether packets came since the last look."""
        received = 0 if self.stream is None else int(self.stream.tally.received)
        if received != self._received:
            self._received, self._received_at = received, now

    def measure(self, now: float) -> None:
        """Tells bits a second up to each temporal layer since the last call; while it is muted, what it was before."""
        if self.stream is None or self.track.muted:
            self._measured = None
            return
        octets, before = tuple(accumulate(self.stream.tally.layer_octets)), self._measured
        self._measured = now, octets
        if before is not None and now > before[0]:
            fresh = [8 * (new - old) / (now - before[0]) for new, old in zip(octets, before[1], strict=True)]
            known = self.rates[-1] > 0
            self.rates = tuple((old + new) / 2 if known else new for old, new in zip(self.rates, fresh, strict=True))

    def flows(self, now: float) -> bool:
        """Whether packets came lately: a sender leaves out layers for which its way is too narrow."""
        return now - self._received_at < FLOWING_SECONDS

    def wants_key_frame(self, now: float, interval: float) -> bool:
        """Whether to ask the sender for a key frame now: not too often, but soon for a slot that just came."""
        assert self.reception is not None
        self.key_frame_wanted |= self.reception.take_torn()
        if not (self.showing or self.waiting or self.recorded):
            self.key_frame_wanted = False
        if self.track.muted or not (self.key_frame_wanted or self.waiting):
            return False
        if now - self.key_frame_asked < (URGENT_INTERVAL if self.key_frame_urgent else interval):
            return False
        self.key_frame_asked = now
        self.key_frame_wanted = self.key_frame_urgent = False
        return True


@dataclass(eq=False, slots=True)
class Track:
    """One picture or sound that a peer sends, and the slots that show it; its layers stand lowest first."""

    id: TrackId
    kind: Kind
    mid: str
    owner: PeerId
    formats: dict[int, Format]
    repairs: dict[int, int]
    rids: InitVar[Sequence[str]] = ("",)
    muted: bool = False
    layers: list[Layer] = field(default_factory=list)
    slots: list[Receiver] = field(default_factory=list)
    turned: bool = False
    _flowing: frozenset[int] = frozenset()

    def __post_init__(self, rids: Sequence[str]) -> None:
        self.layers = [Layer(self, rid) for rid in rids]

    @property
    def clock(self) -> int:
        """How often its timestamps tick in a second."""
        return next(iter(self.formats.values())).clock

    def nearest(self, quality: int) -> Layer:
        """The layer to show to who wants this one: it, or else the best below it, or else the least above it.

        Only layers that flow count, or any where none does.
        """
        there = [place for place in range(len(self.layers)) if place in self._flowing or not self._flowing]
        wanted = min(quality, len(self.layers) - 1)
        below = [place for place in there if place <= wanted]
        return self.layers[max(below) if below else min(there)]

    def heard(self, layer: Layer) -> None:
        """A layer has begun to flow."""
        self._flowing |= {self.layers.index(layer)}
        self.aim()

    def look(self, now: float) -> None:
        """Notes which layers flow, and lets slots head for others when that changed."""
        if len(self.layers) == 1 or self.muted:
            return
        for layer in self.layers:
            layer.look(now)
        flowing = frozenset(place for place, layer in enumerate(self.layers) if layer.flows(now))
        if flowing and flowing != self._flowing:
            self._flowing = flowing
            self.aim()

    def choices(self, quality: int) -> list[tuple[int, Sequence[float]]]:
        """The layers to choose among for who wants this one, lowest first, each by its place and what it takes."""
        best = self.layers.index(self.nearest(quality))
        lower = [place for place in range(best) if place in self._flowing]
        return [(place, self.layers[place].rates) for place in (*lower, best)]

    def take_turned(self) -> bool:
        """Whether it went on in another codec since the last call."""
        turned, self.turned = self.turned, False
        return turned

    def aim(self) -> None:
        """Lets every slot look again which layer it is to show."""
        for slot in self.slots:
            slot.aim()

    def end(self) -> None:
        """Frees what its layers keep at once: a megabyte each, which waits for no search for garbage."""
        for layer in self.layers:
            layer.stream = layer.reception = None

    def pause(self, now: float) -> None:
        """Lets every slot wait for the next start."""
        for slot in self.slots:
            slot.pause(now)

    def silence(self, now: float, *, muted: bool) -> None:
        """Mutes or unmutes the track."""
        if muted and not self.muted:
            self.pause(now)
        self.muted = muted
        for layer in self.layers:
            layer.key_frame_urgent = not muted
            layer.key_frame_wanted |= layer.recorded and not muted
            layer.tell()


def inspect(packet: bytes, form: Format | None) -> tuple[vp8.Descriptor, bool]:
    """What a packet's payload says of the picture it belongs to, and whether decoding can start at it."""
    if form is None or form.codec == "opus":
        return vp8.NOTHING, False
    return payloads.reader(form.codec)(packet, rtp.payload_offset(packet))


def track_of(section: Section, track: TrackId, owner: PeerId) -> Track:
    """The track that a section of an offer announces."""
    codecs = common_codecs(section)
    formats = {codec.payload_type: Format(key, codec.clock) for codec in codecs if (key := codec_key(codec))}
    repairs = {codec.payload_type: int(codec.parameter("apt") or 0) for codec in codecs if codec.name == "rtx"}
    kind: Kind = "video" if section.kind == "video" else "audio"
    return Track(track, kind, section.mid, owner, formats, repairs, in_order(section.rids) or ("",))


def in_order(rids: Sequence[str]) -> Sequence[str]:
    """Encodings, lowest first: by the names that our page gives them, or else as the offer lists them."""
    names: Sequence[str] = QUALITIES
    return sorted(rids, key=names.index) if set(rids) <= set(names) else rids
