"""A notice of each kind, as facts, with invented names."""

from typing import Final

from msgspec.structs import replace

from schedules import LostDate, OtherSlot
from tests.web.samples import A101, HALL, KYIV, NEXT_WEEK, NOW, PREVIEW, TODAY, VIENNA, span
from vclass.web.notice_facts import NoticeMail

SLOTS: Final = (OtherSlot(span("2026-10-14T07:30:00Z"), ("A-101", "Hall 214")), OtherSlot(span("2026-10-16T08:30:00Z")))
LOST: Final = (LostDate(TODAY, TODAY[1], SLOTS), LostDate(NEXT_WEEK))
REQUEST: Final = NoticeMail(
    notice="requested",
    to="approver",
    language="en",
    zone="Europe/Kyiv",
    title="Comparative Media Law",
    first=PREVIEW.first,
    last=PREVIEW.last,
    link="https://vclass.example/approvals/b1",
    number=13,
    weekly=True,
    by="Dr. Anna Leitner",
    sides=(VIENNA, KYIV),
    rooms=(A101, HALL),
    until=NOW + 3 * 86400,
)
OWN: Final = replace(
    REQUEST,
    notice="approved",
    to="owner",
    zone="Europe/Vienna",
    link="https://vclass.example/lessons/law",
    by="Iryna Bondar",
    until=0,
)


def notice_mails(language: str) -> dict[str, NoticeMail]:
    request, own = replace(REQUEST, language=language), replace(OWN, language=language)
    single = replace(own, number=1, last=own.first)
    kit = replace(
        single, notice="overdue", title="2 × Wireless microphone", first=(NOW - 900, TODAY[1]), rooms=(), sides=()
    )
    return {
        "requested": request,
        "requested-unheld": replace(request, until=0, number=1, last=request.first, rooms=(HALL,), sides=(KYIV,)),
        "approved": own,
        "approved-half": replace(own, waits_for=("Vienna Institute of Informatics",)),
        "approved-half-held": replace(own, waits_for=("Vienna Institute of Informatics",), until=NOW + 3 * 86400),
        "requested-moved": replace(request, before=TODAY),
        "asked-moved": replace(own, notice="requested", waits_for=("Kyiv Polytechnic Academy",), before=TODAY),
        "taken": replace(single, notice="taken", until=TODAY[1], slots=SLOTS),
        "taken-in-part": replace(
            own, notice="taken", number=2, weekly=False, confirmed=(TODAY, NEXT_WEEK), lost=LOST, until=TODAY[1]
        ),
        "rejected": replace(own, notice="rejected", reason="The room is needed for exams.", slots=SLOTS),
        "rejected-bare": replace(single, notice="rejected"),
        "expired": replace(own, notice="expired", slots=SLOTS),
        "expired-approver": replace(request, notice="expired"),
        "displaced": replace(
            single, notice="displaced", before=TODAY, reason="A-101 is being repaired.", slots=SLOTS[:1]
        ),
        "offered": replace(single, notice="offered", until=NOW + 86400),
        "overdue": replace(kit, to="borrower", by="Eva Gruber", until=TODAY[1]),
        "overdue-administrator": replace(kit, to="approver", by="Eva Gruber", until=TODAY[1]),
        "overdue-unwanted": replace(kit, to="approver", by="Eva Gruber", first=(NOW - 900, NOW - 900)),
        "closed": replace(single, notice="closed", by="Kyiv Polytechnic Academy", reason="Winter break"),
        "law": replace(own, notice="law", before=NEXT_WEEK),
        "law-same": replace(single, notice="law"),
        "proposed": replace(single, notice="proposed", by="Greta", proposed=NEXT_WEEK, reason="I teach until noon."),
        "proposed-taken": replace(own, notice="proposed", by="Greta", proposed=NEXT_WEEK, taken=("A-101",)),
    }
