"""The law-change watch: lessons whose wall time became another instant when a country changed its clocks."""

from schedules.law.service import KIND, LawChange, LawClerk, Moved, carry_out, prepare
from schedules.law.telling import ACTION, Waiting, clocks_of, tell, waiting

__all__ = [
    "ACTION",
    "KIND",
    "LawChange",
    "LawClerk",
    "Moved",
    "Waiting",
    "carry_out",
    "clocks_of",
    "prepare",
    "tell",
    "waiting",
]
