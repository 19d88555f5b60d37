"""Marionette, the protocol by which Gecko programs are driven from outside: JSON with its length in front, over TCP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

PATIENCE_SECONDS: Final = 60
COMMAND, ANSWER = 0, 1


class MarionetteError(Exception):
    """The program could not do what it was told."""


class Marionette:
    """One session with a program, in its chrome: scripts may do what the program itself may."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._number = 0

    async def begin(self) -> None:
        """Begin a session in which no server has to be one that the machine trusts."""
        assert (await self._hear())["marionetteProtocol"] == 3
        await self.tell("WebDriver:NewSession", acceptInsecureCerts=True)
        await self.tell("Marionette:SetContext", value="chrome")
        await self.tell("WebDriver:SetTimeouts", script=PATIENCE_SECONDS * 1000)

    async def run(self, script: str, *arguments: object) -> Any:  # noqa: ANN401  JSON has no narrower type
        """What a function body returns, or its promise resolves to, given JSON values as its arguments."""
        return (await self.tell("WebDriver:ExecuteScript", script=script, args=arguments, sandbox="system"))["value"]

    async def tell(self, name: str, **parameters: object) -> Any:  # noqa: ANN401  likewise
        """Send a command; gives its result."""
        self._number += 1
        message = json.dumps([COMMAND, self._number, name, parameters]).encode()
        self._writer.write(b"%d:%s" % (len(message), message))
        async with asyncio.timeout(PATIENCE_SECONDS + 5):
            kind, number, error, result = await self._hear()
        assert (kind, number) == (ANSWER, self._number)
        if error is not None:
            raise MarionetteError(f"{name}: {error['message']}\n{error['stacktrace']}")
        return result

    async def _hear(self) -> Any:  # noqa: ANN401  likewise
        length = await self._reader.readuntil(b":")
        return json.loads(await self._reader.readexactly(int(length[:-1])))


@asynccontextmanager
async def session(port: int) -> AsyncIterator[Marionette]:
    """A session with whoever listens there, until the block ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        marionette = Marionette(reader, writer)
        await marionette.begin()
        yield marionette
    finally:
        writer.close()
        await writer.wait_closed()
