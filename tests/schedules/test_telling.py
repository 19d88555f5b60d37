"""What mails of one lesson say one after another, whoever else writes at the same moment."""

from typing import Any

from rooms import Wish
from schedules import Lesson, LessonPatch
from schedules.service import prepare_cancellation, prepare_change
from tests.office import GRETA, Office, attendee_id
from vclass.people import change_language


async def wish_to_change(office: Office, lesson: Lesson, **fields: Any) -> Wish:  # noqa: ANN401  any field of a patch
    patch = LessonPatch(**fields)
    return await office.database.read(
        prepare_change, office.teacher, lesson.public_id, patch, version=lesson.version, now=office.clock()
    )


async def wish_to_cancel(office: Office, lesson: Lesson) -> Wish:
    return await office.database.read(
        prepare_cancellation, office.teacher, lesson.public_id, "", version=lesson.version, now=office.clock()
    )


async def stamps(office: Office) -> list[int]:
    return [each.dtstamp for each in await office.mails(GRETA.email)]


def rises(numbers: list[int]) -> bool:
    return numbers == sorted(set(numbers))


async def test_a_change_prepared_before_a_link_was_renewed_tells_a_later_dtstamp(office: Office) -> None:
    lesson = await office.book()
    wish = await wish_to_change(office, lesson, title="Phonetics")
    await office.lessons.renew_link(office.teacher, lesson.public_id, attendee_id(lesson, GRETA.email))
    await office.desk.submit(wish)
    assert [each.news for each in await office.mails(GRETA.email)] == ["invited", "link", "updated"]
    assert rises(await stamps(office))


async def test_a_cancellation_prepared_before_a_link_was_renewed_tells_a_later_dtstamp(office: Office) -> None:
    lesson = await office.book()
    wish = await wish_to_cancel(office, lesson)
    await office.lessons.renew_link(office.teacher, lesson.public_id, attendee_id(lesson, GRETA.email))
    await office.desk.submit(wish)
    assert rises(await stamps(office))


async def test_two_changes_within_a_second_tell_rising_dtstamps(office: Office) -> None:
    lesson = await office.change(await office.book(), title="One")
    await office.change(lesson, title="Two")
    assert rises(await stamps(office))


async def test_a_removal_prepared_before_a_link_was_renewed_revokes_the_renewed_link(office: Office) -> None:
    lesson = await office.book()
    wish = await wish_to_change(office, lesson, attendees=())
    renewed = await office.lessons.renew_link(office.teacher, lesson.public_id, attendee_id(lesson, GRETA.email))
    await office.desk.submit(wish)
    gone = next(each for each in (await office.read(lesson)).attendees if each.email == GRETA.email)
    assert gone.generation > renewed.generation


async def test_who_chose_another_language_gets_the_mail_to_come_in_it(office: Office) -> None:
    lesson = await office.book()
    student = office.world.actors["student", "kyiv"]
    await office.database.write(change_language, student, "en")
    await office.cancel(lesson)
    assert [each.language for each in await office.mails(student.email)] == ["uk", "en"]
