"""What blocks a room, in its calendar over CalDAV: shown, found, told when it begins and when it ends."""

from tests.judges import libical
from tests.schedules.ical.examples import lines
from tests.web.api import Api, Json
from tests.web.dav import program, text

ADMIN = ("room_admin", "vienna")
DATA = "<D:getetag/><C:calendar-data/>"
DECEMBER = '<C:time-range start="20261201T000000Z" end="20270101T000000Z"/>'


def blocking(api: Api, day: int = 2, reason: str = "Painting") -> Json:
    start, end = f"2026-12-{day:02}T08:00", f"2026-12-{day:02}T18:00"
    return {"resources": [api.hall("vienna")], "reason": reason, "start": start, "end": end}


async def blocked(api: Api, day: int = 2, reason: str = "Painting") -> str:
    made = await api.ask("POST", "/blockings", blocking(api, day, reason), ADMIN)
    assert made.status == 201, made.body
    return str(made.body["id"])


async def ended(api: Api, name: str) -> None:
    headers = {"Authorization": f"Bearer {api.world.tokens[ADMIN]}"}
    assert (await api.client.delete(f"/api/v1/blockings/{name}", headers=headers)).status == 204


async def test_r20_a_room_shows_what_blocks_it_with_the_reason_to_whoever_looks_after_it(api: Api) -> None:
    mine = await program(api, ADMIN)
    room = mine.room(api.hall("vienna"))
    booked = (await api.booked()).body
    await blocked(api)
    found = await mine.query(room, DECEMBER, DATA)
    ((path, shown),) = [each for each in found.present.items() if booked["id"] not in each[0]]
    data = text(shown, "C:calendar-data").encode().replace(b"\n", b"\r\n")
    assert (lines(data, "SUMMARY"), lines(data, "TRANSP")) == (["SUMMARY:Painting"], ["TRANSP:OPAQUE"])
    assert libical.spans(data) == [(1_796_194_800, 1_796_230_800)]
    alone = await mine.ask("GET", path)
    assert (alone.status, alone.body, alone.headers["ETag"]) == (200, data, text(shown, "D:getetag"))


async def test_r20_a_blocking_is_found_by_its_name_its_uid_and_its_time(api: Api) -> None:
    mine = await program(api, ADMIN)
    room = mine.room(api.hall("vienna"))
    await blocked(api)
    ((path, shown),) = (await mine.query(room, props=DATA)).present.items()
    (uid,) = lines(text(shown, "C:calendar-data").replace("\n", "\r\n").encode(), "UID")
    by_name = await mine.report(room, "C:calendar-multiget", f"<D:prop><D:getetag/></D:prop><D:href>{path}</D:href>")
    match = f'<C:prop-filter name="UID"><C:text-match>{uid.partition(":")[2]}</C:text-match></C:prop-filter>'
    by_uid = await mine.query(room, match)
    january = '<C:time-range start="20270101T000000Z" end="20270201T000000Z"/>'
    assert [set(each.present) for each in (by_name, by_uid)] == [{path}, {path}]
    assert (await mine.query(room, january)).present == {}


async def test_r20_programs_learn_of_a_blocking_that_begins_and_of_one_that_ends(api: Api) -> None:
    mine = await program(api, ADMIN)
    room = mine.room(api.hall("vienna"))
    before = await mine.sync(room)
    first = await blocked(api)
    began = await mine.sync(room, before.token)
    (path,) = began.present
    await blocked(api, 3)
    await ended(api, first)
    after = await mine.sync(room, began.token)
    assert (after.gone, len(after.present.keys() - {path})) == ({path}, 1)
    assert (await mine.ask("GET", path)).status == 404
    assert (await mine.sync(room, after.token)).found.keys() <= {path}


async def test_r20_blockings_and_lessons_come_in_one_order_when_there_are_many(api: Api) -> None:
    mine = await program(api, ADMIN)
    room, seen, token = mine.room(api.hall("vienna")), list[str](), ""
    for day in (1, 3, 5):
        await api.booked(start=f"2026-12-{day:02}T10:00")
        await blocked(api, day + 1)
    for _ in range(4):
        page = await mine.sync(room, token, "<D:limit><D:nresults>2</D:nresults></D:limit>")
        seen += [each for each in page.present if each != room]
        token = page.token
    assert len(seen) == len(set(seen)) == 6


async def test_r20_a_blocking_takes_the_time_of_its_room_and_of_no_other(api: Api) -> None:
    mine = await program(api, ADMIN)
    await blocked(api)
    asked = '<C:time-range start="20261202T000000Z" end="20261203T000000Z"/>'
    taken = await mine.report(mine.room(api.hall("vienna")), "C:free-busy-query", asked)
    assert b"FREEBUSY;FBTYPE=BUSY:20261202T070000Z/20261202T170000Z" in taken.body
    assert b"Painting" not in taken.body
    free = await mine.report(mine.room(api.hall("vienna large")), "C:free-busy-query", asked)
    assert b"FREEBUSY;" not in free.body
