"""Mail: out from the outbox to SMTP, signed and paced; in through a listener or a mailbox, to answers and bounces."""

from vclass.mail.model import Compose, Connection, FinalError, Mail, Parcel, TemporaryError, Transport
from vclass.mail.pace import UNLIMITED, Pace, Rate
from vclass.mail.postman import POSTMAN, Delivery, Postman
from vclass.mail.signing import Signer, signer
from vclass.mail.smtp import KEEP, Kept, Smtp, transport

__all__ = [
    "KEEP",
    "POSTMAN",
    "UNLIMITED",
    "Compose",
    "Connection",
    "Delivery",
    "FinalError",
    "Kept",
    "Mail",
    "Pace",
    "Parcel",
    "Postman",
    "Rate",
    "Signer",
    "Smtp",
    "TemporaryError",
    "Transport",
    "signer",
    "transport",
]
