"""One key, one booking: however often and to whichever process it is sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from schedules import Done, NewLesson, Replayed
from schedules.tables import lesson
from tests.office import Office
from vclass.core.db import Database
from vclass.core.idempotency import KeyReusedError, idempotency, key_of
from vclass.core.refusals import Refusal

KEYS = 30
POSTS = 10
AT_ONCE = 5


@asynccontextmanager
async def another_process(office: Office) -> AsyncIterator[Office]:
    """A second desk with its own writer on the same database."""
    database = Database(office.database.url)
    database.open()
    other = Office(database, office.world, office.keyring, office.clock)
    yield other
    await other.desk.close()
    await database.close()


async def post(office: Office, body: NewLesson, key: str) -> str:
    """The id of the lesson that the answer names."""
    who = office.teacher
    assert who.person_id is not None
    answer = await office.lessons.create(who, body, key_of(who.person_id, key, body))
    if isinstance(answer, Replayed):
        return str(msgspec.json.decode(answer.body)["id"])
    assert isinstance(answer, Done)
    return answer.lesson.public_id


def bodies(office: Office) -> list[NewLesson]:
    """A lesson for each key, each at a time of its own."""
    return [
        office.body(
            title=f"Lesson {number}", start=f"2026-12-{1 + number % 28:02}T{8 + number // 28:02}:00", minutes=30
        )
        for number in range(KEYS)
    ]


async def test_many_posts_of_each_of_thirty_keys_to_two_processes_book_thirty_lessons(office: Office) -> None:
    wanted = list(enumerate(bodies(office)))
    answers: list[str] = []
    async with another_process(office) as other:
        for first in range(0, KEYS, AT_ONCE):
            some = wanted[first : first + AT_ONCE]
            answers += await asyncio.gather(
                *(
                    post((office, other)[(turn + number) % 2], body, f"key {number}")
                    for turn in range(POSTS)
                    for number, body in (some if turn % 2 else reversed(some))
                )
            )
    assert len(answers) == POSTS * KEYS
    assert len(set(answers)) == KEYS == await office.count(lesson) == await office.count(idempotency)


async def test_a_key_that_two_processes_get_with_two_bodies_is_the_first_ones(office: Office) -> None:
    one, two = bodies(office)[:2]
    async with another_process(office) as other:
        answers = await asyncio.gather(post(office, one, "k"), post(other, two, "k"), return_exceptions=True)
    assert sorted(type(each).__name__ for each in answers) == [KeyReusedError.__name__, "str"]
    assert await office.count(lesson) == 1


async def test_a_refused_request_leaves_its_key_to_the_other_process(office: Office) -> None:
    taken = await office.book()
    body = office.body(title="Another")
    async with another_process(office) as other:
        answers = await asyncio.gather(*(post(each, body, "k") for each in (office, other) * 5), return_exceptions=True)
        assert all(isinstance(each, Refusal) for each in answers)
        await office.cancel(taken)
        assert len(set(await asyncio.gather(*(post(each, body, "k") for each in (office, other) * 5)))) == 1
