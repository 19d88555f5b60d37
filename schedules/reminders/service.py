"""What is done with reminders: written a little before they leave, taken back with a change, chosen by people.

A row of the outbox is one reminder of one meeting to one attendee; its key names them and the start, so that it is
written once however many processes try, and again only for another time.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from schedules import store as lessons_store
from schedules.facts import News
from schedules.invitations import Place, effects
from schedules.model import Attendee, Held, Lesson
from schedules.partstats import by_occurrence, partstat
from schedules.places import own_places_of, places_of
from schedules.reminders import store
from schedules.reminders.model import KIND, LEADS, Choice, Due, Which
from vclass.core import outbox
from vclass.core.keys import Actor
from vclass.core.outbox import Effect
from vclass.core.refusals import NotSignedInError, StaleError
from vclass.core.zones import Instant, WallTime
from vclass.people import Person, require

AT_ONCE: Final = 50
"""So many meetings are written in one transaction."""
NEWS: Final[dict[Which, News]] = {"day": "reminder", "soon": "soon"}


def materialise(connection: sa.Connection, now: Instant) -> int:
    """Write reminders that are due within a while; how many meetings were looked at: 0 when all is done.

    The lessons are locked first and read again: what is cancelled meanwhile is seen here, or sees what is written.
    """
    store.forget_written(connection, now)
    found = [each for which in LEADS for each in store.unwritten(connection, which, now, AT_ONCE)]
    if not found:
        return 0
    lessons_store.lock_lessons(connection, {each.booking_id for each in found})
    lessons = lessons_store.lessons(connection, sorted({each.lesson_id for each in found}))
    places = places_of(connection, lessons)
    emails = {each.email for lesson in lessons for each in lesson.present}
    choices = store.choices(connection, emails)
    said: list[Effect] = []
    for lesson in lessons:
        own = own_places_of(connection, lesson)
        for due, held in _standing(lesson, found):
            coming = (each for each in lesson.present if not _said_no(each, held))
            to = [each for each in coming if choices.get(each.email, Choice()).wants(due.which)]
            said += _effects(lesson, due, held, to, places[lesson.id], own)
    outbox.put(connection, said, now)
    store.note_written(connection, found)
    return len(found)


def _said_no(attendee: Attendee, held: Held) -> bool:
    asked = max(held.asked, attendee.sequence)
    return partstat(by_occurrence(attendee.answers), held.public_id, asked) == "DECLINED"


def _standing(lesson: Lesson, found: Iterable[Due]) -> Iterator[tuple[Due, Held]]:
    """The meetings that take place as they did when they were found, and of which nobody was told since it was due."""
    dates = {each.public_id: each for each in lesson.dates if each.state == "confirmed" and not lesson.cancelled}
    for due in found:
        held = dates.get(due.occurrence)
        if held is not None and held.starts == due.starts and lesson.told_at <= due.leaves:
            yield due, held


def _effects(
    lesson: Lesson,
    due: Due,
    held: Held,
    to: Sequence[Attendee],
    places: Sequence[Place],
    own: dict[WallTime, tuple[Place, ...]],
) -> Iterator[Effect]:
    alone = replace(lesson, dates=(held,))
    said = effects(alone, to, NEWS[due.which], places=places, about=[held], own_places=own)
    for attendee, each in zip(to, said, strict=True):
        yield replace(
            each,
            kind=KIND,
            dedupe_key=f"{KIND}|{due.occurrence}|{due.starts}|{attendee.public_id}|{due.which}",
            lane=lane(lesson.uid, attendee.public_id),
            facts=each.facts | {"expires_at": due.useful_until},
            due_at=due.leaves,
        )


def lane(uid: str, attendee: str) -> str:
    """Reminders wait for nothing but one another."""
    return f"{uid}|{KIND}|{attendee}"


def take_back(connection: sa.Connection, booking_ids: Collection[int]) -> None:
    """Delete unsent reminders of the lessons of some bookings: in the transaction that may change them.

    What still holds is written again at the next beat.
    """
    lessons = store.lessons_of_bookings(connection, booking_ids) if booking_ids else []
    written = store.take_back_written(connection, lessons) if lessons else set()
    if written:
        outbox.take_back(connection, [lane(*each) for each in store.seats(connection, written)])


def choice_of(connection: sa.Connection, email: str) -> tuple[Choice, int]:
    """What an address wants, and the version of that."""
    return store.choices(connection, [email]).get(email, Choice()), store.version_of(connection, email)


def choose(connection: sa.Connection, email: str, choice: Choice, version: int | None = None) -> int:
    """Say what an address wants from now on; what waits and isn't wanted is taken back. Gives the new version.

    Raises:
        StaleError: It was chosen otherwise since that version.
    """
    present = store.version_of(connection, email)
    if version not in (None, present):
        raise StaleError
    store.put_choice(connection, email, choice, present + 1)
    lanes = [lane(*each) for each in store.seats_of(connection, email)]
    for which, news in NEWS.items():
        if not choice.wants(which):
            outbox.take_back(connection, lanes, news=news)
    return present + 1


def own_choice(connection: sa.Connection, actor: Actor) -> tuple[Choice, int]:
    require(actor, "me.see")
    return choice_of(connection, actor.email)


def put_own_choice(
    connection: sa.Connection, actor: Actor, choice: Choice, version: int | None = None
) -> tuple[Choice, int]:
    require(actor, "me.change")
    if not actor.signed_in:
        raise NotSignedInError
    return choice, choose(connection, actor.email, choice, version)


def forget_person(connection: sa.Connection, person: Person) -> list[str]:
    """Forget what somebody who is erased wanted."""
    store.forget_choice(connection, person.email)
    return []
