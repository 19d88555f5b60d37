"""Approvals: each house says yes or no to what is wanted of its rooms, in time; rivals stand side by side."""

from rooms.approvals.clerks import clerks
from rooms.approvals.model import APPROVE, EXPIRE, REJECT, AlreadyDecidedError, Decided, Scope
from rooms.approvals.queue import Request, Slot, number_expiring, number_of_requests, queue, slot_of
from rooms.approvals.service import due, outdone, prepare_approval, prepare_rejection
from rooms.store.approvals import Answer, answers_of

__all__ = [
    "APPROVE",
    "EXPIRE",
    "REJECT",
    "AlreadyDecidedError",
    "Answer",
    "Decided",
    "Request",
    "Scope",
    "Slot",
    "answers_of",
    "clerks",
    "due",
    "number_expiring",
    "number_of_requests",
    "outdone",
    "prepare_approval",
    "prepare_rejection",
    "queue",
    "slot_of",
]
