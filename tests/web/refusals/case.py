"""Cases of refusals: each gets one over HTTP, and then does literally what the document says."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from rooms.model import Reason
from tests.web.api import TEACHER, Api, Json, Reply
from vclass.core.refusals import Refusal

ADMIN: Final = ("room_admin", "vienna")
COLLEAGUE: Final = ("organiser", "vienna")
PARTNER: Final = ("teacher", "kyiv")
PARTNER_ADMIN: Final = ("room_admin", "kyiv")
NEVER_PASSES: Final = {"too_long", "retired", "off_grid"}
WEEKLY: Final = {"every": "week", "count": 4}
DAILY: Final = {"every": "day", "count": 40}
WHOLE_DAYS: Final[Json] = {"start": "2026-11-22T00:00", "minutes": 1440, "repeat": DAILY}
NAME: Final = "2026-12-08T10:00"

Who: TypeAlias = tuple[str, str]
Verb: TypeAlias = str
Case: TypeAlias = Callable[[Api], Awaitable[None]]
VERBS: Final = (
    "create",
    "change",
    "occurrence",
    "following",
    "add",
    "swap",
    "approve",
    "blocking",
    "waiting",
)
"""The ways in which something is wished for that can clash."""

CASES: Final[dict[str, Case]] = {}
REASONS: Final[dict[Reason, set[Verb]]] = {}
CLASSES: Final[set[type[Refusal]]] = set()


def of(*classes: type[Refusal]) -> Callable[[Case], Case]:
    """Mark a case of some classes of refusals."""

    def mark(case: Case) -> Case:
        CLASSES.update(classes)
        return _known(case)

    return mark


def clash(reason: Reason, verb: Verb) -> Callable[[Case], Case]:
    """Mark a case of a clash."""

    def mark(case: Case) -> Case:
        assert verb in VERBS
        REASONS.setdefault(reason, set()).add(verb)
        return _known(case)

    return mark


def _known(case: Case) -> Case:
    assert CASES.setdefault(case.__name__, case) is case, f"two cases are called {case.__name__}"
    return case


async def done(api: Api, method: str, path: str, body: object = None, who: Who = TEACHER, **headers: str) -> Reply:
    """Ask for something that is granted."""
    reply = await api.ask(method, path, body, who, **headers)
    assert 200 <= reply.status < 300, reply.body
    return reply


async def gone(api: Api, path: str, who: Who, **headers: str) -> None:
    """Delete something of which nothing is left to tell."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent["Authorization"] = f"Bearer {api.world.tokens[who]}"
    response = await api.client.delete(f"/api/v1{path}", headers=sent)
    assert response.status == 204, await response.text()


async def refused(
    api: Api, slug: str, method: str, path: str, body: object = None, who: Who = TEACHER, **headers: str
) -> Json:
    """Ask for something that is refused; the document's sentence goes on after saying what is wrong."""
    reply = await api.ask(method, path, body, who, **headers)
    assert (reply.status >= 400, reply.body["type"]) == (True, slug), reply.body
    assert reply.body["detail"].endswith("."), reply.body
    return reply.body


async def clashing(api: Api, method: str, path: str, body: object, who: Who = TEACHER, **headers: str) -> Json:
    """Ask for something that clashes; what stands there is named with its end, and there is a way on."""
    problem = await refused(api, "clash", method, path, body, who, **headers)
    for each in problem["clashes"]:
        assert each["name"], each
        assert each["by"], each
        assert "until" in each or each["reason"] in NEVER_PASSES, each
    assert problem["alternatives"], problem
    return problem


async def etag(api: Api, path: str, who: Who = TEACHER) -> str:
    return str((await done(api, "GET", path, who=who)).headers["ETag"])


async def changed(api: Api, path: str, patch: Json, who: Who = TEACHER) -> Reply:
    """Change something from the version that stands."""
    return await done(api, "PATCH", path, patch, who, If_Match=await etag(api, path.partition("/occurrences")[0], who))


async def hall_is(api: Api, *places: str, **terms: object) -> None:
    """Let halls of Vienna have other rules."""
    for place in places:
        await changed(api, f"/rooms/{api.hall(place)}", terms, ADMIN)


def alone(api: Api, place: str = "vienna", **more: Any) -> Json:  # noqa: ANN401  a body
    """A lesson that takes a hall and nobody's time, as a body."""
    return api.lesson(**{"rooms": [api.hall(place)], "teachers": [], "attendees": [], "transparent": True, **more})


async def book(api: Api, who: Who = TEACHER, **more: Any) -> Json:  # noqa: ANN401  a body
    """A lesson that takes the hall of Vienna."""
    return (await done(api, "POST", "/lessons", alone(api, **more), who)).body


async def each_works(api: Api, body: Json, alternatives: list[Json], who: Who = TEACHER) -> None:
    """Book a lesson as each alternative says, one after the other; each lets go before the next is tried."""
    for way in alternatives:
        made = await done(api, "POST", "/lessons", {**body, **way}, who)
        assert made.body["state"] == ("waiting" if way.get("on_clash") == "wait" else "confirmed")
        path = f"/lessons/{made.body['id']}"
        await done(api, "DELETE", path, who=who, If_Match=made.headers["ETag"])


async def clashing_patch(api: Api, path: str, patch: Json, who: Who = TEACHER) -> Json:
    """Change a lesson or a meeting so that it clashes, then as the first alternative says."""
    lesson = path.partition("/occurrences")[0]
    problem = await clashing(api, "PATCH", path, patch, who, If_Match=await etag(api, lesson, who))
    way = problem["alternatives"][0]
    await done(api, "PATCH", path, {**patch, **way}, who, If_Match=await etag(api, lesson, who))
    return problem
