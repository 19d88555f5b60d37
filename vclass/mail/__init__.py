"""Mail: out from the outbox to SMTP, signed and paced; in through a listener or a mailbox, to answers and bounces."""

from vclass.mail.entrance import is_listener, is_mailbox
from vclass.mail.inbox import INBOX, Inbox
from vclass.mail.listener import listening
from vclass.mail.mailbox import POLL_SECONDS, Mailbox, poll
from vclass.mail.model import Compose, Connection, FinalError, Mail, TemporaryError, Transport
from vclass.mail.pace import UNLIMITED, Pace, Rate
from vclass.mail.postman import POSTMAN, UNWRITABLE, Delivery, Postman
from vclass.mail.signing import Signer, signer
from vclass.mail.smtp import KEEP, Kept, Smtp, transport

__all__ = [
    "INBOX",
    "KEEP",
    "POLL_SECONDS",
    "POSTMAN",
    "UNLIMITED",
    "UNWRITABLE",
    "Compose",
    "Connection",
    "Delivery",
    "FinalError",
    "Inbox",
    "Kept",
    "Mail",
    "Mailbox",
    "Pace",
    "Postman",
    "Rate",
    "Signer",
    "Smtp",
    "TemporaryError",
    "Transport",
    "is_listener",
    "is_mailbox",
    "listening",
    "poll",
    "signer",
    "transport",
]
