"""A lesson moves and is cancelled in the browser, and whoever looks on or sits inside learns it at once."""

import re

import pytest
from playwright.async_api import Page, expect

from schedules import Guest, Lesson, NewLesson
from tests.journeys.conftest import Theatre
from tests.journeys.stage import GUEST
from vclass.demo.cast import LEADER, PARTNER

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


async def booked(theatre: Theatre, title: str, start: str) -> Lesson:
    """A lesson that leaves its teachers bookable: there are many at one time."""
    guests = (Guest(GUEST, "María"),)
    body = NewLesson(title, "Europe/Vienna", start, 60, (LEADER, PARTNER), attendees=guests, transparent=True)
    return await theatre.there.book(body)


async def lesson_page(theatre: Theatre, lesson: Lesson) -> Page:
    """The page of a lesson as its owner sees it."""
    page = await theatre.seat(LEADER)
    await page.goto(f"{theatre.there.url}/lessons/{lesson.public_id}")
    return page


async def link_page(theatre: Theatre, lesson: Lesson, *, language: str = "en-GB") -> Page:
    """The page behind the guest's personal link."""
    page = await theatre.seat(language=language)
    await page.goto(await theatre.there.link(lesson, GUEST))
    return page


async def inside(theatre: Theatre, lesson: Lesson) -> Page:
    """The guest in the classroom."""
    page = await link_page(theatre, lesson)
    await page.get_by_role("button", name="Join", exact=True).click()
    await expect(page.locator("#classroom")).to_have_attribute("data-phase", "inside")
    return page


async def move(page: Page, time: str) -> None:
    await page.get_by_text("Move the lesson").click()
    await page.get_by_label("Time, 24 hours").fill(time)
    await expect(page.locator("#move-preview")).to_contain_text(time)
    await page.get_by_role("button", name="Move and tell everybody").click()
    await expect(page.get_by_role("status")).to_contain_text("Moved. 3 people are told by mail.")


async def cancel(page: Page, reason: str) -> None:
    await page.get_by_role("button", name="Cancel the lesson").first.click()
    await page.get_by_label("Why").fill(reason)
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the lesson").click()
    await expect(page.get_by_role("status")).to_contain_text("Cancelled. 3 people are told by mail.")


async def test_a_moved_and_then_cancelled_lesson_says_so_behind_the_link(theatre: Theatre) -> None:
    lesson = await booked(theatre, "Photo archives", "2026-10-22T15:00")
    owner, guest = await lesson_page(theatre, lesson), await link_page(theatre, lesson)
    await expect(guest.locator(".duo.xl .own")).to_contain_text("15:00–16:00")
    await move(owner, "16:00")
    await guest.reload()
    await expect(guest.get_by_text("This lesson has moved.")).to_be_visible()
    await expect(guest.locator(".duo.xl .own")).to_contain_text("16:00–17:00")
    await expect(guest.locator("s")).to_have_text(re.compile("15:00–16:00 Vienna"))
    await cancel(owner, "The archive is closed.")
    await guest.reload()
    await expect(guest.locator("#state")).to_contain_text("The lesson of Thursday 22 October is cancelled.")
    await expect(guest.locator("#state")).to_contain_text("The archive is closed.")
    await expect(guest.locator("#state")).to_contain_text("Anna Leitner cancelled it.")


async def test_a_page_that_is_open_learns_of_a_move_by_itself(theatre: Theatre) -> None:
    lesson = await booked(theatre, "Radio workshop", "2026-10-22T18:00")
    guest = await link_page(theatre, lesson)
    await move(await lesson_page(theatre, lesson), "19:00")
    await guest.evaluate("document.body.dispatchEvent(new Event('due'))")
    await expect(guest.get_by_text("This lesson has moved.")).to_be_visible()
    await expect(guest.locator(".duo.xl .own")).to_contain_text("19:00–20:00")
    await expect(guest).to_have_title(re.compile("Lesson has moved"))


async def test_a_page_that_is_open_opens_the_door_by_itself(theatre: Theatre) -> None:
    lesson = await booked(theatre, "Waiting at the door", "2026-10-20T10:30")
    guest = await link_page(theatre, lesson)
    await expect(guest.get_by_role("button", name="Join")).to_be_disabled()
    theatre.there.clock.advance(180)
    await guest.evaluate("document.body.dispatchEvent(new Event('due'))")
    await expect(guest.get_by_role("button", name="Join")).to_be_enabled()
    await guest.get_by_role("button", name="Join").click()
    await expect(guest.locator("#classroom")).to_have_attribute("data-phase", "inside")
    theatre.there.clock.advance(-180)


async def test_whoever_is_inside_is_led_out_when_the_lesson_moves(theatre: Theatre) -> None:
    lesson = await booked(theatre, "Early birds", "2026-10-20T10:20")
    guest = await inside(theatre, lesson)
    await move(await lesson_page(theatre, lesson), "11:20")
    await expect(guest).to_have_url(re.compile(r"/live/[^/]+/left$"))
    await expect(guest.get_by_text("This lesson has moved.")).to_be_visible()
    await expect(guest.locator(".duo.xl .own")).to_contain_text("11:20–12:20")


async def test_whoever_is_inside_is_led_out_when_the_lesson_is_cancelled(theatre: Theatre) -> None:
    lesson = await booked(theatre, "Short notice", "2026-10-20T10:25")
    guest = await inside(theatre, lesson)
    await cancel(await lesson_page(theatre, lesson), "Anna is ill.")
    await expect(guest.get_by_text("Anna is ill.")).to_be_visible()


async def test_who_comes_back_to_a_closed_door_reads_why(theatre: Theatre) -> None:
    lesson = await booked(theatre, "Lost in the net", "2026-10-20T10:25")
    guest = await inside(theatre, lesson)
    await guest.evaluate("window.vclass.dropSocket(600000)")
    await cancel(await lesson_page(theatre, lesson), "")
    await guest.evaluate("window.vclass.dropSocket(0); window.dispatchEvent(new Event('online'))")
    await expect(guest.get_by_text("The lesson was cancelled. Why stands on the page of the lesson.")).to_be_visible()


async def test_a_removed_person_is_led_out(theatre: Theatre) -> None:
    lesson = await booked(theatre, "By invitation", "2026-10-20T10:20")
    guest, owner = await inside(theatre, lesson), await lesson_page(theatre, lesson)
    await owner.get_by_role("button", name="Remove María").click()
    await expect(guest.get_by_role("heading", name="Your place in this lesson was withdrawn")).to_be_visible()
