"""The API keeps the word of its own OpenAPI document: no 5xx, and no answer that is not written there."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from rooms import NewRoom, create_room
from tests.houses import World, three_houses
from tests.support import SATURDAY
from tests.web.api import settings
from vclass import migrations
from vclass.app import create_app
from vclass.core.db import Database
from vclass.core.keys import DATABASE
from vclass.web.limits import Limits

ROLES = (("teacher", "vienna"), ("room_admin", "vienna"), ("institution_admin", "vienna"))
SHORT = examples(
    max_examples=6, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@dataclass(frozen=True)
class Served:
    """A running server, its world, and real ids for the parameters of paths."""

    url: str
    world: World
    ids: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application in a thread of its own: what asks it blocks."""
    folder = tmp_path_factory.mktemp("served")
    loop = asyncio.new_event_loop()
    ready: Future[Served] = Future()
    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(folder, ready, stop),))
    thread.start()
    yield ready.result(timeout=60)
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


async def _serve(folder: Path, ready: "Future[Served]", stop: asyncio.Event) -> None:
    chosen = settings(folder)
    engine = Database(chosen.database.url).engine
    migrations.upgrade(engine)
    engine.dispose()
    app = create_app(chosen, clock=lambda: SATURDAY, limits=Limits.lifted())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    world = await app[DATABASE].write(three_houses)
    spare = NewRoom("hall", "Spare hall", "Europe/Vienna", 20)
    room = await app[DATABASE].write(create_room, world.institutions["vienna"], spare, SATURDAY)
    ids = {"room_id": room.public_id, "equipment_id": world.kit["vienna"].public_id}
    ready.set_result(Served(f"http://127.0.0.1:{runner.addresses[0][1]}", world, ids))
    await stop.wait()
    await runner.cleanup()


def _checks() -> list[Any]:
    """All of them but one: a body may fit its schema and still ask for something that can't be, such as 30 February."""
    load_all_checks()
    return [each for each in CHECKS.get_all() if each.__name__ != "positive_data_acceptance"]


@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("who", ROLES, ids=lambda who: who[0])
def test_every_operation_keeps_its_word(served: Served, who: tuple[str, str]) -> None:
    schema = schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json")
    schema.config.update(base_url=served.url)
    described = list(schema.get_all_operations())
    operations = [each.ok() for each in described if isinstance(each, Ok)]
    broken = [f"{each.method} {each.path}: {told}" for each in operations if (told := _broken(served, who, each))]
    assert not broken, "\n".join(broken)
    assert len(operations) == len(described) > 0


def _broken(served: Served, who: tuple[str, str], operation: Any) -> str:  # noqa: ANN401  schemathesis' own
    """What an operation did that it doesn't tell of; "" if nothing."""
    checks, headers = _checks(), {"Authorization": f"Bearer {served.world.tokens[who]}", "If-Match": '"v1"'}

    @SHORT
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:  # noqa: ANN401  schemathesis' own
        case.path_parameters.update({name: i for name, i in served.ids.items() if name in case.path_parameters})
        case.call_and_validate(headers=headers, checks=checks)

    try:
        ask()
    except Exception as error:  # noqa: BLE001  everything that it found is told at the end
        return str(error) or repr(error)
    return ""
