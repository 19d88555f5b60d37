"""A network namespace with an interface pair of its own, so that Firefox has an address other than loopback to use.

Needs root and iproute2. Inside, 127.0.0.1 is up (pages from there are a secure context) and both ends of a veth pair
have addresses; nothing leads out of it. Everything that runs in it ends with it.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Self

ADDRESS = "10.77.0.1"
NEIGHBOUR = "10.77.0.2"
IPV6 = ("fd77::1", "fd77::2")
"""Both ends of the pair where IPv4 has loopback alone."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A living namespace; `address` is what a server in it announces beside 127.0.0.1."""

    name: str
    address: str = ADDRESS
    neighbour: str = NEIGHBOUR

    def command(self, command: Sequence[str]) -> list[str]:
        """The command line that runs a command inside."""
        return ["ip", "netns", "exec", self.name, *command]

    def start(
        self, command: Sequence[str], *, env: Mapping[str, str] | None = None, stdout: int | None = None
    ) -> subprocess.Popen[str]:
        """Starts a process inside; the caller waits for it."""
        return subprocess.Popen(self.command(command), env=env, stdout=stdout, text=True)

    def run(self, command: Sequence[str], timeout: float) -> str:
        """Runs a command inside to its end and returns what it printed; raises when it failed."""
        done = subprocess.run(self.command(command), stdout=subprocess.PIPE, text=True, timeout=timeout, check=True)
        return done.stdout

    def processes(self) -> list[int]:
        """The ids of the processes that run inside."""
        listed = subprocess.run(["ip", "netns", "pids", self.name], stdout=subprocess.PIPE, text=True, check=False)
        return [int(each) for each in listed.stdout.split()]


def available() -> bool:
    """Whether this machine lets us make namespaces."""
    return os.geteuid() == 0 and shutil.which("ip") is not None


@contextmanager
def namespace(name: str | None = None, address: str = ADDRESS, neighbour: str = NEIGHBOUR) -> Iterator[Namespace]:
    """Makes a namespace for the length of a test; the machine in it has both addresses, of either family."""
    made = Namespace(name or f"vclass-{os.getpid()}", address, neighbour)
    with _added(made.name):
        inside = ("-n", made.name)
        _ip(*inside, "link", "add", "va", "type", "veth", "peer", "name", "vb")
        for device, own in (("va", made.address), ("vb", made.neighbour)):
            _address(made.name, device, own)
        gateway = () if ":" in made.neighbour else ("via", made.neighbour)  # IPv6 has none among its own addresses
        _ip(*inside, "route", "add", "default", *gateway, "dev", "va")
        yield made


@contextmanager
def _added(name: str) -> Iterator[None]:
    """A namespace with loopback; whatever runs in it at the end is killed."""
    _ip("netns", "add", name)
    try:
        _ip("-n", name, "link", "set", "lo", "up")
        yield
    finally:
        for process in Namespace(name).processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        _ip("netns", "delete", name)


def _address(name: str, device: str, address: str) -> None:
    size, *options = (64, "nodad") if ":" in address else (24,)
    _ip("-n", name, "addr", "add", f"{address}/{size}", "dev", device, *map(str, options))
    _ip("-n", name, "link", "set", device, "up")


SERVER_SIDE = "10.77.9"
CLIENT_SIDES = ("10.77.1", "10.77.2")
HOST, ROUTER = 1, 254


class Journey:
    """A client and a server with a router between them, which may swallow packets; the client may move."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = Namespace(f"{name}-c", f"{CLIENT_SIDES[0]}.{HOST}", f"{CLIENT_SIDES[0]}.{ROUTER}")
        self.server = Namespace(f"{name}-s", f"{SERVER_SIDE}.{HOST}", f"{SERVER_SIDE}.{ROUTER}")
        self._router = f"{name}-r"
        self._side = 0

    @contextmanager
    def laid(self) -> Iterator[Self]:
        """Lays it for the length of a test."""
        with _added(self.client.name), _added(self.server.name), _added(self._router):
            for place in (self.client, self.server):
                device = place.name[-1]
                _ip(
                    "-n", place.name, "link", "add", "va", "type", "veth", "peer", "name", device, "netns", self._router
                )
                _address(place.name, "va", place.address)
                _address(self._router, device, place.neighbour)
                _ip("-n", place.name, "route", "add", "default", "via", place.neighbour)
            _address(self._router, "c", f"{CLIENT_SIDES[1]}.{ROUTER}")
            forwards = "echo 1 > /proc/sys/net/ipv4/ip_forward"
            Namespace(self._router).run(["sh", "-c", forwards], timeout=10)
            yield self

    def cut(self) -> None:
        """From now on nothing gets through, and nobody is told."""
        for prefix in self._prefixes():
            _ip("-n", self._router, "route", "add", "blackhole", prefix)

    def mend(self) -> None:
        for prefix in self._prefixes():
            _ip("-n", self._router, "route", "delete", "blackhole", prefix)

    def _prefixes(self) -> list[str]:
        return [f"{side}.{HOST}/32" for side in (*CLIENT_SIDES, SERVER_SIDE)]

    def move(self) -> None:
        """The client's address becomes another one, as between two networks."""
        before, self._side = CLIENT_SIDES[self._side], 1 - self._side
        after = CLIENT_SIDES[self._side]
        name = self.client.name
        _ip("-n", name, "addr", "delete", f"{before}.{HOST}/24", "dev", "va")
        _address(name, "va", f"{after}.{HOST}")
        _ip("-n", name, "route", "replace", "default", "via", f"{after}.{ROUTER}")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
