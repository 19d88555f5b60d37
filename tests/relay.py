"""coturn under the configuration that is shipped, as it is: the network gives it the addresses of the example.

What is here runs inside of a network namespace of `SITE` and `RELAY`; needs root.
"""

import contextlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.settings import Turn
from tests import netns
from vclass.demo.certificate import self_signed

CONFIG: Final = Path(__file__).resolve().parents[1] / "config" / "deploy" / "turnserver.conf"
SITE: Final = "203.0.113.10"
RELAY: Final = "203.0.113.11"
VISITOR: Final = "203.0.113.100"
UDP: Final = f"turn:{RELAY}:3480?transport=udp"
TCP: Final = f"turn:{RELAY}:3480?transport=tcp"
TLS: Final = f"turns:{RELAY}:443?transport=tcp"
URLS: Final = (UDP, TCP, TLS)
PATIENCE: Final = 20.0


def program() -> str | None:
    return shutil.which("turnserver")


@contextmanager
def internet() -> Iterator[netns.Namespace]:
    """A network in which the site and its relay have the addresses of the example.

    The relay's lies where no browser looks for addresses of its own; who connects to it does so from the site's.
    """
    with netns.namespace(address=SITE, neighbour=VISITOR) as made:
        local = ("table", "local", "local", RELAY, "dev", "lo", "scope", "host", "src", SITE)
        for words in (("addr", "add", f"{RELAY}/32", "dev", "lo"), ("route", "replace", *local)):
            subprocess.run(["ip", "-n", made.name, *words], check=True)
        yield made


def told(name: str) -> str:
    """What the shipped configuration says under a name."""
    values = dict(line.partition("=")[::2] for line in CONFIG.read_text("utf-8").splitlines())
    return values[name]


def settings() -> Turn:
    """What goes into vclass.toml beside that configuration."""
    return Turn(URLS, told("static-auth-secret"))


def trust(folder: Path) -> ssl.SSLContext:
    """Trusts the certificate that the relay has in a folder."""
    return ssl.create_default_context(cafile=str(folder / told("cert")))


@dataclass(slots=True)
class Coturn:
    """A relay in a folder, where it finds its certificate; it can be started anew, and then knows nobody."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "coturn.log").open("ab") as log:
            command = [program() or "turnserver", "-c", str(CONFIG)]
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while not (_listens(3480) and _listens(443)):
            assert self.process.poll() is None, (self.folder / "coturn.log").read_text()
            assert time.monotonic() < end, (self.folder / "coturn.log").read_text()
            time.sleep(0.05)

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def restart(self) -> None:
        self.end()
        self.start()


@contextmanager
def coturn(folder: Path) -> Iterator[Coturn]:
    """Runs it in a folder."""
    certificate, key = self_signed(folder, RELAY)
    certificate.rename(folder / told("cert"))
    key.rename(folder / told("pkey"))
    made = Coturn(folder)
    try:
        made.start()
        yield made
    finally:
        made.end()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((RELAY, port), 1):
        return True
    return False
