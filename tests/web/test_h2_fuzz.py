"""Whatever is typed into a form or put into a body, the answer is never a fault of ours (rule H2)."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.conftest import Fresh
from tests.houses import three_houses
from tests.support import SettableClock
from tests.web.api import TEACHER, Api, Json, settings
from vclass import people
from vclass.app import create_app
from vclass.core.keys import DATABASE, KEYRING
from vclass.web.guard import is_static
from vclass.web.limits import Limits

Parts: TypeAlias = dict[str, str]

FEW = examples(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
FIELDS = (
    *("title", "description", "zone", "date", "time", "minutes", "repeat", "count", "fold", "version", "reason"),
    *("room", "partner", "partner_room", "partner_teacher", "guests", "kit-x", "key", "use", "alternative"),
    *(
        "scope",
        "change",
        "room-0",
        "on_clash",
        "closures",
        "opens",
        "closes",
        "weekday",
        "whereabouts",
        "people",
        "weeks",
    ),
    *("name", "email", "next", "language"),
    *("seats", "features", "hours", "weekday", "opens", "closes", "since", "until", "answer_hours", "longest_minutes"),
    *("what", "way", "displace", "first_date", "first_time", "last_date", "first_day", "last_day"),
    *("booking", "resource", "quantity", "whereabouts", "note", "photo", "camera", "kind", "approval"),
    *("people", "first", "last", "weeks", "slot", "left_out", "place-x", "with-title", "with-zone", "with-kit-x"),
)
AWKWARD = st.sampled_from(
    [
        *(
            "",
            "\0",
            "\r\nBcc: eve@evil.example",
            "\u2028\x85",
            "%s%(x)s{0}",
            "9" * 400,
            "-1",
            "²",
            "9999-12-31",
            "24:00",
        ),
        *(
            "Europe",
            "../../etc/passwd",
            "ß@ß.example",
            "x" * 5000,
            "2026-12-02T99:99|",
            "//evil.example",
            "366",
            "weekly",
        ),
    ]
)
TEXTS = AWKWARD | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["email", "every", "id"]), inner),
    max_leaves=5,
)


@dataclass
class House:
    """The application on a loop of its own, so that many examples meet the same one."""

    runner: asyncio.Runner
    api: Api
    booked: Json
    csrf: str

    def post(self, path: str, form: Parts) -> int:
        """Send a form as the administrator who has signed in."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "X-CSRF-Token": self.csrf}
        return self.runner.run(self._status("POST", path, data=form, headers=headers))

    def ask(self, method: str, path: str, body: Json) -> int:
        headers = {"Authorization": f"Bearer {self.api.world.tokens[TEACHER]}", "If-Match": '"v1"'}
        return self.runner.run(self._status(method, path, data=json.dumps(body), headers=headers | JSON))

    async def _status(self, method: str, path: str, **more: Any) -> int:  # noqa: ANN401  aiohttp's
        async with self.api.client.request(method, path, allow_redirects=False, **more) as response:
            return response.status


JSON = {"Content-Type": "application/json"}


async def opened(folder: Path, url: str) -> tuple[Api, Json, str]:
    app = create_app(settings(folder, url), clock=SettableClock(), limits=Limits.lifted())
    client = TestClient(TestServer(app))
    await client.start_server()
    world = await app[DATABASE].write(three_houses)
    api = Api(client, world, SettableClock())
    administrator = world.person_ids["institution_admin", "vienna"]
    link = await app[DATABASE].write(people.repeatable_sign_in, app[KEYRING], administrator, api.clock())
    cookie = await app[DATABASE].write(people.finish_sign_in, link, api.clock(), repeatable=True)
    client.session.cookie_jar.update_cookies({"sid": cookie}, client.make_url("/"))
    text = await (await client.get("/lessons/new")).text()
    match = re.search(r'name="csrf" content="([^"]+)"', text)
    assert match is not None
    return api, (await api.booked()).body, match[1]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("fuzz")
    with fresh(request.param, folder) as url, asyncio.Runner() as runner:
        api, booked, csrf = runner.run(opened(folder, url))
        yield House(runner, api, booked, csrf)
        runner.run(api.client.close())


def posts(house: House) -> list[str]:
    """The path of every form."""
    hall = house.api.world.halls["vienna"].public_id
    recurrence = house.booked["occurrences"][0]["recurrence"]
    names = {"lesson": house.booked["id"], "recurrence": recurrence, "id": hall, "room": hall, "what": "rooms"}
    return [
        re.sub(r"{(\w+)}", lambda match: names.get(match[1], "x"), route.resource.canonical)
        for route in house.api.client.app.router.routes()
        if route.method == "POST"
        and not is_static(route)
        and route.resource
        and "/api/" not in route.resource.canonical
        if route.resource.canonical != "/sign-out"
    ]


@FEW
@given(data=st.data(), form=st.dictionaries(st.sampled_from(FIELDS), TEXTS, max_size=4))
def test_h2_no_form_is_a_fault_of_ours(house: House, data: st.DataObject, form: Parts) -> None:
    usual = {
        "title": "T",
        "zone": "Europe/Vienna",
        "date": "2026-12-01",
        "time": "10:00",
        "minutes": "60",
        "version": "1",
    }
    path = data.draw(st.sampled_from(posts(house)))
    status = house.post(path, usual | form)
    assert (status < 500, status != 403) == (True, True), path


@FEW
@given(data=st.data(), value=VALUES)
def test_h2_no_body_is_a_fault_of_ours(house: House, data: st.DataObject, value: object) -> None:
    body = house.api.lesson(repeat={"every": "week", "count": 2}, equipment=[], on_clash="skip", description="", fold=0)
    name = data.draw(st.sampled_from(sorted(body)))
    deep = data.draw(st.sampled_from([value, [value], {"every": value, "count": 2}, [{"email": value}]]))
    method, path = data.draw(
        st.sampled_from([("POST", "/api/v1/lessons"), ("PATCH", f"/api/v1/lessons/{house.booked['id']}")])
    )
    assert house.ask(method, path, body | {name: deep}) < 500
