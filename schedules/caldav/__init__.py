"""Calendars over CalDAV, to be read (RFC 4791, RFC 6578, RFC 6764)."""
