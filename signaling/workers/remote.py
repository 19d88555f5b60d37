"""Workers of other machines: the supervisor's way to one, and the door at which one waits for its supervisor."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from config import ConfigurationError
from signaling.sfu import SfuSettings
from signaling.workers.pipe import Pipe
from signaling.workers.processes import Body
from signaling.workers.seal import NONCE, PROOF, SHORTEST_SECRET, Seal, nonce, proof, proves
from signaling.workers.wire import FromWorker
from signaling.workers.worker import Worker

logger: Final = logging.getLogger(__name__)

HANDSHAKE_SECONDS: Final = 5.0
KEEPALIVE: Final = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker listens, and the secret that opens it."""

    host: str
    port: int

    secret: str

    @classmethod
    def of(cls, text: str, secret: str) -> "Place":
        """Reads `HOST:PORT`.

        Raises:
            ConfigurationError: It is none, or the secret is too short.
        """
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal():
            raise ConfigurationError(f"{text!r} is no place of a media worker. Write HOST:PORT.")
        if len(secret) < SHORTEST_SECRET:
            raise ConfigurationError(
                f"[media] worker_secret has fewer than {SHORTEST_SECRET} characters. Take a longer one."
            )
        return cls(host.strip("[]"), int(port), secret)


class RemoteBody:
    """A worker that lives elsewhere: it ends its peers when the connection ends, and waits for the next."""

    def kill(self) -> None:
        """Nothing beyond the connection is ours."""

    async def gone(self) -> None:
        """It is gone with the connection."""


class RemoteMeans:
    """Connects to a worker of another machine."""

    def __init__(self, place: str, secret: str) -> None:
        self.name = place
        self.vital = False
        self._place = Place.of(place, secret)

    async def start(self, pipe: Pipe[FromWorker]) -> Body:
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                found = await asyncio.get_running_loop().getaddrinfo(
                    self._place.host, self._place.port, type=socket.SOCK_STREAM
                )
                family, kind, protocol, _, address = found[0]
                return await self._connect(socket.socket(family, kind, protocol), address, pipe)
        except TimeoutError:
            raise OSError(f"The media worker at {self.name} does not answer; see that it runs there.") from None

    async def _connect(self, connection: socket.socket, address: object, pipe: Pipe[FromWorker]) -> Body:
        loop = asyncio.get_running_loop()
        try:
            connection.setblocking(False)  # noqa: FBT003 - the standard library's way
            await loop.sock_connect(connection, address)  # type: ignore[arg-type]  # what getaddrinfo gave
            pipe.seal = await introduce(connection, self._place.secret)
            _keep_alive(connection)
            await loop.create_connection(lambda: pipe, sock=connection)
        except BaseException:
            connection.close()
            raise
        return RemoteBody()


async def introduce(connection: socket.socket, secret: str) -> Seal:
    """The supervisor's side of the greeting; raises `OSError` when the other isn't our worker."""
    loop = asyncio.get_running_loop()
    nonces = await _exactly(connection, NONCE) + (ours := nonce())
    await loop.sock_sendall(connection, ours + proof(secret, "supervisor", nonces))
    if not proves(await _exactly(connection, PROOF), secret, "worker", nonces):
        raise OSError("The media worker doesn't know our [media] worker_secret; set the same one on both machines.")
    return Seal(secret, "supervisor", nonces)


async def welcome(connection: socket.socket, secret: str) -> Seal | None:
    """The worker's side of the greeting; none for a stranger."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, ours := nonce())
    greeting = await _exactly(connection, NONCE + PROOF)
    nonces = ours + greeting[:NONCE]
    if not proves(greeting[NONCE:], secret, "supervisor", nonces):
        return None
    await loop.sock_sendall(connection, proof(secret, "worker", nonces))
    return Seal(secret, "worker", nonces)


async def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = await asyncio.get_running_loop().sock_recv(connection, size - len(data))
        if not more:
            raise ConnectionError(
                "The other side ended the greeting; see that [media] worker_secret is the same on both."
            )
        data += more
    return data


def _keep_alive(connection: socket.socket) -> None:
    for level, option, value in KEEPALIVE:
        connection.setsockopt(level, option, value)


class Outpost:
    """A worker for supervisors of other machines: for one at a time, again and again."""

    def __init__(self, settings: SfuSettings, place: Place) -> None:
        self._settings = settings
        self._place = place
        self._worker: Worker | None = None
        self._ending = asyncio.Event()

    async def run(self, ready: Callable[[int], None]) -> None:
        """Listens until told to end; `ready` gets the port."""
        family = socket.AF_INET6 if ":" in self._place.host else socket.AF_INET
        with socket.create_server((self._place.host, self._place.port), family=family) as door:
            door.setblocking(False)  # noqa: FBT003 - the standard library's way
            ready(door.getsockname()[1])
            async with asyncio.TaskGroup() as group:
                serving = group.create_task(self._serve_all(door))
                await self._ending.wait()
                serving.cancel()

    def end(self) -> None:
        """Gives the rooms away, if there is somebody to take them, and ends."""
        if self._worker is None:
            self._ending.set()
        else:
            self._worker.drain()

    async def _serve_all(self, door: socket.socket) -> None:
        while True:
            connection, address = await asyncio.get_running_loop().sock_accept(door)
            logger.info("- somebody at %s", address)
            with contextlib.closing(connection):
                await self._greet(connection)

    async def _greet(self, connection: socket.socket) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                seal = await welcome(connection, self._place.secret)
        except OSError as error:  # a timeout is one, too
            logger.warning("x greeting: %r", error)
            return
        if seal is None:
            logger.warning("x greeting: a wrong secret")
            return
        await self._serve(connection, seal)

    async def _serve(self, connection: socket.socket, seal: Seal) -> None:
        _keep_alive(connection)
        self._worker = worker = Worker(self._settings, lasting=True)
        worker.pipe.seal = seal
        await asyncio.get_running_loop().create_connection(lambda: worker.pipe, sock=connection)
        await worker.run()
        self._worker = None
        if worker.drained:
            self._ending.set()
