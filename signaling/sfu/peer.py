"""One peer's media: the tracks it sends, the slots it receives in, and the feedback in both directions."""

import secrets
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from signaling.media import Kind, PeerId, RoomId, SlotWish, TrackId
from signaling.pace import Bucket
from signaling.sfu import rtcp, rtp, twcc
from signaling.sfu.answer import build, is_accepted
from signaling.sfu.downlink import Allowance
from signaling.sfu.engine.base import Inlet
from signaling.sfu.forwarding import Slot, slot_of
from signaling.sfu.host import Host
from signaling.sfu.layers import Layer, Track, track_of
from signaling.sfu.paths import Path
from signaling.sfu.sdp import Description, Section
from signaling.sfu.sources import Sources
from signaling.sfu.speaker import Voice
from signaling.sfu.srtp import Keys
from signaling.sfu.transport import Transport, Watcher

MAX_REPORTS = 31

Watch: TypeAlias = Callable[["Peer"], None]
Relay: TypeAlias = Callable[["Peer", str, str | bytes], None]


class Peer:
    """A participant's connection; it implements `paths.Remote`."""

    def __init__(
        self, host: Host, name: PeerId, room: RoomId, offer: Description, watch: tuple[Watch, Watch, Relay], now: float
    ) -> None:
        self.id = name
        self.room = room
        self.keys: Keys | None = None
        self.tracks: dict[str, Track] = {}
        self.slots: dict[str, Slot] = {}
        self.muted: set[Kind] = set()
        self.wishes: dict[str, SlotWish] = {}
        self.allowance = Allowance()
        self.pointer = ""
        self.voice = Voice()
        self._host = host
        self._ssrc = secrets.randbits(32)
        self._sources = Sources(self.tracks, self._heard)
        self._slot_by_ssrc: dict[int, Slot] = {}
        self._arrivals = twcc.Recorder()
        self._inlet = Inlet()
        self._feedback_due = self._report_due = now
        self._live, self._gone, self._relay = watch
        self._pace = Bucket(host.settings.data_per_second, host.settings.data_burst, now)
        self.transport = Transport(
            host,
            Watcher(self, self._connected, self._moved, lambda: self._gone(self), self._data),
            offer,
            now,
        )

    def answer(self, offer: Description, revision: int, now: float) -> str:
        """Takes the sections of an offer; what stays keeps its numbers."""
        accepted = {section.mid: section for section in offer.sections if is_accepted(section)}
        self._drop_others(accepted, now)
        for section in accepted.values():
            if section.kind != "application":
                self._take(section, now)
        outgoing = {mid: slot.outgoing for mid, slot in self.slots.items()}
        return build(offer, self.transport.local(revision), outgoing)

    def _drop_others(self, accepted: dict[str, Section], now: float) -> None:
        for mid in [mid for mid in self.tracks if mid not in accepted or not accepted[mid].sends]:
            self._remove_track(mid, now)
        for mid in [mid for mid in self.slots if mid not in accepted or not accepted[mid].receives]:
            slot = self.slots.pop(mid)
            slot.detach(now)
            self._slot_by_ssrc.pop(slot.ssrc, None)

    def _remove_track(self, mid: str, now: float) -> None:
        track = self.tracks.pop(mid)
        for slot in list(track.slots):
            slot.detach(now)
        track.end()
        self._sources.forget(track)
        self._sources.route(self._inlet)

    def _take(self, section: Section, now: float) -> None:
        if section.sends:
            self._sources.expect(section.extensions)
            self._take_track(section, now)
            self._sources.route(self._inlet)
        if section.receives and section.mid not in self.slots:
            index = sum(slot.kind == section.kind for slot in self.slots.values())
            slot = slot_of(section, index)
            self.slots[section.mid] = slot
            self._slot_by_ssrc[slot.ssrc] = slot

    def _take_track(self, section: Section, now: float) -> None:
        track = self.tracks.get(section.mid)
        if track is None:
            track = track_of(section, TrackId(f"{self.id}/{section.mid}"), self.id)
            track.muted = track.kind in self.muted
            self.tracks[section.mid] = track
        self._sources.announce(track, section.ssrcs, now)

    def _heard(self, layer: Layer, ssrc: int, now: float) -> None:
        """A layer has a source from now on."""
        layer.heard(ssrc, self._host.engine, self._host.settings.nack_delay, now)
        self._sources.route(self._inlet)

    # transport

    def password(self, ufrag: str) -> str | None:
        return self.transport.password(ufrag)

    def checked(self, path: Path, ufrag: str, now: float) -> None:
        self.transport.checked(path, ufrag, now)

    def lost(self, path: Path) -> None:
        self.transport.lost(path)

    def dtls_arrived(self, path: Path, data: bytes) -> None:
        self.transport.dtls_arrived(path, data)

    def _connected(self, keys: Keys) -> None:
        self.keys = keys
        self._inlet = self._host.engine.inlet(keys)
        self._sources.route(self._inlet)
        self._live(self)

    def _moved(self, path: Path) -> None:
        for slot in self.slots.values():
            slot.moved(path)

    def _data(self, label: str, message: str | bytes) -> None:
        """Passes a message on, within the pace of the lesson's socket (rule D4)."""
        if self._pace.take(time.monotonic()):
            self._relay(self, label, message)

    # packets in

    def rtp_arrived(self, path: Path, packet: bytes, now: float) -> None:
        """Takes a packet: feedback first, then repair, then the slots."""
        self.transport.proven(path, now)
        self._inlet.settle(path)
        try:
            self._forward(packet, now)
        except rtp.RtpError:
            self._host.counters.malformed += 1

    def _forward(self, packet: bytes, now: float) -> None:
        extensions = rtp.extensions(packet)
        wide = extensions.get(self._sources.wide_id)
        if wide is not None:
            self._arrivals.record(int.from_bytes(wide[:2], "big"), int(now * 1e6))
        feed = self._sources.get(int.from_bytes(packet[8:12], "big")) or self._sources.learn(packet, extensions, now)
        if feed is None:
            return
        layer, repairs = feed
        track = layer.track
        level = extensions.get(self._sources.level_id)
        if level and track.kind == "audio" and not track.muted:
            self.voice.hear(level[0])
        plain: bytes | None = rtp.strip_extensions(packet)
        if repairs and plain is not None:
            original = track.repairs.get(packet[1] & 0x7F)
            if original is None or layer.ssrc is None:
                return
            plain = rtp.restore_retransmission(plain, original, layer.ssrc)
        if plain is not None and layer.reception is not None:
            layer.forward(plain, now)

    def rtcp_arrived(self, path: Path, data: bytes, now: float) -> None:
        """Takes a compound packet; each kind has its function."""
        self.transport.proven(path, now)
        try:
            packets = rtcp.parse(data)
        except rtcp.RtcpError:
            self._host.counters.malformed += 1
            return
        for packet in packets:
            take = _TAKERS.get(type(packet))
            if take is not None:
                take(self, packet, now)

    def take_sender_report(self, report: rtcp.SenderReport, now: float) -> None:
        """Tells every slot what the source's clock shows, in the slot's own numbers; lip-sync lives on it."""
        layer, repairs = self._sources.get(report.ssrc) or (None, False)
        if layer is None or repairs or layer.reception is None:
            return
        layer.report = report
        layer.reception.clock_shown(report, now)
        for slot in layer.showing:
            told = slot.sender_report(report)
            if told is not None and slot.outlet is not None:
                sealed = slot.outlet.keys.protect_rtcp(rtcp.build([told]))
                self._host.engine.send(slot.outlet.path, sealed)

    def take_nack(self, nack: rtcp.Nack, _: float) -> None:
        slot = self._slot_by_ssrc.get(nack.media)
        if slot is None or slot.outlet is None:
            return
        self._host.counters.nacks_received += len(nack.sequences)
        for sequence in nack.sequences:
            packet = slot.again(sequence)
            if packet is not None and (not self._host.settings.budgets or self.allowance.repeats(packet)):
                self._host.counters.retransmitted += 1
                self._host.engine.send_rtp(slot.outlet.keys, slot.outlet.path, packet)

    def take_picture_loss(self, loss: rtcp.PictureLoss, _: float) -> None:
        slot = self._slot_by_ssrc.get(loss.media)
        if slot is not None and slot.layer is not None:
            slot.layer.key_frame_wanted = True

    def take_bandwidth(self, estimate: rtcp.Bandwidth, _: float) -> None:
        self.allowance.estimated(estimate.bits_per_second)

    def take_receiver_report(self, receiver: rtcp.ReceiverReport, _: float) -> None:
        for report in receiver.reports:
            slot = self._slot_by_ssrc.get(report.ssrc)
            if slot is not None and slot.kind == "video":
                self.allowance.reported(report)

    # packets out

    def tend(self, now: float) -> None:
        """Asks for what is missing and reports what came, each when it is due."""
        if self.keys is None or not self.tracks:
            return
        self._look_at_inlet()
        settings = self._host.settings
        for layer in self._layers():
            self._mend(layer, now)
        if now >= self._feedback_due:
            self._feedback_due = now + settings.feedback_interval
            for track in self.tracks.values():
                track.look(now)
            for sequence, microseconds in self._inlet.take_arrivals():
                self._arrivals.record(sequence, microseconds)
            for packet in self._arrivals.feedback(self._ssrc, self._sources.first):
                self._send_rtcp([], packet)
        if now >= self._report_due:
            self._report_due = now + settings.report_interval
            self._report(now)

    def _look_at_inlet(self) -> None:
        """Takes what the engine noted by itself, and everything else too once the path is in doubt."""
        inlet = self._inlet
        if inlet.path is not self.transport.settled:
            inlet.leave()
        self.transport.spoke(inlet.heard)
        for level in inlet.take_levels():
            self.voice.hear(level)

    def _layers(self) -> list[Layer]:
        """Every layer of every track that was heard."""
        return [layer for track in self.tracks.values() for layer in track.layers if layer.ssrc is not None]

    def measure(self, now: float) -> None:
        """Lets each layer of its pictures tell what it takes."""
        for layer in self._layers():
            if layer.track.kind == "video":
                layer.measure(now)

    def _mend(self, layer: Layer, now: float) -> None:
        if layer.reception is None or layer.ssrc is None or layer.track.kind == "audio":
            return
        asking = layer.reception.due(now)
        if asking:
            self._host.counters.nacks_sent += len(asking)
            self._send_rtcp([rtcp.Nack(self._ssrc, layer.ssrc, tuple(asking))])
        self._ask_for_picture(layer, now)

    def ask_for_pictures(self, now: float) -> None:
        """Asks for the key frames that somebody waits for, where it is time."""
        for layer in self._layers():
            if layer.track.kind == "video":
                self._ask_for_picture(layer, now)

    def _ask_for_picture(self, layer: Layer, now: float) -> None:
        assert layer.ssrc is not None
        if self.keys is not None and layer.wants_key_frame(now, self._host.settings.keyframe_interval):
            self._host.counters.plis_sent += 1
            self._send_rtcp([rtcp.PictureLoss(self._ssrc, layer.ssrc)])

    def _report(self, now: float) -> None:
        reports = [
            report
            for layer in self._layers()
            if layer.reception is not None and layer.ssrc is not None
            if (report := layer.reception.report(layer.ssrc, now)) is not None
        ]
        if reports:
            self._send_rtcp([rtcp.ReceiverReport(self._ssrc, tuple(reports[:MAX_REPORTS]))])

    def _send_rtcp(self, packets: Sequence[rtcp.Packet], more: bytes = b"") -> None:
        if self.keys is not None:
            self.transport.send(self.keys.protect_rtcp(rtcp.build(packets) + more))

    # what the room does with it

    def show(self, slot: Slot, track: Track | None, now: float) -> None:
        """Puts a track into a slot, or empties it."""
        if slot.track is track:
            return
        if track is None:
            slot.detach(now)
        elif self.keys is not None and self.transport.path is not None:
            slot.attach(track, self.keys, self.transport.path, now)

    def mute(self, kind: Kind, now: float, *, muted: bool) -> None:
        """Stops or resumes forwarding a kind."""
        (self.muted.add if muted else self.muted.discard)(kind)
        for track in self.tracks.values():
            if track.kind == kind and track.muted != muted:
                track.silence(now, muted=muted)

    def close(self, now: float) -> None:
        """Takes its tracks out of everybody's slots and frees the transport."""
        for mid in list(self.tracks):
            self._remove_track(mid, now)
        for slot in self.slots.values():
            slot.detach(now)
        self.keys = None
        self._inlet.leave()
        self._inlet = Inlet()
        self.transport.close()


_TAKERS: dict[type, Callable[..., None]] = {
    rtcp.SenderReport: Peer.take_sender_report,
    rtcp.ReceiverReport: Peer.take_receiver_report,
    rtcp.Nack: Peer.take_nack,
    rtcp.PictureLoss: Peer.take_picture_loss,
    rtcp.Bandwidth: Peer.take_bandwidth,
}
