"""Pictures of every page of the real site: phone and desktop, light and dark, in every language.

``python -m tests.journeys.pictures FOLDER [--page NAME] [--look en-desktop-light]`` serves the application with
lessons in every state at an hour that is always the same, and takes the pictures with Chromium.
"""

import argparse
import asyncio
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright, expect

from schedules import Lesson
from tests.journeys import views_booking, views_calendar, views_connection, views_rooms
from tests.journeys.offices import furnished
from tests.journeys.sight import VIEWS, Sight, before, name_of, picture, view
from tests.journeys.stage import ADMIN, GUEST, NEWCOMER, STUDENT, stage
from tests.signaling.sfu.browsers import launch
from tests.web.gallery import Look, looks
from vclass.demo.cast import LEADER, PARTNER

__all__ = ["VIEWS", "Sight", "before", "name_of", "photograph"]

CAMERA: Final = (Path(__file__).parent / "camera.js").read_text()
MORE_VIEWS: Final = (views_booking, views_calendar, views_connection, views_rooms)
"""Modules whose views are registered when they are imported."""

WHOLE: Final = re.compile("classroom|lesson-cancel$|approvals-keys$")
"""What fills the window and is photographed as that."""


@view
async def sign_in(sight: Sight) -> None:
    await sight.open("/sign-in")


@view
async def sign_in_wrong(sight: Sight) -> None:
    await sight.open("/sign-in")
    await sight.page.locator("#email").fill("anna.leitner")
    await sight.page.locator("form[action='/sign-in'] button").click()
    await expect(sight.page.locator("#email")).to_have_attribute("aria-invalid", "true")


@view
async def sign_in_sent(sight: Sight) -> None:
    await sight.open("/sign-in")
    await sight.page.locator("#email").fill(LEADER)
    await sight.page.locator("form[action='/sign-in'] button").click()
    await expect(sight.page.locator(".art")).to_be_visible()


@view
async def sign_in_link(sight: Sight) -> None:
    await sight.open(sight.there.sign_in_paths[PARTNER if sight.look.language == "uk" else LEADER])


@view
async def sign_in_spent(sight: Sight) -> None:
    await sight.open("/sign-in/AAAAAAAAAAAAAAAAAAAAAA")


@view
async def dashboard(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open("/")


@view
async def dashboard_student(sight: Sight) -> None:
    await sight.be(STUDENT)
    await sight.open("/")


@view
async def dashboard_empty(sight: Sight) -> None:
    await sight.be(NEWCOMER)
    await sight.open("/")


@view
async def booking_empty(sight: Sight) -> None:
    await sight.be(NEWCOMER)
    await sight.open("/lessons/new")


@view
async def booking(sight: Sight) -> None:
    """Filled in, with the notice of the weeks in which clocks move the sides apart."""
    await _fill_in(sight, date="2026-10-21", time="09:00")
    await expect(sight.page.locator("#preview .banner")).to_be_visible()


@picture
async def booking_holiday(sight: Sight) -> None:
    """On a public holiday of the partner's country."""
    await _fill_in(sight, date="2026-11-23", time="09:00")
    await expect(sight.page.locator("#preview .banner").first).to_be_visible()


@view
async def booking_errors(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open("/lessons/new")
    await sight.page.locator("#date").fill("2026-10-25")
    await sight.page.locator("#time").fill("9 o'clock")
    await sight.page.locator("#guests").fill("maria.alvarez@guest.example\nPeter")
    await sight.page.locator(".sendbar button").click()
    await expect(sight.page.locator("[role=alert]")).to_be_visible()


@view
async def booking_clash(sight: Sight) -> None:
    await _fill_in(sight, date="2026-10-21", time="13:00")
    await sight.page.locator(".sendbar button").click()
    await expect(sight.page.locator(".offers")).to_be_visible()


@view
async def lesson(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open(f"/lessons/{sight.term.course.public_id}")


@view
async def lesson_shifts(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open(f"/lessons/{sight.term.shifted.public_id}")


@view
async def lesson_attendee(sight: Sight) -> None:
    await sight.be(STUDENT)
    await sight.open(f"/lessons/{sight.term.early.public_id}")


@view
async def lesson_admin(sight: Sight) -> None:
    await sight.be(ADMIN)
    await sight.open(f"/lessons/{sight.term.early.public_id}")


@view
async def lesson_move(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open(f"/lessons/{sight.term.early.public_id}")
    await sight.page.locator("#change summary").click()
    await sight.page.locator("#move-time").fill("16:00")
    await expect(sight.page.locator("#move-preview")).to_contain_text("17:00")


@view
async def lesson_cancel(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open(f"/lessons/{sight.term.early.public_id}")
    await sight.page.locator("[data-dialog=cancel]").click()
    await expect(sight.page.locator("dialog")).to_be_visible()


@view
async def lesson_cancelled(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open(f"/lessons/{sight.term.cancelled.public_id}")


@view
async def rooms(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open("/rooms")


@view
async def error_404(sight: Sight) -> None:
    await sight.open("/lessons-of-yesterday")


@view
async def error_403(sight: Sight) -> None:
    await sight.be(STUDENT)
    await sight.open("/lessons/new")


@view
async def outbox(sight: Sight) -> None:
    await sight.be(LEADER)
    await sight.open("/dev/outbox")


@view
async def outbox_mail(sight: Sight) -> None:
    await sight.be(LEADER)
    answer = await sight.page.request.get(f"{sight.there.url}/dev/outbox.json")
    reader = PARTNER if sight.look.language == "uk" else GUEST
    mails = (await answer.json())["mails"]
    wanted = next(each for each in mails if each["to"] == reader and each["method"] == "REQUEST")
    await sight.open(f"/dev/outbox/{wanted['id']}")


@view
async def join_early(sight: Sight) -> None:
    await _open_link(sight, sight.term.early)


@view
async def join_open(sight: Sight) -> None:
    await _open_link(sight, sight.term.opened)


@view
async def join_moved(sight: Sight) -> None:
    await _open_link(sight, sight.term.moved)


@view
async def join_cancelled(sight: Sight) -> None:
    await _open_link(sight, sight.term.cancelled)


@view
async def join_ended(sight: Sight) -> None:
    await _open_link(sight, sight.term.ended)


@view
async def join_replaced(sight: Sight) -> None:
    await sight.page.goto(sight.term.replaced_link, wait_until=sight.settled)


@view
async def classroom(sight: Sight) -> None:
    await _in_class(sight)


@view
async def classroom_chat(sight: Sight) -> None:
    await _in_class(sight)
    await sight.page.keyboard.press("c")
    await expect(sight.page.locator("#msg")).to_be_focused()
    await sight.page.keyboard.type("The text is on page 12.")
    await sight.page.keyboard.press("Enter")
    await expect(sight.page.locator("#p1")).to_contain_text("page 12")


@view
async def classroom_moved(sight: Sight) -> None:
    """The same link opened in another window."""
    await _in_class(sight)
    again = await sight.second.new_page()
    await again.goto(await sight.there.link(sight.term.opened, _me(sight)))
    await again.locator("#join button.primary").click()
    await expect(sight.page.locator(".over h1")).to_be_visible()


@view
async def left(sight: Sight) -> None:
    await _in_class(sight)
    await sight.page.locator(".ctl.leave").click()
    await expect(sight.page.locator("#classroom")).to_have_count(0)
    await sight.page.wait_for_load_state(sight.settled)


async def _fill_in(sight: Sight, date: str, time: str) -> None:
    """A weekly lesson with the partner whose clocks never change."""
    await sight.be(LEADER)
    await sight.open("/lessons/new")
    page = sight.page
    await page.locator("#title").fill("Law of the press, seminar")
    await page.locator("#date").fill(date)
    await page.locator("#time").fill(time)
    await page.locator("[name=repeat][value=weekly]").check(force=True)
    await page.locator("#count").fill("10")
    await page.locator("#partner").select_option(label="Tbilisi School of Law")
    await expect(page.locator("#partner_room")).to_contain_text("Rustaveli hall")
    for field, name in (("#room", "A-101"), ("#partner_room", "Rustaveli hall")):
        value = await page.locator(f"{field} option", has_text=name).get_attribute("value")
        await page.locator(field).select_option(value)
    await page.locator("#partner_teacher").fill("nino.beridze@tsl.example")
    await page.locator("#guests").fill("Maria Alvarez <maria.alvarez@guest.example>")
    await expect(page.locator("#preview .duo")).to_contain_text(time)


async def _open_link(sight: Sight, lesson: Lesson) -> None:
    """As somebody who reads the language of the picture."""
    guest = STUDENT if sight.look.language == "uk" else GUEST
    await sight.page.goto(await sight.there.link(lesson, guest), wait_until=sight.settled)


def _me(sight: Sight) -> str:
    """Who sits in the classroom: somebody who reads the language of the picture."""
    return PARTNER if sight.look.language == "uk" else LEADER


async def _in_class(sight: Sight) -> None:
    """Two people who see one another, and a line of chat of each."""
    other = await sight.second.new_page()
    guest = STUDENT if sight.look.language != "uk" else GUEST
    for page, email, scene in ((other, guest, OTHER), (sight.page, _me(sight), OWN)):
        await page.add_init_script(f"window.vclassLook = {json.dumps(scene)};{CAMERA}")
        await page.goto(await sight.there.link(sight.term.opened, email))
        await page.locator("#join button.primary").click()
        await page.locator("[data-device=video]").click()
        await page.locator("[data-device=audio]").click()
    await expect(sight.page.locator(".tile.talk video")).to_be_visible()
    await sight.page.wait_for_function(
        "window.vclass.stats().then(({video}) => video.some((each) => each.framesDecoded > 20))"
    )


OWN: Final = {"wall": "#55606e", "light": "#d8c9a4", "coat": "#7a3f3f", "hair": "#7b5a3a", "hums": False}
OTHER: Final = {"wall": "#3f5a52", "light": "#a9c2b0", "coat": "#2f4a6d", "hair": "#2b211c", "hums": True}


async def photograph(folder: Path, names: Sequence[str], wanted: Sequence[Look]) -> None:
    """Take the pictures into ``FOLDER/NAME-LANGUAGE-DEVICE-SCHEME.png``."""
    with tempfile.TemporaryDirectory() as data:
        async with stage(Path(data)) as there, async_playwright() as playwright:
            term, browser = await furnished(there), await launch(playwright, "chromium")
            for look in wanted:
                async with before(browser, there, term, look) as sight:
                    for name in names:
                        await sight.see(name)
                        await sight.page.evaluate("scrollTo(0, 0)")
                        path = folder / f"{name}-{name_of(look)}.png"
                        await sight.page.screenshot(path=path, full_page=WHOLE.match(name) is None)
            await browser.close()


def main() -> None:
    every = {name_of(look): look for look in looks()}
    parser = argparse.ArgumentParser(description="Take a picture of every page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", action="append", choices=VIEWS, help="this one only; may be repeated")
    parser.add_argument("--look", action="append", choices=every, help="this one only; may be repeated")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chosen = [every[name] for name in options.look or every]
    asyncio.run(photograph(options.folder, options.page or list(VIEWS), chosen))


if __name__ == "__main__":
    main()
