"""How to get to the pages of calendars and mail in each state: settings, answers, reminders, what failed."""

from playwright.async_api import expect

from schedules.reminders import reminder_path
from tests.journeys.sight import Sight, picture, view
from tests.journeys.stage import ADMIN, GUEST, NEWCOMER, STUDENT
from vclass.core.keys import KEYRING
from vclass.demo.cast import LEADER


@view
async def settings(sight: Sight) -> None:
    """Of an administrator, for whom there is most."""
    await sight.be(ADMIN)
    await sight.open("/settings")


@picture
async def dashboard_admin(sight: Sight) -> None:
    """Mail did not arrive."""
    await sight.be(ADMIN)
    await sight.open("/")


@picture
async def settings_student(sight: Sight) -> None:
    await sight.be(STUDENT)
    await sight.open("/settings")


@view
async def calendars(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open("/settings/calendars")


@picture
async def calendars_empty(sight: Sight) -> None:
    await sight.be(STUDENT)
    await sight.open("/settings/calendars")


@picture
async def calendars_password(sight: Sight) -> None:
    """The password that was just made."""
    await sight.be(NEWCOMER)
    await sight.open("/settings/calendars")
    await sight.page.locator("#name").fill("Thunderbird at home")
    await sight.page.locator("form[action='/settings/passwords'] button").click()
    await expect(sight.page.locator("#secret")).to_be_visible()


@view
async def busy(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open("/settings/busy")


@picture
async def busy_empty(sight: Sight) -> None:
    await sight.be(NEWCOMER)
    await sight.open("/settings/busy")


@picture
async def busy_refused(sight: Sight) -> None:
    """An address that leads into a private network."""
    await busy_empty(sight)
    await sight.page.locator("#address").fill("https://10.0.0.7/calendar.ics")
    await sight.page.locator("form[action$='/address'] button").click()
    await expect(sight.page.locator("#address")).to_have_attribute("aria-invalid", "true")


@view
async def clocks(sight: Sight) -> None:
    """A lesson that a law moved for its people."""
    await sight.be(ADMIN)
    await sight.open("/clocks")


@picture
async def clocks_none(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open("/clocks")


@view
async def undelivered(sight: Sight) -> None:
    await sight.be(ADMIN)
    await sight.open("/settings/undelivered")


@picture
async def undelivered_none(sight: Sight) -> None:
    await sight.be("lena.vogt@bcd.example")
    await sight.open("/settings/undelivered")


@view
async def lesson_answered(sight: Sight) -> None:
    """With answers, another time that is proposed, and an answer of somebody unknown."""
    await sight.be(LEADER)
    await sight.open(f"/lessons/{sight.term.moved.public_id}")
    await expect(sight.page.locator("#answers")).to_be_visible()


@view
async def lesson_counter(sight: Sight) -> None:
    """What the teacher gets who looks at the proposed time."""
    await lesson_answered(sight)
    await sight.page.locator("#answers a.btn").first.click()
    await sight.page.wait_for_load_state(sight.settled)


@view
async def invitations(sight: Sight) -> None:
    """The doctor of a lesson with answers."""
    await sight.be(LEADER)
    await sight.open(f"/lessons/{sight.term.moved.public_id}/invitations")


@picture
async def invitations_failed(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open(f"/lessons/{sight.term.ended.public_id}/invitations")


@view
async def join_series(sight: Sight) -> None:
    """The question whether one comes, with the dates of a series."""
    lesson = sight.term.course
    await sight.page.goto(await sight.there.link(lesson, _reader(sight)), wait_until=sight.settled)
    await sight.page.locator("#answer summary").click()
    await expect(sight.page.locator("#answer details li").first).to_be_visible()


@view
async def reminders(sight: Sight) -> None:
    await _reminders(sight)


@picture
async def reminders_ended(sight: Sight) -> None:
    await _reminders(sight)
    for name in ("day", "soon"):
        await sight.page.locator(f"[name={name}]").uncheck(force=True)
    await sight.page.locator("main form button").click()
    await expect(sight.page.locator("main [role=status]")).to_be_visible()


@picture
async def reminders_unknown(sight: Sight) -> None:
    await sight.open("/reminders/nobody/AAAAAAAAAAAAAAAAAAAAAA")


def _reader(sight: Sight) -> str:
    """Somebody who reads the language of the picture."""
    return STUDENT if sight.look.language == "uk" else GUEST


async def _reminders(sight: Sight) -> None:
    seat = await sight.there.present(sight.term.opened, _reader(sight))
    await sight.open(reminder_path(sight.there.app[KEYRING], seat.public_id))
