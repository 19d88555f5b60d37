"""Addresses as the kernel takes them (`struct sockaddr`), always as long as the longest that we use."""

import ipaddress
import socket
import struct

from signaling.sfu.paths import Address

SIZE = 28

_FAMILY = struct.Struct("=H")


def pack(address: Address) -> bytes:
    """An address and port in the kernel's form; it takes an IPv4 name that is longer than need be."""
    ip = ipaddress.ip_address(address[0].partition("%")[0])
    family, flow = (socket.AF_INET, b"") if ip.version == 4 else (socket.AF_INET6, bytes(4))  # noqa: PLR2004 - IP version
    return (_FAMILY.pack(family) + address[1].to_bytes(2, "big") + flow + ip.packed).ljust(SIZE, b"\0")


def unpack(name: bytes) -> Address:
    """The address and port of a name that the kernel gave."""
    port = int.from_bytes(name[2:4], "big")
    if _FAMILY.unpack_from(name)[0] == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, name[8:24]), port
    return socket.inet_ntop(socket.AF_INET, name[4:8]), port
