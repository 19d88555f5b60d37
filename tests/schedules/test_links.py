"""Personal links: derived again, found by digest, revoked by raising the generation, valid over one rotation."""

import dataclasses

from config import Keyring, SecretKey
from schedules import Attendee, LessonPatch, Repeat, entrant_by_id, join_token, resend_link, token_of, told_by_token
from schedules.links import first_link, next_link
from tests.office import GRETA, Office, attendee_id
from vclass.core.tokens import digest

NEW, OLD, NEWER = (SecretKey(name, name.encode() * 32) for name in ("new", "old", "newer"))


def attendee(generation: int, key_id: str) -> Attendee:
    return Attendee(
        1, "someone", 1, None, "a@b.example", "A", False, "Europe/Vienna", "en", generation, key_id, False, 0
    )  # fmt: skip


def test_a_first_link_is_stored_as_its_digest_alone() -> None:
    ring = Keyring((NEW, OLD))
    row = first_link(ring, "someone")
    assert row["token_digest"] == digest(join_token(ring, "someone", 1, "new"))
    assert join_token(ring, "someone", 1, "new") not in map(str, row.values())


def test_a_token_has_128_bits_and_differs_with_person_generation_and_key() -> None:
    ring = Keyring((NEW, OLD))
    tokens = [join_token(ring, *each) for each in (("a", 1, "new"), ("b", 1, "new"), ("a", 2, "new"), ("a", 1, "old"))]
    assert len(set(tokens)) == 4
    assert {len(each) for each in tokens} == {22}


def test_a_link_of_the_second_key_is_derived_again_after_a_rotation() -> None:
    before = token_of(Keyring((OLD,)), attendee(1, "old"))
    assert token_of(Keyring((NEW, OLD)), attendee(1, "old")) == before


def test_a_link_whose_key_was_taken_out_is_never_the_old_one() -> None:
    assert token_of(Keyring((NEWER, NEW)), attendee(1, "old")) != token_of(Keyring((OLD,)), attendee(1, "old"))


def test_a_next_link_is_derived_with_the_newest_key_and_remembers_the_replaced_one() -> None:
    ring = Keyring((NEW, OLD))
    row = next_link(ring, attendee(1, "old"))
    assert (row["generation"], row["key_id"]) == (2, "new")
    assert row["replaced_digest"] == digest(join_token(ring, "someone", 1, "old"))


async def test_a_link_leads_to_its_lesson_and_attendee(office: Office) -> None:
    lesson = await office.book()
    for each in lesson.attendees:
        found = await office.database.read(told_by_token, token_of(office.keyring, each), office.clock())
        assert found is not None
        assert (found[0].id, found[1]) == (lesson.id, each)


async def test_a_foreign_link_leads_nowhere(office: Office) -> None:
    lesson = await office.book()
    forged = token_of(Keyring((NEWER,)), lesson.attendees[0])
    assert await office.database.read(told_by_token, forged, office.clock()) is None
    assert await office.database.read(told_by_token, "", office.clock()) is None


async def test_a_renewed_link_takes_the_old_ones_place(office: Office) -> None:
    lesson = await office.book()
    greta = attendee_id(lesson, GRETA.email)
    old = next(each for each in lesson.attendees if each.public_id == greta)
    fresh = await office.lessons.renew_link(office.teacher, lesson.public_id, greta)
    assert await office.database.read(told_by_token, token_of(office.keyring, old), office.clock()) is None
    assert await office.database.read(told_by_token, token_of(office.keyring, fresh), office.clock()) is not None
    assert await office.database.read(entrant_by_id, greta, old.generation) is None
    assert await office.database.read(entrant_by_id, greta, fresh.generation) is not None
    assert office.revoked == [greta]


async def test_a_renewed_link_leaves_a_single_date_in_its_own_rooms(office: Office) -> None:
    lesson = await office.book(rooms=(office.hall("vienna"),), teachers=(), repeat=Repeat("week", count=2))
    patch = LessonPatch(rooms=(office.hall("vienna large"),))
    name = str(lesson.dates[1].recurrence)
    await office.lessons.change_meeting(office.teacher, lesson.public_id, name, patch, "this", lesson.version)
    await office.lessons.renew_link(office.teacher, lesson.public_id, attendee_id(lesson, GRETA.email))
    changed, link = (await office.mails(GRETA.email))[-2:]
    assert (changed.news, link.news) == ("changed-one", "link")
    assert changed.about[0].places is not None
    assert link.meetings[1].places == changed.about[0].places


async def test_who_comes_with_a_replaced_link_is_sent_the_present_one_once_an_hour(office: Office) -> None:
    lesson = await office.book()
    old = next(each for each in lesson.attendees if each.email == GRETA.email)
    fresh = await office.lessons.renew_link(office.teacher, lesson.public_id, old.public_id)
    office.clock.advance(3600)
    for _ in range(3):
        await office.database.write(resend_link, token_of(office.keyring, old), office.clock())
    told = [each for each in await office.mails(GRETA.email) if each.news == "link"]
    assert [each.generation for each in told] == [fresh.generation] * 2


async def test_nobody_is_sent_anything_for_an_unknown_link_or_a_cancelled_lesson(office: Office) -> None:
    lesson = await office.book()
    old = lesson.attendees[-1]
    await office.lessons.renew_link(office.teacher, lesson.public_id, old.public_id)
    await office.cancel(lesson)
    before = len(await office.mails())
    for token in ("unknown", token_of(office.keyring, dataclasses.replace(old, generation=1))):
        await office.database.write(resend_link, token, office.clock.now + 7200)
    assert len(await office.mails()) == before
