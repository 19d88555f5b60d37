"""Which server carries which lesson, in the database: it outlives the server, and holds for all of them."""

import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from signaling import Carried
from vclass.core import leases
from vclass.core.clock import Clock
from vclass.core.db import Database

PREFIX: Final = "live/"


def holder_at(port: int) -> str:
    """The server on this port of this machine: the next one there is the same, and has at once what that had."""
    return f"{socket.gethostname()}:{port}"


@dataclass(frozen=True, slots=True)
class LessonLeases:
    """The leases of one server's lessons."""

    database: Database
    clock: Clock
    holder: str

    async def take(self, lesson: str, seconds: int) -> int | None:
        now = self.clock()
        taken = await self.database.write(leases.take, PREFIX + lesson, self.holder, now, now + seconds)
        return taken.epoch if taken.holder == self.holder else None

    async def renew(self, lessons: Mapping[str, Carried], seconds: int) -> Collection[str]:
        holdings = {PREFIX + name: leases.Holding(each.epoch, each.worker) for name, each in lessons.items()}
        lost = await self.database.write(leases.renew, self.holder, holdings, self.clock() + seconds)
        return {name.removeprefix(PREFIX) for name in lost}

    async def release(self, lessons: Collection[str]) -> None:
        names = [PREFIX + each for each in lessons]
        await self.database.write(leases.release, self.holder, names, self.clock())
