"""The clerks of the desk for lessons: what is checked inside the transaction, and which rows go with the claims.

Each ``record`` is called once for a batch; lesson, attendees, audit, stored answer and outbox rows commit with the
claims or not at all.
"""

from schedules.clerks.answers import Done, Refused, Replayed
from schedules.clerks.cancel import CancelClerk
from schedules.clerks.change import ChangeClerk
from schedules.clerks.create import CreateClerk
from schedules.clerks.split import SplitClerk
from schedules.clerks.swap import Exchanged, SwapClerk

__all__ = [
    "CancelClerk",
    "ChangeClerk",
    "CreateClerk",
    "Done",
    "Exchanged",
    "Refused",
    "Replayed",
    "SplitClerk",
    "SwapClerk",
]
