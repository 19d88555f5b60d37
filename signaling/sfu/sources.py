"""Which source of a peer feeds which layer: as its offer says, or learnt from what its packets carry (RFC 8852)."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from signaling.sfu.answer import AUDIO_LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_WIDE
from signaling.sfu.engine.base import Inlet
from signaling.sfu.layers import Layer, Track

Feed: TypeAlias = tuple[Layer, bool]
"""A layer, and whether the source repairs it (RFC 4588) instead of feeding it."""
Heard: TypeAlias = Callable[[Layer, int, float], None]
"""Binds a layer to the source that feeds it."""


class Sources:
    """The sources of one peer by their numbers, and the ids of the header extensions that tell of others."""

    def __init__(self, tracks: Mapping[str, Track], heard: Heard) -> None:
        self._tracks = tracks
        self._heard = heard
        self._feeds: dict[int, Feed] = {}
        self._ids: dict[str, int] = {}

    @property
    def first(self) -> int:
        """Any source; 0 when there is none."""
        return next(iter(self._feeds), 0)

    @property
    def wide_id(self) -> int:
        return self._ids.get(TRANSPORT_WIDE, 0)

    @property
    def level_id(self) -> int:
        return self._ids.get(AUDIO_LEVEL, 0)

    def get(self, ssrc: int) -> Feed | None:
        return self._feeds.get(ssrc)

    def expect(self, extensions: Mapping[str, int]) -> None:
        """Notes the ids that an offer gives to header extensions."""
        self._ids |= extensions

    def announce(self, track: Track, ssrcs: tuple[int, ...], now: float) -> None:
        """Takes the sources that an offer names; which of several encodings one is, only its packets tell."""
        if track.layers[0].rid:
            return
        for ssrc, repairs in zip(ssrcs, (False, True), strict=False):
            if ssrc not in self._feeds:
                self._bind(track.layers[0], ssrc, now, repairs=repairs)

    def learn(self, packet: bytes, extensions: Mapping[int, bytes], now: float) -> Feed | None:
        """Finds the layer of a source that the offer didn't name, by its mid and rid, or else by its payload type."""
        payload_type = packet[1] & 0x7F
        mid = self._text(extensions, MID)
        rids = {self._text(extensions, RID), self._text(extensions, REPAIRED_RID)}
        fitting = [
            layer
            for track in self._tracks.values()
            for layer in track.layers
            if _is_meant(layer, mid, rids) and (payload_type in track.formats or payload_type in track.repairs)
        ]
        if len(fitting) != 1:
            return None
        ssrc = int.from_bytes(packet[8:12], "big")
        self._bind(fitting[0], ssrc, now, repairs=payload_type in fitting[0].track.repairs)
        return self._feeds[ssrc]

    def _text(self, extensions: Mapping[int, bytes], uri: str) -> str:
        return extensions.get(self._ids.get(uri, 0), b"").decode("ascii", "replace")

    def _bind(self, layer: Layer, ssrc: int, now: float, *, repairs: bool) -> None:
        feed = (layer, repairs)
        self._feeds = {known: each for known, each in self._feeds.items() if each != feed}
        self._feeds[ssrc] = feed
        if repairs:
            layer.rtx_ssrc = ssrc
        else:
            self._heard(layer, ssrc, now)

    def forget(self, track: Track) -> None:
        """Knows nothing of a track's sources any more."""
        self._feeds = {ssrc: each for ssrc, each in self._feeds.items() if each[0].track is not track}

    def route(self, inlet: Inlet) -> None:
        """Tells the engine which source feeds which stream, as far as a packet needs no repair."""
        streams = {
            ssrc: layer.stream
            for ssrc, (layer, repairs) in self._feeds.items()
            if not repairs and layer.stream is not None
        }
        inlet.route(streams, self.wide_id, self.level_id)


def _is_meant(layer: Layer, mid: str, rids: set[str]) -> bool:
    if layer.rid and layer.rid not in rids:
        return False
    return layer.track.mid == mid if mid else bool(layer.rid) or layer.ssrc is None
