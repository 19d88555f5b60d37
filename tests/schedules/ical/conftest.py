"""The foreign readers that judge what we write."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import pytest

from tests.judges.calendar import SimulatedCalendar
from tests.judges.icaljs import IcalJs

Meetings: TypeAlias = list[tuple[int, int, str]]
Delivered: TypeAlias = Callable[[Iterable[bytes]], Meetings]


@pytest.fixture(scope="session")
def icaljs() -> Iterator[IcalJs]:
    with IcalJs() as process:
        yield process


@pytest.fixture(scope="session")
def delivered(icaljs: IcalJs) -> Delivered:
    """What a calendar shows after some mails: span and location of each meeting, on which two readers agree."""

    def after(mails: Iterable[bytes]) -> Meetings:
        calendar = SimulatedCalendar()
        for mail in mails:
            calendar.receive(mail)
        found = sorted(meeting for each in calendar.calendars() for meeting in icaljs.meetings(each))
        assert calendar.shown() == [each[:2] for each in found]
        return found

    return after
