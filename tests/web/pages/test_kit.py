"""Kit by its code: scan it, press once. Whoever booked it sees it, whoever keeps it settles it."""

import re

import pytest
import sqlalchemy as sa

from rooms.store.tables import custody
from tests.web.pages.campus import JOSEF, Campus, Visitor

SOON = {"date": "2026-11-21", "time": "11:20", "minutes": "60", "repeat": "once"}


@pytest.fixture
async def josef(campus: Campus) -> Visitor:
    """Who administers Vienna."""
    return await campus.person(JOSEF)


@pytest.fixture
async def lesson(campus: Campus, anna: Visitor) -> str:
    """The path of a lesson that begins within half an hour and has both cameras."""
    return await campus.booked(anna, **SOON, **{f"kit-{campus.ids.camera}": "2"})


def label(campus: Campus) -> str:
    return f"/kit/of/{campus.ids.camera}"


def handing(html: str) -> dict[str, str]:
    names = ("booking", "resource", "quantity", "whereabouts")
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', html) for name in names}
    return {name: match[1] for name, match in found.items() if match is not None}


async def test_a_scanned_label_hands_out_and_takes_back_with_one_press_each(
    campus: Campus, josef: Visitor, lesson: str
) -> None:
    shown = await josef.get(label(campus))
    assert "Document camera To hand out 2 × Document camera Anna Leitner" in shown.text
    out = await josef.send(label(campus), handing(shown.html))
    assert "Handed out." in out.text
    assert "Out now 2 × Document camera Anna Leitner, A-101" in out.text
    back = await josef.send(f"{label(campus)}/return", {"custody": out.value("custody"), "note": "Lens is scratched."})
    assert "Taken back." in back.text
    assert "To hand out 2 × Document camera" in back.text
    assert (await josef.get(lesson)).status == 200
    assert await campus.database.read(notes) == ["Lens is scratched."]


def notes(connection: sa.Connection) -> list[str]:
    return list(connection.scalars(sa.select(custody.c.note)))


@pytest.mark.usefixtures("lesson")
async def test_looking_at_a_label_changes_nothing(campus: Campus, josef: Visitor) -> None:
    first, second = await josef.get(label(campus)), await josef.get(label(campus))
    assert handing(first.html) == handing(second.html)
    assert "Out now" not in second.text


@pytest.mark.usefixtures("lesson")
async def test_who_booked_it_fetches_it_by_the_label_and_nobody_else_sees_it(
    campus: Campus, anna: Visitor, sophie: Visitor
) -> None:
    assert "You have none of it" in (await sophie.get(label(campus))).text
    stolen = await sophie.post(label(campus), handing((await anna.get(label(campus))).html))
    assert stolen.status in (403, 404)
    out = await anna.send(label(campus), handing((await anna.get(label(campus))).html))
    assert "Out now 2 × Document camera Anna Leitner" in out.text


@pytest.mark.usefixtures("lesson")
async def test_what_was_fetched_meanwhile_is_told(campus: Campus, josef: Visitor) -> None:
    form = handing((await josef.get(label(campus))).html)
    await josef.send(label(campus), form)
    late = await josef.post(label(campus), form)
    assert (late.status, "Nothing more of it can be handed out" in late.text) == (409, True)
    entry = {"custody": late.value("custody")}
    await josef.send(f"{label(campus)}/return", entry)
    again = await josef.post(f"{label(campus)}/return", entry)
    assert (again.status, "taken back already" in again.text) == (409, True)


async def test_the_lesson_leads_to_a_code_that_the_keeper_scans(anna: Visitor, josef: Visitor, lesson: str) -> None:
    page = (await anna.get(lesson)).html
    path = re.search(r'href="(/kit/for/[^"]+)"', page)
    assert path is not None
    shown = await josef.get(path[1])
    assert "Comparative Media Law To hand out 2 × Document camera" in shown.text
    assert 'aria-label="QR code of this page"><svg' in shown.html
    out = await josef.send(path[1], handing(shown.html))
    assert "Taken back." in (await josef.send(f"{path[1]}/return", {"custody": out.value("custody")})).text


async def test_a_lesson_without_kit_leads_to_no_code(campus: Campus, anna: Visitor) -> None:
    assert "/kit/for/" not in (await anna.get(await campus.booked(anna, **SOON))).html


async def test_a_phone_that_is_not_signed_in_comes_back_to_the_label_afterwards(campus: Campus) -> None:
    answer = await (await campus.visitor()).get(label(campus))
    assert answer.status == 303
    assert answer.location.startswith("/sign-in?next=/kit/of/") or "%2Fkit%2Fof%2F" in answer.location


async def test_a_misread_label_leads_to_a_page_that_says_so(josef: Visitor, maria: Visitor, campus: Campus) -> None:
    assert (await josef.get("/kit/of/nothing")).status == 404
    assert (await josef.get("/kit/for/nothing")).status == 404
    assert (await maria.get(label(campus))).status == 404


async def test_labels_are_printed_for_each_kind_or_each_piece(josef: Visitor, anna: Visitor) -> None:
    kinds = await josef.get("/rooms/manage/labels")
    assert kinds.html.count('class="label"') == 1
    pieces = await josef.get("/rooms/manage/labels?each=piece")
    assert pieces.html.count('class="label"') == 2
    assert "Document camera 2 of 2" in pieces.text
    assert (await anna.get("/rooms/manage/labels")).status == 403
