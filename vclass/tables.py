"""All tables, so that migrations see them: importing this module imports every store."""

from rooms.store import tables as rooms
from schedules import tables as schedules
from schedules.answers import tables as answers
from schedules.busy import store as busy
from schedules.caldav import store as caldav
from schedules.feeds import store as feeds
from schedules.law import store as law
from schedules.reminders import store as reminders
from vclass.core import audit, idempotency, inbox, leases, outbox
from vclass.core.db import metadata
from vclass.people import store as people
from vclass.recordings import store as recordings

__all__ = [
    "answers",
    "audit",
    "busy",
    "caldav",
    "feeds",
    "idempotency",
    "inbox",
    "law",
    "leases",
    "metadata",
    "outbox",
    "people",
    "recordings",
    "reminders",
    "rooms",
    "schedules",
]
