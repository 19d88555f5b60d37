"""The page of a lesson: what it shows to whom, and what can be changed there."""

import re

import pytest
import sqlalchemy as sa

from rooms.store.tables import resource
from tests.web.pages.campus import IRYNA, JOSEF, SOPHIE, Campus, Visitor
from tests.web.pages.test_join import NIKOS, links
from vclass.core import outbox
from vclass.core.zones import parse_rfc3339

HX = {"HX-Request": "true"}
ENDS = parse_rfc3339("2026-11-24T10:30:00Z")
MOVED = {"zone": "Europe/Vienna", "date": "2027-03-03", "time": "14:00", "minutes": "60"}


async def mails(campus: Campus) -> list[tuple[str, str]]:
    """Kind of news and recipient of what was put out about lessons, oldest first."""
    rows = await campus.database.read(outbox.listing)
    return [
        (each.leased.facts["news"], each.leased.recipient) for each in reversed(rows) if "news" in each.leased.facts
    ]


async def attendee(visitor: Visitor, path: str, name: str) -> str:
    """The path of somebody's line on the lesson's page."""
    text = (await visitor.get(path)).html
    row = next(each for each in text.split("<tr") if f">{name}<br" in each and "/people/" in each)
    found = re.search(r'action="([^"]+/people/[^"/]+)/', row)
    assert found is not None
    return found[1]


async def test_the_page_shows_all_dates_on_both_clocks(campus: Campus, anna: Visitor) -> None:
    shown = await anna.get(await campus.booked(anna))
    assert "Tue 30 Mar 10:00–11:30 11:00–12:30 Confirmed" in shown.text
    assert "The door opens at 09:45 Vienna" in shown.text


async def test_a_week_at_another_hour_is_marked(campus: Campus, anna: Visitor) -> None:
    shown = await anna.get(await campus.booked(anna, partner_teacher="maria@nyc.example", time="15:00"))
    assert "Tue 16 Mar 15:00–16:30 16:00–17:30 10:00–11:30 another hour" in shown.text
    assert "2 of 6 lessons are at 10:00 in New York instead of 09:00" in shown.text


async def test_everybody_is_listed_with_the_state_of_their_mail(campus: Campus, anna: Visitor) -> None:
    shown = await anna.get(await campus.booked(anna))
    assert "Anna Leitner organiser, Vienna anna@vii.example" in shown.text
    assert f"Ірина Бондар teacher, Kyiv {IRYNA}" in shown.text
    assert "Nikos guest nikos@asl.example Waiting to be sent" in shown.text


async def test_a_link_is_shown_by_its_tail_only(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    shown = await anna.get(path)
    assert len(re.findall(r"…[\w-]{4}<", shown.html)) == 3
    assert len(set(re.findall(r"/join/[\w-]+", shown.html))) <= 1


async def test_an_invited_teacher_sees_who_teaches_but_no_addresses(
    campus: Campus, anna: Visitor, iryna: Visitor
) -> None:
    shown = await iryna.get(await campus.booked(anna))
    assert shown.status == 200
    assert "Anna Leitner" in shown.text
    assert "nikos@asl.example" not in shown.html
    assert 'action="/lessons/' not in shown.html


async def test_who_is_not_invited_finds_nothing(campus: Campus, anna: Visitor, maria: Visitor) -> None:
    path = await campus.booked(anna)
    assert (await maria.get(path)).status == 404
    for action in ("move", "cancel", "people"):
        assert (await maria.post(f"{path}/{action}", MOVED | {"version": "1"})).status == 404


async def test_an_invited_teacher_may_not_change_it(campus: Campus, anna: Visitor, iryna: Visitor) -> None:
    path = await campus.booked(anna)
    await iryna.get(path)
    assert (await iryna.post(f"{path}/move", MOVED | {"version": "1"})).status == 403
    assert (await iryna.post(f"{path}/cancel", {"version": "1"})).status == 403


async def test_an_administrator_sees_the_lesson_without_a_way_in(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    josef = await campus.person(JOSEF)
    shown = await josef.get(path)
    assert shown.status == 200
    assert "/join/" not in shown.html
    assert "Comparative" not in (await josef.get("/")).text


async def test_the_way_in_is_the_readers_own_link(campus: Campus, anna: Visitor, iryna: Visitor) -> None:
    path = await campus.booked(anna, date="2026-11-21", time="11:10", repeat="once")
    links = [re.findall(r'href="(/join/[\w-]+)"', (await each.get(path)).html) for each in (anna, iryna)]
    assert [len(each) for each in links] == [1, 1]
    assert links[0] != links[1]
    assert (await anna.get(links[0][0])).status == 200
    assert links[0][0] in (await anna.get("/")).html


async def test_a_series_is_moved_and_everybody_told(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    before = await anna.get(path)
    shown = await anna.send(f"{path}/move", MOVED | {"version": before.value("version")})
    assert "Moved. 3 people are told by mail." in shown.text
    assert "Wed 3 Mar 14:00–15:00 15:00–16:00" in shown.text
    assert "Moved by Anna Leitner." in shown.text
    assert [news for news, _ in await mails(campus)] == ["invited"] * 3 + ["updated"] * 3


async def test_the_preview_of_a_move_shows_both_clocks_and_its_own_claims_do_not_stand_in_the_way(
    campus: Campus, anna: Visitor
) -> None:
    path = await campus.booked(anna)
    shown = await anna.post(f"{path}/move/preview", MOVED | {"date": "2027-03-02", "time": "10:30"}, **HX)
    assert "10:30–11:30 Vienna 11:30–12:30 Kyiv" in shown.text
    assert "not free" not in shown.text


async def test_without_javascript_the_preview_of_a_move_comes_with_the_page(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    shown = await anna.post(f"{path}/move/preview", MOVED)
    assert shown.value("date") == "2027-03-03"
    assert "14:00–15:00 Vienna 15:00–16:00 Kyiv" in shown.text


async def test_a_move_onto_a_taken_time_is_refused_and_kept(campus: Campus, anna: Visitor) -> None:
    await campus.booked(anna, date="2027-03-03", time="14:00")
    path = await campus.booked(anna, key="second")
    shown = await anna.post(f"{path}/move", MOVED | {"version": "1"})
    assert (shown.status, shown.value("time")) == (409, "14:00")
    assert "A room or equipment is taken at 6 of these times." in shown.text
    assert "A-101 is not free" in shown.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"time": "noon"}, "Write the time like 14:00."),
        ({"minutes": "4"}, "Write a length from 5 to 1440 minutes."),
        ({"date": "2020-01-01"}, "This time has passed."),
        ({"date": "2027-03-28", "time": "02:30"}, "Choose 01:30 or 03:30."),
    ],
)
async def test_a_wrong_move_is_told_of_and_kept(
    campus: Campus, anna: Visitor, changes: dict[str, str], sentence: str
) -> None:
    path = await campus.booked(anna)
    shown = await anna.post(f"{path}/move", MOVED | changes | {"version": "1"})
    assert shown.status == 422
    assert sentence in shown.text
    assert all(shown.value(name) == text for name, text in changes.items())


async def test_a_lesson_that_has_begun_keeps_its_time(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna, date="2026-11-21", time="11:10")
    campus.clock.advance(3600)
    shown = await anna.post(f"{path}/move", MOVED | {"version": "1"})
    assert shown.status == 422
    assert "This lesson has begun, so its time and rooms stay." in shown.text


async def test_a_change_of_an_older_version_is_refused_and_kept(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    await anna.send(f"{path}/move", MOVED | {"version": "1"})
    shown = await anna.post(f"{path}/move", MOVED | {"version": "1", "time": "16:00"})
    assert (shown.status, shown.value("time"), shown.value("version")) == (412, "16:00", "2")
    assert "Somebody else changed this lesson while you were looking at it." in shown.text


async def test_a_form_without_a_version_is_stale(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    assert (await anna.post(f"{path}/cancel", {"version": "-"})).status == 412


async def test_a_cancelled_lesson_says_so_and_frees_its_rooms(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    shown = await anna.send(f"{path}/cancel", {"version": "1", "reason": "Anna is ill."})
    assert "Cancelled. 3 people are told by mail." in shown.text
    assert "This lesson is cancelled." in shown.text
    assert "Cancelled by Anna Leitner: Anna is ill." in shown.text
    assert await campus.booked(anna, key="second")


async def test_a_lesson_is_cancelled_once(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    await anna.send(f"{path}/cancel", {"version": "1"})
    shown = await anna.post(f"{path}/cancel", {"version": "2"})
    assert shown.status == 422
    assert "This lesson was cancelled. Book a new one instead." in shown.text


async def test_somebody_is_invited(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    shown = await anna.send(f"{path}/people", {"version": "1", "name": "", "email": SOPHIE})
    assert "Invited. The mail with the personal link is on its way." in shown.text
    assert f"Sophie Brandl participant, Vienna {SOPHIE}" in shown.text
    assert (await mails(campus))[-1] == ("invited", SOPHIE)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "Eva", "email": "eva@"}, "This is no mail address."),
        ({"name": "Nikos", "email": "NIKOS@asl.example"}, "This person is invited already."),
        ({"name": "E" * 101, "email": "eva@x.example"}, "Write a name of at most 100 characters."),
    ],
)
async def test_a_wrong_invitation_is_told_of_and_kept(
    campus: Campus, anna: Visitor, typed: dict[str, str], sentence: str
) -> None:
    path = await campus.booked(anna)
    shown = await anna.post(f"{path}/people", typed | {"version": "1"})
    assert (shown.status, shown.value("email")) == (422, typed["email"])
    assert sentence in shown.text


async def test_an_invitation_to_an_older_version_is_kept(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    await anna.send(f"{path}/people", {"version": "1", "name": "", "email": SOPHIE})
    shown = await anna.post(f"{path}/people", {"version": "1", "name": "Eva", "email": "eva@x.example"})
    assert (shown.status, shown.value("email")) == (412, "eva@x.example")


async def test_somebody_is_removed(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    shown = await anna.send(f"{await attendee(anna, path, 'Nikos')}/remove", {"version": "1"})
    assert "Removed. The personal link no longer works" in shown.text
    assert "nikos@asl.example" not in shown.html
    assert (await mails(campus))[-1] == ("removed", "nikos@asl.example")


async def test_who_is_not_there_is_not_removed(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    assert (await anna.post(f"{path}/people/nobody/remove", {"version": "1"})).status == 404


async def test_a_link_is_replaced(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna)
    tails = re.findall(r"…([\w-]{4})<", (await anna.get(path)).html)
    shown = await anna.send(f"{await attendee(anna, path, 'Nikos')}/link")
    assert "The old link no longer works." in shown.text
    assert re.findall(r"…([\w-]{4})<", shown.html)[:2] == tails[:2]
    assert re.findall(r"…([\w-]{4})<", shown.html)[2] != tails[2]


async def test_a_lesson_that_is_over_is_closed(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna, date="2026-11-21", time="11:10", repeat="once")
    campus.clock.advance(7 * 3600)
    shown = await anna.get(path)
    assert "Enter the lesson" not in shown.text
    assert 'action="/lessons/' not in shown.html


async def test_what_took_place_reads_as_closed_while_its_door_is_open_still(campus: Campus, anna: Visitor) -> None:
    path = await campus.booked(anna, repeat="once", date="2026-11-24")
    shown = await anna.get(path)
    campus.clock.now = ENDS
    over = await anna.get(path)
    assert ("Ended" in shown.text, "Ended" in over.text) == (False, True)
    assert ("Cancel the lesson" in over.text, "Enter the lesson" in over.text) == (False, True)
    refused = await anna.post(f"{path}/cancel", {"version": shown.value("version"), "reason": ""})
    assert (refused.status, "can no longer be changed or cancelled" in refused.text) == (422, True)
    campus.clock.now += 31 * 60
    assert "Enter the lesson" not in (await anna.get(path)).text


async def test_a_move_that_waits_for_approval_says_so_to_who_moved_it_and_to_who_has_a_link(
    campus: Campus, anna: Visitor
) -> None:
    path = await campus.booked(anna, repeat="once")
    shown = await anna.get(path)
    await campus.database.write(
        lambda c: c.execute(sa.update(resource).where(resource.c.name == "Hall 214").values(approval="required"))
    )
    moved = await anna.send(f"{path}/move", {**MOVED, "version": shown.value("version")})
    assert "Done, and it waits for approval." in moved.text
    assert "Moved." not in moved.text
    link = (await links(campus, path))[NIKOS]
    assert "This time still waits for approval." in (await anna.get(link)).text
    assert "Moved" not in (await anna.get("/")).text


async def test_a_single_date_that_waits_for_approval_says_so_to_who_is_asked_to_come(
    campus: Campus, anna: Visitor
) -> None:
    path = await campus.booked(anna)
    await campus.database.write(
        lambda c: c.execute(sa.update(resource).where(resource.c.name == "Hall 214").values(approval="required"))
    )
    moved = {"date": "2027-03-10", "time": "14:00", "zone": "Europe/Vienna", "minutes": "90", "scope": "this"}
    version = (await anna.get(path)).value("version")
    await anna.send(f"{path}/occurrences/2027-03-09T10:00/move", {**moved, "version": version})
    asked = (await anna.get((await links(campus, path))[NIKOS])).text
    assert re.findall(r"\w{3} \d+ Mar \S+ Vienna This time still waits", asked) == [
        "Wed 10 Mar 14:00–15:30 Vienna This time still waits"
    ]
