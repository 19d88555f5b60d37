"""The SFU as the room logic sees it: it implements `signaling.media.Media` in this process."""

import asyncio
import datetime as dt
import gc
import logging
import sys
import time
from collections.abc import Callable

from signaling import media
from signaling.media import Answer, Command, Figures, Offer, PeerId, PeerPhase, Refused, RoomId, Sink
from signaling.sfu import sdp
from signaling.sfu.engine.base import Engine
from signaling.sfu.engine.choice import choose
from signaling.sfu.host import Counters, Host, Tasks
from signaling.sfu.mux import Mux
from signaling.sfu.peer import Peer
from signaling.sfu.recorder import Recorder
from signaling.sfu.room import Room
from signaling.sfu.secure import OpenSecure
from signaling.sfu.settings import SfuSettings
from signaling.sfu.sockets import interface_addresses, open_ports
from signaling.sfu.tcp import TcpDoor

logger = logging.getLogger(__name__)

TICK = 0.02
DTLS = "signaling.sfu.dtls"


def _load_dtls(settings: SfuSettings) -> OpenSecure:
    known = DTLS in sys.modules
    from signaling.sfu.dtls import opener  # noqa: PLC0415 - aiortc costs 340 ms and 42 MiB, so not before somebody comes

    if not known:  # it stays: who searches all of it for garbage, again and again, stalls the pictures
        gc.collect()
        gc.freeze()
    return opener(dt.timedelta(hours=settings.certificate_hours))


class Sfu:
    """Rooms and peers over one set of sockets."""

    def __init__(self, settings: SfuSettings, sink: Sink) -> None:
        self._settings = settings
        self._sink = sink
        self._engine: Engine = choose(settings.engine)
        self._mux = Mux(self._engine)
        self._door = TcpDoor(self._mux, settings.tcp_limits)
        self._tasks = Tasks()
        self._host: Host | None = None
        self._counters = Counters()
        self._recorder = Recorder(sink, self._tasks)
        self._loading = asyncio.Lock()
        self._rooms: dict[RoomId, Room] = {}
        self._peers: dict[PeerId, Peer] = {}
        self._busy = asyncio.Event()
        self._clockwork: asyncio.Task[None] | None = None

    @property
    def engine(self) -> str:
        """The name of the engine that runs."""
        return self._engine.name

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Where media is received."""
        return tuple((link.address, link.port) for link in self._mux.links)

    async def open(self) -> None:
        """Binds the sockets; raises `OSError` with a sentence when it can't."""
        ports = open_ports(self._settings.announced_addresses or interface_addresses(), self._settings.udp_port)
        self._mux.open(ports)
        await self._door.open(port.tcp for port in ports if port.tcp is not None)
        self._clockwork = self._tasks.spawn(self._tend())
        logger.info("- media on %s, engine %s", self.addresses, self.engine)

    async def close(self) -> None:
        """Ends every peer and frees every socket and task."""
        for peer in list(self._peers.values()):
            self._end(peer)
        if self._clockwork is not None:
            self._clockwork.cancel()
        await self._recorder.close()
        await self._tasks.drain()
        await self._door.close()
        self._mux.close()

    def warm(self) -> None:
        """Somebody is about to offer: imports what takes long, unless it is there or on its way."""
        if self._host is None and not self._loading.locked():
            self._tasks.spawn(self._warm())

    async def negotiate(self, offer: Offer) -> Answer | Refused:
        """Answers an offer: the first of a peer, a later one with other sections, or an ICE restart."""
        try:
            description = sdp.parse(offer.sdp, self._settings.offer_limits)
            host = await self._prepare()
            peer = self._peers.get(offer.peer)
            peer = self._admit(offer, description, host) if peer is None else _renewed(peer, offer, description)
        except sdp.OfferError as error:
            logger.info("x offer refused peer=%s code=%s field=%s", offer.peer, error.code, error.field)
            return Refused(offer.peer, offer.revision, error.code, error.field, error.sentence)
        now = time.monotonic()
        text = peer.answer(description, offer.revision, now)
        self._rooms[peer.room].refresh(now)
        return Answer(offer.peer, offer.revision, text)

    async def _prepare(self) -> Host:
        host = await self._load()
        if not self._mux.links:
            raise sdp.OfferError("closed", "sdp", "The media service is not running; try again in a moment.")
        return host

    async def _load(self) -> Host:
        async with self._loading:
            if self._host is None:
                opener = await asyncio.to_thread(_load_dtls, self._settings)
                await asyncio.to_thread(self._engine.prepare)
                self._host = Host(self._settings, self._engine, self._mux, opener, self._tasks, self._counters)
        return self._host

    async def _warm(self) -> None:
        await self._load()

    def _admit(self, offer: Offer, description: sdp.Description, host: Host) -> Peer:
        settings = self._settings
        room = self._rooms.get(offer.room)
        if len(self._peers) >= settings.max_peers:
            raise sdp.OfferError(
                "too_many_peers", "peer", "This server carries as many people as it can; try again later."
            )
        if room is not None and len(room.peers) >= settings.max_peers_per_room:
            raise sdp.OfferError(
                "room_full", "room", "The room has as many people as it can hold; wait until one leaves."
            )
        if room is None:
            room = self._rooms[offer.room] = Room(offer.room, self._sink, settings, time.monotonic())
        watch = (self._live, self._end, room.relay)
        peer = Peer(host, offer.peer, offer.room, description, watch, time.monotonic())
        peer.pointer = offer.pointer
        self._peers[offer.peer] = room.peers[offer.peer] = peer
        self._busy.set()
        self._sink(media.PeerState(peer.id, "connecting"))
        return peer

    def command(self, command: Command) -> None:
        """Takes a command; one for an unknown peer or room is ignored."""
        _COMMANDS[type(command)](self, command)

    def want(self, command: media.Want) -> None:
        peer = self._peers.get(command.peer)
        if peer is None:
            return
        now = time.monotonic()
        room = self._rooms[peer.room]
        peer.wishes = {wish.mid: wish for wish in command.slots or ()}
        room.refresh(now)
        room.ask_for_pictures(now)

    def mute(self, command: media.Mute) -> None:
        peer = self._peers.get(command.peer)
        if peer is None:
            return
        now = time.monotonic()
        peer.mute(command.kind, now, muted=command.muted)
        self._rooms[peer.room].refresh(now)
        peer.ask_for_pictures(now)

    def leave(self, command: media.Leave) -> None:
        peer = self._peers.get(command.peer)
        if peer is not None:
            self._end(peer)

    def close_room(self, command: media.CloseRoom) -> None:
        room = self._rooms.get(command.room)
        for peer in list(room.peers.values()) if room is not None else []:
            self._end(peer)
        self._recorder.end_room(command.room)

    def record(self, command: media.Record) -> None:
        peer = self._peers.get(command.peer)
        if peer is not None:
            self._recorder.record(peer, command.take)

    def end_recording(self, command: media.EndRecording) -> None:
        self._recorder.end(command.recording)

    def _live(self, peer: Peer) -> None:
        self._enter(peer, "live")
        now = time.monotonic()
        self._rooms[peer.room].refresh(now)
        self._rooms[peer.room].ask_for_pictures(now)

    def _enter(self, peer: Peer, phase: PeerPhase) -> None:
        peer.transport.life.enter(phase, time.monotonic())
        logger.info("- peer %s %s", peer.id, phase)
        self._sink(media.PeerState(peer.id, phase))

    def _end(self, peer: Peer) -> None:
        if self._peers.get(peer.id) is not peer:
            return
        now = time.monotonic()
        del self._peers[peer.id]
        self._recorder.forget(peer)
        peer.close(now)
        room = self._rooms[peer.room]
        room.remove(peer, now)
        if not room.peers:
            del self._rooms[peer.room]
        if not self._peers:
            self._busy.clear()
        logger.info("- peer %s gone", peer.id)
        self._sink(media.PeerState(peer.id, "gone"))

    async def _tend(self) -> None:
        listen_at = share_at = 0.0
        while True:
            await self._busy.wait()
            await asyncio.sleep(TICK)
            now = time.monotonic()
            for peer in [each for each in self._peers.values() if each.tracks]:
                self._tend_peer(peer, now)
            self._recorder.collect(now)
            if now >= listen_at:
                listen_at = now + self._settings.speaker_interval
                self._look_around(now)
            if self._settings.budgets and now >= share_at:
                share_at = now + self._settings.share_interval
                self._share_out(now)

    def _share_out(self, now: float) -> None:
        for room in self._rooms.values():
            room.share(now)

    def _look_around(self, now: float) -> None:
        """Does what needn't be done at every tick: who speaks, and who has gone silent."""
        for room in self._rooms.values():
            room.listen(now)
        for peer in list(self._peers.values()):
            self._age(peer, now)

    def _tend_peer(self, peer: Peer, now: float) -> None:
        try:
            peer.tend(now)
        except Exception:
            logger.exception("x peer %s can't be tended", peer.id)
            self._end(peer)

    def _age(self, peer: Peer, now: float) -> None:
        phase = peer.transport.life.due(now, self._settings)
        if phase == "gone":
            self._end(peer)
        elif phase != peer.transport.life.phase:
            self._enter(peer, phase)

    def figures(self) -> Figures:
        """The latest counters."""
        peers = self._peers.values()
        counters = self._counters
        return Figures(
            rooms=len(self._rooms),
            peers=len(peers),
            live=sum(peer.transport.life.phase == "live" for peer in peers),
            tracks=sum(len(peer.tracks) for peer in peers),
            slots_in_use=sum(slot.track is not None for peer in peers for slot in peer.slots.values()),
            packets_in=self._mux.received,
            packets_out=self._engine.counts.sent,
            packets_dropped=self._engine.counts.dropped,
            packets_refused=self._mux.refused + counters.malformed,
            nacks_sent=counters.nacks_sent,
            nacks_received=counters.nacks_received,
            retransmitted=counters.retransmitted,
            plis_sent=counters.plis_sent,
            recordings=self._recorder.running,
            recorded_peers=self._recorder.recorded,
            recorder_dropped=self._recorder.lost,
        )

    def home(self, _room: RoomId) -> str:
        """Nowhere: this is the process itself."""
        return ""

    def workers(self) -> tuple[media.WorkerState, ...]:
        """None: this is the process itself."""
        return ()


def _renewed(peer: Peer, offer: Offer, description: sdp.Description) -> Peer:
    if peer.room != offer.room:
        raise sdp.OfferError("other_room", "room", "This peer is in another room; leave that one first.")
    if not peer.transport.same_certificate(description):
        raise sdp.OfferError(
            "other_connection", "fingerprint", "The offer is from a new connection; join with a new peer."
        )
    peer.transport.renew(description)
    return peer


_COMMANDS: dict[type, Callable[..., None]] = {
    media.Want: Sfu.want,
    media.Mute: Sfu.mute,
    media.Leave: Sfu.leave,
    media.CloseRoom: Sfu.close_room,
    media.Record: Sfu.record,
    media.EndRecording: Sfu.end_recording,
}
