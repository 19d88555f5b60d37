"""Small worlds at random: whatever clashes, the first alternative is granted if nothing happens in between."""

import random
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest

from tests.web.api import Api, Json, Reply
from tests.web.refusals.case import ADMIN, COLLEAGUE, done, hall_is

CLASHES = 8
"""So many come about in each world."""
TEACHERS = ("teacher@vienna.example", "organiser@vienna.example", "teacher@kyiv.example")
PEOPLE = (("teacher", "vienna"), COLLEAGUE)
REPEATS = (None, None, {"every": "week", "count": 3}, {"every": "day", "count": 5})
WORKDAYS = [{"weekday": day, "opens": "08:00", "closes": "18:00"} for day in ("MO", "TU", "WE", "TH", "FR")]


@dataclass
class Chance:
    """Wishes at random, and what became of them; each lesson is known by its path and by who booked it."""

    api: Api
    dice: random.Random
    lessons: list[tuple[str, tuple[str, str]]] = field(default_factory=list)
    clashes: int = 0

    def start(self) -> str:
        return f"2026-11-{self.dice.randint(23, 27)}T{self.dice.randint(7, 16):02}:{self.dice.choice((0, 30)):02}"

    def fields(self) -> Json:
        """All that can be said of a lesson and of a meeting alike."""
        kit = {"id": self.api.world.kit["vienna"].public_id, "quantity": self.dice.randint(1, 5)}
        places = self.dice.sample(("vienna", "vienna large", "vienna online", "kyiv"), self.dice.randint(0, 2))
        return {
            "start": self.start(),
            "minutes": self.dice.choice((45, 90, 240, 600)),
            "rooms": [self.api.hall(each) for each in places],
            "equipment": [kit] if self.dice.random() < 1 / 2 else [],
        }

    def some_fields(self) -> Json:
        fields = self.fields()
        return {name: fields[name] for name in self.dice.sample(sorted(fields), self.dice.randint(1, 3))}

    async def create(self) -> None:
        body = self.api.lesson(
            **self.fields(),
            teachers=self.dice.sample(TEACHERS, self.dice.randint(0, 2)),
            transparent=self.dice.random() < 1 / 3,
            repeat=self.dice.choice(REPEATS),
            on_clash=self.dice.choice(("refuse", "refuse", "skip", "wait")),
        )
        who = self.dice.choice(PEOPLE)
        made = await self.ask("POST", "/lessons", {**body}, who)
        if made is not None:
            self.lessons.append((f"/lessons/{made.body['id']}", who))

    async def change(self) -> None:
        path, who = self.dice.choice(self.lessons)
        patch = self.some_fields()
        if self.dice.random() < 1 / 3:
            patch["teachers"] = self.dice.sample(TEACHERS, 2)
        await self.ask("PATCH", path, patch, who)

    async def change_meeting(self) -> None:
        path, who = self.dice.choice(self.lessons)
        lesson = (await done(self.api, "GET", path, who=who)).body
        name = self.dice.choice(lesson["occurrences"])["recurrence"]
        scope = self.dice.choice(("this", "following"))
        await self.ask("PATCH", f"{path}/occurrences/{name}?scope={scope}", self.some_fields(), who)

    async def cancel_and_add(self) -> None:
        path, who = self.dice.choice(self.lessons)
        lesson = await done(self.api, "GET", path, who=who)
        name = self.dice.choice(lesson.body["occurrences"])["recurrence"]
        gone = await self.api.ask("DELETE", f"{path}/occurrences/{name}", None, who, If_Match=lesson.headers["ETag"])
        if gone.status == 200 and gone.body["state"] != "cancelled":
            await self.create()
            await self.ask("POST", f"{path}/occurrences", {"recurrence": name}, who)

    async def ask(self, method: str, path: str, body: Json, who: tuple[str, str]) -> Reply | None:
        """Ask for something; if it clashes, ask as the first alternative says. None if it was refused otherwise."""
        reply = await self._ask(method, path, body, who)
        if reply.body.get("type") == "clash":
            self.clashes += 1
            assert reply.body["alternatives"], (method, path, body, reply.body)
            plain = {"on_clash": "refuse"} if path == "/lessons" else {}
            again = await self._ask(method, path, {**body, **plain, **reply.body["alternatives"][0]}, who)
            assert again.status < 300, (path, body, reply.body, again.body)
            return again
        return reply if reply.status < 300 else None

    async def _ask(self, method: str, path: str, body: Json, who: tuple[str, str]) -> Reply:
        if path == "/lessons":
            return await self.api.ask(method, path, body, who)
        lesson = await done(self.api, "GET", path.partition("/occurrences")[0], who=who)
        reply = await self.api.ask(method, path, body, who, If_Match=lesson.headers["ETag"])
        assert reply.status < HTTPStatus.INTERNAL_SERVER_ERROR, (path, body)
        return reply


STEPS = (
    Chance.create,
    Chance.create,
    Chance.change,
    Chance.change,
    Chance.change_meeting,
    Chance.cancel_and_add,
)


@pytest.mark.parametrize("seed", range(3))
async def test_the_first_alternative_is_granted(api: Api, seed: int) -> None:
    await hall_is(api, "vienna", hours=WORKDAYS, setup_minutes=15)
    await hall_is(api, "vienna large", longest_minutes=240, horizon_days=40)
    await hall_is(api, "vienna online", approval="required" if seed % 2 else "none")
    await done(api, "POST", "/quotas", {"subject": "person", "period": "week", "minutes": 3000}, ADMIN)
    feast = {"reason": "Feast", "first_day": "2026-11-26", "last_day": "2026-11-26"}
    await done(api, "POST", "/closures", feast, ADMIN)
    chance = Chance(api, random.Random(seed))
    while not chance.lessons:
        await chance.create()
    while chance.clashes < CLASHES:
        await chance.dice.choice(STEPS)(chance)
