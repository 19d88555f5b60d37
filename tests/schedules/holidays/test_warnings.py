"""R30: public holidays warn both sides and never block: in the preview, at the lesson, and in the slot finder."""

from schedules import Repeat, SlotQuestion, find_slots
from schedules.holidays import put_region, region_of_house
from schedules.service import lesson_view
from schedules.slots.comfort import HOLIDAY
from schedules.slots.views import slot_list
from schedules.slots.wire import SlotList
from schedules.wire import FlagView, LessonPreview
from tests.office import Office

INDEPENDENCE = "2027-08-24T10:00"
NATIONAL = "2027-10-26T10:00"


async def preview(office: Office, **changes: object) -> LessonPreview:
    return await office.lessons.preview(office.teacher, office.body(**changes))


def said(flags: tuple[FlagView, ...]) -> list[tuple[str, str, str]]:
    return [(each.partner, each.reason, each.detail) for each in flags]


async def test_r30_a_holiday_of_one_side_is_told_before_booking(office: Office) -> None:
    shown = await preview(office, start=NATIONAL)
    assert said(shown.flags) == [("Uni Wien", "holiday", "National Day")]
    assert shown.flags[0].sentence == "On 26 Oct it is a holiday for Uni Wien (National Day)."
    assert [each.state for each in shown.occurrences] == ["confirmed"]


async def test_r30_a_holiday_that_the_other_side_works_on_is_told_softly(office: Office) -> None:
    shown = await preview(office, start=INDEPENDENCE)
    assert said(shown.flags) == [("KPI", "worked_holiday", "Independence Day")]
    assert shown.flags[0].sentence == "On 24 Aug it is a holiday that is worked for KPI (Independence Day)."


async def test_r30_a_lesson_is_booked_on_a_holiday_all_the_same_and_says_so(office: Office) -> None:
    lesson = await office.book(start=NATIONAL, repeat=Repeat("week", count=2))
    view = await office.database.read(lesson_view, office.teacher, lesson, office.clock())
    assert [each.state for each in view.occurrences] == ["confirmed"] * 2
    [flag] = view.flags
    assert (flag.detail, [each.recurrence for each in flag.weeks]) == ("National Day", [NATIONAL])


async def test_r30_the_region_of_a_house_has_its_own_holidays(office: Office) -> None:
    admin = office.world.actors["institution_admin", "vienna"]
    _, version = await office.database.read(region_of_house, admin)
    house, after = await office.database.write(put_region, admin, "9", version=version, now=office.clock())
    assert (house.region, after) != ("", version)


async def slots(office: Office, **more: object) -> SlotList:
    body = SlotQuestion(minutes=60, from_="2027-10-26", to="2027-10-27", **more)  # type: ignore[arg-type]  # as a test names
    return slot_list(await office.database.read(find_slots, office.teacher, body, office.clock()))


async def test_r30_times_on_a_holiday_come_after_all_others(office: Office) -> None:
    found = (await slots(office)).slots
    assert {each.local[:10] for each in found[:5]} == {"2027-10-27"}
    assert all(each.comfort < HOLIDAY for each in found[:5])


async def test_r30_a_time_on_a_holiday_can_be_had_and_is_flagged(office: Office) -> None:
    body = SlotQuestion(minutes=60, from_="2027-10-26", to="2027-10-26")
    found = slot_list(await office.database.read(find_slots, office.teacher, body, office.clock()))
    assert (found.slots[0].complete, found.slots[0].comfort) == (True, HOLIDAY)
    assert said(found.slots[0].flags) == [("Uni Wien", "holiday", "National Day")]


async def test_r30_weekly_times_tell_the_weeks_with_a_holiday(office: Office) -> None:
    body = SlotQuestion(minutes=60, from_="2027-10-19", to="2027-10-19", weekly_for=3)
    found = slot_list(await office.database.read(find_slots, office.teacher, body, office.clock()))
    [flag] = found.slots[0].flags
    assert [each.recurrence[:10] for each in flag.weeks] == ["2027-10-26"]
