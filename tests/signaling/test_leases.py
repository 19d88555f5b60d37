"""Several servers and one lesson: each a hub of its own with real sockets, and one book of leases between them."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest

from signaling.leases import LEASE_SECONDS, Carried, LeaseHolder
from tests.signaling.conftest import OpenSchool, School
from tests.support import SettableClock


@dataclass
class Book:
    """Who has which lesson, as the database would say."""

    clock: SettableClock
    rows: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    places: dict[str, Carried] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Page:
    """One server's view of the book."""

    book: Book
    holder: str

    async def take(self, lesson: str, seconds: int) -> int | None:
        await asyncio.sleep(0)
        holder, epoch, until = self.book.rows.get(lesson, ("", 0, 0))
        if holder not in {"", self.holder} and until > self.book.clock():
            return None
        self.book.rows[lesson] = (self.holder, max(epoch + 1, self.book.clock()), self.book.clock() + seconds)
        return self.book.rows[lesson][1]

    async def renew(self, lessons: Mapping[str, Carried], seconds: int) -> Collection[str]:
        ours = {lesson for lesson in lessons if self.book.rows[lesson][0] == self.holder}
        for lesson in ours:
            self.book.rows[lesson] = (self.holder, lessons[lesson].epoch, self.book.clock() + seconds)
            self.book.places[lesson] = lessons[lesson]
        return lessons.keys() - ours

    async def release(self, lessons: Collection[str]) -> None:
        for lesson in lessons:
            holder, epoch, _ = self.book.rows[lesson]
            self.book.rows[lesson] = ("", epoch, 0) if holder == self.holder else self.book.rows[lesson]


@pytest.fixture
def book(clock: SettableClock) -> Book:
    return Book(clock)


@pytest.fixture
async def servers(open_school: OpenSchool, book: Book) -> tuple[School, School]:
    one, two = [await open_school(leases=Page(book, name)) for name in ("one", "two")]
    return one, two


async def refused(school: School) -> tuple[str, str, int | None]:
    """What somebody hears who may not come in here, and the close code."""
    person = await school.door()
    await person.say("hello", ticket=school.ticket("Marko"))
    error = await person.hear("error")
    return error["code"], error["retry"], await person.rest()


async def test_a_lesson_is_carried_by_one_server_and_the_other_sends_people_on(servers: tuple[School, School]) -> None:
    await servers[0].enter("Olena")
    assert await refused(servers[1]) == ("elsewhere", "ticket", 4421)
    await servers[0].enter("Marko")


async def test_two_who_come_first_at_once_are_in_one_room(servers: tuple[School, School]) -> None:
    people = await asyncio.gather(*(servers[0].enter(name) for name in ("Olena", "Marko", "Iryna")))
    assert len({person.heard[0]["epoch"] for person in people}) == 1


async def test_an_empty_lesson_is_given_back_and_the_next_server_counts_on(
    servers: tuple[School, School],
) -> None:
    olena = await servers[0].enter("Olena")
    await olena.say("bye")
    await olena.rest()
    await servers[0].live._hub.keep_leases()
    marko = await servers[1].enter("Marko")
    assert marko.heard[0]["epoch"] > olena.heard[0]["epoch"]


async def test_a_server_that_was_silent_for_too_long_lets_the_lesson_go(
    servers: tuple[School, School], clock: SettableClock
) -> None:
    olena = await servers[0].enter("Olena")
    clock.advance(LEASE_SECONDS)
    await servers[1].enter("Marko")
    await servers[0].live._hub.keep_leases()
    assert (await olena.hear("closed"))["reason"] == "restart"
    assert await refused(servers[0]) == ("elsewhere", "ticket", 4421)


async def test_the_book_is_told_the_epoch_and_the_worker_and_is_renewed_in_time(
    servers: tuple[School, School], book: Book, clock: SettableClock
) -> None:
    olena = await servers[0].enter("Olena")
    for _ in range(3):
        clock.advance(LEASE_SECONDS - 1)
        await servers[0].live._hub.keep_leases()
    assert book.places["lesson"] == Carried(olena.heard[0]["epoch"], "")
    assert await refused(servers[1]) == ("elsewhere", "ticket", 4421)


async def test_a_server_that_ends_gives_its_lessons_to_the_next_at_once(servers: tuple[School, School]) -> None:
    olena = await servers[0].enter("Olena")
    await servers[0].client.server.close()
    assert (await olena.hear("closed"))["retry"] == "resume"
    await servers[1].enter("Olena")


class Slow(Page):
    """A database that takes its time over one lesson, and over giving anything back."""

    async def take(self, lesson: str, seconds: int) -> int | None:
        if lesson == "slow":
            await self.book.gate.wait()
        return await super().take(lesson, seconds)

    async def release(self, lessons: Collection[str]) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        await super().release(lessons)


async def test_lessons_that_open_at_once_do_not_wait_for_one_another(book: Book) -> None:
    holder = LeaseHolder(Slow(book, "one"), set())
    slow = asyncio.create_task(holder.hold("slow"))
    await holder.hold("quick")
    assert not slow.done()
    book.gate.set()
    await slow


async def test_what_nobody_sat_down_in_is_given_back(book: Book) -> None:
    holder = LeaseHolder(Page(book, "one"), set())
    await holder.hold("lesson")
    await holder.release()
    assert book.rows["lesson"][0] == ""


async def test_who_comes_while_a_lesson_is_given_back_has_it_afterwards(book: Book) -> None:
    holder = LeaseHolder(Slow(book, "one"), set())
    await holder.hold("lesson")
    await asyncio.gather(holder.release(), holder.hold("lesson"))
    assert book.rows["lesson"][0] == "one"
