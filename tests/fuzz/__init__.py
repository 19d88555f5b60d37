"""Hostile input, seeded: what comes from the network must be taken or refused, and nothing may grow."""
