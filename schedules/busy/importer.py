"""The way of a calendar: fetched where it is at an address, read in a process of its own, kept in one transaction."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from schedules.busy import service
from schedules.busy.fetching import Fetched, Fetcher, FetchError
from schedules.busy.model import SOONEST_SECONDS, CalendarRefusedError, Kind, NotAnAddressError, Problem, Source
from schedules.busy.readers import Readers
from schedules.busy.service import Brought, digest_of
from vclass.core.clock import Clock
from vclass.core.db import Database
from vclass.core.idempotency import Key
from vclass.core.keys import Actor
from vclass.core.refusals import TooManyError
from vclass.core.zones import Instant
from vclass.icsreader.model import Failure, Outcome, Task
from vclass.people import Person

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 5


class Importer:
    """Brings busy times of other calendars in, and keeps them up to date.

    Args:
        database: Where they are kept.
        clock: Gives the present.
        domain: The domain of our own lessons' UIDs, which are known already.
        fetcher: Fetches from addresses.
        readers: Read what was fetched or sent.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        domain: str,
        fetcher: Fetcher | None = None,
        readers: Readers | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._domain = domain
        self._fetcher = fetcher or Fetcher()
        self._readers = readers or Readers()
        self._busy: set[int] = set()

    async def bring_file(self, actor: Actor, name: str, content: bytes, key: Key | None = None) -> Source:
        """Keep the busy times of a file.

        Raises:
            CalendarRefusedError: It can't be read.
            TooManyCalendarsError: The actor has as many as anybody can have.
            TooManyError: The actor, or too many others, have one read at the moment.
        """
        async with self._alone(actor):
            await self._database.read(service.check_room, actor, "file", name)
            now = self._clock()
            outcome = await self._readers.read(self._task(content, actor.zone, actor.email, now))
            return await self._keep(actor, _brought("file", name, "", Fetched(content), outcome), key, now)

    async def bring_address(self, actor: Actor, name: str, address: str, key: Key | None = None) -> Source:
        """Keep the busy times of a calendar at an address, and fetch it again from time to time.

        Raises:
            CalendarRefusedError: It can't be had or read.
            TooManyCalendarsError: The actor has as many as anybody can have.
            TooManyError: The actor, or too many others, have one read at the moment.
        """
        async with self._alone(actor):
            await self._database.read(service.check_room, actor, "address", address)
            now = self._clock()
            try:
                fetched = await self._fetcher.fetch(address)
            except FetchError as error:
                raise CalendarRefusedError(error.problem) from None
            if fetched is None:  # not asked whether it changed, a host has no business to say that it didn't
                raise CalendarRefusedError(Problem("status", 304))
            outcome = await self._readers.read(self._task(fetched.content, actor.zone, actor.email, now))
            return await self._keep(actor, _brought("address", name, address, fetched, outcome), key, now)

    async def refresh(self, actor: Actor, public_id: str) -> Source:
        """Fetch a calendar now; where that fails, the problem stands in what comes back.

        Raises:
            NotFoundError: It is none of the actor's.
            NotAnAddressError: It came as a file.
            TooManyError: It was fetched a moment ago.
        """
        async with self._alone(actor):
            source = await self._database.read(service.one, actor, public_id)
            if source.kind == "file":
                raise NotAnAddressError
            wait = source.tried_at + SOONEST_SECONDS - self._clock()
            if wait > 0:
                raise TooManyError(f"This was fetched a moment ago. Try again in {wait} seconds.", retry_after=wait)
            await self._refresh(source, actor.zone, actor.email)
            return await self._database.read(service.one, actor, public_id)

    async def refresh_due(self) -> int:
        """Fetch the calendars whose time has come, for the clockwork; how many."""
        found = await self._database.write(service.due, self._clock())
        async with asyncio.TaskGroup() as group:
            for source, owner in found:
                group.create_task(self._refresh_survivingly(source, owner))
        return len(found)

    async def _refresh_survivingly(self, source: Source, owner: Person) -> None:
        """One calendar that fails in a way nobody thought of leaves the others their turn; its lease runs out."""
        try:
            await self._refresh(source, owner.zone, owner.email)
        except TooManyError:
            logger.info("calendar left for later: many are being read", extra={"source": source.id})
        except Exception:
            logger.exception("calendar not refreshed", extra={"source": source.id})

    async def _refresh(self, source: Source, zone: str, email: str) -> None:
        now, chance, database = self._clock(), _chance(), self._database
        try:
            fetched = await self._fetcher.fetch(source.address, None if source.is_stale(now) else source.mark)
        except FetchError as error:
            await database.write(service.fail, source, error.problem, now, chance)
            return
        if fetched is None or (digest_of(fetched.content) == source.digest and not source.is_stale(now)):
            await database.write(service.confirm, source, fetched.mark if fetched else source.mark, now, chance)
            return
        outcome = await self._readers.read(self._task(fetched.content, zone, email, now))
        try:
            brought = _brought("address", source.name, source.address, fetched, outcome)
        except CalendarRefusedError as refusal:
            await database.write(service.fail, source, refusal.problem, now, chance)
        else:
            await database.write(service.renew, source, brought, now, chance)

    async def _keep(self, actor: Actor, brought: Brought, key: Key | None, now: Instant) -> Source:
        return await self._database.write(service.keep, actor, brought, key, now, _chance())

    def _task(self, content: bytes, zone: str, email: str, now: Instant) -> Task:
        return Task(content, zone, now, owners=(email,), domain=self._domain)

    @asynccontextmanager
    async def _alone(self, actor: Actor) -> AsyncIterator[None]:
        """One calendar at a time for each person, so that nobody takes all the readers.

        Raises:
            TooManyError: One is under way.
        """
        person = actor.own_id()
        if person in self._busy:
            sentence = "Another calendar of yours is being read. Try again in a few seconds."
            raise TooManyError(sentence, retry_after=RETRY_SECONDS)
        self._busy.add(person)
        try:
            yield
        finally:
            self._busy.discard(person)


IMPORTER = web.AppKey("importer", Importer)


def _brought(kind: Kind, name: str, address: str, fetched: Fetched, outcome: Outcome) -> Brought:
    """What there is to keep.

    Raises:
        CalendarRefusedError: Nothing could be read.
    """
    if isinstance(outcome, Failure):
        raise CalendarRefusedError(Problem(outcome.why))
    return Brought(kind, name, digest_of(fetched.content), outcome, address, fetched.mark)


def _chance() -> float:
    return random.random()  # noqa: S311  spreads the load, keeps no secret
