"""The command ``vclass``. Exit codes: 0 ok, 1 failure, 2 usage, 78 configuration."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import click
import msgspec

from config import ConfigurationError, Loaded, Settings, load
from config.logging import configure

T = TypeVar("T")
Command = Callable[..., None]

CONFIGURATION_EXIT = 78
CONFIG_NAME = "vclass.toml"
WITH_PASSWORD = frozenset({"mail.smtp_url", "mail.inbound", "database.url"})

with_config = click.option(
    "--config", "config", type=click.Path(path_type=Path), help="TOML file; else ./vclass.toml or /etc/vclass/."
)
with_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


class _Group(click.Group):
    """Says of a wrong configuration what is wrong with it, whichever command finds it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            _stop(str(error), CONFIGURATION_EXIT)


@click.group(cls=_Group)
@click.version_option(package_name="vclass")
def main() -> None:
    """Joint lessons across countries: rooms, calendars and the live lesson in one server."""
    configure()


@main.command()
@with_config
def serve(config: Path | None) -> None:
    """Serve the site until told to stop."""
    settings = _settings(config)
    if not settings.mail.smtp_url:
        _stop("[mail] smtp_url is empty. Name your mail server; `outbox:` keeps the mail.", CONFIGURATION_EXIT)
    from vclass import doctor as looks  # noqa: PLC0415  heavy, and only for this command
    from vclass import metrics, server  # noqa: PLC0415  likewise
    from vclass.app import create_app  # noqa: PLC0415  likewise

    shape = looks.database_shape(settings)
    if shape.remedy == looks.UPGRADE:
        _stop(f"The database: {shape.fact}. {shape.remedy}", CONFIGURATION_EXIT)

    async def run() -> None:
        app = create_app(settings)
        app.cleanup_ctx.append(metrics.listener)
        await server.serve(app, settings.server.host, settings.server.port)

    try:
        server.run(run())
    except OSError as error:
        _stop(f"{error}. Is another server running on this port?", 1)


@main.command()
@with_config
def worker(config: Path | None) -> None:
    """Carry media for a server on another machine, until told to stop."""
    from vclass import outpost, server  # noqa: PLC0415  heavy, and only for this command

    try:
        server.run(outpost.run(_settings(config).media))
    except OSError as error:
        _stop(str(error), 1)


@main.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("var/demo"), show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The first line on standard output is JSON.")
@click.option("--fresh", is_flag=True, help="Start over.")
@click.option("--tls", is_flag=True, help="Serve TLS with a self-signed certificate, so that a phone can join.")
@click.option("--clock-offset", default=0, metavar="SECONDS", help="Run as if it were that much later.")
@click.option(
    "--workers", default=0, envvar="VCLASS_MEDIA__WORKERS", help="Processes that carry media; 0: the server itself."
)
def demo(
    *, data: Path, port: int, host: str, as_json: bool, fresh: bool, tls: bool, clock_offset: int, workers: int
) -> None:
    """Show everything on this machine: four institutions, and a lesson that is open now."""
    from vclass import server  # noqa: PLC0415  heavy, and only for this command
    from vclass.demo import DemoError, Options, run_demo  # noqa: PLC0415  likewise

    options = Options(data, host, port, as_json, fresh, tls, clock_offset, workers)
    try:
        server.run(run_demo(options))
    except (DemoError, OSError) as error:
        _stop(str(error), 1)


@main.group()
def db() -> None:
    """The database's shape."""


@db.command()
@with_config
@with_json
def upgrade(config: Path | None, *, as_json: bool) -> None:
    """Bring the database to the shape that this version needs."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  only for this command

    from vclass import migrations  # noqa: PLC0415  likewise
    from vclass.core.db import Database  # noqa: PLC0415  likewise

    database = Database(_settings(config).database.url)
    try:
        before = migrations.upgrade(database.engine)
    except DBAPIError as error:
        _stop(f"The upgrade did not work and changed nothing: {' '.join(str(error.orig).split())}", 1)
    finally:
        database.engine.dispose()
    _answer({"before": before, "now": migrations.head()}, as_json=as_json)


@main.command()
@with_config
@with_json
@click.option("--installation", is_flag=True, help="Look at the installed package only.")
def doctor(config: Path | None, *, as_json: bool, installation: bool) -> None:
    """Look at what the installation needs; name each fault with its remedy."""
    from vclass import doctor as looks  # noqa: PLC0415  only for this command

    findings = looks.installation() if installation else looks.examine(_settings(config))
    if as_json:
        click.echo(msgspec.json.encode(findings).decode())
    for each in () if as_json else findings:
        click.echo(
            f"{'ok ' if each.ok else 'BAD'}  {each.name}: {each.fact}{'. ' + each.remedy if each.remedy else ''}"
        )
    if not all(each.ok for each in findings):
        raise SystemExit(1)


@main.command()
@with_config
@with_json
@click.argument("file", type=click.Path(path_type=Path))
def backup(config: Path | None, file: Path, *, as_json: bool) -> None:
    """Copy the database to FILE while the server runs."""
    from vclass import backup as copies  # noqa: PLC0415  only for this command

    size = _or_stop(lambda: copies.backup(_settings(config).database.url, file), copies.BackupError)
    _answer({"file": str(file), "octets": size}, as_json=as_json)


@main.command()
@with_config
@with_json
@click.argument("file", type=click.Path(path_type=Path))
def restore(config: Path | None, file: Path, *, as_json: bool) -> None:
    """Put the backup FILE in the place of the database; stop the server first."""
    from vclass import backup as copies  # noqa: PLC0415  only for this command

    held_back = _or_stop(lambda: copies.restore(_settings(config).database.url, file), copies.BackupError)
    _answer({"restored": str(file), "mails_held_back": held_back}, as_json=as_json)


@main.group()
def user() -> None:
    """People."""


@user.command()
@with_config
@with_json
@click.argument("email")
@click.option("--name", required=True)
@click.option("--institution", help="Public id of the institution.")
@click.option("--role", "roles", multiple=True, help="A role at the institution, or platform_admin.")
def add(
    config: Path | None, email: str, *, name: str, institution: str | None, roles: list[str], as_json: bool
) -> None:
    """Create an account."""
    from vclass import accounts  # noqa: PLC0415  only for this command

    url = _settings(config).database.url
    made = _or_stop(lambda: accounts.add(url, email, name, institution, roles), *accounts.SENTENCES)
    _answer({"id": made.public_id, "email": made.email}, as_json=as_json)


@user.command("erase")
@with_config
@with_json
@click.argument("email")
def erase_user(config: Path | None, email: str, *, as_json: bool) -> None:
    """Erase the name and address of EMAIL for good; what was booked stays booked."""
    from vclass import accounts  # noqa: PLC0415  only for this command

    url = _settings(config).database.url
    gone = _or_stop(lambda: accounts.erase(url, email), *accounts.SENTENCES)
    _answer({"erased": gone.public_id}, as_json=as_json)


@main.command()
@with_config
@with_json
@click.argument("email")
def token(config: Path | None, email: str, *, as_json: bool) -> None:
    """Make an API token for EMAIL; it is shown once."""
    from vclass import accounts  # noqa: PLC0415  only for this command

    url = _settings(config).database.url
    made = _or_stop(lambda: accounts.token(url, email), *accounts.SENTENCES)
    _answer({"token": made}, as_json=as_json)


@main.group("config")
def config_group() -> None:
    """Settings."""


@config_group.command()
@with_config
@with_json
def show(config: Path | None, *, as_json: bool) -> None:
    """Print each value and where it came from."""
    loaded = _load(config)
    values = msgspec.to_builtins(loaded.settings)
    rows = {
        name: {"value": _shown(name, values[name.partition(".")[0]][name.partition(".")[2]]), "origin": origin}
        for name, origin in sorted(loaded.origins.items())
    }
    if as_json:
        click.echo(msgspec.json.encode(rows).decode())
    for name, row in {} if as_json else rows.items():
        click.echo(f"{name} = {row['value']!r}  ({row['origin']})")


def _shown(name: str, value: object) -> object:
    """Passwords are not shown: those inside addresses, and whatever is called a secret."""
    if isinstance(value, dict):
        return {key: _shown(f"{name}.{key}", each) for key, each in value.items()}
    hidden = name.endswith("secret") or (name in WITH_PASSWORD and "@" in str(value))
    return "***" if hidden and value else value


def _answer(facts: dict[str, object], *, as_json: bool) -> None:
    click.echo(msgspec.json.encode(facts).decode() if as_json else "\n".join(f"{k}: {v}" for k, v in facts.items()))


def _or_stop(work: Callable[[], T], *refusals: type[Exception]) -> T:
    try:
        return work()
    except refusals as refusal:
        _stop(str(refusal), 1)


def _settings(path: Path | None) -> Settings:
    return _load(path).settings


def _load(path: Path | None) -> Loaded:
    return load(path or _found(), os.environ)


def _found() -> Path | None:
    home = Path(os.environ.get("XDG_CONFIG_HOME", "~/.config")).expanduser() / "vclass"
    places = (Path.cwd(), home, Path("/etc/vclass"))
    return next((place / CONFIG_NAME for place in places if (place / CONFIG_NAME).is_file()), None)


def _stop(sentence: str, code: int) -> NoReturn:
    click.echo(f"vclass: {sentence}", err=True)
    raise SystemExit(code)
