"""The approval queue in every state, with invented names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import BERLIN, HALL, KYIV, NEW_YORK, NOW, VIENNA, WEEK, Sample, span
from vclass.web.pages.contexts import Reader
from vclass.web.pages.contexts.approvals import (
    Answer,
    ApprovalsPage,
    KitNeed,
    Lost,
    RejectForm,
    Request,
    RivalSlot,
)
from vclass.web.pages.contexts.obstacles import Obstacle
from vclass.web.pages.contexts.paging import Pager

EVA: Final = Reader(
    "Eva Maurer", "Room administrator", VIENNA, "Europe/Vienna", KYIV, may_book=True, may_find=True, requests=7
)
THURSDAY: Final = span("2026-10-15T12:00:00Z")
FRIDAY_NIGHT: Final = NOW + 3 * 86400
CAMERA: Final = KitNeed("Document camera", 1, 1, 2)

LECTURE: Final = Request(
    id="b1",
    lesson="data",
    title="Guest lecture: Data protection in two legal orders",
    side=KYIV,
    by="Prof. Oksana Kovalenko",
    asked=NOW - 4 * 86400,
    span=THURSDAY,
    last=THURSDAY[0] + 13 * WEEK,
    people=22,
    seats=24,
    number=14,
    weekly=True,
    kit=(CAMERA, KitNeed("Wireless microphone", 2, 3, 5)),
    rooms=(HALL,),
    answers=(Answer(VIENNA, "pending"), Answer(KYIV, "approved", "Iryna Bondar", NOW - 86400)),
    hold_until=NOW + 8 * 3600,
    best=True,
)
MEETING: Final = replace(
    LECTURE,
    id="b2",
    title="Project meeting WP 3",
    side=BERLIN,
    by="Jonas Weber",
    people=8,
    number=1,
    kit=(),
    rooms=(),
    answers=(Answer(VIENNA, "pending"), Answer(BERLIN, "pending")),
    hold_until=FRIDAY_NIGHT,
    best=False,
)
TUTORIAL: Final = replace(
    MEETING,
    id="b3",
    title="Tutorial Databases",
    side=VIENNA,
    by="Karl Huber",
    people=28,
    number=9,
    weekly=False,
    kit=(KitNeed("Document camera", 2, 1, 2),),
    answers=(),
    hold_until=0,
)
RIVALS: Final = RivalSlot("s1", "A-101", THURSDAY, (LECTURE, MEETING, TUTORIAL), (KYIV,))
SINGLE: Final = RivalSlot(
    "s2", "A-102", span("2026-10-13T10:00:00Z"), (replace(MEETING, id="b4", title="Thesis colloquium", best=True),)
)
KIT: Final = RivalSlot(
    "s3",
    "Wireless microphone",
    span("2026-10-14T07:00:00Z", 180),
    (replace(TUTORIAL, id="b5", title="Lab course, part 2", seats=0, people=12, best=True),),
    (NEW_YORK,),
)
TAKEN: Final = Obstacle("A-101", THURSDAY, title="Guest lecture: Data protection in two legal orders")
BEATEN: Final = replace(
    MEETING,
    obstacle=TAKEN,
    instead=("B-204", "B-206"),
    reject=RejectForm("Another lesson has the room. B-204 is free at the same time.", opened=True),
)
QUEUE: Final = ApprovalsPage(VIENNA, (RIVALS, SINGLE, KIT), Pager(1, 20, 143, next="/approvals?cursor=x"), expiring=2)


def approvals() -> Iterator[tuple[str, Sample]]:
    def queue(page: ApprovalsPage) -> Sample:
        return Sample(page, EVA, "approvals")

    unsaid = replace(LECTURE, reject=RejectForm("", "this", "Say why: the sender reads it."))
    unsaid_slot = replace(SINGLE, requests=(unsaid,))
    beaten = replace(RIVALS, requests=(BEATEN, replace(TUTORIAL, obstacle=replace(TAKEN, title=""))))
    lost = Lost("b2", MEETING.title, TAKEN, "Karl Huber", NOW - 60)
    yield "approvals", queue(QUEUE)
    yield "approvals-empty", queue(ApprovalsPage(VIENNA, (), Pager(0, 0, 0)))
    yield "approvals-unsaid", queue(replace(QUEUE, slots=(unsaid_slot,), pager=Pager(1, 1, 1)))
    yield "approvals-lost", queue(replace(QUEUE, slots=(beaten, SINGLE), lost=lost, expiring=0))
    yield "approvals-one", queue(replace(QUEUE, slots=(RIVALS,), pager=Pager(1, 1, 1), single=True))
