"""Everybody sees that a lesson is recorded, and decides whether to be in it."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from signaling import ConsentAnswer, RecordingOrder, RecordingOver, RecordingWish
from signaling.sfu.recording import manifest
from tests.signaling.sfu.clients import until
from tests.web.client.classroom import Classroom
from tests.web.client.conftest import Visit
from tests.web.client.test_classroom import switch_on

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@dataclass
class Shelf:
    """An archive that lets everything be recorded into a folder, and remembers what was said."""

    folder: Path
    answers: list[tuple[str, bool]] = field(default_factory=list)
    ended: list[RecordingOver] = field(default_factory=list)

    async def direct(self, wish: RecordingWish) -> RecordingOrder | None:
        return RecordingOrder("rec", str(self.folder), "1") if wish.action == "start" else None

    async def consent(self, answer: ConsentAnswer) -> None:
        self.answers.append((answer.identity, answer.given))

    def over(self, over: RecordingOver) -> None:
        self.ended.append(over)

    def publishers(self) -> set[str]:
        """Who is in the files so far."""
        parts = [manifest.read(part) for part in self.folder.glob(f"*{manifest.PART}")]
        return {each.id for part in parts for each in part.publishers if each.files}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def classroom(shelf: Shelf) -> Classroom:
    return Classroom(archive=shelf)


async def asked(page: Page) -> None:
    await expect(page.locator("[data-recording=asked]")).to_be_visible()


async def recorded(visit: Visit) -> tuple[Page, Page]:
    """The host, who records and agrees, and a student who is asked."""
    host, student = await visit("/lesson/olena"), await visit("/lesson/danylo")
    await switch_on(host, "audio", "video")
    await switch_on(student, "audio", "video")
    await host.locator("[data-record=start]").click()
    await asked(student)
    await asked(host)
    await host.get_by_role("button", name="I agree").click()
    return host, student


async def test_who_agrees_is_recorded_and_everybody_sees_it(visit: Visit, shelf: Shelf) -> None:
    host, student = await recorded(visit)
    await expect(host.locator("header .badge.bad")).to_have_text("REC")
    await student.get_by_role("button", name="Без мене").click()
    await expect(student.locator("[data-recording=asked]")).to_have_count(0)
    await host.get_by_role("tab", name="People").click()
    await expect(host.locator(".people .badge.bad")).to_have_count(1)
    await until(lambda: shelf.publishers() == {"olena"})
    assert sorted(shelf.answers) == [("danylo", False), ("olena", True)]


async def test_who_declined_may_think_otherwise(visit: Visit, shelf: Shelf) -> None:
    _, student = await recorded(visit)
    await student.get_by_role("button", name="Без мене").click()
    await student.get_by_role("tab", name="Налаштування").click()
    await student.get_by_role("button", name="Відтепер записувати мене").click()
    await until(lambda: shelf.publishers() == {"olena", "danylo"})


async def test_a_pause_and_the_end_are_shown(visit: Visit, shelf: Shelf) -> None:
    host, student = await recorded(visit)
    await host.locator("[data-record=pause]").click()
    await expect(student.locator("header .badge.warn")).to_have_text("Запис призупинено")
    await host.locator("[data-record=resume]").click()
    await expect(student.locator("header .badge.bad")).to_have_text("ЗАПИС")
    await host.locator("[data-record=stop]").click()
    await expect(student.locator("header .badge.bad")).to_have_count(0)
    await until(lambda: shelf.ended == [RecordingOver("rec")])


async def test_who_comes_late_is_asked_before_anything_of_them_is_recorded(visit: Visit, shelf: Shelf) -> None:
    host = await visit("/lesson/olena")
    await host.locator("[data-record=start]").click()
    await asked(host)
    late = await visit("/lesson/danylo")
    await asked(late)
    await switch_on(late, "audio", "video")
    assert shelf.publishers() == set()


async def test_only_the_host_has_the_buttons(visit: Visit) -> None:
    student = await visit("/lesson/danylo")
    await expect(student.locator("[data-device=audio]")).to_be_visible()
    await expect(student.locator("[data-record]")).to_have_count(0)
