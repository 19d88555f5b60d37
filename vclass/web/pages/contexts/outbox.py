"""The demo's outbox: mail that would have been sent."""

from dataclasses import dataclass
from typing import ClassVar

from vclass.core.zones import Instant


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail in the list. ``state`` is `queued`, `sent` or `failed`; ``kind`` a word such as `invitation`."""

    id: str
    to: str
    subject: str
    kind: str
    state: str
    at: Instant


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """All mail, newest first."""

    template: ClassVar[str] = "outbox.html"

    mails: tuple[MailLine, ...]


@dataclass(frozen=True, slots=True)
class MailPage:
    """One mail as its reader sees it.

    ``html_path`` answers the HTML body under a policy of its own; ``links`` are the addresses in it.
    """

    template: ClassVar[str] = "outbox_mail.html"

    mail: MailLine
    sender: str
    text: str
    html_path: str
    eml_path: str
    links: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
