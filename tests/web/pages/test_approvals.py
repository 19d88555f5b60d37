"""The approval queue on the real application: rivals, one press, and why the slower one lost."""

import re

import pytest
import sqlalchemy as sa

from rooms import NewEquipment, NewRoom, create_equipment, create_room
from rooms.store.tables import resource
from tests.support import SATURDAY
from tests.web.pages.campus import ANNA, IRYNA, JOSEF, Campus, Visitor
from vclass import people

SLOT = {"date": "2026-12-02", "time": "10:00", "minutes": "90", "zone": "Europe/Vienna", "repeat": "once"}

GUESTS = "\n".join(f"guest{each}@students.example" for each in range(5))


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


def _lend_kit(connection: sa.Connection) -> None:
    home = people.people_by_email(connection, [IRYNA])[IRYNA].institution_id
    assert home is not None
    create_equipment(connection, home, NewEquipment("Projector", 1, shared=True), SATURDAY)


async def request(visitor: Visitor, room: str, title: str, **changes: str) -> None:
    form = {**SLOT, "title": title, "room": room, "partner": "", "key": title, **changes}
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


async def test_each_rival_tells_its_own_time_and_the_date_that_is_approved_alone(
    anna: Visitor, josef: Visitor, lab: str
) -> None:
    weekly = {"repeat": "weekly", "count": "2", "time": "10:30"}
    await request(anna, lab, "Series", **weekly, date="2026-11-25")
    await request(anna, lab, "Rival")
    queue = await josef.get("/approvals")
    assert "Wed 25 Nov, 10:30–12:00 Vienna" in queue.text
    assert "Only Wed 25 Nov" in queue.text
    alone = await josef.send(f"/approvals/{booking(queue.html, 'Series')}/approve", {"scope": "this"})
    assert "Lab 12, Wednesday 2 December" in alone.text


async def test_kit_of_another_house_is_told_with_its_city(
    campus: Campus, anna: Visitor, josef: Visitor, lab: str
) -> None:
    await campus.database.write(_lend_kit)
    [kit] = re.findall(r'name="kit-([^"]+)"', (await anna.post("/lessons/partner", {"partner": campus.ids.kyiv})).html)
    form = {"room": lab, "repeat": "once", f"kit-{campus.ids.camera}": "1", f"kit-{kit}": "1"}
    await campus.booked(anna, **form)
    queue = await josef.get("/approvals")
    assert "Document camera , 2 of 2 free" in queue.text
    assert "Projector , Kyiv , 1 of 1 free" in queue.text


async def test_the_best_fit_stands_first_and_has_the_only_primary_button(
    anna: Visitor, josef: Visitor, lab: str
) -> None:
    await request(anna, lab, "Alone")
    shown = await anna.post("/lessons", {**SLOT, "title": "Full", "room": lab, "guests": GUESTS, "key": "full"})
    assert shown.status == 303
    html = (await josef.get("/approvals")).html
    assert html.index("Best fit") < html.index("Full</a>") < html.index("Alone</a>")
    assert html.count("btn block primary") == 1


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


async def test_what_was_approved_in_part_is_told_on_the_lessons_page_and_goes_on_without_the_rest(
    anna: Visitor, josef: Visitor, lab: str
) -> None:
    form = {**SLOT, "room": lab, "partner": "", "title": "Series", "key": "series", "repeat": "weekly", "count": "3"}
    path = (await anna.post("/lessons", form)).location
    await request(anna, lab, "Rival", date="2026-12-09")
    queue = (await josef.get("/approvals")).html
    await josef.post(f"/approvals/{booking(queue, 'Rival')}/approve", {"scope": "all"})
    told = await josef.send(f"/approvals/{booking(queue, 'Series')}/approve", {"scope": "all"})
    assert "Approved: 2 dates. The rest could not be had any more" in told.text
    assert "1 request waits for Vienna" in told.text
    shown = await anna.get(path)
    assert "1 date can no longer be had" in shown.text
    assert "2 dates are confirmed, but nobody is told of them" in shown.text
    assert f"{path}/occurrences/2026-12-09T10:00?change=move" in shown.html
    gone_on = await anna.send(f"{path}/lost/drop", {"version": shown.value("version")})
    assert "Left out." in gone_on.text
    assert "can no longer be had" not in gone_on.text
    again = await anna.post(f"{path}/lost/drop", {"version": gone_on.value("version")})
    assert (again.status, "There is nothing to leave out any more" in again.text) == (422, True)


async def test_the_page_of_a_joint_lesson_says_who_has_agreed_and_who_has_until_when_to_answer(
    campus: Campus, anna: Visitor, josef: Visitor, lab: str
) -> None:
    await campus.database.write(
        lambda c: c.execute(sa.update(resource).where(resource.c.name == "Hall 214").values(approval="required"))
    )
    path = await campus.booked(anna, room=lab, repeat="once")
    shown = await anna.get(path)
    assert "Vienna Institute of Informatics has until" in shown.text
    queue = (await josef.get("/approvals")).html
    await josef.post(f"/approvals/{booking(queue, 'Comparative Media Law')}/approve", {"scope": "all"})
    shown = await anna.get(path)
    assert "Vienna Institute of Informatics has said yes." in shown.text
    assert re.search(r"Kyiv Polytechnic Academy has until \w+ \d+ \w+, \d\d:\d\d Vienna to answer", shown.text)


async def test_the_page_of_a_rejected_lesson_says_why_and_lists_each_date_once(
    anna: Visitor, josef: Visitor, lab: str
) -> None:
    form = {**SLOT, "room": lab, "partner": "", "title": "Series", "key": "series", "repeat": "weekly", "count": "3"}
    path = (await anna.post("/lessons", form)).location
    one = booking((await josef.get("/approvals")).html, "Series")
    await josef.post(f"/approvals/{one}/reject", {"scope": "all", "reason": "Exams."})
    shown = await anna.get(path)
    assert "This lesson was rejected. Exams. Nothing is booked" in shown.text
    assert "Rejected by Josef Huber: Exams." in shown.text
    assert shown.text.count("Wed 9 Dec") == 1
    assert "The door opens" not in shown.text


async def test_the_page_says_who_approved(anna: Visitor, josef: Visitor, lab: str) -> None:
    form = {**SLOT, "room": lab, "partner": "", "title": "Seminar", "key": "seminar"}
    path = (await anna.post("/lessons", form)).location
    one = booking((await josef.get("/approvals")).html, "Seminar")
    await josef.post(f"/approvals/{one}/approve", {"scope": "all"})
    assert "Approved by Josef Huber." in (await anna.get(path)).text
