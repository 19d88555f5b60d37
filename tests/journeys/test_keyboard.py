"""The whole path by keyboard alone: sign in, book, enter, talk, write, leave. Focus is seen where it is."""

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import Theatre
from tests.journeys.offices import KEEPER
from vclass.demo.cast import LEADER

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]

MOST_TABS = 80
FOCUSED = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const marks = [at, at.closest("label")].filter(Boolean).map((each) => getComputedStyle(each));
  const outlined = marks.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  const name = at.labels?.[0]?.innerText || at.getAttribute("aria-label") || at.innerText || at.name || "";
  const seen = box.bottom > 0 && box.top < innerHeight;
  return {id: at.id, name: name.trim().replace(/\\s+/g, " "), outlined, seen};
}"""


async def focused(page: Page) -> dict[str, object]:
    """What has the focus; it is in sight, and outlined."""
    found: dict[str, object] = await page.evaluate(FOCUSED)
    assert found["outlined"], f"the focus isn't seen on {found}"
    assert found["seen"], f"the focus is out of sight on {found}"
    return found


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until a control of that name or id has the focus."""
    passed = []
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement === document.body"):
            continue  # the browser's own controls come between the last and the first
        found = await focused(page)
        passed.append(found["name"])
        if name == found["id"] or str(found["name"]).startswith(name):
            return
    raise AssertionError(f"no Tab leads to {name}: {passed}")


async def fill_in(page: Page, name: str, text: str) -> None:
    await tab_to(page, name)
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type(text)


async def type_date(page: Page, date: str) -> None:
    """Type into the browser's own date field, whose order of day and month is the browser's."""
    year, month, day = date.split("-")
    await tab_to(page, "date")
    for order in (month + day, day + month):
        await page.keyboard.type(order + year)
        if await page.locator("#date").input_value() == date:
            return
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Shift+Tab")
    raise AssertionError(f"{date} can't be typed")


async def signed_in(theatre: Theatre) -> Page:
    """Anna's day, by the demo's list on the sign-in page."""
    page = await theatre.seat()
    await page.goto(f"{theatre.there.url}/")
    await tab_to(page, "Sign in Anna Leitner")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Welcome, Anna")).to_be_visible()
    await tab_to(page, "Sign in")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Good morning, Anna")).to_be_visible()
    return page


async def book(page: Page) -> None:
    """A single lesson in eight minutes, by the form; sent too early, the form leads to what is missing."""
    await tab_to(page, "New joint lesson")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="New joint lesson")).to_be_visible()
    await tab_to(page, "Book and invite")
    await page.keyboard.press("Enter")
    await expect(page.locator("#title")).to_be_focused()
    await page.keyboard.type("By keyboard")
    await type_date(page, "2026-10-20")
    await fill_in(page, "time", "10:20")
    await tab_to(page, "Every week")
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_label("Once")).to_be_checked()
    await expect(page.locator("#preview")).to_contain_text("10:20–11:50")
    await tab_to(page, "Book and invite")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()


async def enter(page: Page) -> None:
    """From the page of the lesson into it."""
    await tab_to(page, "Enter the lesson")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Join")).to_be_enabled()
    await tab_to(page, "Join")
    await page.keyboard.press("Enter")
    await expect(page.locator("#classroom")).to_have_attribute("data-phase", "inside")


async def test_the_whole_path_goes_by_keyboard(theatre: Theatre) -> None:
    page = await signed_in(theatre)
    await book(page)
    await enter(page)
    await talk(page)
    await write(page, "Can you hear me?")
    await tab_to(page, "Leave")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Join")).to_be_visible()


async def talk(page: Page) -> None:
    """Microphone and camera on with the button, off with the letter."""
    for name, letter, back in (("Unmute", "m", "Mute"), ("Start camera", "v", "Stop camera")):
        await tab_to(page, name)
        await page.keyboard.press("Space")
        await expect(page.get_by_role("button", name=back, exact=True)).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_role("button", name=back, exact=True)).to_be_focused()
        await page.keyboard.press(letter)
        await expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "false")


async def write(page: Page, text: str) -> None:
    """C leads to the field, Enter sends and stays, Escape leads back to the people."""
    await page.keyboard.press("c")
    await expect(page.locator("#msg")).to_be_focused()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text(text)
    await expect(page.locator("#msg")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#main")).to_be_focused()


async def test_arrows_move_along_the_tabs_of_the_classroom(theatre: Theatre) -> None:
    page = await theatre.seat()
    await page.goto(await theatre.there.link(theatre.term.opened, LEADER))
    await tab_to(page, "Join")
    await page.keyboard.press("Enter")
    await expect(page.locator("#classroom")).to_have_attribute("data-phase", "inside")
    await tab_to(page, "Chat")
    for key, name in (("ArrowRight", "People"), ("End", "Settings"), ("Home", "Chat")):
        await page.keyboard.press(key)
        assert str((await focused(page))["name"]).startswith(name)


async def test_a_lesson_is_cancelled_by_keyboard_and_the_safe_button_comes_first(theatre: Theatre) -> None:
    page = await theatre.seat(LEADER)
    await page.goto(f"{theatre.there.url}/lessons/{theatre.term.early.public_id}")
    await tab_to(page, "Cancel the lesson")
    await page.keyboard.press("Enter")
    assert (await focused(page))["name"] == "Keep it"
    await page.keyboard.press("Escape")
    assert (await focused(page))["name"] == "Cancel the lesson"
    await page.keyboard.press("Enter")
    await tab_to(page, "Cancel the lesson")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Cancelled.")


async def test_an_administrator_adds_a_room_and_hands_out_kit_by_keyboard(theatre: Theatre) -> None:
    page = await theatre.seat(KEEPER)
    await page.goto(f"{theatre.there.url}/rooms/manage")
    await tab_to(page, "New room")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="New room")).to_be_visible()
    await fill_in(page, "name", "Reading room")
    await fill_in(page, "seats", "30")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Reading room")).to_be_visible()
    await page.goto(f"{theatre.there.url}/rooms/manage/custody")
    for button, told in (("Hand out", "Handed out."), ("Take back", "Taken back.")):
        await tab_to(page, button)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text(told)


async def test_a_rooms_week_goes_by_keyboard_into_the_booking_form(theatre: Theatre) -> None:
    page = await theatre.seat(LEADER)
    [room] = await theatre.there.rooms("B-204")
    await page.goto(f"{theatre.there.url}/rooms/{room}?view=week&date=2026-10-20")
    await tab_to(page, "Next week")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="26 October 2026")).to_be_visible()
    await tab_to(page, "Book from")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="New joint lesson")).to_be_visible()
