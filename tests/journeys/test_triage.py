"""The queue of requests without a mouse: letters move and decide, and never what is being typed."""

import datetime as dt

import pytest
from playwright.async_api import Page, expect

from schedules import NewLesson
from tests.journeys.conftest import Theatre
from tests.journeys.offices import KEEPER
from tests.journeys.stage import Stage
from vclass.demo.cast import LEADER

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

FIFTY = 50
EVERY = 5
"""Each fifth request is rejected, and so is a rival that has lost its slot."""


async def ask(there: Stage) -> None:
    """Requests for a room that is given with approval alone, on each working day of ten weeks."""
    rooms, monday = await there.rooms("Lab 12"), dt.date(2026, 11, 2)
    for each in range(FIFTY):
        day = monday + dt.timedelta(each // 5 * 7 + each % 5)
        title, start = f"Tutorial {each}", f"{day}T08:00"
        lesson = NewLesson(title=title, zone="Europe/Vienna", start=start, minutes=60, rooms=rooms, teachers=())
        await there.book(lesson, LEADER)


async def queue(theatre: Theatre, language: str = "en-GB") -> Page:
    page = await theatre.seat(KEEPER, language=language)
    await page.goto(f"{theatre.there.url}/approvals")
    await expect(page.get_by_text("approve,", exact=False).first).to_be_visible()
    return page


async def at(page: Page) -> str:
    """The request that has the focus."""
    found: str = await page.evaluate("document.activeElement.closest('[data-request]')?.id ?? ''")
    return found


async def ids(page: Page) -> list[str]:
    found: list[str] = await page.locator("[data-request]").evaluate_all("all => all.map((each) => each.id)")
    return found


async def test_j_and_k_move_and_stop_at_the_ends(theatre: Theatre) -> None:
    page = await queue(theatre)
    all_ids = await ids(page)
    for key, expected in (("k", all_ids[-1]), ("j", all_ids[-1]), ("k", all_ids[-2]), ("j", all_ids[-1])):
        await page.keyboard.press(key)
        assert await at(page) == expected
    assert await page.evaluate("document.activeElement.getBoundingClientRect().top < innerHeight")


async def test_the_focus_says_which_request_and_which_slot_it_is(theatre: Theatre) -> None:
    page = await queue(theatre)
    await page.keyboard.press("j")
    title = await page.locator("[data-request] h3").first.inner_text()
    named = page.get_by_role("article", name=title).first
    await expect(named).to_be_focused()
    await expect(named).to_have_accessible_name(f"{title} {await page.locator('section h2').first.inner_text()}")


async def test_nothing_is_decided_before_a_request_is_chosen(theatre: Theatre) -> None:
    page = await queue(theatre)
    before = await ids(page)
    await page.keyboard.press("a")
    await page.keyboard.press("r")
    await page.reload()
    assert await ids(page) == before


async def test_letters_are_letters_in_a_field_and_escape_leads_out(theatre: Theatre) -> None:
    page = await queue(theatre)
    await page.keyboard.press("j")
    chosen = await at(page)
    await page.keyboard.press("r")
    await page.keyboard.type("A jar, okay?")
    await expect(page.locator("input[name=reason]:focus")).to_have_value("A jar, okay?")
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement.id") == chosen
    await expect(page.locator("details[data-reject][open]")).to_have_count(0)


async def test_keys_go_by_place_so_that_a_ukrainian_layout_has_them_too(theatre: Theatre) -> None:
    page = await queue(theatre)
    await page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'о', code: 'KeyJ', bubbles: true}))"
    )
    assert await at(page) == (await ids(page))[0]


async def test_the_list_of_keys_opens_and_turns_them_off_for_good(theatre: Theatre) -> None:
    page = await queue(theatre)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await page.keyboard.press("j")
    assert await at(page) == ""
    await page.get_by_label("Letters are keys here").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await page.keyboard.press("j")
    assert await at(page) == ""


async def test_a_rejection_without_a_reason_comes_back_to_the_reason(theatre: Theatre) -> None:
    page = await queue(theatre)
    for key in ("j", "r", "Enter"):
        await page.keyboard.press(key)
    await expect(page.locator("input[name=reason][aria-invalid=true]")).to_be_focused()


async def test_fifty_requests_are_settled_by_keyboard_alone(theatre: Theatre) -> None:
    await ask(theatre.there)
    page = await queue(theatre)
    waiting = int((await page.locator(".lead").inner_text()).split()[0])
    await page.keyboard.press("j")
    for each in range(waiting):
        before = await at(page)
        lost = await page.locator(":focus .banner").count() > 0
        await settle(page, reject=lost or each % EVERY == 0)
        await expect(page.locator(f"[id='{before}']")).to_have_count(0)
        await expect(page.get_by_role("status")).to_contain_text("date")
    await expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()


async def settle(page: Page, *, reject: bool) -> None:
    """Answer the request that has the focus."""
    await page.keyboard.press("r" if reject else "a")
    if reject:
        await page.keyboard.type("The room is needed for exams.")
        await page.keyboard.press("Enter")
