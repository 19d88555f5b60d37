"""The composition root: the only module that knows every part."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import web
from yarl import URL

import rooms.approvals
import rooms.blockings
import rooms.custody
import rooms.quotas.web
import rooms.waiting
import rooms.web
import schedules.approvals
import schedules.busy
import schedules.caldav
import schedules.feeds
import schedules.holidays
import schedules.law.web
import schedules.reminders.web
import schedules.search_web
import schedules.slots.web
import schedules.terms.web
import schedules.undelivered
import schedules.web
from config import Keyring, Settings, read_or_make
from config.settings import Mail as MailSettings
from rooms import BLOCK, DESK, RESOURCE_CHANGE, UNBLOCK, BlockClerk, Clerk, Desk, ResourceChangeClerk, UnblockClerk
from schedules import (
    CANCEL,
    CHANGE,
    CREATE,
    FORGETS,
    LESSON_MAIL,
    SPLIT,
    SWAP,
    CancelClerk,
    ChangeClerk,
    CreateClerk,
    Lessons,
    SplitClerk,
    SwapClerk,
    encoded,
    law,
    paths_of_bookings,
    reminders,
)
from schedules.answers import receive
from signaling import Live, LiveSettings
from signaling.workers import media_plane
from vclass import jobs, mail, people, recordings
from vclass.admission import Admission
from vclass.core.clock import Clock, system_clock
from vclass.core.db import Database
from vclass.core.keys import CLOCK, DATABASE, KEYRING, SETTINGS, STOPPING
from vclass.core.patience import Patience
from vclass.devices import Devices
from vclass.leases import LessonLeases, holder_at
from vclass.web import encoders, middlewares, operations
from vclass.web.guard import check_routes
from vclass.web.letters import LETTERS, Letters
from vclass.web.limits import Limits
from vclass.web.pages import front as pages
from vclass.web.rendering import RENDERER, STATIC_FOLDER, Renderer

logger = logging.getLogger(__name__)

DOOR_SECONDS = 10
EXPIRY_SECONDS = 60
WAITING_SECONDS = 120
KIT_SECONDS = 60
BUSY_SECONDS = 120
REMINDER_SECONDS = 20
RECORDING_SECONDS = 2
PURGE_SECONDS = 60
FEATURES = (
    people.routes,
    rooms.web.routes,
    rooms.blockings.routes,
    rooms.waiting.routes,
    rooms.quotas.web.routes,
    rooms.custody.routes,
    schedules.web.routes,
    schedules.approvals.routes,
    schedules.slots.web.routes,
    schedules.search_web.routes,
    schedules.terms.web.routes,
    schedules.busy.routes,
    schedules.holidays.routes,
    schedules.feeds.routes,
    schedules.caldav.password_routes,
    schedules.reminders.web.routes,
    schedules.law.web.routes,
    schedules.undelivered.routes,
    recordings.routes,
    encoders.routes,
)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What only the demo has: sign-in links that work repeatedly, and the outbox as a page."""

    sign_in_paths: Callable[[], dict[str, str]]


def create_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    demonstration: Demonstration | None = None,
    limits: Limits | None = None,
) -> web.Application:
    """Put the parts together; nothing is opened yet.

    Args:
        settings: What the installation decides.
        clock: Gives the present.
        demonstration: Present in the demo only.
        limits: Other request rates than the usual ones.

    Raises:
        ConfigurationError: The secret file holds no key.
        UnguardedRouteError: A route names no action of the permission matrix.
    """
    app = web.Application()
    keyring = read_or_make(Path(settings.server.secret_file))
    app[RENDERER] = Renderer()
    _ground(app, settings, keyring, clock)
    _live(app, settings, clock)
    _lessons(app, settings, keyring, clock)
    _mail(app, settings, keyring, clock)
    app[operations.FEATURES] = FEATURES
    app[operations.DOCUMENT] = {}
    for feature in FEATURES:
        app.add_routes(feature.table())
    app.add_routes(operations.routes)
    app.add_routes(schedules.feeds.links)
    app.add_routes(schedules.caldav.routes)
    # The lesson's page comes before the sub-application: both lie under /live.
    pages.install(app, None if demonstration is None else demonstration.sign_in_paths)
    app.router.add_static("/static/", STATIC_FOLDER, append_version=False)
    app.add_subapp("/live", app[pages.LIVE].app())
    app.add_routes(app[pages.LIVE].streams(encoders.admit))
    middlewares.install(app, page=pages.problem_page, limits=limits)
    check_routes(app)
    return app


def _ground(app: web.Application, settings: Settings, keyring: Keyring, clock: Clock) -> None:
    app[SETTINGS] = settings
    app[KEYRING] = keyring
    app[CLOCK] = clock
    app[STOPPING] = asyncio.Event()
    app[DATABASE] = Database(settings.database.url)
    app.cleanup_ctx.append(_database)


async def _database(app: web.Application) -> AsyncIterator[None]:
    app[DATABASE].open()
    yield
    await app[DESK].close()
    await app[DATABASE].close()


def _lessons(app: web.Application, settings: Settings, keyring: Keyring, clock: Clock) -> None:
    clerks: dict[str, Clerk] = {
        CREATE: CreateClerk(keyring, settings.mail.domain, encoded),
        CHANGE: ChangeClerk(keyring),
        SWAP: SwapClerk(ChangeClerk(keyring)),
        SPLIT: SplitClerk(keyring, settings.mail.domain),
        CANCEL: CancelClerk(),
        BLOCK: BlockClerk(schedules.note_blockings),
        UNBLOCK: UnblockClerk(schedules.note_blockings),
        RESOURCE_CHANGE: ResourceChangeClerk(),
        law.KIND: law.LawClerk(),
        **rooms.waiting.clerks(),
        **rooms.approvals.clerks(schedules.lost, schedules.agreed),
    }
    app[DESK] = Desk(app[DATABASE], clerks, schedules.settled, schedules.lock_lessons)
    app[schedules.approvals.APPROVALS] = schedules.approvals.Approvals(app[DATABASE], app[DESK], clock)
    app[rooms.waiting.WAITING_LIST] = rooms.waiting.WaitingList(app[DATABASE], app[DESK], clock)
    live = app[pages.LIVE]
    app[people.ERASURE] = people.Erasure((*FORGETS, recordings.forget_person), live.revoke)
    fetcher = schedules.busy.Fetcher(schedules.busy.open_reach(plain_http=settings.calendars.plain_http))
    app[schedules.busy.IMPORTER] = schedules.busy.Importer(app[DATABASE], clock, settings.mail.domain, fetcher)
    app[schedules.web.LESSONS] = Lessons(app[DATABASE], app[DESK], keyring, clock, live.revoke, live.end)


def _mail(app: web.Application, settings: Settings, keyring: Keyring, clock: Clock) -> None:
    letters = app[LETTERS] = Letters(settings, keyring, settings.mail.domain, app[RENDERER])
    composers = {
        LESSON_MAIL: letters.lesson_mail,
        "sign-in": letters.sign_in,
        "notice": letters.notice,
        reminders.KIND: letters.reminder,
    }
    way_out = mail.transport(settings.mail.smtp_url)
    sign = mail.signer(settings.mail, settings.mail.domain) or bytes
    app[mail.POSTMAN] = mail.Postman(app[DATABASE], clock, way_out, composers, _delivery(settings.mail), sign)
    _inbox(app, settings.mail)
    app.cleanup_ctx.append(_clockwork)


def _inbox(app: web.Application, settings: MailSettings) -> None:
    """The way in that the settings name: a listener, or a mailbox to look into.

    Raises:
        ConfigurationError: They name none that we know.
    """
    answer = partial(receive, policy=settings.require_authentication)
    app[mail.INBOX] = mail.Inbox(app[DATABASE], app[CLOCK], settings.domain, settings.trusted_authserv_id, answer)
    if mail.is_listener(settings.inbound):
        app.cleanup_ctx.append(_door)


async def _door(app: web.Application) -> AsyncIterator[None]:
    async with mail.listening(app[SETTINGS].mail.inbound, app[mail.INBOX]):
        yield


def _delivery(settings: MailSettings) -> mail.Delivery:
    patience = Patience(settings.retry_seconds, settings.longest_retry_seconds, settings.give_up_seconds)
    rate = mail.UNLIMITED if settings.smtp_url == mail.KEEP else mail.Rate(settings.domain_rate, settings.domain_burst)
    return mail.Delivery(settings.connections, settings.domain_connections, rate, patience)


async def _clockwork(app: web.Application) -> AsyncIterator[None]:
    """The jobs begin once the server has had time for its first answers: the metronome's library is heavy."""
    started = asyncio.get_running_loop().create_task(_tick(app), name="clockwork")
    yield
    started.cancel()
    await asyncio.gather(started, return_exceptions=True)


async def _tick(app: web.Application) -> None:
    try:
        await _beat(app)
    except Exception:
        logger.exception("the clockwork stopped: no mail leaves until the server is started again")


async def _beat(app: web.Application) -> None:
    retention, lessons, live = app[SETTINGS].retention, app[schedules.web.LESSONS], app[pages.LIVE]
    async with jobs.running(app[DATABASE], app[CLOCK], app[mail.POSTMAN], retention) as clockwork:
        clockwork.every(DOOR_SECONDS, "doors", lambda: lessons.shut_doors(live.lessons()))
        clockwork.every(EXPIRY_SECONDS, "expiry", app[schedules.approvals.APPROVALS].expire)
        clockwork.every(EXPIRY_SECONDS, "outdone requests", app[schedules.approvals.APPROVALS].tell_outdone)
        clockwork.every(WAITING_SECONDS, "waiting list", app[rooms.waiting.WAITING_LIST].retry)
        clockwork.every(REMINDER_SECONDS, "reminders", lambda: _remind(app))
        clockwork.every(KIT_SECONDS, "overdue kit", lambda: _tell_overdue(app))
        if mail.is_mailbox(app[SETTINGS].mail.inbound):
            mailbox = mail.Mailbox(app[SETTINGS].mail.inbound)
            clockwork.every(mail.POLL_SECONDS, "mailbox", lambda: mail.poll(mailbox, app[DATABASE], app[mail.INBOX]))
        clockwork.every(BUSY_SECONDS, "busy times", app[schedules.busy.IMPORTER].refresh_due)
        keeper = app[recordings.KEEPER]
        clockwork.every(RECORDING_SECONDS, "recordings", keeper.settle)
        clockwork.every(RECORDING_SECONDS, "joined views", keeper.join_due)
        clockwork.every(PURGE_SECONDS, "old recordings", keeper.purge)
        clockwork.once("law", lambda: law.carry_out(app[DATABASE], app[DESK], app[CLOCK]))
        await asyncio.get_running_loop().create_future()


async def _remind(app: web.Application) -> None:
    """Some at a time, so that other writers come in between."""
    while await app[DATABASE].write(reminders.materialise, app[CLOCK]()):
        pass


async def _tell_overdue(app: web.Application) -> None:
    await app[DATABASE].write(rooms.custody.tell_overdue, app[CLOCK](), paths_of_bookings)


def _live(app: web.Application, settings: Settings, clock: Clock) -> None:
    admission = Admission(app[DATABASE], app[KEYRING], clock)
    folder, days = Path(settings.recording.folder), settings.retention.recording_days
    keeper = app[recordings.KEEPER] = recordings.Keeper(app[DATABASE], clock, folder, days)
    live = Live(
        media=partial(media_plane, settings.media),
        admit=admission.admit,
        settings=LiveSettings(allowed_origins=origins(settings.server.public_url), turn=settings.turn),
        clock=clock,
        leases=LessonLeases(app[DATABASE], clock, holder_at(settings.server.port)),
        archive=keeper,
    )
    keeper.live = live
    app[pages.ADMISSION] = admission
    app[pages.LIVE] = live
    app[encoders.DEVICES] = Devices(admission)


def origins(public_url: str) -> tuple[str, ...]:
    """Whose pages may open the lesson's socket: the site's own; on this machine under either of its names."""
    own = URL(public_url).origin()
    names = ("127.0.0.1", "localhost") if own.host in {"127.0.0.1", "localhost"} else (own.host or "",)
    return tuple(str(own.with_host(name)) for name in names)
