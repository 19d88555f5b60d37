"""A teacher's server and a guest's Thunderbird, with real mail between them: SMTP and IMAP one way, SMTP the other."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests import dovecot
from tests.interop import thunderbird
from tests.interop.thunderbird import Account, Bar, Shown, Thunderbird
from tests.mail_server import PATIENCE, Delivered, MailServer, free_port
from tests.processes import Installation, end, install, start
from vclass.core import zones
from vclass.demo.certificate import self_signed

Json = dict[str, Any]

TEACHER: Final = "teacher@vienna.example"
GRETA: Final = "greta@example.org"
GRETAS_ZONE: Final = "America/New_York"
FIRST, LAST = (zones.parse_rfc3339(f"{year}-01-01T00:00:00Z") for year in (2030, 2031))


@dataclass
class Correspondence:
    """What the teacher asks of the server, and what Greta reads, presses and sees."""

    there: Installation
    post: MailServer
    imap: dovecot.Imap
    reader: Thunderbird
    session: aiohttp.ClientSession
    read: Counter[str] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        return self.there.url(0)

    async def ask(self, method: str, path: str, body: Json | None = None, version: int | None = None) -> Json:
        """Ask the API as the teacher in Vienna."""
        headers = {"Authorization": f"Bearer {self.there.world.tokens['teacher', 'vienna']}"}
        headers |= {} if version is None else {"If-Match": f'"v{version}"'}
        async with self.session.request(method, f"/api/v1{path}", json=body, headers=headers) as response:
            answer: Json = await response.json(content_type=None)
            assert response.ok, answer
            return answer

    async def book(self, zone: str = "Europe/Vienna", start: str = "2030-03-18T10:00", count: int = 1) -> Json:
        """A lesson to which Greta is invited, once or weekly."""
        repeat = {"every": "week", "count": count} if count > 1 else None
        wish = {"title": "Joint seminar", "zone": zone, "start": start, "minutes": 90, "rooms": [], "repeat": repeat}
        more = {"teachers": [], "attendees": [{"email": GRETA}], "transparent": True}
        return await self.ask("POST", "/lessons", wish | more)

    async def open_next(self, lesson: Json) -> Bar:
        """Let the next mail to Greta on a lesson come into her mailbox, and open it."""
        uid = lesson["uid"]
        async with asyncio.timeout(PATIENCE):
            while len(mails := self._mails(uid)) <= self.read[uid]:  # noqa: ASYNC110  the server lives elsewhere
                await asyncio.sleep(0.02)
        mail = mails[self.read[uid]]
        self.read[uid] += 1
        self.imap.put(mail.raw, f"{self.read.total():04}")
        return await self.reader.open(mail.message_id.strip("<>"))

    async def open_first(self, lesson: Json) -> Bar:
        """Open the invitation to a lesson once more."""
        return await self.reader.open(self._mails(lesson["uid"])[0].message_id.strip("<>"))

    async def press(self, label: str, lesson: Json) -> None:
        """Open the next mail on a lesson and press a button above it."""
        bar = await self.open_next(lesson)
        assert label in bar.buttons, bar
        await self.reader.press(label)

    def _mails(self, uid: str) -> list[Delivered]:
        return [each for each in self.post.to(GRETA) if uid.encode() in each.calendar]

    async def change(self, lesson: Json, path: str = "", start: str = "", version: int = 1) -> None:
        """Let the teacher move a lesson or one of its dates, or cancel it where there is no new start."""
        method, body = ("PATCH", {"start": start}) if start else ("DELETE", None)
        await self.ask(method, f"/lessons/{lesson['id']}{path}", body, version)

    async def shown(self, lesson: Json) -> list[Shown]:
        """The dates of a lesson in Greta's calendar."""
        return await self.reader.shown(lesson["uid"], FIRST, LAST)

    async def answered(self, lesson: Json, answer: str) -> None:
        """Wait until the server shows Greta's answer."""
        async with asyncio.timeout(PATIENCE):
            while await self._answer(lesson) != answer:  # noqa: ASYNC110  likewise
                await asyncio.sleep(0.05)

    async def _answer(self, lesson: Json) -> str:
        told = await self.invitations(lesson)
        return str(next(each["answer"] for each in told["invitations"] if each["email"] == GRETA))

    async def invitations(self, lesson: Json) -> Json:
        """What the server knows of mails and answers."""
        return await self.ask("GET", f"/invitations?lesson={lesson['id']}")


@asynccontextmanager
async def corresponding() -> AsyncIterator[Correspondence]:
    """All of it, until the block ends."""
    door = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="vclass-interop-") as name,
        tempfile.TemporaryDirectory(prefix="vclass-imap-") as mailbox,
        MailServer() as post,
        dovecot.running(Path(mailbox), self_signed(Path(name), "127.0.0.1")) as imap,
    ):
        there = install(Path(name), smtp_url=post.url, mail=f'inbound = "smtp://127.0.0.1:{door}"\n')
        account = Account(GRETA, "Greta", dovecot.PASSWORD, imap.port, door, GRETAS_ZONE)
        async with (
            _serving(there),
            thunderbird.running(Path(name, "thunderbird"), account) as reader,
            aiohttp.ClientSession(there.url(0)) as session,
        ):
            yield Correspondence(there, post, imap, reader, session)


@asynccontextmanager
async def _serving(there: Installation) -> AsyncIterator[None]:
    server = await start(there)
    try:
        yield
    finally:
        await end(server)
