"""How to get to the pages of rooms and of their administrators in each state."""

from typing import Final

from playwright.async_api import expect

from tests.journeys.offices import KEEPER
from tests.journeys.sight import Sight, view
from tests.journeys.stage import STUDENT
from vclass.demo.cast import LEADER, PARTNER

DAY: Final = "2026-10-20"
LAB: Final = "Lab 12"


@view
async def rooms_managed(sight: Sight) -> None:
    await sight.be(KEEPER)
    await sight.open("/rooms")


@view
async def room_day(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open(f"{await _room(sight, 'B-204')}?view=day&date={DAY}")


@view
async def room_week(sight: Sight) -> None:
    """With requests, a held one, a blocking, buffers, opening hours, and a closure."""
    await sight.be(KEEPER)
    await sight.open(f"{await _room(sight, LAB)}?view=week&date={DAY}")


@view
async def room_clocks(sight: Sight) -> None:
    """A day of 25 hours, read on another clock than the room's."""
    await sight.be(PARTNER)
    await sight.open(f"{await _room(sight, 'A-101')}?view=day&date=2026-10-25")


@view
async def room_student(sight: Sight) -> None:
    await sight.be(STUDENT)
    await sight.open(f"{await _room(sight, 'A-101')}?view=week&date={DAY}")


@view
async def manage(sight: Sight) -> None:
    await sight.be(KEEPER)
    await sight.open("/rooms/manage")


@view
async def manage_room(sight: Sight) -> None:
    await _form(sight)


@view
async def manage_room_new(sight: Sight) -> None:
    await sight.be(KEEPER)
    await sight.open("/rooms/manage/rooms/new")


@view
async def manage_room_wrong(sight: Sight) -> None:
    await _form(sight)
    await sight.page.locator("#name").fill("A-101")
    await sight.page.locator("#seats").fill("0")
    await sight.page.locator("#closes-1").fill("07:00")
    await sight.page.locator("form .btn.primary").click()
    await expect(sight.page.locator("[role=alert]")).to_be_visible()


@view
async def manage_room_stale(sight: Sight) -> None:
    """Somebody else has saved the room since the form was opened: an earlier version stands for that."""
    await _form(sight)
    await sight.page.evaluate("document.querySelector('[name=version]').value = '1'")
    await sight.page.locator("#seats").fill("18")
    await sight.page.locator("form .btn.primary").click()
    await expect(sight.page.locator("[role=alert]")).to_be_visible()


@view
async def manage_kit(sight: Sight) -> None:
    await sight.be(KEEPER)
    await sight.open("/rooms/manage")
    await sight.page.locator("a[href*='/rooms/manage/kit/']:not([href$=new])").first.click()
    await expect(sight.page.locator("#quantity")).to_be_visible()


@view
async def manage_closed(sight: Sight) -> None:
    await sight.be(KEEPER)
    await sight.open("/rooms/manage/closed")


@view
async def manage_closed_way(sight: Sight) -> None:
    """What would lose its room."""
    await sight.be(KEEPER)
    await sight.open("/rooms/manage/closed")
    await sight.page.locator("label", has_text="B-204").locator("input").check()
    await sight.page.locator("#last_date").fill("2026-10-30")
    await sight.page.locator("#block-reason").fill("New projector")
    await sight.page.locator("#block button.primary").click()
    await expect(sight.page.locator("#block [role=alert]")).to_be_visible()


@view
async def custody(sight: Sight) -> None:
    await sight.be(KEEPER)
    await sight.open("/rooms/manage/custody")


async def _room(sight: Sight, name: str) -> str:
    [room] = await sight.there.rooms(name)
    return f"/rooms/{room}"


async def _form(sight: Sight) -> None:
    await sight.be(KEEPER)
    await sight.open((await _room(sight, LAB)).replace("/rooms/", "/rooms/manage/rooms/"))
