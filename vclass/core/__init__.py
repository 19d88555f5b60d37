"""The ground floor: database, clock, zones, spans, keys, wire, outbox, audit. No domain word in it."""
