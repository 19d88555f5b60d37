"""``vclass doctor``: looks at what the installation needs and names each fault with its remedy."""

import shutil
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from operator import attrgetter
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa

from config import ConfigurationError, Settings, read_or_make
from signaling import ice_servers, turn
from signaling.sfu import EngineWish, best_engine
from signaling.sfu.stun import StunError
from vclass import migrations
from vclass.core import outbox, zones
from vclass.core.db import Database
from vclass.mail import signer

DATA_FILES = (
    ("config", "defaults.toml"),
    ("vclass", "web/templates/base.html"),
    ("vclass", "web/static/css/tokens.css"),
    ("vclass", "web/static/dist/manifest.json"),
    ("vclass", "web/locale/uk/LC_MESSAGES/vclass.po"),
    ("vclass", "migrations/versions/0001_first_tables.py"),
)
UNREAD = ("identity",)
LEAST_FREE_OCTETS = 200 * 2**20
CONNECT_SECONDS = 5
LATE_SECONDS = 3600
DAY = 24 * 3600
NAMED = 5
OLDEST_SQLITE = (3, 35, 0)

TURN_SECONDS = 3
FORBIDDEN_PEER = "127.0.0.1"
"""An address to which no relay may lead."""

BUILD = "With a C compiler and Python's headers (apt install gcc python3-dev) there, install vclass again to have pump."
UPGRADE = "Run `vclass db upgrade`."


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; ``remedy`` is empty when all is well."""

    name: str
    ok: bool
    fact: str
    remedy: str = ""


def installation(engine: EngineWish = "auto") -> list[Finding]:
    """What the installed package itself must have, and which media engine runs in it."""
    return [*map(_data_file, DATA_FILES), _zones(), _sqlite(), _engine(engine)]


def examine(settings: Settings) -> list[Finding]:
    """Everything: the package, then what this installation's settings name."""
    database = database_shape(settings)
    inside: tuple[Callable[[Settings], Finding], ...] = (_guards, _outbox) if database.ok else ()
    looks: tuple[Callable[[Settings], Finding], ...] = (_mail, _signature, *inside, _udp, _turn, _disk)
    return [
        *installation(settings.media.engine),
        _unread(settings),
        _secret(settings),
        database,
        *(look(settings) for look in looks),
    ]


def _data_file(place: tuple[str, str]) -> Finding:
    package, path = place
    there = resources.files(package).joinpath(path).is_file()
    remedy = "" if there else "The package is incomplete: install it again from a wheel or with `pip install .`."
    return Finding(f"file {package}/{path}", there, "there" if there else "missing", remedy)


def _zones() -> Finding:
    return Finding("time zones", ok=True, fact=f"tzdata {zones.version()}")


def _sqlite() -> Finding:
    good = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    remedy = "" if good else "Use a Python with SQLite 3.35 or newer."
    return Finding("sqlite", good, sqlite3.sqlite_version, remedy)


def _engine(wish: EngineWish) -> Finding:
    """A wish that isn't granted is a fault; that the compiled engine isn't there is worth knowing."""
    runs = best_engine(wish)
    fact = f"{runs} runs" if best_engine("auto") == "pump" else f"{runs} runs, pump isn't built. {BUILD}"
    granted = wish in {"auto", runs}
    return Finding("media engine", granted, fact, "" if granted else f"Set [media] engine to auto. {BUILD}")


def _unread(settings: Settings) -> Finding:
    """Settings whose part is still to come: who sets them must not believe in them."""
    plain = Settings()
    named = [name for name in UNREAD if attrgetter(name)(settings) != attrgetter(name)(plain)]
    remedy = "Take them out: this version does not read them." if named else ""
    return Finding("settings", not named, f"{', '.join(named) or 'none'} without effect", remedy)


def _secret(settings: Settings) -> Finding:
    path = Path(settings.server.secret_file)
    if not path.exists():
        return Finding("secret file", ok=True, fact="none yet; the first start makes it")
    try:
        keys = read_or_make(path).keys
    except (ConfigurationError, OSError) as error:
        return Finding("secret file", ok=False, fact=str(error), remedy=f"Make {path} readable for this user alone.")
    return Finding("secret file", ok=True, fact=f"{len(keys)} keys")


def database_shape(settings: Settings) -> Finding:
    """Whether the database is there and has the shape that this version needs; ``UPGRADE`` is the remedy if not."""
    database = Database(settings.database.url)
    file = database.engine.url.database or ""
    if database.engine.dialect.name == "sqlite" and not Path(file).exists():
        return Finding("database", ok=False, fact=f"there is no file {file}", remedy=UPGRADE)
    try:
        found, wanted = migrations.current(database.engine), migrations.head()
    except sa.exc.SQLAlchemyError as error:
        fact = " ".join(str(getattr(error, "orig", error)).split())
        return Finding("database", ok=False, fact=fact, remedy="Check that it runs, and [database] url.")
    finally:
        database.engine.dispose()
    remedy = "" if found == wanted else UPGRADE
    return Finding("database", found == wanted, f"revision {found or 'none'} of {wanted}", remedy)


@contextmanager
def _connected(settings: Settings) -> Iterator[sa.Connection]:
    database = Database(settings.database.url)
    try:
        with database.engine.connect() as connection:
            yield connection
    finally:
        database.engine.dispose()


def _guards(settings: Settings) -> Finding:
    """Whether the last line of defence against double bookings stands."""
    with _connected(settings) as connection:
        missing = migrations.missing_guards(connection)
    remedy = "Stop the server and take back a backup, or run the statements of migrations/versions/0002_guards.py."
    return Finding("guards", not missing, f"{', '.join(missing) or 'none'} missing", remedy if missing else "")


def _mail(settings: Settings) -> Finding:
    url = settings.mail.smtp_url
    if not url:
        return Finding("mail", ok=False, fact="no smtp_url", remedy="Set [mail] smtp_url; `outbox:` keeps the mail.")
    if url == "outbox:":
        return Finding("mail", ok=True, fact="kept in the outbox; nothing is sent")
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "localhost", parts.port or 25), CONNECT_SECONDS):
            return Finding("mail", ok=True, fact=f"{parts.hostname} answers")
    except OSError as error:
        return Finding("mail", ok=False, fact=str(error), remedy="Check [mail] smtp_url and the firewall.")


def _signature(settings: Settings) -> Finding:
    """Whether mail is signed, and the record that the DNS must have for it."""
    try:
        by = signer(settings.mail, settings.mail.domain)
    except ConfigurationError as error:
        return Finding("dkim", ok=False, fact="the key can't be used", remedy=str(error))
    if by is None:
        return Finding("dkim", ok=True, fact="unsigned here; let your mail server sign, or set [mail] dkim_key_file")
    name, text = by.record
    return Finding("dkim", ok=True, fact=f'signed; the DNS must have {name} TXT "{text}"')


def _outbox(settings: Settings) -> Finding:
    """Whether mail leaves: what waits for over an hour, and what was given up or refused within a day, and why."""
    now = int(time.time())
    with _connected(settings) as connection:
        late, _ = outbox.backlog(connection, now - LATE_SECONDS)
        _, dead = outbox.backlog(connection, now - DAY)
        examples = outbox.died(connection, now - DAY, NAMED)
    named = "".join(f"; {each.leased.recipient}: {each.last_error}" for each in examples)
    remedy = "Administrators find what failed under Settings, with what the server said, and send it again."
    fact = f"{late} late, {dead} dead in the last day{named}"
    return Finding("outbox", not late + dead, fact, remedy if late + dead else "")


def _udp(settings: Settings) -> Finding:
    """Whether the media ports are free: one for each worker, in a row."""
    first, count = settings.media.udp_port, max(1, settings.media.workers)
    ports = [first + place for place in range(count)] if first else [0]
    taken = [str(port) for port in ports if not _is_free(port)]
    if taken:
        remedy = "Stop the other program or set [media] udp_port; a running vclass on this port is fine."
        return Finding("udp port", ok=False, fact=f"{', '.join(taken)} is taken", remedy=remedy)
    return Finding("udp port", ok=True, fact=f"{', '.join(map(str, ports))} is free")


def _is_free(port: int) -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def _turn(settings: Settings) -> Finding:
    """Whether each relay answers, takes our secret, leads to the media and nowhere else."""
    urls = settings.turn.urls
    if not urls:
        fact = "none set; who is where UDP is blocked can't take part. docs/turn.md says how to run one"
        return Finding("relay", ok=True, fact=fact)
    if faults := [f"{url}: {fault}" for url in urls if (fault := _relay_fault(settings, url))]:
        remedy = "Compare [turn] with turnserver.conf as docs/turn.md says, and look at the firewall."
        return Finding("relay", ok=False, fact="; ".join(faults), remedy=remedy)
    hint = "" if any(url.startswith("turns:") for url in urls) else "; a turns: address on 443 would open more networks"
    return Finding("relay", ok=True, fact=f"{', '.join(urls)} let media through{hint}")


def _relay_fault(settings: Settings, url: str) -> str:
    """What is wrong with one address of a relay; nothing if it does what it should, and only that."""
    (server,) = ice_servers(settings.turn, "doctor:", int(time.time()) + 60)
    try:
        with turn.conversation(url, server, seconds=TURN_SECONDS) as talk:
            talk.allocate()
            for address in (each for each in settings.media.announced_addresses if ":" not in each):
                talk.permit(address)
            return f"leads to {FORBIDDEN_PEER} and must not" if _permits(talk, FORBIDDEN_PEER) else ""
    except turn.RefusedError as refusal:
        return f"refuses us ({refusal})"
    except (OSError, StunError) as error:
        return f"doesn't answer ({error})"


def _permits(talk: turn.Conversation, address: str) -> bool:
    try:
        talk.permit(address)
    except turn.RefusedError:
        return False
    return True


def _disk(settings: Settings) -> Finding:
    folder = next(each for each in _upwards(Path(settings.server.secret_file).resolve().parent) if each.exists())
    free = shutil.disk_usage(folder).free
    remedy = "" if free > LEAST_FREE_OCTETS else f"Free some space on the disk of {folder}."
    return Finding("disk", free > LEAST_FREE_OCTETS, f"{free // 2**20} MiB free", remedy)


def _upwards(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents
