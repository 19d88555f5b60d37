"""What an installation decides about the SFU."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from config.settings import Media
from signaling.sfu.sdp import Limits

EngineWish: TypeAlias = Literal["auto", "pump", "mmsg", "plain"]


@dataclass(frozen=True, slots=True)
class TcpLimits:
    """What TCP connections may take; times are seconds.

    Attributes:
        connections: All at once; more are hung up on.
        strangers: Those that have not proven themselves; a newcomer pushes out the oldest.
        strangers_of_address: Those of one address, or network of IPv6, which may be a whole school's.
        first_check: How long a stranger may take to begin with an authentic check.
        queue: So many octets wait for a peer that reads slowly; packets beyond that are dropped.
        stalled: How long a queue may stay full before the connection ends.
        goodbye: How long the rest of a queue may take after the peer is gone.
    """

    connections: int = 600
    strangers: int = 256
    strangers_of_address: int = 64
    first_check: float = 5.0
    queue: int = 256 << 10
    stalled: float = 5.0
    goodbye: float = 2.0


@dataclass(frozen=True, slots=True)
class SfuSettings:
    """Addresses, engine, caps and deadlines; times are seconds.

    Attributes:
        udp_port: The port on every announced address, and of TCP there; 0 takes a free one for each.
        announced_addresses: Addresses of this machine; none means 127.0.0.1 and those of its interfaces.
        engine: `pump` is compiled; `mmsg` sends with one system call for each packet's fan-out, `plain` with one for
            each copy; `auto` takes the first of them that runs here.
        certificate_hours: After so long new peers see another certificate; the others keep theirs.
        connect_deadline: How long a new peer may take to finish its handshake.
        stale_after: How long a live peer may be silent before it is stale.
        gone_after: How long a stale peer may stay silent before it is gone.
        budgets: Whether each receiver is sent what its own way seems to carry.
        last_n: How many video slots of one peer are filled at most.
        data_per_second: How many data channel messages of one peer are passed on in the long run; the rest is dropped.
        copies_per_second: How many copies of such messages go out to all peers of a room in the long run, likewise.
    """

    udp_port: int = 8443
    announced_addresses: tuple[str, ...] = ()
    engine: EngineWish = "auto"
    certificate_hours: float = 24.0
    max_peers: int = 500
    max_peers_per_room: int = 60
    offer_limits: Limits = field(default_factory=Limits)
    tcp_limits: TcpLimits = field(default_factory=TcpLimits)
    connect_deadline: float = 20.0
    stale_after: float = 15.0
    gone_after: float = 30.0
    keyframe_interval: float = 0.5
    feedback_interval: float = 0.1
    report_interval: float = 1.0
    nack_delay: float = 0.02
    speaker_interval: float = 0.2
    share_interval: float = 0.5
    budgets: bool = False
    last_n: int = 16
    data_per_second: float = 20.0
    data_burst: int = 60
    copies_per_second: float = 1200.0
    copies_burst: int = 1200

    @classmethod
    def of(cls, section: Media) -> "SfuSettings":
        """What the section `[media]` of an installation says of it."""
        return cls(
            section.udp_port,
            section.announced_addresses,
            section.engine,
            section.certificate_hours,
            last_n=section.last_n,
            budgets=section.budgets,
        )
