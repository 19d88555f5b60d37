"""Feeds over HTTP: what programs get under a link, when they get nothing new, and who may have which link."""

import gzip
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import ClientResponse

from tests.icsreader.files import one
from tests.judges import libical
from tests.schedules.ical.examples import lines
from tests.statements import statements
from tests.web.api import TEACHER, Api, Json
from tests.web.test_busy_api import brought
from tests.web.test_caldav_blockings import blocked, ended

STUDENT, OTHER_STUDENT, ADMIN = ("student", "kyiv"), ("student", "vienna"), ("room_admin", "vienna")
WEEKLY = {"every": "week", "count": 6}


async def subscribed(api: Api, who: tuple[str, str] = TEACHER, **wish: str) -> Json:
    made = await api.ask("POST", "/feeds", {"kind": "person"} | wish, who)
    assert made.status == 201, made.body
    return made.body


async def fetch(api: Api, feed: Json, method: str = "GET", **headers: str) -> ClientResponse:
    path = feed["url"].removeprefix("http://vclass.example")
    options: dict[str, Any] = {"headers": {"Accept-Encoding": "identity"} | headers, "auto_decompress": False}
    return await api.client.request(method, path, **options)


async def body(api: Api, feed: Json) -> bytes:
    response = await fetch(api, feed)
    assert response.status == 200, await response.text()
    return await response.read()


async def revoke(api: Api, feed: Json, who: tuple[str, str] = TEACHER) -> int:
    headers = {"Authorization": f"Bearer {api.world.tokens[who]}"}
    return (await api.client.delete(f"/api/v1/feeds/{feed['id']}", headers=headers)).status


async def test_r18_a_feed_has_a_tag_and_is_not_sent_twice(api: Api) -> None:
    await api.booked()
    feed = await subscribed(api)
    first = await fetch(api, feed)
    again = await fetch(api, feed, **{"If-None-Match": first.headers["ETag"]})
    assert (first.status, first.content_type) == (200, "text/calendar")
    assert (again.status, again.headers["ETag"], await again.read()) == (304, first.headers["ETag"], b"")
    assert first.headers["Cache-Control"].startswith("private")
    assert "Last-Modified" in first.headers


async def test_r18_head_tells_the_same_and_sends_nothing(api: Api) -> None:
    await api.booked()
    feed = await subscribed(api)
    whole, head = await fetch(api, feed), await fetch(api, feed, "HEAD")
    assert await head.read() == b""
    for name in ("ETag", "Content-Type", "Last-Modified", "Content-Length"):
        assert head.headers[name] == whole.headers[name]


async def test_r18_a_program_that_takes_gzip_gets_it_under_a_tag_of_its_own(api: Api) -> None:
    await api.booked()
    feed = await subscribed(api)
    plain, packed = await fetch(api, feed), await fetch(api, feed, **{"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(await packed.read()) == await plain.read()
    assert packed.headers["ETag"] != plain.headers["ETag"]
    refused = await fetch(api, feed, **{"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


async def test_49_what_is_known_already_is_found_out_without_reading_a_lesson(api: Api) -> None:
    await api.booked(repeat=WEEKLY)
    feed = await subscribed(api)
    known = (await fetch(api, feed)).headers["ETag"]
    with statements() as asked:
        assert (await fetch(api, feed, **{"If-None-Match": known})).status == 304
    assert sum("sum(lesson.version)" in each for each in asked) == 1
    assert not any("occurrence.wall_start" in each or "lesson.title" in each for each in asked)


async def test_49_another_title_is_another_tag(api: Api) -> None:
    booked = await api.booked()
    feed = await subscribed(api)
    known = (await fetch(api, feed)).headers["ETag"]
    changed = await api.ask("PATCH", f"/lessons/{booked.body['id']}", {"title": "Seminar 2"}, If_Match='"v1"')
    assert changed.status == 200, changed.body
    response = await fetch(api, feed, **{"If-None-Match": known})
    assert response.status == 200
    assert lines(await response.read(), "SUMMARY") == ["SUMMARY:Seminar 2"]


async def test_49_a_revoked_link_leads_nowhere_at_once(api: Api) -> None:
    feed = await subscribed(api)
    known = (await fetch(api, feed)).headers["ETag"]
    assert await revoke(api, feed) == 204
    gone = await fetch(api, feed, **{"If-None-Match": known})
    assert (gone.status, "ETag" in gone.headers) == (404, False)
    assert (await api.ask("GET", "/feeds")).body["feeds"] == []


async def test_r19_what_was_cancelled_is_shown_as_such_for_a_month(api: Api) -> None:
    booked = await api.booked()
    feed = await subscribed(api, STUDENT)
    await api.ask("DELETE", f"/lessons/{booked.body['id']}", If_Match='"v1"')
    written = await body(api, feed)
    assert lines(written, "STATUS") == ["STATUS:CANCELLED"]
    assert libical.complaints(written) == ""
    api.clock.advance(31 * 86400)
    assert lines(await body(api, feed), "UID") == []


async def test_c3_only_the_personal_feed_leads_into_the_lesson(api: Api) -> None:
    booked = await api.booked()
    mine = await body(api, await subscribed(api, STUDENT))
    series = await body(api, await subscribed(api, STUDENT, kind="lesson", of=booked.body["id"]))
    room = await body(api, await subscribed(api, ADMIN, kind="room", of=api.hall("vienna")))
    assert b"/join/" in mine
    assert b"/join/" not in series
    assert b"/join/" not in room
    assert lines(series, "URL") == [f"URL:http://vclass.example/lessons/{booked.body['id']}"]


async def test_who_is_no_longer_invited_no_longer_sees_the_lesson(api: Api) -> None:
    booked = await api.booked()
    feed = await subscribed(api, STUDENT)
    known = (await fetch(api, feed)).headers["ETag"]
    await api.ask("PATCH", f"/lessons/{booked.body['id']}", {"attendees": []}, If_Match='"v1"')
    response = await fetch(api, feed, **{"If-None-Match": known})
    assert response.status == 200
    assert lines(await response.read(), "UID") == []


async def test_a_room_tells_only_busy_times_to_whoever_may_know_no_more(api: Api) -> None:
    await api.booked()
    feed = await subscribed(api, OTHER_STUDENT, kind="room", of=api.hall("kyiv"))
    written = await body(api, feed)
    assert lines(written, "SUMMARY") == ["SUMMARY:Busy"]
    assert lines(written, "CLASS") == ["CLASS:PRIVATE"]
    assert not any(lines(written, name) for name in ("DESCRIPTION", "URL", "ATTENDEE", "ORGANIZER", "LOCATION"))


async def test_a_rooms_own_house_sees_what_is_in_it_with_the_room_as_attendee(api: Api) -> None:
    await api.booked(repeat=WEEKLY)
    written = await body(api, await subscribed(api, ADMIN, kind="room", of=api.hall("vienna")))
    assert "CUTYPE=ROOM" in lines(written, "ATTENDEE")[0]
    assert "RRULE:FREQ=WEEKLY;COUNT=6" in lines(written, "RRULE")
    assert libical.complaints(written) == ""


async def test_a_room_shows_what_blocks_it(api: Api) -> None:
    feed = await subscribed(api, ADMIN, kind="room", of=api.hall("vienna"))
    known = (await fetch(api, feed)).headers["ETag"]
    blocking = {"resources": [api.hall("vienna")], "reason": "Painting"}
    blocking |= {"start": "2026-12-02T08:00", "end": "2026-12-02T18:00"}
    made = await api.ask("POST", "/blockings", blocking, ADMIN)
    assert made.status == 201, made.body
    response = await fetch(api, feed, **{"If-None-Match": known})
    assert lines(await response.read(), "SUMMARY") == ["SUMMARY:Painting"]


async def test_a_room_shows_what_blocks_it_instead_of_something_else(api: Api) -> None:
    feed = await subscribed(api, ADMIN, kind="room", of=api.hall("vienna"))
    painting = await blocked(api, reason="Painting")
    known = (await fetch(api, feed)).headers["ETag"]
    await ended(api, painting)
    await blocked(api, reason="Cleaning")
    response = await fetch(api, feed, **{"If-None-Match": known})
    assert lines(await response.read(), "SUMMARY") == ["SUMMARY:Cleaning"]


async def test_a_partner_who_subscribes_to_a_room_sees_that_it_is_blocked_and_not_why(api: Api) -> None:
    feed = await subscribed(api, kind="room", of=api.hall("kyiv"))
    blocking = {"resources": [api.hall("kyiv")], "reason": "Painting"}
    blocking |= {"start": "2026-12-02T08:00", "end": "2026-12-02T18:00"}
    assert (await api.ask("POST", "/blockings", blocking, ("room_admin", "kyiv"))).status == 201
    written = await body(api, feed)
    assert (lines(written, "SUMMARY"), b"Painting" in written) == (["SUMMARY:Busy"], False)
    assert lines(written, "TRANSP") == ["TRANSP:OPAQUE"]
    assert libical.spans(written) == [(1_796_191_200, 1_796_227_200)]


async def test_r22_times_from_other_calendars_count_as_busy_and_nothing_else_of_them_is_told(api: Api) -> None:
    await api.booked()
    feed = await subscribed(api, detail="freebusy")
    known = (await fetch(api, feed)).headers["ETag"]
    await brought(api, one("DTSTART:20261201T100000Z", "DTEND:20261201T120000Z", "SUMMARY:Dentist"))
    response = await fetch(api, feed, **{"If-None-Match": known})
    written = await response.read()
    assert lines(written, "FREEBUSY") == ["FREEBUSY;FBTYPE=BUSY:20261201T090000Z/20261201T120000Z"]
    assert b"Dentist" not in written


async def test_times_from_other_calendars_are_in_no_calendar_of_lessons(api: Api) -> None:
    await brought(api, one("DTSTART:20261201T100000Z", "DTEND:20261201T120000Z", "SUMMARY:Dentist"))
    for detail in ("full", "busy"):
        assert lines(await body(api, await subscribed(api, detail=detail)), "UID") == []


async def test_r22_free_and_busy_times_say_nothing_else(api: Api) -> None:
    await api.booked(title="Thesis of Anna")
    await api.booked(start="2026-12-01T11:30", title="Second")
    written = await body(api, await subscribed(api, detail="freebusy"))
    assert lines(written, "FREEBUSY") == ["FREEBUSY;FBTYPE=BUSY:20261201T090000Z/20261201T120000Z"]
    assert libical.complaints(written) == ""
    assert b"Anna" not in written
    assert b"teacher" not in written


async def test_r22_a_free_busy_link_opens_no_calendar(api: Api) -> None:
    feed = await subscribed(api, detail="freebusy")
    token = feed["url"].rpartition("/")[2].removesuffix(".ifb")
    assert (await api.client.get(f"/cal/{token}.ics")).status == 404
    assert (await api.client.get(f"/fb/{token}.ifb")).status == 200


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"kind": "room", "of": "AAAAAAAAAAAAAAAAAAAAAA"}, 404),
        ({"kind": "lesson", "of": "AAAAAAAAAAAAAAAAAAAAAA"}, 404),
        ({"kind": "everything"}, 422),
        ({"kind": "person", "detail": "more"}, 422),
    ],
)
async def test_nobody_gets_a_link_to_what_is_none_of_theirs(api: Api, wish: Json, status: int) -> None:
    assert (await api.ask("POST", "/feeds", wish)).status == status


async def test_a_lesson_of_others_can_not_be_subscribed_to(api: Api) -> None:
    booked = await api.booked(attendees=[], teachers=[], rooms=[api.hall("vienna")])
    answer = await api.ask("POST", "/feeds", {"kind": "lesson", "of": booked.body["id"]}, ("student", "athens"))
    assert answer.status == 404


async def test_a_link_is_nobody_elses_to_revoke(api: Api) -> None:
    feed = await subscribed(api)
    assert await revoke(api, feed, STUDENT) == 404
    assert (await fetch(api, feed)).status == 200


async def test_the_same_wish_under_the_same_key_makes_one_link_and_keeps_it_nowhere(api: Api) -> None:
    first, again = [await api.ask("POST", "/feeds", {"kind": "person"}, Idempotency_Key="once") for _ in range(2)]
    assert first.body == again.body
    token = first.body["url"].rpartition("/")[2].removesuffix(".ics")
    kept = sa.text("select answer from idempotency union all select token_digest from feed")
    rows = await api.database.read(lambda c: list(c.execute(kept).scalars()))
    assert not any(token in each for each in rows)


async def test_the_list_says_when_a_link_was_used(api: Api) -> None:
    feed = await subscribed(api)
    assert "used" not in (await api.ask("GET", f"/feeds/{feed['id']}")).body
    await fetch(api, feed)
    assert (await api.ask("GET", f"/feeds/{feed['id']}")).body["used"] == "2026-11-21T10:00:00Z"


async def test_c2_no_address_of_a_feed_goes_anywhere_as_a_referer(api: Api) -> None:
    assert (await fetch(api, await subscribed(api))).headers["Referrer-Policy"] == "no-referrer"


async def test_erasing_somebody_ends_the_links(api: Api) -> None:
    feed = await subscribed(api, STUDENT)
    me = (await api.ask("GET", "/me", who=STUDENT)).body["id"]
    assert (await api.ask("DELETE", f"/people/{me}", who=STUDENT)).status == 200
    assert (await fetch(api, feed)).status == 404


async def test_what_the_owner_may_no_longer_see_nobody_gets_under_the_link(api: Api) -> None:
    booked = await api.booked()
    feed = await subscribed(api, STUDENT, kind="lesson", of=booked.body["id"])
    assert feed["name"] == "Joint seminar"
    await api.ask("PATCH", f"/lessons/{booked.body['id']}", {"attendees": []}, If_Match='"v1"')
    assert (await fetch(api, feed)).status == 404
    assert (await api.ask("GET", f"/feeds/{feed['id']}", who=STUDENT)).body["name"] == ""


async def test_a_course_goes_on_in_the_lesson_that_continues_it(api: Api) -> None:
    booked = await api.booked(repeat=WEEKLY)
    feed = await subscribed(api, kind="lesson", of=booked.body["id"])
    path = f"/lessons/{booked.body['id']}/occurrences/2026-12-15T10:00?scope=following"
    later = await api.ask("PATCH", path, {"start": "2026-12-15T14:00"}, If_Match='"v1"')
    assert later.status == 200, later.body
    assert set(lines(await body(api, feed), "UID")) == {f"UID:{booked.body['uid']}", f"UID:{later.body['uid']}"}
