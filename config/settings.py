"""Frozen settings: packaged defaults, then a TOML file, then ``VCLASS_SECTION__KEY`` in the environment.

Each value keeps its origin, so that ``vclass config show`` can say where it came from. An unknown key is an
error: a misspelt setting must not be silently without effect.
"""

import re
import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

PREFIX = "VCLASS_"
TURN_URL = re.compile(
    r"turns?:([^\s?/@:\[\]]+|\[[0-9a-fA-F:.]+\])(:(?P<port>\d{1,5}))?(\?transport=(udp|tcp))?", re.ASCII
)
SHORTEST_TURN_SECRET = 16
HIGHEST_PORT = 65_535


class ConfigurationError(Exception):
    """A setting is unknown, misspelt or has a value of the wrong kind. The sentence says which and what to do."""


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the HTTP server listens and what the world calls it."""

    host: str = "127.0.0.1"
    port: int = 8080
    base_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    secret_file: str = "var/secret"  # noqa: S105  a path, not a secret
    metrics: str = "127.0.0.1:9464"
    unready_seconds: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0

    @property
    def public_url(self) -> str:
        """The only base for links in mails and pages (never the Host header)."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")


class Database(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A SQLAlchemy address: ``sqlite:///path`` or ``postgresql+psycopg://...``."""

    url: str = "sqlite:///var/vclass.db"


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How invitations leave, and how answers come in."""

    smtp_url: str = ""
    sender: str = "vclass <lessons@localhost>"
    dkim_key_file: str = ""
    dkim_selector: str = ""
    dkim_domain: str = ""
    connections: Annotated[int, msgspec.Meta(ge=1, le=100)] = 16
    domain_connections: Annotated[int, msgspec.Meta(ge=1, le=100)] = 2
    domain_rate: Annotated[float, msgspec.Meta(gt=0)] = 10
    domain_burst: Annotated[int, msgspec.Meta(ge=1)] = 100
    retry_seconds: Annotated[int, msgspec.Meta(ge=1)] = 60
    longest_retry_seconds: Annotated[int, msgspec.Meta(ge=1)] = 3600
    give_up_seconds: Annotated[int, msgspec.Meta(ge=1)] = 24 * 3600
    inbound: str = ""
    trusted_authserv_id: str = ""
    require_authentication: Literal["if-present", "always"] = "if-present"

    @property
    def domain(self) -> str:
        """The sender's domain: right side of UIDs, Message-IDs, return paths and the lessons' own addresses."""
        return parseaddr(self.sender)[1].rpartition("@")[2].lower() or "localhost"


class Media(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The UDP side of the live lesson."""

    udp_port: int = 8443
    announced_addresses: tuple[str, ...] = ()
    workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    remote_workers: tuple[str, ...] = ()
    worker_listen: str = ""
    worker_secret: str = ""
    engine: Literal["auto", "pump", "mmsg", "plain"] = "auto"
    last_n: Annotated[int, msgspec.Meta(ge=0, le=32)] = 16
    budgets: bool = False
    certificate_hours: Annotated[float, msgspec.Meta(gt=0, le=480)] = 24


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where recordings of lessons are kept."""

    folder: str = "var/recordings"


class Calendars(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people's other calendars are fetched."""

    plain_http: bool = False


def _is_relay(url: str) -> bool:
    found = TURN_URL.fullmatch(url)
    return found is not None and 0 < int(found["port"] or 1) <= HIGHEST_PORT


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Relay servers and the secret shared with them."""

    urls: tuple[str, ...] = ()
    secret: str = ""

    def __post_init__(self) -> None:
        """Refuse what no browser could use.

        Raises:
            ValueError: An address is none, or the secret is missing or can be guessed.
        """
        if wrong := next((each for each in self.urls if not _is_relay(each)), None):
            raise ValueError(f"[turn] urls: write turn:HOST:PORT?transport=udp or turns:HOST:PORT, not {wrong!r}")
        if self.urls and len(self.secret) < SHORTEST_TURN_SECRET:
            raise ValueError(f"[turn] secret: {SHORTEST_TURN_SECRET} characters at least, the same as the relay's")


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days rows of each class are kept."""

    audit_days: Annotated[int, msgspec.Meta(ge=1)] = 730
    outbox_days: Annotated[int, msgspec.Meta(ge=1)] = 90
    recording_days: Annotated[int, msgspec.Meta(ge=1)] = 180


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that an installation decides, section by section."""

    server: Server = Server()
    database: Database = Database()
    mail: Mail = Mail()
    media: Media = Media()
    recording: Recording = Recording()
    turn: Turn = Turn()
    calendars: Calendars = Calendars()
    identity: dict[str, dict[str, Any]] = {}
    retention: Retention = Retention()


class Loaded(msgspec.Struct, frozen=True):
    """The settings in force and, for each ``section.key``, where its value came from."""

    settings: Settings
    origins: dict[str, str]


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Loaded:
    """Read the layers in order and check the result.

    Args:
        path: A TOML file, or None for defaults and environment alone.
        environment: Usually ``os.environ``.

    Raises:
        ConfigurationError: The file is missing or not TOML, or a key or value is wrong.
    """
    layers = [("defaults", _packaged_defaults())]
    if path is not None:
        layers.append((str(path), _file(path)))
    layers.append(("environment", _environment(environment or {})))
    merged: dict[str, dict[str, Any]] = {}
    origins: dict[str, str] = {}
    for origin, layer in layers:
        for section, values in layer.items():
            merged.setdefault(section, {}).update(values)
            origins.update({f"{section}.{key}": origin for key in values})
    return Loaded(_convert(merged, origins), origins)


def _packaged_defaults() -> dict[str, Any]:
    return tomllib.loads(resources.files("config").joinpath("defaults.toml").read_text("utf-8"))


def _file(path: Path) -> dict[str, Any]:
    try:
        sections = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = f"There is no configuration file {path}" if not path.exists() else f"{path}: {error.strerror}"
        raise ConfigurationError(f"{reason}. Name one with --config.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not a TOML file: {error}.") from None
    if loose := [name for name, values in sections.items() if not isinstance(values, dict)]:
        raise ConfigurationError(f"{', '.join(loose)} in {path} stands outside of a section such as [server].")
    return sections


def _environment(environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    layer: dict[str, dict[str, Any]] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        layer.setdefault(section, {})[key] = _listed(section, key, value)
    return layer


def _listed(section: str, key: str, value: str) -> object:
    """Give a list setting its parts: the environment has text only."""
    default = _packaged_defaults().get(section, {}).get(key)
    if isinstance(default, list):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _convert(merged: dict[str, dict[str, Any]], origins: dict[str, str]) -> Settings:
    try:
        return msgspec.convert(merged, Settings, strict=False)
    except msgspec.ValidationError as error:
        where = str(error).rpartition("$.")[2].rstrip("`")
        origin = origins.get(where, "the configuration")
        raise ConfigurationError(f"{error} (from {origin}). See docs/configuration.md for the keys.") from None
