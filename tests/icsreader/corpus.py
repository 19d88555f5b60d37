"""The calendars that the installed wheels of icalendar and recurring-ical-events bring with them."""

import importlib.util
from pathlib import Path
from typing import Final

PACKAGES: Final = ("icalendar", "recurring_ical_events")
NUMBER: Final = 258


def files() -> list[Path]:
    """All of them, in order."""
    return sorted(path for package in PACKAGES for path in folder_of(package).rglob("*.ics"))


def folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent
