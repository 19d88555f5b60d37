"""ical.js, the parser inside Thunderbird and Nextcloud, behind a pipe."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.judges.node import node, node_module_path

Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Property:
    """A property as ical.js reads it."""

    name: str
    values: list[str]
    cn: str | None
    feature: str | list[str] | None


class IcalJs:
    """A Node process that answers questions about calendars; a context manager."""

    def __enter__(self) -> Self:
        script = Path(__file__).with_suffix(".mjs")
        module = node_module_path("ical.js") / "dist" / "ical.js"
        self._process = subprocess.Popen([node(), script, module], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def spans(self, calendar: bytes) -> Spans:
        """Start and end of every occurrence, in UTC seconds."""
        return [(starts, ends) for starts, ends, _ in self.meetings(calendar)]

    def meetings(self, calendar: bytes) -> list[tuple[int, int, str]]:
        """The same with the location of each."""
        return [(starts, ends, place) for starts, ends, place in self._ask(ask="meetings", calendar=calendar.decode())]

    def properties(self, calendar: bytes) -> list[list[Property]]:
        """The properties of each event."""
        events = self._ask(ask="properties", calendar=calendar.decode())
        return [[Property(**found) for found in event] for event in events]

    def instants(self, calendar: bytes, walls: Sequence[str]) -> list[int]:
        """What wall times mean by the calendar's first VTIMEZONE."""
        return list(self._ask(ask="instants", calendar=calendar.decode(), walls=list(walls)))

    def _ask(self, **request: object) -> Any:  # noqa: ANN401  JSON has no narrower type
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
