"""Every refusal names what stands in the way, when that ends, and a way on that works when it is tried."""

from typing import get_args

import pytest

from rooms.model import Reason
from tests.web.api import Api
from tests.web.refusals import clashes, houses, lessons
from tests.web.refusals.case import CASES, CLASSES, REASONS, VERBS, Case
from vclass.core import idempotency, refusals
from vclass.web.errors import TABLE

MODULES = (clashes, houses, lessons)
SHARED = {idempotency.KeyReusedError, refusals.StaleError, refusals.VersionMissingError}
"""What booking has in common with the rest of the application."""


CALENDARS = tuple(f"schedules.{name}." for name in ("answers", "busy", "caldav", "feeds", "holidays", "undelivered"))
"""What is refused there is of calendars and mail, not of booking."""


def of_booking() -> set[type[Exception]]:
    found = {each for each in TABLE if each.__module__.startswith(("rooms.", "schedules."))}
    return {each for each in found if not each.__module__.startswith(CALENDARS)} | SHARED


def test_every_class_of_refusals_of_booking_has_a_case() -> None:
    assert of_booking() - CLASSES == set()


def test_every_reason_and_every_way_of_wishing_has_a_case() -> None:
    assert set(get_args(Reason)) - REASONS.keys() == set()
    assert set(VERBS) - set().union(*REASONS.values()) == set()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_the_way_on_works(api: Api, case: Case) -> None:
    await case(api)
