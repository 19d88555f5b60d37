"""Entries of the waiting list in every state, with invented names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import A101, ANNA, CLASH, HALL, KYIV, NOW, SHIFTED, VIENNA, Sample
from vclass.web.pages.contexts.waiting import WaitingPage, WaitState

OFFER: Final = WaitingPage(
    id="w1",
    lesson="law",
    title="Comparative Media Law",
    state="offered",
    own=VIENNA,
    others=(KYIV,),
    span=SHIFTED,
    until=NOW + 26 * 3600,
    rooms=(A101, HALL),
    obstacles=CLASH.obstacles,
)


def waiting() -> Iterator[tuple[str, Sample]]:
    states: tuple[WaitState, ...] = ("offered", "expired", "left")
    for state in states:
        yield f"waiting-{state}", Sample(replace(OFFER, state=state), ANNA, "day")
    yield "waiting", Sample(replace(OFFER, state="waiting", position=3, number=13), ANNA, "day")
    yield "waiting-next", Sample(replace(OFFER, state="waiting", obstacles=(), rooms=(), others=()), ANNA, "day")
