"""What can't be had: each reason, and each way of wishing for it."""

from rooms import InTheWayError
from schedules import ClashError
from tests.web.api import Api, Json
from tests.web.refusals.case import (
    ADMIN,
    COLLEAGUE,
    NAME,
    PARTNER,
    PARTNER_ADMIN,
    WEEKLY,
    WHOLE_DAYS,
    alone,
    book,
    changed,
    clash,
    clashing,
    clashing_patch,
    done,
    each_works,
    etag,
    gone,
    hall_is,
    of,
    refused,
)

EVERYWHERE = ("vienna", "vienna large")


async def blocked(api: Api, *places: str, start: str = "2026-11-22T00:00", end: str = "2027-01-20T00:00") -> Json:
    """Take halls of Vienna out of use."""
    body = {"resources": [api.hall(each) for each in places], "start": start, "end": end, "reason": "Renovation"}
    return (await done(api, "POST", "/blockings", body, ADMIN)).body


@of(ClashError)
@clash("taken", "create")
async def a_room_that_is_taken(api: Api) -> None:
    await book(api, title="Mine")
    wish = alone(api, title="Second")
    problem = await clashing(api, "POST", "/lessons", wish)
    assert [(each["by"], each["until"]) for each in problem["clashes"]] == [("Mine", "2026-12-01T10:30:00Z")]
    await each_works(api, wish, problem["alternatives"])


@clash("taken", "create")
async def a_room_that_a_stranger_has_is_busy(api: Api) -> None:
    await book(api, COLLEAGUE, title="Confidential")
    wish = alone(api)
    problem = await clashing(api, "POST", "/lessons", wish)
    assert problem["clashes"][0]["by"] == "busy"
    assert "Confidential" not in str(problem)
    await each_works(api, wish, problem["alternatives"])


@clash("taken", "create")
async def a_partner_is_told_neither_titles_nor_reasons(api: Api) -> None:
    kyiv = {"resources": [api.hall("kyiv")], "start": "2026-12-02T00:00", "end": "2026-12-03T00:00"}
    await done(api, "POST", "/blockings", {**kyiv, "reason": "Confidential"}, PARTNER_ADMIN)
    await book(api, PARTNER, place="kyiv", title="Confidential")
    for start in ("2026-12-01T10:00", "2026-12-02T10:00"):
        wish = alone(api, "kyiv", start=start)
        problem = await clashing(api, "POST", "/lessons", wish)
        assert problem["clashes"][0]["by"] == "busy"
        assert "Confidential" not in str(problem)
        await each_works(api, wish, problem["alternatives"])


@clash("taken", "create")
async def all_halls_blocked_for_weeks(api: Api) -> None:
    await blocked(api, *EVERYWHERE)
    wish = alone(api)
    problem = await clashing(api, "POST", "/lessons", wish)
    assert [(each["by"], each["until"]) for each in problem["clashes"]] == [("Renovation", "2027-01-19T23:00:00Z")]
    assert {each.get("on_clash", "refuse") for each in problem["alternatives"]} == {"refuse", "wait"}
    await each_works(api, wish, problem["alternatives"])


@clash("taken", "create")
async def some_dates_of_a_series(api: Api) -> None:
    await blocked(api, *EVERYWHERE, start="2026-12-08T00:00", end="2026-12-09T00:00")
    await blocked(api, *EVERYWHERE, start="2026-12-10T00:00", end="2027-01-20T00:00")
    wish = alone(api, repeat=WEEKLY)
    problem = await clashing(api, "POST", "/lessons", wish)
    assert "skip" in {each.get("on_clash") for each in problem["alternatives"]}
    await each_works(api, wish, problem["alternatives"])


@clash("taken", "create")
async def a_series_that_stands_in_its_own_way(api: Api) -> None:
    await hall_is(api, *EVERYWHERE, setup_minutes=30)
    wish = alone(api, **WHOLE_DAYS)
    problem = await clashing(api, "POST", "/lessons", wish)
    assert {each["by"] for each in problem["clashes"]} == {"this lesson itself"}
    await each_works(api, wish, problem["alternatives"])


@clash("taken", "create")
async def closures_are_left_out_of_alternatives_too(api: Api) -> None:
    days = {"reason": "Feast", "first_day": "2026-12-08", "last_day": "2026-12-08"}
    await done(api, "POST", "/closures", days, ADMIN)
    await book(api, start="2026-12-15T10:00")
    wish = alone(api, repeat=WEEKLY)
    await each_works(api, wish, (await clashing(api, "POST", "/lessons", wish))["alternatives"])


@clash("too_few", "create")
async def fewer_pieces_than_wanted(api: Api) -> None:
    kit = api.world.kit["vienna"].public_id
    await book(api, COLLEAGUE, rooms=[], equipment=[{"id": kit, "quantity": 3}], **WHOLE_DAYS)
    wish = alone(api, rooms=[], equipment=[{"id": kit, "quantity": 4}])
    problem = await clashing(api, "POST", "/lessons", wish)
    assert [(each["reason"], each["by"]) for each in problem["clashes"]] == [("too_few", "busy")]
    assert [{"id": kit, "quantity": 2}] in [each.get("equipment") for each in problem["alternatives"]]
    await each_works(api, wish, problem["alternatives"])


@clash("busy", "create")
async def a_teacher_who_teaches_elsewhere(api: Api) -> None:
    await done(api, "POST", "/lessons", alone(api, rooms=[], transparent=False))
    wish = alone(api, rooms=[], transparent=False)
    problem = await clashing(api, "POST", "/lessons", wish)
    assert [(each["by"], each["until"]) for each in problem["clashes"]] == [("Joint seminar", "2026-12-01T10:30:00Z")]
    await each_works(api, wish, problem["alternatives"])


@clash("busy", "create")
async def a_teacher_without_a_free_hour_for_weeks(api: Api) -> None:
    await done(api, "POST", "/lessons", alone(api, rooms=[], transparent=False, **WHOLE_DAYS))
    wish = alone(api, rooms=[], transparent=False)
    await each_works(api, wish, (await clashing(api, "POST", "/lessons", wish))["alternatives"])


@clash("outside_hours", "create")
async def a_room_that_is_closed(api: Api) -> None:
    hours = [{"weekday": "MO", "opens": "10:00", "closes": "12:00"}]
    await hall_is(api, *EVERYWHERE, hours=hours)
    wish = alone(api, start="2026-12-01T02:00")
    problem = await clashing(api, "POST", "/lessons", wish)
    assert [(each["by"], each["until"]) for each in problem["clashes"]] == [
        ("its opening hours", "2026-12-07T09:00:00Z")
    ]
    await each_works(api, wish, problem["alternatives"])


@clash("too_long", "create")
async def a_booking_that_is_too_long(api: Api) -> None:
    await hall_is(api, *EVERYWHERE, longest_minutes=60)
    wish = alone(api)
    problem = await clashing(api, "POST", "/lessons", wish)
    assert problem["clashes"][0]["by"] == "at most 60 minutes at a time"
    assert 60 in [each.get("minutes") for each in problem["alternatives"]]
    await each_works(api, wish, problem["alternatives"])


@clash("too_far", "create")
async def a_booking_that_is_too_far_ahead(api: Api) -> None:
    await hall_is(api, *EVERYWHERE, horizon_days=30)
    wish = alone(api, start="2027-03-02T10:00", repeat=WEEKLY)
    problem = await clashing(api, "POST", "/lessons", wish)
    assert problem["clashes"][0]["until"] == "2027-01-31T10:30:00Z"
    assert problem["alternatives"][0]["start"] < wish["start"]
    await each_works(api, wish, problem["alternatives"])
    api.clock.now = 1_801_391_400 + 30 * 86400  # the end of what stands in the way of the last date
    await done(api, "POST", "/lessons", {**wish, "start": "2027-03-30T10:00", "repeat": None})


@clash("quota", "create")
async def a_quota_that_is_used_up_this_week(api: Api) -> None:
    await done(api, "POST", "/quotas", {"subject": "person", "period": "week", "minutes": 90}, ADMIN)
    await book(api)
    wish = alone(api, start="2026-12-02T10:00")
    problem = await clashing(api, "POST", "/lessons", wish)
    assert [(each["by"], each["until"]) for each in problem["clashes"]] == [
        ("90 of 90 minutes are used", "2026-12-06T23:00:00Z")
    ]
    await each_works(api, wish, problem["alternatives"])


@clash("quota", "create")
async def a_quota_that_is_used_up_this_term(api: Api) -> None:
    term = {"first": "2026-10-01", "last": "2027-09-30"}
    await done(api, "POST", "/quotas", {"subject": "person", "period": "term", "term": term, "bookings": 1}, ADMIN)
    await book(api)
    kit = [{"id": api.world.kit["vienna"].public_id}]
    wish = alone(api, start="2026-12-02T10:00", equipment=kit)
    await each_works(api, wish, (await clashing(api, "POST", "/lessons", wish))["alternatives"])


@clash("off_grid", "create")
async def a_start_beside_the_full_five_minutes(api: Api) -> None:
    """The desk never sees it: the field is wrong, and the way on is to correct it."""
    wish = alone(api, start="2026-12-01T10:02")
    problem = await refused(api, "invalid", "POST", "/lessons", wish)
    assert problem["errors"] == [{"field": "start", "message": "choose a full five minutes"}]
    await done(api, "POST", "/lessons", {**wish, "start": "2026-12-01T10:05"})


@clash("taken", "change")
async def a_lesson_moves_into_another_one(api: Api) -> None:
    await book(api, title="Mine")
    lesson = await book(api, start="2026-12-03T14:00", repeat=WEEKLY)
    problem = await clashing_patch(api, f"/lessons/{lesson['id']}", {"start": "2026-12-01T10:00"})
    assert problem["clashes"][0]["by"] == "Mine"


@clash("taken", "change")
async def a_lesson_gets_more_dates_than_are_free(api: Api) -> None:
    await blocked(api, *EVERYWHERE, start="2026-12-29T00:00")
    lesson = await book(api, repeat=WEEKLY)
    problem = await clashing_patch(api, f"/lessons/{lesson['id']}", {"repeat": {"every": "week", "count": 6}})
    assert {each.get("on_clash") for each in problem["alternatives"]} == {None}


@clash("busy", "change")
async def a_lesson_gets_a_teacher_who_is_busy_for_months(api: Api) -> None:
    days = {**WHOLE_DAYS, "repeat": {"every": "day", "count": 120}}
    await done(api, "POST", "/lessons", alone(api, rooms=[], transparent=False, **days), PARTNER)
    lesson = await book(api, COLLEAGUE, transparent=False)
    patch = {"teachers": ["teacher@kyiv.example"]}
    problem = await clashing_patch(api, f"/lessons/{lesson['id']}", patch, COLLEAGUE)
    assert problem["alternatives"] == [
        {"start": lesson["start"], "rooms": [api.hall("vienna")], "teachers": ["organiser@vienna.example"]}
    ]


@clash("quota", "change")
async def a_lesson_grows_beyond_its_quota(api: Api) -> None:
    await done(api, "POST", "/quotas", {"subject": "person", "period": "week", "minutes": 90}, ADMIN)
    lesson = await book(api)
    await clashing_patch(api, f"/lessons/{lesson['id']}", {"minutes": 120})


@clash("too_long", "change")
async def a_lesson_becomes_too_long(api: Api) -> None:
    await hall_is(api, *EVERYWHERE, longest_minutes=100)
    lesson = await book(api)
    problem = await clashing_patch(api, f"/lessons/{lesson['id']}", {"minutes": 120})
    assert problem["alternatives"][0]["minutes"] == 100


@clash("taken", "occurrence")
async def a_meeting_moves_into_another_lesson(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    await book(api, start="2026-12-09T10:00")
    path = f"/lessons/{lesson['id']}/occurrences/{NAME}"
    await clashing_patch(api, path, {"start": "2026-12-09T10:00"})


@clash("too_few", "occurrence")
async def a_meeting_gets_more_pieces_than_are_left(api: Api) -> None:
    kit = api.world.kit["vienna"].public_id
    await book(api, COLLEAGUE, rooms=[], equipment=[{"id": kit, "quantity": 5}], **WHOLE_DAYS)
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}/occurrences/{NAME}"
    await clashing_patch(api, path, {"equipment": [{"id": kit, "quantity": 2}]})


@clash("taken", "following")
async def the_rest_of_a_series_moves_into_another_lesson(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    await book(api, start="2026-12-16T10:00")
    path = f"/lessons/{lesson['id']}/occurrences/{NAME}?scope=following"
    await clashing_patch(api, path, {"start": "2026-12-09T10:00"})


@clash("taken", "add")
async def a_date_comes_back_when_its_room_is_taken(api: Api) -> None:
    lesson = await book(api, repeat=WEEKLY)
    path = f"/lessons/{lesson['id']}"
    await done(api, "DELETE", f"{path}/occurrences/{NAME}", If_Match=await etag(api, path))
    await book(api, start=NAME)
    tag = await etag(api, path)
    problem = await clashing(api, "POST", f"{path}/occurrences", {"recurrence": NAME}, If_Match=tag)
    await done(api, "POST", f"{path}/occurrences", {"recurrence": NAME, **problem["alternatives"][0]}, If_Match=tag)


@clash("retired", "add")
async def a_date_comes_back_when_its_room_is_retired(api: Api) -> None:
    lesson = await book(api, repeat={"every": "week", "count": 2})
    path, hall = f"/lessons/{lesson['id']}", f"/rooms/{api.hall('vienna')}"
    await done(api, "DELETE", f"{path}/occurrences/{NAME}", If_Match=await etag(api, path))
    await changed(api, f"{path}/occurrences/2026-12-01T10:00", {"rooms": []})
    await gone(api, hall, ADMIN, If_Match=await etag(api, hall, ADMIN))
    tag = await etag(api, path)
    problem = await clashing(api, "POST", f"{path}/occurrences", {"recurrence": NAME}, If_Match=tag)
    assert problem["clashes"][0]["reason"] == "retired"
    await done(api, "POST", f"{path}/occurrences", {"recurrence": NAME, **problem["alternatives"][0]}, If_Match=tag)


@clash("too_long", "swap")
async def two_lessons_exchange_rooms_of_which_one_has_rules(api: Api) -> None:
    one, other = await book(api), await book(api, place="vienna large")
    await hall_is(api, "vienna large", longest_minutes=60)
    problem = await clashing(api, "POST", "/lessons/swap", {"lessons": [one["id"], other["id"]]})
    way = problem["alternatives"][0]
    await changed(api, f"/lessons/{way.pop('lesson')}", way)


@clash("taken", "swap")
async def two_meetings_exchange_rooms_of_which_one_needs_time_before(api: Api) -> None:
    one = await book(api, repeat=WEEKLY)
    other = await book(api, place="vienna large", repeat=WEEKLY)
    await book(api, COLLEAGUE, place="vienna large", start="2026-12-08T08:45", minutes=60)
    await hall_is(api, "vienna large", setup_minutes=60)
    wish = {"lessons": [one["id"], other["id"]], "recurrences": [NAME, NAME]}
    problem = await clashing(api, "POST", "/lessons/swap", wish)
    assert problem["clashes"][0]["by"] == "busy"
    way = problem["alternatives"][0]
    await changed(api, f"/lessons/{way.pop('lesson')}/occurrences/{way.pop('recurrence')}", way)


@clash("taken", "approve")
async def a_rival_was_approved_first(api: Api) -> None:
    await hall_is(api, "vienna", approval="required")
    lessons = [await book(api, title=title) for title in ("One", "Two")]
    queue = (await done(api, "GET", "/approvals", who=ADMIN)).body["slots"]
    names = {each["title"]: each["booking"] for slot in queue for each in slot["requests"]}
    await done(api, "POST", f"/bookings/{names['One']}/approve", {}, ADMIN)
    problem = await clashing(api, "POST", f"/bookings/{names['Two']}/approve", {}, ADMIN)
    assert problem["clashes"][0]["by"] == "One"
    await changed(api, f"/lessons/{lessons[1]['id']}", problem["alternatives"][0])


@clash("taken", "approve")
async def a_rival_was_approved_first_and_the_loser_is_rejected(api: Api) -> None:
    await hall_is(api, "vienna", approval="required")
    for title in ("One", "Two"):
        await book(api, title=title)
    queue = (await done(api, "GET", "/approvals", who=ADMIN)).body["slots"]
    names = {each["title"]: each["booking"] for slot in queue for each in slot["requests"]}
    await done(api, "POST", f"/bookings/{names['One']}/approve", {}, ADMIN)
    problem = await clashing(api, "POST", f"/bookings/{names['Two']}/approve", {}, ADMIN)
    assert "Reject it" in problem["detail"]
    await done(api, "POST", f"/bookings/{names['Two']}/reject", {"reason": "Somebody was faster."}, ADMIN)


@of(InTheWayError)
@clash("taken", "blocking")
async def a_lesson_stands_where_a_room_is_to_be_blocked(api: Api) -> None:
    await book(api)
    wish = {
        "resources": [api.hall("vienna")],
        "start": "2026-12-01T08:00",
        "end": "2026-12-01T18:00",
        "reason": "Repair",
    }
    problem = await refused(api, "clash", "POST", "/blockings", wish, ADMIN)
    [found] = problem["clashes"]
    assert [(each["purpose"], each["end"]) for each in found["bookings"]] == [("lesson", "2026-12-01T10:30:00Z")]
    assert found["until"] == "2026-12-01T10:30:00Z"
    await done(api, "POST", "/blockings", {**wish, "on_clash": "displace"}, ADMIN)


@clash("taken", "blocking")
async def a_room_is_blocked_already(api: Api) -> None:
    await blocked(api, "vienna")
    wish = {
        "resources": [api.hall("vienna")],
        "start": "2026-12-01T08:00",
        "end": "2026-12-01T18:00",
        "reason": "Repair",
    }
    problem = await refused(api, "clash", "POST", "/blockings", wish, ADMIN)
    assert [each["until"] for each in problem["clashes"]] == ["2027-01-19T23:00:00Z"]
    [blocking] = problem["blockings"]
    await gone(api, f"/blockings/{blocking['id']}", ADMIN)
    await done(api, "POST", "/blockings", wish, ADMIN)


@clash("too_long", "waiting")
async def a_lesson_can_not_wait_for_what_does_not_pass(api: Api) -> None:
    await hall_is(api, *EVERYWHERE, longest_minutes=60)
    await book(api, minutes=60)
    wish = alone(api, on_clash="wait")
    problem = await clashing(api, "POST", "/lessons", wish)
    await each_works(api, {**wish, "on_clash": "refuse"}, problem["alternatives"])
