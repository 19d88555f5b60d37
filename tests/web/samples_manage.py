"""Administration of rooms and kit in every state, with invented names."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import NOW, TODAY, VIENNA, ZONES, Sample, span
from tests.web.samples_approvals import EVA
from vclass.web.pages.contexts import Choice, Notice, Page
from vclass.web.pages.contexts.kit import KitPage, Label, LabelsPage
from vclass.web.pages.contexts.manage import (
    BlockingForm,
    BlockingLine,
    ClosureForm,
    ClosureLine,
    CustodyPage,
    Displaced,
    HandOut,
    HolidayLine,
    HoursRow,
    InCustody,
    KitFormPage,
    KitValues,
    ManageClosedPage,
    ManagedKit,
    ManagedRoom,
    ManagePage,
    RegionForm,
    RoomFormPage,
    RoomValues,
)

LISTED: Final = ManagePage(
    VIENNA,
    (
        ManagedRoom("a101", "A-101", "hall", 24, shared=True, approval=True, opening=True),
        ManagedRoom("b204", "B-204", "hall", 40, opening=True),
        ManagedRoom("v1", "Online 1", "virtual", 60, shared=True, retired=True),
    ),
    (
        ManagedKit("camera", "Document camera", "equipment", 2, out=1, shared=True),
        ManagedKit("mic", "Wireless microphone", "equipment", 5, approval=True),
        ManagedKit("maple", "Maple", "licence", 30, retired=True),
    ),
    overdue=1,
)
BLANK: Final = (HoursRow(), HoursRow(), HoursRow())
ROOM: Final = RoomFormPage(
    VIENNA,
    ZONES,
    RoomValues(
        name="A-101",
        zone="Europe/Vienna",
        seats="24",
        place="first floor, Lindengasse 4",
        features="step-free\ntwo projectors",
        approval="required",
        shared="yes",
        setup_minutes="10",
        teardown_minutes="5",
        horizon_days="180",
        longest_minutes="240",
        camera="1080p, pan and zoom, two presets",
        contact="Eva Maurer, 01 555 01 42",
        hours=(
            HoursRow("MO-FR", "07:30", "17:30"),
            HoursRow("SA", "08:00", "13:00", "2026-10-01", "2027-01-31"),
            *BLANK,
        ),
    ),
    id="a101",
    name="A-101",
    version="4",
    photo="/static/favicon.svg",
    bookings=12,
)
CLOSED: Final = ManageClosedPage(
    VIENNA,
    "Europe/Vienna",
    (Choice("a101", "A-101"), Choice("b204", "B-204"), Choice("camera", "Document camera, 2 of them")),
    (
        BlockingLine("x1", ("B-204",), span("2026-10-07T11:00:00Z", 240), "Projector repair", "Eva Maurer"),
        BlockingLine("x2", ("A-101", "A-102"), span("2027-01-18T07:00:00Z", 60 * 24 * 5)),
    ),
    (
        ClosureLine("c1", dt.date(2026, 10, 26), dt.date(2026, 10, 26), "National holiday"),
        ClosureLine("c2", dt.date(2026, 12, 19), dt.date(2027, 1, 6)),
    ),
    (ClosureLine("t1", dt.date(2026, 10, 1), dt.date(2027, 1, 31), "Winter term 2026/27"),),
    overdue=1,
    region=RegionForm(
        "9",
        "7",
        (Choice("1", "Burgenland"), Choice("9", "Wien")),
        (
            HolidayLine(dt.date(2026, 10, 26), "National Day"),
            HolidayLine(dt.date(2026, 11, 1), "All Saints’ Day"),
            HolidayLine(dt.date(2026, 12, 8), "Immaculate Conception", worked=True),
        ),
    ),
)
IN_THE_WAY: Final = BlockingForm(
    what=("a101",),
    first_date="2026-10-06",
    last_date="2026-10-06",
    reason="Exams",
    in_the_way=(
        Displaced("Comparative Media Law", TODAY, "Dr. Anna Leitner"),
        Displaced("", span("2026-10-06T12:00:00Z")),
    ),
)
OUT: Final = CustodyPage(
    VIENNA,
    (
        HandOut("b1", "camera", "Document camera", 1, "Karl Huber", "Tutorial Databases", TODAY[0], room="A-205"),
        HandOut(
            "b2",
            "mic",
            "Wireless microphone",
            2,
            "Jonas Weber",
            "Project meeting",
            TODAY[1],
            TODAY[1] - 1800,
            waits_for="Eva Gruber",
        ),
    ),
    (
        InCustody("o1", "Wireless microphone", 2, "Eva Gruber", "Lab 2", NOW - 3600, True, "Jonas Weber", TODAY[1]),
        InCustody("o2", "Document camera", 1, "Prof. Novak", "", NOW + 7200),
    ),
    overdue=1,
)


def manage() -> Iterator[tuple[str, Sample]]:
    def seen(page: Page, notice: Notice | None = None) -> Sample:
        return Sample(page, EVA, "rooms", notice)

    wrong = {
        "name": "There is a room of this name already.",
        "seats": "Write how many seats there are.",
        "hours-1": "It closes before it opens.",
        "photo": "This is no picture.",
        "approval": "Stands there now: none needed",
        "shared": "Stands there now: no",
        "retire": "It is booked or asked for until 6 April 2027.",
    }
    fresh = RoomFormPage(VIENNA, ZONES, RoomValues(zone="Europe/Vienna", hours=BLANK))
    kit = KitFormPage(
        VIENNA,
        KitValues("Document camera", quantity="2", shared="yes"),
        id="camera",
        name="Document camera",
        version="1",
    )
    typed = BlockingForm(errors={"what": "Choose what to block.", "last_date": "It ends before it begins."})
    untyped = ClosureForm("2026-10-26", "2026-10-25", errors={"last_day": "The last day is before the first."})
    yield "manage", seen(LISTED, Notice("A-101 is saved."))
    yield "manage-empty", seen(ManagePage(VIENNA))
    yield "manage-room", seen(ROOM)
    yield "manage-room-new", seen(fresh)
    yield "manage-room-wrong", seen(replace(ROOM, errors=wrong, photo=""))
    yield "manage-room-retired", seen(replace(ROOM, retired=True, bookings=0))
    yield "manage-kit", seen(kit)
    yield "manage-kit-new", seen(KitFormPage(VIENNA, errors={"name": "Give it a name."}))
    yield "manage-closed", seen(CLOSED)
    yield "manage-closed-empty", seen(ManageClosedPage(VIENNA, "Europe/Vienna", CLOSED.resources))
    yield "manage-closed-wrong", seen(replace(CLOSED, blocking=typed, closure=untyped))
    yield "manage-closed-way", seen(replace(CLOSED, blocking=IN_THE_WAY))
    yield "custody", seen(OUT)
    yield "custody-empty", seen(CustodyPage(VIENNA))
    yield "custody-out", seen(replace(OUT, hand_out=(), overdue=0))
    yield from _coded(seen)


def _coded(seen: Callable[[Page], Sample]) -> Iterator[tuple[str, Sample]]:
    """What codes on kit lead to, and labels."""
    path = "/kit/of/mic"
    url = f"https://vclass.example{path}"
    kit = KitPage(VIENNA, path, url, "Wireless microphone", keeper=True)
    yield "kit", seen(replace(kit, hand_out=OUT.hand_out[:1]))
    yield "kit-late", seen(replace(kit, hand_out=OUT.hand_out[1:], out=OUT.out[:1]))
    yield "kit-nothing", seen(kit)
    yield "kit-stranger", seen(replace(kit, keeper=False))
    pieces = tuple(Label("Wireless microphone", url, number, 5) for number in range(1, 6))
    camera = Label("Document camera for the large lecture hall", url)
    yield "labels", seen(LabelsPage(VIENNA, (camera, *pieces), pieces=True, left_out=3))
    yield "labels-empty", seen(LabelsPage(VIENNA))
