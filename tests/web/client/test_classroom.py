"""Two browsers in one lesson: they see and hear each other, and come back after troubles."""

import pytest
from playwright.async_api import Page, expect

from tests.web.client.conftest import Visit

pytestmark = pytest.mark.browser

DECODES = """async (kind) => {
  const before = await vclass.stats();
  const count = (stats) => stats[kind].reduce((sum, one) => sum + (one.framesDecoded ?? one.packetsReceived), 0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  return count(await vclass.stats()) > count(before);
}"""


async def decodes(page: Page, kind: str) -> None:
    """Waits until frames or packets of that kind come in."""
    await page.wait_for_function(DECODES, arg=kind)


async def switch_on(page: Page, *kinds: str) -> None:
    for kind in kinds:
        await page.locator(f"[data-device={kind}]").click()
        await expect(page.locator(f"[data-device={kind}]")).to_have_attribute("aria-pressed", "true")


async def both(visit: Visit) -> tuple[Page, Page]:
    """Anna and Danylo, both in the lesson."""
    anna, danylo = await visit("/lesson/anna"), await visit("/lesson/danylo")
    await expect(anna.locator("[data-participant] >> text=Данило Савчук").first).to_be_visible()
    return anna, danylo


async def test_two_people_see_and_hear_each_other(visit: Visit) -> None:
    anna, danylo = await both(visit)
    await switch_on(anna, "audio", "video")
    await switch_on(danylo, "audio", "video")
    for page in (anna, danylo):
        await decodes(page, "video")
        await decodes(page, "audio")


async def test_microphone_and_camera_start_off(visit: Visit) -> None:
    anna, _ = await both(visit)
    for kind, label in (("audio", "Unmute"), ("video", "Start camera")):
        button = anna.locator(f"[data-device={kind}]")
        await expect(button).to_have_attribute("aria-pressed", "false")
        await expect(button).to_have_text(label)


async def test_a_lost_socket_comes_back_to_the_same_seat_while_media_flow(visit: Visit) -> None:
    anna, danylo = await both(visit)
    await switch_on(danylo, "video")
    await decodes(anna, "video")
    seat = await anna.evaluate("vclass.me.id")
    await anna.evaluate("vclass.dropSocket(5000)")
    await expect(anna.get_by_text("Your seat is kept.")).to_be_visible()
    await decodes(anna, "video")
    await expect(anna.get_by_text("Your seat is kept.")).to_be_hidden()
    assert await anna.evaluate("vclass.me.id") == seat
    await expect(danylo.locator("#p2 li")).to_have_count(2)
