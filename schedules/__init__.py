"""Lessons and series, anchored in the wall time of one zone; what calendars are told of them."""
