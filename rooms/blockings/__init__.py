"""Blockings: maintenance and exams take rooms and kit whole, for hours or for weeks."""

from rooms.blockings.clerks import BlockClerk, UnblockClerk
from rooms.blockings.model import BLOCK, UNBLOCK, InTheWayError
from rooms.blockings.web import routes

__all__ = ["BLOCK", "UNBLOCK", "BlockClerk", "InTheWayError", "UnblockClerk", "routes"]
