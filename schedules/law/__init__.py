"""The law-change watch: lessons whose wall time became another instant when a country changed its clocks."""

from schedules.law.service import KIND, LawChange, LawClerk, Moved, carry_out, prepare

__all__ = ["KIND", "LawChange", "LawClerk", "Moved", "carry_out", "prepare"]
