"""Auditory rooms and equipment, and the rule that nothing is ever booked twice."""
