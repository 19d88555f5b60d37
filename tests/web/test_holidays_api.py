"""Public holidays over HTTP: whose, in which language, and who says in which region a house is."""

import pytest

from tests.web.api import Api

ADMIN = ("institution_admin", "vienna")
OCTOBER = "from=2026-10-01&to=2026-10-31"


async def test_r30_holidays_are_told_in_the_readers_language(api: Api) -> None:
    own = await api.ask("GET", f"/holidays?{OCTOBER}")
    assert own.body == {
        "country": "AT",
        "region": "",
        "holidays": [{"date": "2026-10-26", "name": "National Day", "worked": False}],
    }
    theirs = await api.ask("GET", f"/holidays?{OCTOBER}&institution={api.world.public_ids['kyiv']}")
    assert [each["worked"] for each in theirs.body["holidays"]] == [True]


async def test_an_administrator_says_in_which_region_the_house_is(api: Api) -> None:
    before = await api.ask("GET", "/holidays/region", who=ADMIN)
    assert (before.body["region"], "9" in before.body["regions"]) == ("", True)
    etag = before.headers["ETag"]
    after = await api.ask("PUT", "/holidays/region", {"region": "9"}, who=ADMIN, If_Match=etag)
    assert (after.status, after.body["region"]) == (200, "9")
    assert (await api.ask("PUT", "/holidays/region", {"region": "1"}, who=ADMIN, If_Match=etag)).status == 412


async def test_a_region_that_the_country_does_not_have_is_refused(api: Api) -> None:
    etag = (await api.ask("GET", "/holidays/region", who=ADMIN)).headers["ETag"]
    reply = await api.ask("PUT", "/holidays/region", {"region": "Atlantis"}, who=ADMIN, If_Match=etag)
    assert reply.fields == ["region"]


async def test_teachers_do_not_move_their_house(api: Api) -> None:
    etag = (await api.ask("GET", "/holidays/region")).headers["ETag"]
    assert (await api.ask("PUT", "/holidays/region", {"region": "9"}, If_Match=etag)).status == 403


@pytest.mark.parametrize("days", ["from=2026-10-02&to=2026-10-01", "from=2026-01-01&to=2027-06-01"])
async def test_too_many_days_or_none_are_refused(api: Api, days: str) -> None:
    assert (await api.ask("GET", f"/holidays?{days}")).fields == ["to"]


async def test_holidays_of_no_institution_are_not_there(api: Api) -> None:
    assert (await api.ask("GET", f"/holidays?{OCTOBER}&institution=none")).status == 404
