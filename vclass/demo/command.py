"""``vclass demo``: an installation in a folder of its own, staged, served, explained."""

import json
import shutil
import socket
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

import schedules.web
from config import Settings
from config.settings import Database as DatabaseSettings
from config.settings import Mail, Media, Recording, Server
from vclass import migrations, server
from vclass.app import Demonstration, create_app
from vclass.core.clock import Clock, shifted_clock
from vclass.core.db import Database
from vclass.core.keys import CLOCK, DATABASE, KEYRING
from vclass.demo import printing, staging
from vclass.demo.certificate import self_signed
from vclass.demo.scene import set_scene
from vclass.demo.staging import Played
from vclass.people import institutions

MARK = "vclass-demo.json"
ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  what is compared, not what is bound


class DemoError(Exception):
    """The demo can't be staged there; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    data: Path
    host: str
    port: int
    as_json: bool
    fresh: bool
    tls: bool
    clock_offset: int
    workers: int = 0


async def run_demo(options: Options) -> None:
    """Make the installation if it isn't there, open its lesson, serve.

    Raises:
        DemoError: The folder holds something else.
    """
    _prepare(options.data, fresh=options.fresh)
    settings = _settings(options)
    clock = shifted_clock(options.clock_offset)
    _stage(settings, clock)
    cast: list[Played] = []
    app = create_app(settings, clock=clock, demonstration=Demonstration(lambda: _sign_in_paths(cast)))

    async def ready() -> None:
        await _open(app, settings, options, cast)

    tls = _tls(options) if options.tls else None
    await server.serve(app, options.host, options.port, ready=ready, tls=tls)


def _prepare(data: Path, *, fresh: bool) -> None:
    """Take a folder that is the demo's, empty or not there; never another one."""
    if data.exists() and any(data.iterdir()) and not (data / MARK).is_file():
        raise DemoError(f"{data} holds something that the demo did not make. Choose another folder with --data.")
    if fresh and data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARK).write_text(json.dumps({"made_by": "vclass demo"}), "utf-8")


def _settings(options: Options) -> Settings:
    scheme = "https" if options.tls else "http"
    return Settings(
        server=Server(
            host=options.host,
            port=options.port,
            base_url=f"{scheme}://{_name(options.host)}:{options.port}",
            secret_file=str(options.data / "secret"),
        ),
        database=DatabaseSettings(url=f"sqlite:///{(options.data / 'vclass.db').resolve()}"),
        mail=Mail(smtp_url="outbox:", sender="vclass demo <lessons@vclass.example>"),
        recording=Recording(folder=str((options.data / "recordings").resolve())),
        media=Media(udp_port=_udp_port(options.workers), workers=options.workers),
    )


def _name(host: str) -> str:
    """What links say: for a server on all addresses the first one that others can reach."""
    if host not in ANYWHERE:
        return host
    from signaling.sfu.sockets import interface_addresses  # noqa: PLC0415  only for a demo in the network

    return next((each for each in interface_addresses()[1:] if ":" not in each), "127.0.0.1")


def _udp_port(count: int) -> int:
    """The usual port and so many in a row, or free ones where another server has one of them."""
    first = Media().udp_port
    try:
        for port in range(first, first + max(1, count)):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind(("127.0.0.1", port))
    except OSError:
        return 0
    return first


def _stage(settings: Settings, clock: Clock) -> None:
    database = Database(settings.database.url)
    migrations.upgrade(database.engine)
    with database.engine.begin() as connection:
        if not institutions(connection):
            staging.set_stage(connection, clock())
    database.engine.dispose()


async def _open(app: web.Application, settings: Settings, options: Options, cast: list[Played]) -> None:
    lesson = await staging.open_doors(app[schedules.web.LESSONS])
    await set_scene(app[schedules.web.LESSONS])
    cast[:] = await app[DATABASE].write(staging.play, app[KEYRING], app[CLOCK]())
    inventory = await app[DATABASE].read(staging.inventory)
    paths = staging.join_paths(app[KEYRING], lesson)
    told = printing.facts(settings.server.public_url, cast, inventory, lesson, paths)
    if options.as_json:
        printing.say(printing.as_line(told), to_programs=True)
    printing.say(printing.as_text(told, cast, lesson), to_programs=not options.as_json)


def _sign_in_paths(cast: list[Played]) -> dict[str, str]:
    return {each.email: f"/sign-in/{each.sign_in}" for each in cast}


def _tls(options: Options) -> ssl.SSLContext:
    print("The certificate is self-signed: the browser will ask once.", file=sys.stderr)  # noqa: T201  for the visitor
    certificate, key = self_signed(options.data, _name(options.host))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
