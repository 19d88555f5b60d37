"""Recordings of a lesson, with invented names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import ANNA, NOW, Sample
from vclass.web.pages.contexts.recordings import FileLine, RecordingCard, RecordingsPage

DAY: Final = 24 * 3600
TITLE: Final = "Comparative Media Law"
FILES: Final = (
    FileLine("Anna Leitner", "/api/v1/recordings/r1/files/a.media", 2700, 84_000_000),
    FileLine("Ольга Коваленко", "/api/v1/recordings/r1/files/b.media", 2640, 61_000_000),
)
READY: Final = RecordingCard("r1", NOW - DAY, "ready", 2700, NOW + 179 * DAY, "none", 0, FILES)
JOINED: Final = FileLine("", "/api/v1/recordings/r3/files/joined.webm", 2700, 52_000_000)
CARDS: Final = (
    replace(READY, id="r0", begun=NOW - 600, state="running", files=()),
    READY,
    replace(READY, id="r2", joined="running", progress=40),
    replace(READY, id="r3", joined="ready", files=(*FILES, JOINED)),
    replace(READY, id="r4", joined="failed", failed=True),
    replace(READY, id="r5", files=()),
)


def recordings() -> Iterator[tuple[str, Sample]]:
    yield "recordings", Sample(RecordingsPage("law", TITLE, CARDS, may_delete=True), ANNA, "day")
    yield "recordings-none", Sample(RecordingsPage("law", TITLE, ()), ANNA, "day")
