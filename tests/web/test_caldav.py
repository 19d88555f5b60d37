"""CalDAV over HTTP as RFC 4791, 6578 and 6764 have it, read-only, and the app passwords that open it."""

import gzip
from urllib.parse import quote

import msgspec
import pytest

from tests.judges import libical
from tests.schedules.ical.examples import lines
from tests.web.api import TEACHER, Api, Json
from tests.web.dav import NAMES, WELL_KNOWN, Program, program, text
from vclass.web.limits import Limits, Rate

STUDENT, ADMIN = ("student", "kyiv"), ("room_admin", "vienna")
WEEKLY = {"every": "week", "count": 4}
DATA = "<D:getetag/><C:calendar-data/>"
DECEMBER = '<C:time-range start="20261201T000000Z" end="20270101T000000Z"/>'
BOMB = '<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><D:propfind xmlns:D="DAV:">&b;</D:propfind>'
OUTSIDE = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><D:propfind xmlns:D="DAV:">&a;</D:propfind>'
DEEP = '<D:propfind xmlns:D="DAV:">' + "<D:prop>" * 500 + "</D:prop>" * 500 + "</D:propfind>"
LARGE = '<D:propfind xmlns:D="DAV:"><D:prop>' + "<D:getetag/>" * 100_000 + "</D:prop></D:propfind>"


def path_of(of: Program, lesson: Json) -> str:
    return f"{of.lessons}{lesson['id']}.ics"


async def test_r20_a_program_finds_its_calendars_from_the_well_known_address(api: Api) -> None:
    mine = await program(api)
    moved = await mine.ask("PROPFIND", WELL_KNOWN)
    assert (moved.status, moved.headers["Location"]) == (301, "/dav/")
    root = (await mine.propfind("/dav/", "<D:current-user-principal/>")).present["/dav/"]
    principal = text(root, "D:current-user-principal/D:href")
    there = (await mine.propfind(principal, "<C:calendar-home-set/>")).present[principal]
    home = text(there, "C:calendar-home-set/D:href")
    found = await mine.propfind(home, "<D:resourcetype/><D:displayname/>", depth="1")
    assert found.present[mine.lessons].find("D:resourcetype/C:calendar", NAMES) is not None


async def test_r20_options_say_what_is_spoken_without_a_password(api: Api) -> None:
    response = await api.client.options("/dav/")
    assert (response.status, response.headers["DAV"]) == (200, "1, 3, calendar-access")
    assert "PUT" not in response.headers["Allow"]


async def test_r20_a_room_administrator_has_a_calendar_of_each_own_room(api: Api) -> None:
    mine = await program(api, ADMIN)
    found = await mine.propfind(f"/dav/calendars/{mine.person}/", "<D:displayname/>", depth="1")
    names = {text(each, "D:displayname") for each in found.present.values()}
    assert names >= {"Hall of vienna", "Large hall", "Vienna online"}
    assert "Hall of kyiv" not in names


async def test_r20_a_calendar_lists_its_lessons_with_their_tags(api: Api) -> None:
    mine = await program(api)
    one, other = (await api.booked()).body, (await api.booked(start="2026-12-02T10:00")).body
    found = await mine.propfind(mine.lessons, "<D:getetag/><D:getcontenttype/>", depth="1")
    assert {path_of(mine, one), path_of(mine, other)} < set(found.present)
    assert "VEVENT" in text(found.present[path_of(mine, one)], "D:getcontenttype")


async def test_r20_a_query_gives_what_lies_in_its_range(api: Api) -> None:
    mine = await program(api)
    await api.booked(start="2026-11-30T10:00")
    booked = (await api.booked(start="2026-12-07T10:00", repeat=WEEKLY)).body
    found = await mine.query(mine.lessons, DECEMBER, DATA)
    assert list(found.present) == [path_of(mine, booked)]
    data = text(found.present[path_of(mine, booked)], "C:calendar-data").encode()
    assert libical.complaints(data.replace(b"\n", b"\r\n")) == ""


async def test_r20_a_query_can_have_series_told_date_by_date(api: Api) -> None:
    mine = await program(api)
    booked = (await api.booked(start="2026-12-15T10:00", repeat=WEEKLY)).body
    expand = '<C:calendar-data><C:expand start="20261201T000000Z" end="20270101T000000Z"/></C:calendar-data>'
    found = await mine.query(mine.lessons, DECEMBER, expand)
    data = text(found.present[path_of(mine, booked)], "C:calendar-data")
    starts = [line for line in data.splitlines() if line.startswith("DTSTART")]
    assert starts == [f"DTSTART:202612{day}T090000Z" for day in (15, 22, 29)]


async def test_r20_a_query_by_uid_finds_that_lesson(api: Api) -> None:
    mine = await program(api)
    booked = (await api.booked()).body
    await api.booked(start="2026-12-02T10:00")
    match = f'<C:prop-filter name="UID"><C:text-match>{booked["uid"]}</C:text-match></C:prop-filter>'
    assert list((await mine.query(mine.lessons, match)).present) == [path_of(mine, booked)]


async def test_r20_tasks_and_notes_are_not_found(api: Api) -> None:
    mine = await program(api)
    await api.booked()
    inner = '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO"/></C:comp-filter></C:filter>'
    assert (await mine.report(mine.lessons, "C:calendar-query", f"<D:prop><D:getetag/></D:prop>{inner}")).found == {}


async def test_r20_a_filter_that_is_not_understood_is_refused_by_name(api: Api) -> None:
    mine = await program(api)
    refused = await mine.query(mine.lessons, '<C:prop-filter name="SUMMARY"><C:is-not-defined/></C:prop-filter>')
    assert (refused.status, refused.condition) == (403, "supported-filter")


async def test_51_a_multiget_says_of_foreign_addresses_that_nothing_is_there(api: Api) -> None:
    mine = await program(api)
    booked = (await api.booked()).body
    hrefs = [path_of(mine, booked), f"{mine.lessons}nothing.ics", "/dav/calendars/somebody/lessons/x.ics", "http://["]
    inner = f"<D:prop>{DATA}</D:prop>" + "".join(f"<D:href>{each}</D:href>" for each in hrefs)
    found = await mine.report(mine.lessons, "C:calendar-multiget", inner)
    assert list(found.present) == hrefs[:1]
    assert found.gone == set(hrefs[1:])


async def test_r20_a_lesson_is_sent_once(api: Api) -> None:
    mine = await program(api)
    booked = (await api.booked()).body
    first = await mine.ask("GET", path_of(mine, booked))
    again = await mine.ask("GET", path_of(mine, booked), If_None_Match=first.headers["ETag"])
    head = await mine.ask("HEAD", path_of(mine, booked))
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert head.headers["ETag"] == first.headers["ETag"]
    assert lines(first.body, "UID") == [f"UID:{booked['uid']}"]
    listed = (await mine.propfind(path_of(mine, booked), "<D:getetag/>")).present[path_of(mine, booked)]
    assert text(listed, "D:getetag") == first.headers["ETag"]


async def test_r20_catching_up_tells_what_is_new_changed_and_gone(api: Api) -> None:
    mine = await program(api, STUDENT)
    stays, goes = (await api.booked()).body, (await api.booked(start="2026-12-02T10:00")).body
    first = await mine.sync(mine.lessons)
    assert set(first.present) == {path_of(mine, stays), path_of(mine, goes)}
    assert (await mine.sync(mine.lessons, first.token)).found == {}
    new = (await api.booked(start="2026-12-03T10:00")).body
    await api.ask("PATCH", f"/lessons/{stays['id']}", {"title": "Other"}, If_Match='"v1"')
    await api.ask("PATCH", f"/lessons/{goes['id']}", {"attendees": []}, If_Match='"v1"')
    second = await mine.sync(mine.lessons, first.token)
    assert set(second.present) == {path_of(mine, new), path_of(mine, stays)}
    assert second.gone == {path_of(mine, goes)}


async def test_r20_what_has_left_a_room_is_gone_from_its_calendar(api: Api) -> None:
    mine = await program(api, ADMIN)
    room = mine.room(api.hall("vienna"))
    booked = (await api.booked(rooms=[api.hall("vienna")])).body
    token = (await mine.sync(room)).token
    await api.ask("PATCH", f"/lessons/{booked['id']}", {"rooms": [api.hall("vienna large")]}, If_Match='"v1"')
    assert (await mine.sync(room, token)).gone == {f"{room}{booked['id']}.ics"}


async def test_r20_a_cancelled_lesson_is_told_as_cancelled(api: Api) -> None:
    mine = await program(api, STUDENT)
    booked = (await api.booked()).body
    token = (await mine.sync(mine.lessons)).token
    await api.ask("DELETE", f"/lessons/{booked['id']}", If_Match='"v1"')
    assert list((await mine.sync(mine.lessons, token)).present) == [path_of(mine, booked)]
    assert lines((await mine.ask("GET", path_of(mine, booked))).body, "STATUS") == ["STATUS:CANCELLED"]


async def test_r20_catching_up_goes_on_where_a_limit_cut_it_short(api: Api) -> None:
    mine = await program(api)
    booked = {path_of(mine, (await api.booked(start=f"2026-12-0{day}T10:00")).body) for day in (1, 2, 3)}
    limit, token, seen = "<D:limit><D:nresults>1</D:nresults></D:limit>", "", set[str]()
    for _ in booked:
        told = await mine.sync(mine.lessons, token, limit)
        assert len(told.present) == 1
        seen, token = seen | set(told.present), told.token
    assert seen == booked


@pytest.mark.parametrize("token", ["urn:vclass:sync:0:1", "data:,1", "urn:vclass:sync:{}:999999999999999"])
async def test_51_a_mark_that_is_not_ours_is_refused_by_name(api: Api, token: str) -> None:
    mine = await program(api)
    epoch = (await mine.sync(mine.lessons)).token.split(":")[3]
    refused = await mine.sync(mine.lessons, token.format(epoch).replace("sync:0:", "sync:f0f0:"))
    assert (refused.status, refused.condition) == (403, "valid-sync-token")


async def test_r20_free_and_busy_times_are_told_without_a_word(api: Api) -> None:
    mine = await program(api)
    await api.booked(title="Thesis of Anna")
    told = await mine.report(mine.lessons, "C:free-busy-query", DECEMBER)
    assert (told.status, told.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert lines(told.body, "FREEBUSY") == ["FREEBUSY;FBTYPE=BUSY:20261201T090000Z/20261201T103000Z"]
    assert b"Anna" not in told.body


async def test_r20_a_program_that_takes_gzip_gets_it(api: Api) -> None:
    mine = await program(api)
    for day in (1, 2, 3):
        await api.booked(start=f"2026-12-0{day}T10:00")
    told = await mine.ask("PROPFIND", mine.lessons, Depth="1", Accept_Encoding="gzip")
    assert told.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(told.body).startswith(b"<?xml")


async def test_c3_the_personal_link_is_in_the_own_calendar_alone(api: Api) -> None:
    mine, rooms = await program(api, STUDENT), await program(api, ADMIN)
    booked = (await api.booked()).body
    assert b"/join/" in (await mine.ask("GET", path_of(mine, booked))).body
    seen = await rooms.ask("GET", f"{rooms.room(api.hall('vienna'))}{booked['id']}.ics")
    assert seen.status == 200
    assert b"/join/" not in seen.body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PROPPATCH", "MKCALENDAR", "MOVE", "COPY", "POST"])
async def test_r21_whoever_would_change_something_is_told_that_it_may_only_be_read(api: Api, method: str) -> None:
    mine = await program(api)
    refused = await mine.ask(method, f"{mine.lessons}new.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    assert (refused.status, refused.condition) == (403, "need-privileges")


@pytest.mark.parametrize("method", ["LOCK", "UNLOCK", "TRACE"])
async def test_r21_other_methods_are_not_allowed_and_the_answer_says_which_are(api: Api, method: str) -> None:
    mine = await program(api)
    refused = await mine.ask(method, mine.lessons)
    assert refused.status == 405
    assert "PROPFIND" in refused.headers["Allow"]


@pytest.mark.parametrize("path", ["/dav/", "/dav/calendars/{}/", "/dav/calendars/{}/lessons/"])
async def test_r21_whoever_opens_a_calendar_in_a_browser_reads_where_the_address_belongs(api: Api, path: str) -> None:
    mine = await program(api)
    refused = await mine.ask("GET", path.format(mine.person))
    assert (refused.status, refused.headers["Allow"]) == (405, "OPTIONS,PROPFIND,REPORT")
    assert refused.body.startswith(b"Give this address to a calendar program")


async def test_r21_nobody_is_told_everything_at_once(api: Api) -> None:
    mine = await program(api)
    refused = await mine.propfind("/dav/", "<D:displayname/>", depth="infinity")
    assert (refused.status, refused.condition) == (403, "propfind-finite-depth")


@pytest.mark.parametrize("body", [BOMB, OUTSIDE, DEEP, LARGE, "<D:propfind", "\x00", '<a xmlns="x"/>'])
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
async def test_51_hostile_xml_is_refused(api: Api, body: str, method: str) -> None:
    mine = await program(api)
    refused = await mine.ask(method, mine.lessons, body, Depth="0")
    assert refused.status == (403 if (method, body[:2]) == ("REPORT", "<a") else 400)


async def test_somebody_elses_calendars_are_not_there(api: Api) -> None:
    mine, other = await program(api), await program(api, STUDENT)
    assert (await mine.propfind(other.lessons, "<D:displayname/>")).status == 404
    assert (await mine.propfind(f"/dav/principals/{other.person}/", "<D:displayname/>")).status == 404
    assert (await mine.propfind(mine.room(api.hall("vienna")), "<D:displayname/>")).status == 404


async def test_a_program_needs_an_app_password(api: Api) -> None:
    response = await api.client.request("PROPFIND", "/dav/")
    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
    bearer = {"Authorization": f"Bearer {api.world.tokens[TEACHER]}"}
    assert (await api.client.request("PROPFIND", "/dav/", headers=bearer)).status == 401


async def test_an_app_password_opens_nothing_but_calendars(api: Api) -> None:
    mine = await program(api)
    assert (await mine.ask("GET", "/api/v1/me")).status == 401
    assert (await mine.ask("GET", "/settings")).status in (401, 303)


async def test_an_app_password_is_told_once_and_kept_nowhere(api: Api) -> None:
    made = await api.ask("POST", "/app-passwords", {"name": "Phone"})
    [listed] = (await api.ask("GET", "/app-passwords")).body["passwords"]
    assert listed == {key: made.body[key] for key in ("id", "name", "created")}


async def test_a_revoked_app_password_opens_nothing_at_once(api: Api) -> None:
    mine = await program(api)
    [listed] = (await api.ask("GET", "/app-passwords")).body["passwords"]
    assert (await mine.propfind("/dav/", "<D:displayname/>")).status == 207
    headers = {"Authorization": f"Bearer {api.world.tokens[TEACHER]}"}
    assert (await api.client.delete(f"/api/v1/app-passwords/{quote(listed['id'])}", headers=headers)).status == 204
    assert (await mine.propfind("/dav/", "<D:displayname/>")).status == 401


async def test_an_app_password_of_another_address_is_wrong(api: Api) -> None:
    mine = await program(api)
    mine.email = "student@kyiv.example"
    assert (await mine.propfind("/dav/", "<D:displayname/>")).status == 401


async def test_the_list_says_when_a_password_was_used(api: Api) -> None:
    mine = await program(api)
    await mine.propfind("/dav/", "<D:displayname/>")
    [listed] = (await api.ask("GET", "/app-passwords")).body["passwords"]
    assert listed["used"] == "2026-11-21T10:00:00Z"


@pytest.mark.parametrize("limits", [msgspec.structs.replace(Limits.lifted(), bad_link=Rate(1 / 3600, 3))])
async def test_c7_who_guesses_passwords_is_held_back_and_who_knows_one_is_not(api: Api) -> None:
    mine = await program(api)
    right, mine.password = mine.password, "wrong"
    answers = [(await mine.propfind("/dav/", "<D:displayname/>")).status for _ in range(4)]
    assert answers == [401, 401, 401, 429]
    mine.password = right
    assert (await mine.propfind("/dav/", "<D:displayname/>")).status == 207


async def test_erasing_somebody_ends_the_app_passwords(api: Api) -> None:
    mine = await program(api, STUDENT)
    assert (await api.ask("DELETE", f"/people/{mine.person}", who=STUDENT)).status == 200
    assert (await mine.propfind("/dav/", "<D:displayname/>")).status == 401
