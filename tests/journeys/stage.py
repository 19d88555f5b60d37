"""The real application with the demo's cast in the test's own process, at an hour of the test's choice."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa
from aiohttp import web
from playwright.async_api import BrowserContext

import schedules.web
from config.settings import Database as DatabaseSettings
from config.settings import Mail, Media, Server, Settings, Turn
from rooms import NewRoom, create_room, rooms_for
from schedules import (
    Attendee,
    Done,
    Guest,
    Lesson,
    LessonPatch,
    NewLesson,
    Repeat,
    lessons_between,
    token_of,
    visible_lesson,
)
from tests.journeys.house import free_port
from tests.support import SettableClock
from vclass import migrations
from vclass.app import Demonstration, create_app
from vclass.core import outbox
from vclass.core.db import Database
from vclass.core.keys import DATABASE, KEYRING, Actor
from vclass.core.zones import parse_rfc3339
from vclass.demo import staging
from vclass.demo.cast import COURSE, LEADER, PARTNER
from vclass.people import (
    NewInstitution,
    NewPerson,
    actor_by_id,
    create_institution,
    create_person,
    finish_sign_in,
    people_by_email,
)
from vclass.web.cookies import SESSION_NAME
from vclass.web.limits import Limits

NOW: Final = parse_rfc3339("2026-10-20T08:12:05Z")
"""A Tuesday, five days before Europe puts its clocks back."""

TBILISI: Final = NewInstitution("tbilisi", "TBI", "Tbilisi School of Law", "Tbilisi", "Asia/Tbilisi", "GE", ("en",))
NINO: Final = NewPerson("nino.beridze@tsl.example", "Nino Beridze", roles=("teacher",), language="en")
STUDENT: Final = "danylo.savchuk@kpa.edu.example"
GUEST: Final = "maria.alvarez@guest.example"
ADMIN: Final = "josef.huber@vii.ac.example"
NEWCOMER: Final = "emre.yildiz@bcd.example"
DAY: Final = 86400
PATIENCE: Final = 30.0
MOST_MAILS: Final = 200
ON_LOOPBACK: Final = Media(udp_port=0, announced_addresses=("127.0.0.1",))
NO_RELAY: Final = Turn()


@dataclass(frozen=True, slots=True)
class Stage:
    """A served application, its clock, and keys to be anybody of its cast."""

    app: web.Application
    url: str
    clock: SettableClock
    sign_in_paths: dict[str, str]

    async def actor(self, email: str) -> Actor:
        person = (await self.app[DATABASE].read(people_by_email, [email]))[email]
        found = await self.app[DATABASE].read(actor_by_id, person.id)
        assert found is not None
        return found

    async def book(self, body: NewLesson, owner: str = LEADER) -> Lesson:
        """Book as the form does."""
        answer = await self.app[schedules.web.LESSONS].create(await self.actor(owner), body)
        assert isinstance(answer, Done)
        return answer.lesson

    async def change(self, lesson: Lesson, patch: LessonPatch) -> Lesson:
        lessons = self.app[schedules.web.LESSONS]
        return await lessons.change(await self.actor(LEADER), lesson.public_id, patch, lesson.version)

    async def cancel(self, lesson: Lesson, reason: str) -> None:
        lessons = self.app[schedules.web.LESSONS]
        await lessons.cancel(await self.actor(LEADER), lesson.public_id, reason, lesson.version)

    async def present(self, lesson: Lesson, email: str) -> Attendee:
        """Somebody who is invited, as the tables have it now."""
        owner = await self.actor(LEADER)
        found = await self.app[DATABASE].read(visible_lesson, owner, lesson.public_id, "lesson.see")
        return next(each for each in found.present if each.email == email)

    async def link(self, lesson: Lesson, email: str) -> str:
        """Somebody's personal link."""
        return f"{self.url}/join/{token_of(self.app[KEYRING], await self.present(lesson, email))}"

    async def renew_link(self, lesson: Lesson, email: str) -> None:
        """Revoke somebody's link; a new one leaves by mail."""
        attendee = await self.present(lesson, email)
        lessons = self.app[schedules.web.LESSONS]
        await lessons.renew_link(await self.actor(LEADER), lesson.public_id, attendee.public_id)

    async def rooms(self, *names: str) -> tuple[str, ...]:
        """Ids of rooms by name."""
        found = {each.name: each.public_id for each in await self.app[DATABASE].read(rooms_for, None)}
        return tuple(found[name] for name in names)

    async def all_mail_sent(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while any(each.sent_at is None for each in await self._mails()):  # noqa: ASYNC110  the jobs have no event
                await asyncio.sleep(0.05)

    async def _mails(self) -> list[outbox.Standing]:
        return await self.app[DATABASE].read(outbox.listing, MOST_MAILS)

    async def sign_in(self, context: BrowserContext, email: str) -> None:
        """Give a browser the session of somebody."""
        token = self.sign_in_paths[email].rpartition("/")[2]
        session = await self.app[DATABASE].write(_session, token, self.clock())
        await context.add_cookies([{"name": SESSION_NAME, "value": session, "url": self.url}])


@asynccontextmanager
async def stage(
    folder: Path, now: int = NOW, media: Media = ON_LOOPBACK, turn: Turn = NO_RELAY
) -> AsyncIterator[Stage]:
    """Serve the application on loopback, with its institutions and people but no lesson."""
    settings, clock, paths = _settings(folder, media, turn), SettableClock(now), dict[str, str]()
    _build(settings, now)
    app = create_app(settings, clock=clock, demonstration=Demonstration(lambda: paths), limits=Limits.lifted())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", settings.server.port).start()
        cast = await app[DATABASE].write(staging.play, app[KEYRING], now)
        paths.update({each.email: f"/sign-in/{each.sign_in}" for each in cast})
        yield Stage(app, settings.server.public_url, clock, paths)
    finally:
        await runner.cleanup()


def _settings(folder: Path, media: Media, turn: Turn) -> Settings:
    port = free_port(socket.SOCK_STREAM)
    return Settings(
        server=Server(port=port, base_url=f"http://127.0.0.1:{port}", secret_file=str(folder / "secret")),
        database=DatabaseSettings(url=f"sqlite:///{folder / 'vclass.db'}"),
        mail=Mail(smtp_url="outbox:", sender="vclass <lessons@vclass.example>"),
        media=media,
        turn=turn,
    )


def _build(settings: Settings, now: int) -> None:
    """The demo's institutions, and one whose clocks never change."""
    database = Database(settings.database.url)
    migrations.upgrade(database.engine)
    with database.engine.begin() as connection:
        staging.set_stage(connection, now)
        home = create_institution(connection, TBILISI, now)
        create_person(connection, msgspec.structs.replace(NINO, institution=home.public_id), now)
        create_room(connection, home.id, NewRoom("hall", "Rustaveli hall", TBILISI.zone, 40, shared=True), now)
    database.engine.dispose()


def _session(connection: sa.Connection, token: str, now: int) -> str:
    return finish_sign_in(connection, token, now, repeatable=True)


@dataclass(frozen=True, slots=True)
class Term:
    """One lesson in each state, as Anna Leitner has booked them."""

    opened: Lesson
    course: Lesson
    shifted: Lesson
    early: Lesson
    moved: Lesson
    cancelled: Lesson
    ended: Lesson
    replaced_link: str


async def fill(there: Stage) -> Term:
    """Book a term's lessons; the clock stands at ``NOW`` afterwards."""
    there.clock.now = NOW - DAY
    ended = await there.book(await _lesson(there, "Sources and archives", "2026-10-19T14:00"))
    there.clock.now = NOW - 600
    shifted = await there.book(await _weekly_with_tbilisi(there))
    early = await there.book(await _lesson(there, "Data journalism studio", "2026-10-20T15:00"))
    moved = await there.book(await _lesson(there, "Interview workshop", "2026-10-22T10:00"))
    cancelled = await there.book(await _lesson(there, "Photo editing", "2026-10-23T09:00"))
    there.clock.now = NOW
    opened = await staging.open_doors(there.app[schedules.web.LESSONS])
    await there.change(moved, LessonPatch(start="2026-10-22T11:00"))
    await there.cancel(cancelled, "The studio in Kyiv has no power this week.")
    replaced = await there.link(early, STUDENT)
    await there.renew_link(early, STUDENT)
    await there.all_mail_sent()
    course = await _course(there)
    return Term(opened, course, shifted, early, moved, cancelled, ended, replaced)


async def _lesson(there: Stage, title: str, start: str) -> NewLesson:
    """Once, in a hall of each side."""
    return NewLesson(
        title=title,
        zone="Europe/Vienna",
        start=start,
        minutes=90,
        rooms=await there.rooms("B-204", "Hall 118"),
        teachers=(LEADER, PARTNER),
        attendees=(Guest(STUDENT), Guest(GUEST, "María Álvarez")),
    )


async def _weekly_with_tbilisi(there: Stage) -> NewLesson:
    return NewLesson(
        title="Law of the press",
        zone="Europe/Vienna",
        start="2026-10-21T13:00",
        minutes=60,
        rooms=await there.rooms("A-101", "Rustaveli hall"),
        teachers=(LEADER, NINO.email),
        attendees=(Guest(GUEST, "María Álvarez"),),
        repeat=Repeat("week", count=10),
    )


async def _course(there: Stage) -> Lesson:
    owner = await there.actor(LEADER)
    found = await there.app[DATABASE].read(lessons_between, owner, NOW, NOW + 30 * DAY)
    return next(each for each in found if each.draft.title == COURSE)
