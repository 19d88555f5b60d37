"""How to get to the pages around bookings in each state: requests, slots, one date, the waiting list, kit."""

from playwright.async_api import expect

from rooms import equipment_for
from schedules import lessons_between
from tests.journeys.offices import KEEPER, OTHER_KEEPER, QUEUED
from tests.journeys.sight import Sight, view
from tests.journeys.stage import DAY, NOW
from vclass.core.keys import DATABASE
from vclass.demo.cast import LEADER, PARTNER


@view
async def approvals(sight: Sight) -> None:
    """Rivals, a hold that expires, and a single request."""
    await sight.be(KEEPER)
    await sight.open("/approvals")
    await expect(sight.page.locator(".rival").first).to_be_visible()


@view
async def approvals_keys(sight: Sight) -> None:
    await approvals(sight)
    await sight.page.keyboard.press("?")
    await expect(sight.page.locator("dialog#keys")).to_be_visible()


@view
async def approvals_reject(sight: Sight) -> None:
    """A rejection that is being written."""
    await approvals(sight)
    await sight.page.keyboard.press("j")
    await sight.page.keyboard.press("r")
    await expect(sight.page.locator("[name=reason]").first).to_be_focused()


@view
async def approval(sight: Sight) -> None:
    """The one request that a mail leads to."""
    await approvals(sight)
    action = await sight.page.locator("form[action$='/approve']").last.get_attribute("action")
    await sight.open(str(action).removesuffix("/approve"))


@view
async def slots(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open("/slots")


@view
async def slots_found(sight: Sight) -> None:
    """A weekly time for two sides, across the end of summer time."""
    await slots(sight)
    page = sight.page
    await page.locator("#people").fill(f"{LEADER}\n{PARTNER}")
    await page.locator("#first").fill("2026-10-21")
    await page.locator("#last").fill("2026-10-27")
    await page.locator("[name=repeat][value=weekly]").check(force=True)
    await page.locator("#weeks").fill("8")
    await page.locator("form .btn", has=page.locator("use[href*=finder]")).click()
    await expect(page.locator("#slot-1")).to_be_visible()


@view
async def booking_bad_time(sight: Sight) -> None:
    """Late in the evening, on a weekend."""
    await sight.be(LEADER)
    await sight.open("/lessons/new")
    await sight.page.locator("#date").fill("2026-10-24")
    await sight.page.locator("#time").fill("20:00")
    await expect(sight.page.locator("#preview .banner")).to_be_visible()


@view
async def booking_again(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open(f"/lessons/new?again={sight.term.ended.public_id}")


@view
async def occurrence_move(sight: Sight) -> None:
    await _one_date(sight, "move")
    await sight.page.locator("#time").fill("16:00")
    await expect(sight.page.locator("#preview")).to_contain_text("16:00")


@view
async def occurrence_room(sight: Sight) -> None:
    await _one_date(sight, "room")


@view
async def occurrence_cancel(sight: Sight) -> None:
    await _one_date(sight, "cancel")


@view
async def occurrence_clash(sight: Sight) -> None:
    """Moved to where the other lesson of the same teacher is."""
    await _one_date(sight, "move")
    await sight.page.locator("#date").fill("2026-10-20")
    await sight.page.locator("#time").fill("15:00")
    await sight.page.locator("form#change .btn.primary").click()
    await expect(sight.page.locator("#obstacles")).to_be_visible()


@view
async def waiting(sight: Sight) -> None:
    """A wish in line for a room that is taken."""
    await sight.be(OTHER_KEEPER)
    owner = await sight.there.actor(OTHER_KEEPER)
    lessons = await sight.there.app[DATABASE].read(lessons_between, owner, NOW, NOW + DAY)
    queued = next(each for each in lessons if each.draft.title == QUEUED)
    await sight.open(f"/waiting/{queued.dates[0].booking_public_id}")


@view
async def kit(sight: Sight) -> None:
    """What the label on a camera leads to that is overdue."""
    await sight.be(KEEPER)
    [camera] = [each for each in await sight.there.app[DATABASE].read(equipment_for, None) if "camera" in each.name][:1]
    await sight.open(f"/kit/of/{camera.public_id}")
    await expect(sight.page.locator(".code svg")).to_be_visible()


@view
async def kit_of_lesson(sight: Sight) -> None:
    """What the lesson that is open leads to."""
    await sight.be(LEADER)
    held = sight.term.opened.occurrences[0]
    await sight.open(f"/kit/for/{held.booking_public_id}")


@view
async def labels(sight: Sight) -> None:
    await sight.be(KEEPER)
    await sight.open("/rooms/manage/labels?each=piece")


async def _one_date(sight: Sight, change: str) -> None:
    await sight.be(LEADER)
    lesson = sight.term.shifted
    await sight.open(f"/lessons/{lesson.public_id}/occurrences/{lesson.occurrences[2].recurrence}?change={change}")
