"""``python -m tests.signaling.turn.permissions``: what the relay says to requests for all kinds of addresses, as JSON.

Runs inside of the namespace of `tests.relay`.
"""

import json
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from config.settings import Media, Settings, Turn
from signaling import IceServer, ice_servers
from signaling.sfu import stun
from signaling.turn import Address, Conversation, RefusedError, conversation
from tests import relay
from vclass import doctor

FORBIDDEN: Final = (
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "203.0.113.11",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "8.8.8.8",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "::ffff:169.254.169.254",
    "::ffff:203.0.113.10",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "2001:db8::1",
)
SOON: Final = 60
SILENCE: Final = 1.5


def known() -> IceServer:
    return _server(relay.settings().secret, SOON)


def _server(secret: str, seconds: int) -> IceServer:
    turn = relay.settings()
    (server,) = ice_servers(Turn(turn.urls, secret), "lesson:anna", int(time.time()) + seconds)
    return server


def code_of(ask: Callable[[], None]) -> int:
    """The error's number, or 0 for what was granted."""
    try:
        ask()
    except RefusedError as refusal:
        return refusal.code
    return 0


def permitted(talk: Conversation, peer: str) -> list[int]:
    return [code_of(lambda: talk.permit(peer)), code_of(lambda: talk.bind(peer, 8443))]


def allocated(url: str, server: IceServer, folder: Path, version: int = 4) -> int:
    with conversation(url, server, relay.trust(folder)) as talk:
        return code_of(lambda: talk.allocate(version))


def answers_binding() -> bool:
    """Whether it is a STUN server for anybody."""
    address = Address.of(relay.UDP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.settimeout(SILENCE)
        way.sendto(stun.build_unsigned(stun.BINDING_REQUEST, bytes(12), {}), (address.host, address.port))
        try:
            return bool(way.recv(1500))
        except TimeoutError:
            return False


def examined(media: str) -> tuple[bool, str]:
    """What the doctor says of the relay, where the media server has an address."""
    turn = relay.settings()
    chosen = Settings(turn=Turn((relay.UDP, relay.TCP), turn.secret), media=Media(announced_addresses=(media,)))
    found = doctor._turn(chosen)
    return found.ok, found.fact


def asked(folder: Path) -> dict[str, object]:
    server = known()
    with conversation(relay.UDP, server) as talk:
        talk.allocate()
        forbidden = {peer: permitted(talk, peer) for peer in FORBIDDEN}
        media = permitted(talk, relay.SITE)
    return {
        "forbidden": forbidden,
        "media": media,
        "ways": {url: allocated(url, server, folder) for url in relay.URLS},
        "ipv6": allocated(relay.UDP, server, folder, 6),
        "wrong secret": allocated(relay.UDP, _server("0123456789abcdef", SOON), folder),
        "too late": allocated(relay.UDP, _server(relay.settings().secret, -SOON), folder),
        "binding": answers_binding(),
        "doctor": {place: examined(place) for place in (relay.SITE, "10.1.2.3")},
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, relay.coturn(Path(place)):
        print(json.dumps(asked(Path(place))))
