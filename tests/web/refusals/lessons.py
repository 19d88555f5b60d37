"""What lessons refuse apart from clashes: times that can't be, what has begun or is over, what changed meanwhile."""

from schedules import (
    AlreadyBegunError,
    AlreadyCancelledError,
    AlreadyInvitedError,
    ClosedDayError,
    ClosedError,
    FoldError,
    GapError,
    InThePastError,
    NotConfirmedError,
    NothingLostError,
    OverlapError,
    TermNameTakenError,
)
from tests.web.api import Api, Json
from tests.web.refusals.case import (
    ADMIN,
    COLLEAGUE,
    NAME,
    WEEKLY,
    alone,
    book,
    changed,
    done,
    etag,
    hall_is,
    of,
    refused,
)
from vclass.core.idempotency import KeyReusedError
from vclass.core.refusals import StaleError, VersionMissingError

HOUR = 3600
DAY = 24 * HOUR
SPRING = "2027-03-28T02:30"
AUTUMN = "2027-10-31T02:30"
FIRST_DAY = 10 * DAY
"""From the present to the first of December at 11:00 in Vienna, while the first meeting runs."""


async def patch_refused(api: Api, slug: str, path: str, patch: Json) -> Json:
    tag = await etag(api, path.partition("/occurrences")[0])
    return await refused(api, slug, "PATCH", path, patch, If_Match=tag)


async def cancelled(api: Api, path: str) -> None:
    await done(api, "DELETE", path, If_Match=await etag(api, path.partition("/occurrences")[0]))


@of(GapError)
async def a_start_that_the_clocks_skip(api: Api) -> None:
    wish = alone(api, start=SPRING)
    problem = await refused(api, "gap", "POST", "/lessons", wish)
    assert (problem["zone"], problem["dates"]) == ("Europe/Vienna", ["2027-03-28"])
    for reading in problem["readings"]:
        await done(api, "POST", "/lessons", {**wish, "start": reading, "rooms": []})


@of(GapError)
async def a_series_of_which_the_clocks_skip_a_start(api: Api) -> None:
    wish = alone(api, start="2027-03-14T02:30", repeat=WEEKLY)
    problem = await refused(api, "gap", "POST", "/lessons", wish)
    await done(api, "POST", "/lessons", {**wish, "repeat": {**WEEKLY, "except": problem["dates"]}})


@of(GapError)
async def a_series_of_gaps_alone_has_nothing_to_leave_out(api: Api) -> None:
    wish = alone(api, start=SPRING, repeat={"every": "week", "count": 1})
    problem = await refused(api, "gap", "POST", "/lessons", wish)
    assert "except" not in problem["detail"]
    await done(api, "POST", "/lessons", {**wish, "start": problem["readings"][1]})


@of(FoldError)
async def a_start_that_the_clocks_show_twice(api: Api) -> None:
    wish = alone(api, start=AUTUMN, minutes=30)
    problem = await refused(api, "fold", "POST", "/lessons", wish)
    for reading in problem["readings"]:
        made = await done(api, "POST", "/lessons", {**wish, "fold": reading["fold"]})
        assert made.body["occurrences"][0]["start"] == reading["start"]


@of(InThePastError)
async def a_start_that_has_passed(api: Api) -> None:
    wish = alone(api, start="2026-11-17T10:00", repeat={**WEEKLY, "weekdays": ["TU"]})
    problem = await refused(api, "in-the-past", "POST", "/lessons", wish)
    assert (problem["until"], problem["earliest"]) == ("2026-11-21T10:00:00Z", "2026-11-24T10:00")
    await done(api, "POST", "/lessons", {**wish, "start": problem["earliest"]})


@of(InThePastError)
async def a_lesson_and_a_meeting_move_into_the_past(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}"
    problem = await patch_refused(api, "in-the-past", f"{path}/occurrences/{NAME}", {"start": "2026-11-20T10:00"})
    await changed(api, f"{path}/occurrences/{NAME}", {"start": problem["earliest"]})
    problem = await patch_refused(api, "in-the-past", path, {"start": "2026-11-17T10:00"})
    await changed(api, path, {"start": problem["earliest"]})


@of(InThePastError)
async def a_date_that_has_passed_comes_back(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}"
    await cancelled(api, f"{path}/occurrences/{NAME}")
    api.clock.advance(18 * DAY)
    tag = await etag(api, path)
    wish = {"recurrence": NAME}
    problem = await refused(api, "in-the-past", "POST", f"{path}/occurrences", wish, If_Match=tag)
    again = await refused(
        api, "overlap", "POST", f"{path}/occurrences", {**wish, "start": problem["earliest"]}, If_Match=tag
    )
    await done(api, "POST", f"{path}/occurrences", {**wish, "start": again["start"]}, If_Match=tag)


@of(AlreadyBegunError)
async def a_meeting_that_runs(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}/occurrences"
    api.clock.advance(FIRST_DAY)
    patch = {"minutes": 60}
    problem = await patch_refused(api, "already-begun", f"{path}/2026-12-01T10:00", patch)
    assert problem["until"] == "2026-12-01T10:30:00Z"
    await changed(api, f"{path}/{problem['next']}", patch)


@of(AlreadyBegunError)
async def a_lesson_without_a_meeting_to_come(api: Api) -> None:
    lesson = await book(api)
    api.clock.advance(FIRST_DAY)
    problem = await patch_refused(api, "already-begun", f"/lessons/{lesson['id']}", {"rooms": []})
    assert (problem["until"], problem["next"]) == ("2026-12-01T10:30:00Z", None)
    assert "Book a new lesson" in problem["detail"]
    await book(api, start=NAME)


@of(AlreadyBegunError)
async def a_series_that_would_lose_what_took_place(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path, patch = f"/lessons/{lesson['id']}", {"start": "2026-12-15T14:00"}
    api.clock.advance(14 * DAY)
    problem = await patch_refused(api, "already-begun", path, patch)
    assert "scope=following" in problem["detail"]
    await changed(api, f"{path}/occurrences/{problem['next']}?scope=following", patch)


@of(ClosedError)
async def a_meeting_that_took_place(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}/occurrences"
    api.clock.advance(14 * DAY)
    problem = await patch_refused(api, "closed", f"{path}/2026-12-01T10:00", {"minutes": 60})
    assert problem["ended"] == "2026-12-01T10:30:00Z"
    await changed(api, f"{path}/{problem['next']}", {"minutes": 60})


@of(ClosedError)
async def a_lesson_that_took_place(api: Api) -> None:
    lesson = await book(api)
    api.clock.advance(14 * DAY)
    path = f"/lessons/{lesson['id']}"
    problem = await refused(api, "closed", "DELETE", path, If_Match=await etag(api, path))
    assert (problem["ended"], problem["next"]) == ("2026-12-01T10:30:00Z", None)
    assert "Book a new lesson" in problem["detail"]
    await book(api, start="2026-12-15T10:00")


@of(AlreadyCancelledError)
async def a_lesson_that_was_cancelled(api: Api) -> None:
    lesson = await book(api)
    path = f"/lessons/{lesson['id']}"
    await cancelled(api, path)
    problem = await patch_refused(api, "already-cancelled", path, {"title": "Again"})
    assert problem["cancelled"] == "2026-11-21T10:00:00Z"
    assert "Book a new one" in problem["detail"]
    await book(api)


@of(AlreadyCancelledError)
async def a_meeting_that_was_cancelled(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}"
    await cancelled(api, f"{path}/occurrences/{NAME}")
    problem = await patch_refused(api, "already-cancelled", f"{path}/occurrences/{NAME}", {"minutes": 60})
    again = {"recurrence": problem["recurrence"]}
    await done(api, "POST", f"{path}/occurrences", again, If_Match=await etag(api, path))


@of(AlreadyCancelledError)
async def the_rest_of_a_series_that_was_cancelled(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}"
    await cancelled(api, f"{path}/occurrences/{NAME}?scope=following")
    tag = await etag(api, path)
    rest = f"{path}/occurrences/{NAME}?scope=following"
    problem = await refused(api, "already-cancelled", "DELETE", rest, If_Match=tag)
    await done(api, "POST", f"{path}/occurrences", {"recurrence": problem["recurrence"]}, If_Match=tag)


@of(ClosedDayError)
async def a_day_on_which_the_house_is_closed(api: Api) -> None:
    days = {"reason": "Feast", "first_day": "2026-11-30", "last_day": "2026-12-03"}
    await done(api, "POST", "/closures", days, ADMIN)
    wish = alone(api)
    problem = await refused(api, "closed-day", "POST", "/lessons", wish)
    assert (problem["name"], problem["until"]) == ("Feast", "2026-12-03")
    await done(api, "POST", "/lessons", {**wish, "start": "2026-12-04T10:00"})
    await done(api, "POST", "/lessons", {**wish, "closures": "ignore"})


@of(OverlapError)
async def a_meeting_moves_into_the_next_one(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}/occurrences"
    problem = await patch_refused(api, "overlap", f"{path}/{NAME}", {"start": "2026-12-15T10:30"})
    assert (problem["other"], problem["until"]) == ("2026-12-15T10:00", "2026-12-15T10:30:00Z")
    await changed(api, f"{path}/{NAME}", {"start": problem["start"]})
    await cancelled(api, f"{path}/{problem['other']}")
    await changed(api, f"{path}/{NAME}", {"start": "2026-12-15T10:30"})


@of(OverlapError)
async def a_date_that_takes_place_is_added(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}"
    wish = {"recurrence": NAME, "minutes": 60}
    problem = await refused(api, "overlap", "POST", f"{path}/occurrences", wish, If_Match=await etag(api, path))
    await changed(api, f"{path}/occurrences/{problem['other']}", {"minutes": 60})


@of(NotConfirmedError)
async def rooms_that_one_lesson_does_not_have_yet(api: Api) -> None:
    one = await book(api, repeat=WEEKLY)
    await hall_is(api, "vienna large", approval="required")
    other = await book(api, place="vienna large", repeat=WEEKLY)
    wish = {"lessons": [one["id"], other["id"]]}
    problem = await refused(api, "not-confirmed", "POST", "/lessons/swap", wish)
    assert (problem["state"], problem["recurrences"]) == ("requested", None)
    queue = (await done(api, "GET", "/approvals", who=ADMIN)).body["slots"]
    await done(api, "POST", f"/bookings/{queue[0]['requests'][0]['booking']}/approve", {}, ADMIN)
    await done(api, "POST", "/lessons/swap", wish)


@of(NotConfirmedError)
async def rooms_of_which_some_dates_are_sure(api: Api) -> None:
    one = await book(api, repeat=WEEKLY)
    await hall_is(api, "vienna large", approval="required")
    other = await book(api, place="vienna large", repeat=WEEKLY)
    queue = (await done(api, "GET", "/approvals", who=ADMIN)).body["slots"]
    booking = queue[0]["requests"][0]["booking"]
    await done(api, "POST", f"/bookings/{booking}/approve", {"scope": "this"}, ADMIN)
    wish = {"lessons": [one["id"], other["id"]]}
    problem = await refused(api, "not-confirmed", "POST", "/lessons/swap", wish)
    assert problem["until"] == "2026-12-08T09:00:00Z"
    await hall_is(api, "vienna large", approval="none")
    await done(api, "POST", "/lessons/swap", {**wish, "recurrences": problem["recurrences"]})


@of(StaleError)
async def a_lesson_that_somebody_else_changed(api: Api) -> None:
    lesson = await book(api)
    path, patch = f"/lessons/{lesson['id']}", {"title": "Mine"}
    await changed(api, path, {"title": "Theirs"})
    problem = await refused(api, "stale", "PATCH", path, patch, If_Match='"v1"')
    await done(api, "PATCH", path, patch, If_Match=f'"v{problem["current_version"]}"')


@of(VersionMissingError)
async def a_lesson_that_nobody_read(api: Api) -> None:
    lesson = await book(api)
    path, patch = f"/lessons/{lesson['id']}", {"title": "Mine"}
    problem = await refused(api, "version-missing", "PATCH", path, patch)
    assert "Read the object first" in problem["detail"]
    await done(api, "PATCH", path, patch, If_Match=await etag(api, path))


@of(KeyReusedError)
async def a_key_that_was_used_for_something_else(api: Api) -> None:
    await done(api, "POST", "/lessons", alone(api), Idempotency_Key="k")
    other = alone(api, start=NAME)
    problem = await refused(api, "key-reused", "POST", "/lessons", other, Idempotency_Key="k")
    assert problem["until"] == "2026-11-22T10:00:00Z"
    made = await done(api, "POST", "/lessons", other, Idempotency_Key="l")
    await done(api, "DELETE", f"/lessons/{made.body['id']}", If_Match='"v1"')
    api.clock.advance(DAY + 1)
    await done(api, "POST", "/lessons", other, Idempotency_Key="k")


@of(TermNameTakenError)
async def a_term_whose_name_is_taken(api: Api) -> None:
    term = {"name": "Winter", "first_day": "2026-10-01", "last_day": "2027-01-31"}
    await done(api, "POST", "/terms", term, ADMIN)
    problem = await refused(api, "term-name-taken", "POST", "/terms", term, ADMIN)
    await done(api, "POST", "/terms", {**term, "name": problem["instead"]}, ADMIN)


@of(AlreadyInvitedError)
async def somebody_is_invited_twice(api: Api) -> None:
    """The API takes the whole list of guests, where one who comes twice is invited once; the refusal is the page's."""
    lesson = await book(api, COLLEAGUE, attendees=[{"email": "greta@example.org"}] * 2)
    assert [each["email"] for each in lesson["attendees"]] == ["greta@example.org"]
    assert "new link" in AlreadyInvitedError().sentence


@of(NothingLostError)
async def going_on_without_dates_of_which_none_was_lost(api: Api) -> None:
    path = f"/lessons/{(await book(api, repeat=WEEKLY))['id']}"
    problem = await refused(api, "nothing-lost", "DELETE", f"{path}/lost", If_Match=await etag(api, path))
    assert "Cancel a single date" in problem["detail"]
    await cancelled(api, f"{path}/occurrences/{NAME}")
