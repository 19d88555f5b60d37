"""Signing in and the person's own settings."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from vclass.web.pages.contexts.parts import Side


@dataclass(frozen=True, slots=True)
class Demonstrator:
    """Somebody whom a visitor of the demo can be: a link signs in."""

    name: str
    role: str
    side: Side
    url: str


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Asks for an address; ``demonstrators`` are there in the demo only."""

    template: ClassVar[str] = "sign_in.html"

    email: str = ""
    error: str = ""
    next_path: str = "/"
    demonstrators: tuple[Demonstrator, ...] = ()


@dataclass(frozen=True, slots=True)
class SignInSentPage:
    """Says that a link is on its way, whether or not the address is known."""

    template: ClassVar[str] = "sign_in_sent.html"

    email: str
    minutes: int
    outbox_path: str = ""


@dataclass(frozen=True, slots=True)
class SignInLinkPage:
    """Where the mailed link leads: a button signs in, since a GET changes nothing."""

    template: ClassVar[str] = "sign_in_link.html"

    state: Literal["ready", "spent"]
    action: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class RemindersPage:
    """Which reminders the reader of a link gets; a link that isn't one is not ``known``."""

    template: ClassVar[str] = "reminders.html"

    path: str = ""
    day: bool = True
    soon: bool = True
    saved: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The person's own page: language, reminders, place, sign out.

    ``moved`` counts lessons of which nobody was told yet that clocks moved them, ``undelivered`` mails that failed;
    they are None for who has nothing to do with that.
    """

    template: ClassVar[str] = "settings.html"

    email: str
    day: bool = True
    soon: bool = True
    moved: int | None = None
    undelivered: int | None = None
