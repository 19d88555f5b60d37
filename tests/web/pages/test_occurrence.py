"""Changing one date of a lesson: what is shown before, what is done, and what is kept when it cannot be."""

import re

import pytest

from tests.web.pages.campus import Campus, Shown, Visitor
from vclass.core import outbox

HX = {"HX-Request": "true"}
SECOND = "2027-03-09T10:00"
AFTERNOON = {"zone": "Europe/Vienna", "date": "2027-03-10", "time": "14:00", "minutes": "90"}


@pytest.fixture
async def path(campus: Campus, anna: Visitor) -> str:
    """A weekly lesson of Vienna and Kyiv at ten, on six Tuesdays."""
    return await campus.booked(anna)


def date_of(path: str, recurrence: str = SECOND) -> str:
    return f"{path}/occurrences/{recurrence}"


async def form(visitor: Visitor, path: str, **typed: str) -> dict[str, str]:
    """What is typed into the form of the lesson as it is now."""
    return {"version": (await visitor.get(path)).value("version"), "scope": "this", **typed}


def dates(shown: Shown) -> list[tuple[str, str]]:
    """The dates of a lesson's page: when each begins in Vienna."""
    return re.findall(r"(\w{3} \d+ \w{3}) (\d\d:\d\d)–", shown.text.partition("State")[2])


async def told(campus: Campus) -> list[str]:
    rows = await campus.database.read(outbox.listing)
    return [each.leased.facts["news"] for each in rows if "news" in each.leased.facts]


async def test_each_date_to_come_leads_to_its_form(anna: Visitor, path: str) -> None:
    assert f'href="{date_of(path)}?change=move"' in (await anna.get(path)).html
    shown = await anna.get(f"{date_of(path)}?change=move")
    assert (shown.value("date"), shown.value("time"), shown.value("minutes")) == ("2027-03-09", "10:00", "90")
    assert "This one and all after it, 5 dates" in shown.text
    assert "All that are to come, 6 dates" in shown.text


async def test_the_preview_of_one_date_shows_before_after_and_who_is_told(anna: Visitor, path: str) -> None:
    shown = await anna.post(f"{date_of(path)}/preview", {**await form(anna, path), **AFTERNOON, "change": "move"}, **HX)
    assert "Tuesday 9 March 2027 Before: 10:00–11:30 Vienna" in shown.text
    assert "14:00–15:30 Vienna 15:00–16:30 Kyiv" in shown.text
    assert "Anna Leitner, Ірина Бондар, Nikos" in shown.text


async def test_without_javascript_the_preview_comes_with_the_page(anna: Visitor, path: str) -> None:
    shown = await anna.post(f"{date_of(path)}/preview", {**await form(anna, path), **AFTERNOON, "change": "move"})
    assert shown.value("time") == "14:00"
    assert "15:00–16:30 Kyiv" in shown.text


async def test_one_date_moves_and_the_page_shows_where_it_was(campus: Campus, anna: Visitor, path: str) -> None:
    shown = await anna.send(f"{date_of(path)}/move", await form(anna, path, **AFTERNOON))
    assert "Moved. 3 people are told by mail." in shown.text
    assert "Wed 10 Mar 14:00–15:30 Before: Tue 9 Mar, 10:00–11:30" in shown.text
    assert (await told(campus)).count("moved-one") == 3


async def test_a_time_on_the_partners_clock_is_converted(anna: Visitor, path: str) -> None:
    typed = {**AFTERNOON, "zone": "Europe/Kyiv", "time": "16:00"}
    shown = await anna.send(f"{date_of(path)}/move", await form(anna, path, **typed))
    assert "Wed 10 Mar 15:00–16:30" in shown.text


async def test_the_following_dates_move_and_the_others_stay(anna: Visitor, path: str) -> None:
    later = await anna.send(f"{date_of(path)}/move", await form(anna, path, **AFTERNOON, scope="following"))
    assert [each[0] for each in dates(later)][:2] == ["Wed 10 Mar", "Wed 17 Mar"]
    assert "Tue 2 Mar 10:00" in (await anna.get(path)).text


async def test_all_dates_move_by_as_many_days(anna: Visitor, path: str) -> None:
    shown = await anna.send(f"{date_of(path)}/move", await form(anna, path, **AFTERNOON, scope="all"))
    assert dates(shown)[:2] == [("Wed 3 Mar", "14:00"), ("Wed 10 Mar", "14:00")]


async def test_one_date_gets_another_room(campus: Campus, anna: Visitor, path: str) -> None:
    typed = {"room-0": campus.ids.b204, "room-1": campus.ids.hall214, "change": "room"}
    preview = await anna.post(f"{date_of(path)}/preview", {**await form(anna, path), **typed}, **HX)
    assert "A-101 B-204" in preview.text
    shown = await anna.send(f"{date_of(path)}/room", await form(anna, path, **typed))
    assert "The room is changed. 3 people are told by mail." in shown.text
    again = await anna.get(f"{date_of(path)}?change=room")
    assert again.chosen("room-0") == campus.ids.b204


async def test_a_taken_room_is_told_of_beside_its_field(campus: Campus, anna: Visitor, maria: Visitor) -> None:
    path = await campus.booked(anna, partner_room="")
    await campus.booked(maria, date="2027-03-09", repeat="once", room="", partner_teacher="")
    typed = {"room-0": campus.ids.a101, "room-1": campus.ids.hall214}
    shown = await anna.post(f"{date_of(path)}/room", await form(anna, path, **typed))
    assert (shown.status, shown.chosen("room-1")) == (409, campus.ids.hall214)
    assert "Hall 214 is not free then. Choose another room." in shown.text


async def test_cancelling_one_date_shows_who_is_told_first(anna: Visitor, path: str) -> None:
    shown = await anna.get(f"{date_of(path)}?change=cancel")
    assert "Who is told by mail Anna Leitner, Ірина Бондар, Nikos" in shown.text
    gone = await anna.send(f"{date_of(path)}/cancel", await form(anna, path, reason="Strike."))
    assert "Left out Tue 9 Mar" in gone.text
    assert "Cancelled: Strike." in gone.text


async def test_a_cancelled_date_is_added_with_one_press(anna: Visitor, path: str) -> None:
    await anna.send(f"{date_of(path)}/cancel", await form(anna, path))
    shown = await anna.send(f"{date_of(path)}/add", await form(anna, path))
    assert "Added. 3 people are told by mail." in shown.text
    assert "Left out" not in shown.text


async def test_all_that_are_to_come_are_cancelled(anna: Visitor, path: str) -> None:
    shown = await anna.send(f"{date_of(path)}/cancel", await form(anna, path, scope="all", reason="Strike."))
    assert "This lesson is cancelled." in shown.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"time": "noon"}, "Write the time like 14:00."),
        ({"date": "2020-01-01"}, "This time has passed."),
        ({"date": "2027-03-28", "time": "02:30"}, "Choose 01:30 or 03:30."),
        ({"date": "2027-03-28", "time": "03:30", "zone": "Europe/Kyiv"}, "Choose 02:30 or 04:30."),
        ({"date": "2027-10-31", "time": "02:30"}, "Choose which one you mean."),
        ({"date": "2027-03-16", "time": "10:30"}, "This lesson meets at that time already."),
    ],
)
async def test_what_cannot_be_is_told_and_kept(
    anna: Visitor, path: str, changes: dict[str, str], sentence: str
) -> None:
    typed = AFTERNOON | changes
    shown = await anna.post(f"{date_of(path)}/move", await form(anna, path, **typed))
    assert (shown.status, shown.value("time"), shown.value("date")) == (422, typed["time"], typed["date"])
    assert sentence in shown.text


async def test_a_doubled_time_is_offered_twice_and_the_second_taken(anna: Visitor, path: str) -> None:
    typed = {**AFTERNOON, "date": "2027-10-31", "time": "02:30", "change": "move"}
    shown = await anna.post(f"{date_of(path)}/preview", {**await form(anna, path), **typed}, **HX)
    assert "this time comes twice" in shown.text
    done = await anna.send(f"{date_of(path)}/move", await form(anna, path, **typed, fold="1"))
    assert "Sun 31 Oct 02:30–04:00" in done.text


async def test_a_taken_slot_is_told_with_others_that_are_free(campus: Campus, anna: Visitor, path: str) -> None:
    await campus.booked(anna, key="other", title="Guest lecture", date="2027-03-10", time="14:00", repeat="once")
    shown = await anna.post(f"{date_of(path)}/move", await form(anna, path, **AFTERNOON))
    assert (shown.status, shown.value("time")) == (409, "14:00")
    assert "A-101 is taken by “ Guest lecture ”" in shown.text
    choice = re.findall(r'name="alternative" value="([^"]+)"', shown.html)[0]
    done = await anna.send(f"{date_of(path)}/move", await form(anna, path, **AFTERNOON, alternative=choice))
    assert "Moved. 3 people are told by mail." in done.text


async def test_a_change_of_an_older_version_is_kept(anna: Visitor, path: str) -> None:
    typed = await form(anna, path, **AFTERNOON)
    await anna.send(f"{date_of(path, '2027-03-16T10:00')}/cancel", typed)
    shown = await anna.post(f"{date_of(path)}/move", typed)
    assert (shown.status, shown.value("time")) == (412, "14:00")
    assert "Somebody else changed this lesson" in shown.text


async def test_a_date_that_was_cancelled_is_not_moved(anna: Visitor, path: str) -> None:
    await anna.send(f"{date_of(path)}/cancel", await form(anna, path))
    shown = await anna.post(f"{date_of(path)}/move", await form(anna, path, **AFTERNOON))
    assert shown.status == 422


async def test_only_who_may_change_the_lesson_finds_the_form(
    anna: Visitor, iryna: Visitor, maria: Visitor, path: str
) -> None:
    assert (await iryna.get(date_of(path))).status == 403
    assert (await maria.get(date_of(path))).status == 404
    assert (await anna.get(date_of(path, "2027-03-09T11:00"))).status == 404
