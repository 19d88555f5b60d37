"""What every page needs around its content."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from vclass.core.zones import Instant
from vclass.web.pages.contexts.parts import Side


class Page(Protocol):
    """A page knows its template."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Reader:
    """The person who is signed in. ``partner`` is the side this person most often works with.

    ``requests`` counts what waits for this person's approval; it is None for who approves nothing.
    """

    name: str
    role: str
    own: Side
    zone: str
    partner: Side | None = None
    may_book: bool = True
    may_find: bool = False
    requests: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What has just happened, said once on the next page."""

    text: str
    kind: Literal["ok", "info", "warn", "bad"] = "ok"


@dataclass(frozen=True, slots=True)
class Frame:
    """Around a page: language, clock, reader, protection of forms.

    ``path`` is the own path to come back to after a change of language; ``nav`` the current place
    (`day`, `rooms`, `slots`, `book`, `approvals`, `outbox`, `settings`). ``relay`` says whether the site has a relay
    for sound and picture.
    """

    language: str
    now: Instant
    csrf: str
    path: str = "/"
    nav: str = ""
    reader: Reader | None = None
    notice: Notice | None = None
    demo: bool = False
    relay: bool = False
