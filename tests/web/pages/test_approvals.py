"""The approval queue on the real application: rivals, one press, and why the slower one lost."""

import pytest
import sqlalchemy as sa

from rooms import NewRoom, create_room
from tests.support import SATURDAY
from tests.web.pages.campus import ANNA, JOSEF, Campus, Visitor
from vclass import people

SLOT = {"date": "2026-12-02", "time": "10:00", "minutes": "90", "zone": "Europe/Vienna", "repeat": "once"}


@pytest.fixture
async def lab(campus: Campus) -> str:
    """A hall in Vienna that is booked with approval only."""

    def write(connection: sa.Connection) -> str:
        home = people.people_by_email(connection, [ANNA])[ANNA].institution_id
        assert home is not None
        wish = NewRoom("hall", "Lab 12", "Europe/Vienna", 24, approval="required")
        return create_room(connection, home, wish, SATURDAY).public_id

    return await campus.database.write(write)


@pytest.fixture
async def josef(campus: Campus) -> Visitor:
    """Who administers Vienna's rooms."""
    return await campus.person(JOSEF)


async def request(visitor: Visitor, room: str, title: str) -> None:
    form = {**SLOT, "title": title, "room": room, "partner": "", "key": title}
    shown = await visitor.post("/lessons", form)
    assert shown.status == 303, shown.text


def booking(shown_html: str, title: str) -> str:
    """The booking that the queue asks about, by the lesson's title."""
    before = shown_html.partition(f"{title}</span></button>")[0]
    return before.rpartition('action="/approvals/')[2].partition("/approve")[0]


async def test_an_empty_queue_says_what_arrives_there(josef: Visitor) -> None:
    assert "Nothing waits for you" in (await josef.get("/approvals")).text


async def test_a_teacher_has_no_queue(anna: Visitor) -> None:
    assert (await anna.get("/approvals")).status == 403


async def test_a_request_is_approved_with_one_press(anna: Visitor, josef: Visitor, lab: str) -> None:
    await request(anna, lab, "Thesis colloquium")
    queue = await josef.get("/approvals")
    assert "1 request waits for Vienna" in queue.text
    answer = await josef.post(f"/approvals/{booking(queue.html, 'Thesis colloquium')}/approve", {"scope": "all"})
    assert answer.status == 303
    assert "Nothing waits for you" in (await josef.get("/approvals")).text


async def test_rivals_stand_side_by_side_and_the_second_yes_comes_too_late(
    anna: Visitor, josef: Visitor, lab: str
) -> None:
    for title in ("Seminar", "Tutorial"):
        await request(anna, lab, title)
    queue = await josef.get("/approvals")
    assert "2 requests for one slot" in queue.text
    seminar, tutorial = (booking(queue.html, title) for title in ("Seminar", "Tutorial"))
    assert (await josef.post(f"/approvals/{seminar}/approve", {"scope": "all"})).status == 303
    lost = await josef.post(f"/approvals/{tutorial}/approve", {"scope": "all"})
    assert lost.status == 409
    assert "somebody was faster" in lost.text


async def test_a_rejection_wants_a_reason(anna: Visitor, josef: Visitor, lab: str) -> None:
    await request(anna, lab, "Seminar")
    path = f"/approvals/{booking((await josef.get('/approvals')).html, 'Seminar')}/reject"
    unsaid = await josef.post(path, {"scope": "all", "reason": " "})
    assert (unsaid.status, "Say why" in unsaid.text) == (422, True)
    assert (await josef.post(path, {"scope": "all", "reason": "Exams."})).status == 303


async def test_the_link_of_a_mail_shows_the_one_request_and_decides_nothing(
    anna: Visitor, josef: Visitor, lab: str
) -> None:
    await request(anna, lab, "Seminar")
    one = booking((await josef.get("/approvals")).html, "Seminar")
    assert "A request for your approval" in (await josef.get(f"/approvals/{one}")).text
    assert "1 request waits" in (await josef.get("/approvals")).text
