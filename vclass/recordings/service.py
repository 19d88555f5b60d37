"""What people may do with recordings; every function takes a connection and commits nothing."""

from collections.abc import Collection

import sqlalchemy as sa

from schedules import Lesson, lesson_of, lesson_public_ids, lessons_led_by, seats_of, visible_lesson
from signaling import ConsentAnswer
from vclass.core import audit
from vclass.core.keys import Actor
from vclass.core.refusals import NotFoundError
from vclass.core.tokens import new_id
from vclass.people import Person, Subject, institutions, people_by_id, require
from vclass.recordings import store
from vclass.recordings.model import NotAllowedError, Recording, StillRunningError, Switch, WithMinorsError

DAY = 24 * 3600


# -- institutions


def see_switch(connection: sa.Connection, actor: Actor) -> Switch:
    """Whether the actor's institution allows recordings."""
    house = _house(actor)
    return Switch(bool(store.allowing(connection, [house])))


def put_switch(connection: sa.Connection, actor: Actor, switch: Switch, now: int) -> Switch:
    """Allow recordings of lessons in which the actor's institution takes part, or no longer."""
    house = _house(actor)
    before = bool(store.allowing(connection, [house]))
    if switch.allowed != before:
        if switch.allowed:
            store.allow(connection, house, now)
        else:
            store.forbid(connection, house)
        facts = {"before": {"recordings": before}, "after": {"recordings": switch.allowed}}
        entry = audit.Entry(now, actor.person_id, house, "recordings.allow", "institution", house, facts)
        audit.append(connection, [entry])
    return switch


def _house(actor: Actor) -> int:
    """The institution that the actor administers.

    Raises:
        ForbiddenError: None.
    """
    require(actor, "recordings.allow", Subject(institution=actor.institution_id))
    assert actor.institution_id is not None
    return actor.institution_id


def check_allowed(connection: sa.Connection, lesson: Lesson) -> None:
    """Every institution that takes part must allow it (rule K2), and no minors may be there (rule K6).

    Raises:
        NotAllowedError: Some institutions don't.
        WithMinorsError: Some are.
    """
    if lesson.draft.minors:
        raise WithMinorsError
    people = people_by_id(connection, [each.person_id for each in lesson.present if each.person_id is not None])
    houses = {lesson.institution_id} | {i for each in people.values() if (i := each.institution_id) is not None}
    missing = houses - store.allowing(connection, houses)
    if missing:
        raise NotAllowedError([each.name for each in institutions(connection) if each.id in missing])


# -- making one


def lesson_by_id(connection: sa.Connection, public_id: str) -> Lesson:
    """A lesson whose host speaks from within, and needn't be asked again who they are.

    Raises:
        NotFoundError: There is none.
    """
    found = lesson_of(connection, public_id)
    if found is None:
        raise NotFoundError("lesson")
    return found


def begin(connection: sa.Connection, lesson: Lesson, now: int, days: int) -> str:
    """Note that a lesson is recorded from now on; gives the recording's public id.

    Raises:
        NotAllowedError: Some institution of the lesson doesn't allow it.
    """
    check_allowed(connection, lesson)
    public_id = new_id()
    store.insert(connection, public_id, lesson.id, now, now + days * DAY)
    found = store.by_public_id(connection, public_id)
    assert found is not None
    _note(connection, found, lesson, lesson.owner_id, "begun", now)
    return public_id


def answer(connection: sa.Connection, given: ConsentAnswer, now: int) -> None:
    """Keep what somebody said to being recorded, with the version of the text that they read.

    Raises:
        NotFoundError: That recording is gone.
    """
    found = store.by_public_id(connection, given.recording)
    if found is None:
        raise NotFoundError("recording")
    values = {
        "attendee": given.identity,
        "name": given.name,
        "given": given.given,
        "version": given.version,
        "at": now,
    }
    store.answer(connection, found.id, values)


# -- what there is of it


def recordings_of(connection: sa.Connection, actor: Actor, lesson_id: str) -> tuple[Lesson, list[Recording]]:
    """A lesson's recordings, for its people."""
    lesson = visible_lesson(connection, actor, lesson_id, "recordings.see")
    return lesson, store.of_lesson(connection, lesson.id)


def recording_for(
    connection: sa.Connection, actor: Actor, public_id: str, action: str = "recordings.see"
) -> tuple[Lesson, Recording]:
    """A recording and its lesson.

    Raises:
        NotFoundError: There is none, or the actor may not know of it.
        ForbiddenError: The actor may see it but not do this.
    """
    found = store.by_public_id(connection, public_id)
    if found is None:
        raise NotFoundError("recording")
    lesson_id = lesson_public_ids(connection, [found.lesson_id])[found.lesson_id]
    return visible_lesson(connection, actor, lesson_id, action), found


def delete(connection: sa.Connection, actor: Actor, public_id: str, now: int) -> Lesson:
    """Delete a recording for good; its files go soon after.

    Raises:
        StillRunningError: It is still made.
    """
    lesson, found = recording_for(connection, actor, public_id, "recordings.delete")
    if found.state == "running":
        raise StillRunningError
    store.change(connection, public_id, state="deleted")
    _note(connection, found, lesson, actor.person_id, "deleted", now)
    return lesson


def want_joined(connection: sa.Connection, actor: Actor, public_id: str) -> tuple[Lesson, Recording]:
    """Let the view with everybody in it be made.

    Raises:
        StillRunningError: The recording is still made.
    """
    _, found = recording_for(connection, actor, public_id)
    if found.state == "running":
        raise StillRunningError
    store.want_joined(connection, found.id)
    return recording_for(connection, actor, public_id)


def forget_person(connection: sa.Connection, person: Person) -> Collection[str]:
    """Take somebody's name out of the answers, and delete the recordings of lessons that they led (rule K5)."""
    store.forget_attendees(connection, seats_of(connection, person))
    store.delete_of_lessons(connection, lessons_led_by(connection, person))
    return ()


def _note(connection: sa.Connection, found: Recording, lesson: Lesson, person: int | None, what: str, now: int) -> None:
    facts = {"after": {"recording": what}}
    entry = audit.Entry(now, person, lesson.institution_id, "recordings.direct", "recording", found.id, facts)
    audit.append(connection, [entry])
