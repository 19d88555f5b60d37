"""A real Thunderbird with one mail account, on a screen that nobody sees: it judges what is sent to its reader."""

import asyncio
import json
import os
import shutil
import subprocess
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.interop.marionette import Marionette, session

ACTIONS: Final = Path(__file__).with_suffix(".js")
PATIENCE_SECONDS: Final = 60
NOWHERE: Final = 9
"""The port of the proxy that all but this machine is asked through: nobody listens there."""
CALENDAR: Final = "calendar.registry.5c6b2a52-7a0e-4d47-8a3b-0f1d5a1f0b11"

Preference = str | int | bool


@dataclass(frozen=True)
class Account:
    """Whose mail it reads, and where."""

    email: str
    name: str
    password: str
    imaps_port: int
    smtp_port: int
    zone: str

    @property
    def origin(self) -> str:
        """How the login store names the server."""
        return "imap://127.0.0.1"


@dataclass(frozen=True)
class Bar:
    """What stands above an invitation: a sentence, and the ids of the buttons by their labels."""

    text: str
    buttons: Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """One date in the calendar."""

    starts: int
    ends: int
    zone: str


class Thunderbird:
    """What a reader does: open a mail, press a button, look into the calendar."""

    def __init__(self, session: Marionette) -> None:
        self._session = session
        self._actions = ACTIONS.read_text("utf-8")

    async def begin(self, account: Account) -> None:
        await self._do("begin", account.origin, account.email, account.password)

    async def open(self, message_id: str) -> Bar:
        return Bar(**await self._do("open", message_id))

    async def press(self, label: str) -> None:
        """Press a button above the mail that is open, and wait until the calendar has changed."""
        await self._do("press", label)

    @asynccontextmanager
    async def subscribed(self, address: str, name: str = "", password: str = "") -> AsyncIterator[list[str]]:
        """Keep the calendars that an address leads to, until the block ends; gives their names."""
        try:
            yield await self._do("subscribe", address, name, password)
        finally:
            await self._do("unsubscribe")

    async def refresh(self) -> None:
        """Ask for what is new in these calendars."""
        await self._do("refresh")

    async def shown(self, uid: str, first: int, last: int) -> list[Shown]:
        """The dates of a UID in all calendars, by their starts."""
        found = [Shown(**each) for each in await self._do("shown", uid, first, last)]
        return sorted(found, key=lambda each: each.starts)

    async def _do(self, action: str, *arguments: object) -> Any:  # noqa: ANN401  JSON has no narrower type
        return await self._session.run(f"{self._actions}\nreturn {action}(...arguments);", *arguments)


def program() -> str | None:
    """Where Thunderbird is, if it is installed."""
    return os.environ.get("VCLASS_THUNDERBIRD") or shutil.which("thunderbird")


def screen_program() -> str | None:
    """Where the X server is that needs no screen."""
    return shutil.which("Xvfb")


@asynccontextmanager
async def running(folder: Path, account: Account) -> AsyncIterator[Thunderbird]:
    """Thunderbird in a fresh profile, until the block ends."""
    installed = program()
    assert installed is not None
    profile = folder / "profile"
    profile.mkdir(parents=True)
    (profile / "user.js").write_text(user_js(preferences(account)), "utf-8")
    with screen() as display, (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(installed, "--profile", str(profile), "--no-remote", "--marionette", "--remote-allow-system-access"),
            env=environment(folder, display, account.zone),
            stdout=log,
            stderr=log,
        )
        try:
            async with session(await _port(profile, process)) as marionette:
                thunderbird = Thunderbird(marionette)
                await thunderbird.begin(account)
                yield thunderbird
        finally:
            await _end(process)


def environment(home: Path, display: str, zone: str) -> dict[str, str]:
    """Nothing of the person who runs the tests: no home, no session, no clock."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "DISPLAY": display,
        "LC_ALL": "C.UTF-8",
        "TZ": zone,
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "NO_AT_BRIDGE": "1",
        "GIO_USE_VFS": "local",
        "MOZ_CRASHREPORTER_DISABLE": "1",
    }


@contextmanager
def screen() -> Iterator[str]:
    """An X server of its own; gives its name."""
    installed = screen_program()
    assert installed is not None
    reading, writing = os.pipe()
    command = [installed, "-displayfd", str(writing), "-screen", "0", "1280x1000x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="ascii") as told:
            number = told.readline().strip()
        assert number, "Xvfb ended before it had a screen"
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def user_js(chosen: Mapping[str, Preference]) -> str:
    return "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items())


def preferences(account: Account) -> dict[str, Preference]:
    """An account, a calendar, and nobody to talk to but this machine."""
    return {**_account(account), **_calendar(), **_alone()}


def _account(account: Account) -> dict[str, Preference]:
    server, identity, smtp = "mail.server.server1", "mail.identity.id1", "mail.smtpserver.smtp1"
    return {
        "mail.accountmanager.accounts": "account1",
        "mail.accountmanager.defaultaccount": "account1",
        "mail.account.account1.server": "server1",
        "mail.account.account1.identities": "id1",
        f"{server}.type": "imap",
        f"{server}.hostname": "127.0.0.1",
        f"{server}.port": account.imaps_port,
        f"{server}.socketType": 3,  # TLS from the start
        f"{server}.authMethod": 3,  # a password
        f"{server}.userName": account.email,
        f"{server}.name": account.email,
        f"{server}.login_at_startup": False,  # no password is known yet
        f"{server}.check_new_mail": False,
        f"{server}.using_subscription": False,
        f"{server}.max_cached_connections": 1,  # what it asks for comes in order
        f"{identity}.useremail": account.email,
        f"{identity}.fullName": account.name,
        f"{identity}.smtpServer": "smtp1",
        f"{identity}.fcc": False,
        f"{identity}.valid": True,
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        f"{smtp}.hostname": "127.0.0.1",
        f"{smtp}.port": account.smtp_port,
        f"{smtp}.try_ssl": 0,
        f"{smtp}.authMethod": 1,  # none
    }


def _calendar() -> dict[str, Preference]:
    return {
        f"{CALENDAR}.type": "storage",
        f"{CALENDAR}.uri": "moz-storage-calendar://",
        f"{CALENDAR}.name": "Home",
        f"{CALENDAR}.imip.identity.key": "id1",
        f"{CALENDAR}.calendar-main-default": True,
        f"{CALENDAR}.calendar-main-in-composite": True,
    }


def _alone() -> dict[str, Preference]:
    proxies = {f"network.proxy.{kind}": "127.0.0.1" for kind in ("http", "ssl", "socks")}
    ports = {f"{name}_port": NOWHERE for name in proxies}
    return {
        "marionette.port": 0,
        "network.proxy.type": 1,
        **proxies,
        **ports,
        "network.proxy.socks_remote_dns": True,
        "app.update.auto": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
        "toolkit.telemetry.enabled": False,
        "mailnews.start_page.enabled": False,
        "mail.shell.checkDefaultClient": False,
        "mail.provider.suppress_dialog_on_startup": True,
    }


async def _port(profile: Path, process: Process) -> int:
    """Where it listens: it writes the port into its profile when it does."""
    told = profile / "MarionetteActivePort"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (told.exists() and told.read_text("ascii")):
            assert process.returncode is None, (profile.parent / "log").read_text("utf-8")
            await asyncio.sleep(0.02)
    return int(told.read_text("ascii"))


async def _end(process: Process) -> None:
    """Ask it to end; one that doesn't is killed."""
    process.terminate()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
