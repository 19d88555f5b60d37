"""The page of calendars: with links and passwords, with a password that was just made, and at first."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import ANNA, NOW, Sample
from vclass.web.pages.contexts import AppPassword, CalendarLink, CalendarsPage

WHERE: Final = "vclass.example/cal/Zl6Qh0m9pXc2yW8nTqB4uA.ics"
MINE: Final = CalendarLink("1", "Anna", "person", "full", f"https://{WHERE}", f"webcal://{WHERE}", NOW - 7200)
PAGE: Final = CalendarsPage(
    links=(
        MINE,
        replace(MINE, id="2", name="Auditory A-101", kind="room", detail="busy", used=None),
        replace(MINE, id="3", detail="freebusy", url="", webcal=""),
    ),
    passwords=(
        AppPassword("1", "Thunderbird at home", NOW - 86400, NOW - 600),
        AppPassword("2", "Phone", NOW, None),
    ),
    address="https://vclass.example/dav/",
    email="anna.leitner@vii.example",
)


def calendars() -> Iterator[tuple[str, Sample]]:
    yield "calendars", Sample(PAGE, ANNA, "settings")
    secret = "k3vzq-7xw2c-p5d6e-qrmt4-bj2l6-s"
    made = replace(PAGE, links=(), secret=secret, kind="room", of="1", name="Auditory A-101")
    yield "calendars-password", Sample(made, ANNA, "settings")
    wrong = replace(PAGE, links=(), passwords=(), error="Say in one line which program it is for.")
    yield "calendars-wrong", Sample(wrong, ANNA, "settings")
