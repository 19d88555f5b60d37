"""The sockets that media comes through: UDP on each address, and TCP on the same port for networks that block UDP."""

import ipaddress
import logging
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ifaddr

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
BUFFER_SIZE = 8 << 20
TCP_SEND_BUFFER = 128 << 10
BACKLOG = 128
MOST_TRIES = 16


@dataclass(frozen=True, slots=True)
class Port:
    """One address of ours: its UDP socket, and the listening one of the same number where TCP is to be had."""

    address: str
    udp: socket.socket
    tcp: socket.socket | None

    @property
    def number(self) -> int:
        return int(self.udp.getsockname()[1])

    def close(self) -> None:
        self.udp.close()
        if self.tcp is not None:
            self.tcp.close()


def interface_addresses() -> tuple[str, ...]:
    """127.0.0.1 and the addresses of this machine's interfaces that others may reach, those of IPv4 first."""
    found = dict.fromkeys(address for address in _addresses() if not _is_local(address))
    return LOOPBACK, *sorted(filter(_is_usable, found), key=_family)


def _addresses() -> Iterator[str]:
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            yield ip.ip if isinstance(ip.ip, str) else ip.ip[0]


def _is_local(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return ip.is_loopback or ip.is_link_local


def _is_usable(address: str) -> bool:
    """Whether it can be bound: one of IPv6 may still be waiting to be known as the only one of its kind."""
    try:
        _bound(address, 0, socket.SOCK_DGRAM).close()
    except OSError:
        return False
    return True


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def open_ports(addresses: Iterable[str], number: int) -> list[Port]:
    """Binds every address; raises `OSError` with a sentence, and holds none, when one can't be."""
    ports: list[Port] = []
    try:
        for address in addresses:
            ports.append(_open(address, number))  # noqa: PERF401 - what is open must be closed when the next one fails
    except OSError:
        for port in ports:
            port.close()
        raise
    return ports


def _open(address: str, number: int) -> Port:
    """A free number is taken again and again until TCP has it too."""
    for _ in range(0 if number else MOST_TRIES):
        udp = bind(address, 0)
        try:
            return Port(address, udp, _listen(address, udp.getsockname()[1]))
        except OSError:
            udp.close()
    udp = bind(address, number)
    try:
        return Port(address, udp, _listen(address, udp.getsockname()[1]))
    except OSError as error:
        reason = f"{address}:{udp.getsockname()[1]}/tcp ({error.strerror})"
        logger.warning("x no media on %s: who can't use UDP stays out; free that port or set media.udp_port", reason)
        return Port(address, udp, None)


def bind(address: str, port: int) -> socket.socket:
    """A UDP socket on an address, with room for bursts."""
    try:
        bound = _bound(address, port, socket.SOCK_DGRAM)
    except OSError as error:
        sentence = f"Can't receive media on {address}:{port}/udp ({error.strerror}); is another server running there?"
        raise OSError(error.errno, sentence) from error
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        bound.setsockopt(socket.SOL_SOCKET, option, BUFFER_SIZE)
    _force_buffers(bound)
    return bound


def _listen(address: str, port: int) -> socket.socket:
    """A listening TCP socket; connections inherit how little the kernel keeps for those who read slowly."""
    bound = _bound(address, port, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, TCP_SEND_BUFFER)
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


def _bound(address: str, port: int, kind: socket.SocketKind) -> socket.socket:
    bound = socket.socket(_family(address), kind)
    try:
        bound.settimeout(0)
        if kind is socket.SOCK_STREAM:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if bound.family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


def _force_buffers(bound: socket.socket) -> None:
    """Goes beyond the system's cap where we may; elsewhere the cap holds."""
    for option in ("SO_RCVBUFFORCE", "SO_SNDBUFFORCE"):
        number = getattr(socket, option, {"SO_SNDBUFFORCE": 32, "SO_RCVBUFFORCE": 33}[option])
        try:
            bound.setsockopt(socket.SOL_SOCKET, number, BUFFER_SIZE)
        except OSError:
            return
