"""Whatever is done to lessons, and in whatever order its mails come: calendars show what the API says."""

from tests.judges.histories import STEPS, run
from tests.office import Office

RUNS = 12


async def test_r5_histories_in_any_order_leave_every_calendar_equal_to_the_lesson(office: Office) -> None:
    figures = await run(office, RUNS, seed=7)
    assert figures["disagreements"] == []
    assert {each.__name__ for each in STEPS} <= figures["done"].keys()
