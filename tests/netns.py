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

ADDRESS = "10.77.0.1"
NEIGHBOUR = "10.77.0.2"


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
    """Makes a namespace for the length of a test; the machine in it has both addresses."""
    made = Namespace(name or f"vclass-{os.getpid()}", address, neighbour)
    _ip("netns", "add", made.name)
    try:
        inside = ("-n", made.name)
        _ip(*inside, "link", "set", "lo", "up")
        _ip(*inside, "link", "add", "va", "type", "veth", "peer", "name", "vb")
        for device, own in (("va", made.address), ("vb", made.neighbour)):
            _ip(*inside, "addr", "add", f"{own}/24", "dev", device)
            _ip(*inside, "link", "set", device, "up")
        _ip(*inside, "route", "add", "default", "via", made.neighbour, "dev", "va")
        yield made
    finally:
        for process in made.processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        _ip("netns", "delete", made.name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
