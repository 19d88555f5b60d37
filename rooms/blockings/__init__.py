"""Blockings: maintenance and exams take rooms and kit whole, for hours or for weeks."""

from rooms.blockings.clerks import BlockClerk, UnblockClerk
from rooms.blockings.model import BLOCK, UNBLOCK, Block, InTheWayError, NewBlocking
from rooms.blockings.road import block, unblock
from rooms.blockings.service import standing_blockings
from rooms.blockings.web import routes

__all__ = [
    "BLOCK",
    "UNBLOCK",
    "Block",
    "BlockClerk",
    "InTheWayError",
    "NewBlocking",
    "UnblockClerk",
    "block",
    "routes",
    "standing_blockings",
    "unblock",
]
