"""Reminders: a day and a quarter of an hour before, once, to those who want them, taken back with a change."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from config import Settings
from config.settings import Mail, Server
from schedules import LESSON_MAIL, Repeat, reminders, token_of
from schedules.answers import answer_on_page
from schedules.model import Lesson
from schedules.partstats import WHOLE, Answer
from schedules.reminders import KIND, Choice, choice_of, choose, holds, reminder_path
from schedules.reminders.store import reminder_written
from schedules.service import renew_link
from tests.mail_server import MailServer
from tests.office import DOMAIN, GRETA, Office
from vclass.core import outbox
from vclass.core.refusals import StaleError
from vclass.core.zones import parse_rfc3339
from vclass.mail import Postman, transport
from vclass.web.letters import Letters
from vclass.web.rendering import Renderer

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
RENDERED: Final = Renderer()
SITE: Final = "https://lessons.a-university-with-quite-a-long-name.example"
TEACHER, STUDENT = "teacher@vienna.example", "greta@example.org"


@dataclass
class Day:
    """A lesson of the teacher and Greta, whose invitations have left, and what the clockwork brings them of it."""

    office: Office
    post: MailServer
    lesson: Lesson

    async def at(self, *, before: int) -> list[tuple[str, str]]:
        """What leaves so long before the lesson begins: to whom, and the first word of the subject."""
        self.office.clock.now = self.lesson.dates[0].starts - before
        await write(self.office)
        return await self.leaves()

    async def leaves(self) -> list[tuple[str, str]]:
        known = len(self.post.delivered)
        await postman(self.office, self.post).deliver_due()
        sent = self.post.delivered[known:]
        return sorted((each.recipients[0], str(each.message["Subject"]).split()[0]) for each in sent)


async def write(office: Office) -> None:
    while await office.database.write(reminders.materialise, office.clock()):
        continue


def postman(office: Office, post: MailServer) -> Postman:
    settings = Settings(server=Server(base_url=SITE), mail=Mail(sender=f"vclass <lessons@{DOMAIN}>"))
    letters = Letters(settings, office.keyring, DOMAIN, RENDERED)
    composers = {LESSON_MAIL: letters.lesson_mail, "notice": letters.notice, reminders.KIND: letters.reminder}
    return Postman(office.database, office.clock, transport(post.url), composers)


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
async def day(office: Office, post: MailServer) -> Day:
    found = Day(office, post, await alone(office))
    await found.leaves()
    return found


async def alone(office: Office, **changes: object) -> Lesson:
    return await office.book(
        **{"rooms": (), "teachers": (), "attendees": (GRETA,), "start": "2026-12-08T10:00", **changes}
    )


def both(word: str) -> list[tuple[str, str]]:
    return [(STUDENT, word), (TEACHER, word)]


async def test_r25_each_attendee_is_reminded_a_day_and_a_quarter_of_an_hour_before(day: Day) -> None:
    assert await day.at(before=DAY + 1) == []
    assert await day.at(before=DAY) == both("Reminder:")
    assert await day.at(before=15 * MINUTE + 1) == []
    assert await day.at(before=15 * MINUTE) == both("It")
    assert await day.at(before=0) == []


async def test_r25_however_often_it_is_written_it_leaves_once(day: Day) -> None:
    await day.at(before=DAY)
    await day.office.database.write(lambda connection: connection.execute(reminder_written.delete()))
    assert await day.at(before=DAY - MINUTE) == []


async def test_54_a_lesson_cancelled_a_second_before_is_not_reminded_of(day: Day) -> None:
    await day.at(before=DAY + 1)
    await day.office.cancel(day.lesson)
    assert {word for _, word in await day.at(before=DAY)} == {"Cancelled:"}
    assert await day.at(before=15 * MINUTE) == []


async def test_a_lesson_that_moves_is_reminded_of_at_its_new_time_alone(day: Day) -> None:
    await day.at(before=DAY + 1)
    after = await day.office.change(day.lesson, start="2026-12-08T13:00")
    assert {word for _, word in await day.at(before=DAY)} == {"Moved:"}
    day.lesson = after
    assert await day.at(before=DAY) == both("Reminder:")


async def test_one_date_that_is_cancelled_takes_its_own_reminder_back(office: Office, post: MailServer) -> None:
    lesson = await alone(office, repeat=Repeat("week", count=2))
    day = Day(office, post, lesson)
    await day.leaves()
    await day.at(before=DAY + 1)
    first, second = (str(each.recurrence) for each in lesson.dates)
    after = await office.lessons.cancel_meeting(office.teacher, lesson.public_id, first, "this", "", lesson.version)
    assert {word for _, word in await day.at(before=DAY)} == {"Cancelled:"}
    assert [str(each.recurrence) for each in after.dates if each.state == "confirmed"] == [second]


async def test_what_is_said_is_what_stands_when_it_leaves(day: Day) -> None:
    await day.at(before=DAY + 1)
    await day.office.change(day.lesson, title="Another title")
    await day.leaves()
    await day.at(before=DAY)
    assert "Another title" in str(day.post.delivered[-1].message["Subject"])


async def test_55_after_a_standstill_a_reminder_is_late_but_never_after_the_next_or_the_start(day: Day) -> None:
    assert await day.at(before=5 * HOUR) == both("Reminder:")
    assert await day.at(before=5 * MINUTE) == both("It")


@pytest.mark.parametrize(("before", "words"), [(10 * MINUTE, ["It", "It"]), (1, ["It", "It"]), (0, []), (-MINUTE, [])])
async def test_55_only_what_is_of_use_leaves(day: Day, before: int, words: list[str]) -> None:
    assert [word for _, word in await day.at(before=before)] == words


async def test_55_what_was_written_but_could_not_leave_in_time_is_dropped(day: Day) -> None:
    day.office.clock.now = day.lesson.dates[0].starts - 20 * MINUTE
    await write(day.office)
    day.office.clock.now = day.lesson.dates[0].starts
    assert await day.leaves() == []
    kept = await day.office.database.read(outbox.listing)
    assert {each.last_error for each in kept if each.leased.kind == reminders.KIND} == {"too late to be of use"}


async def test_who_was_told_within_the_last_day_is_not_told_again_at_once(office: Office, post: MailServer) -> None:
    office.clock.now = parse_rfc3339("2026-12-08T06:00:00Z")
    day = Day(office, post, await alone(office))
    await day.leaves()
    assert await day.at(before=2 * HOUR) == []
    assert await day.at(before=15 * MINUTE) == both("It")


async def test_who_wants_none_gets_none_and_what_waits_is_taken_back(day: Day) -> None:
    await day.at(before=DAY + 1)
    await day.office.database.write(choose, STUDENT, Choice(day=False, soon=True))
    assert await day.at(before=DAY) == [(TEACHER, "Reminder:")]
    assert await day.at(before=15 * MINUTE) == both("It")


async def test_a_choice_names_the_version_it_replaces(office: Office) -> None:
    assert await office.database.read(choice_of, STUDENT) == (Choice(), 0)
    assert await office.database.write(choose, STUDENT, Choice(day=False), 0) == 1
    assert await office.database.read(choice_of, STUDENT) == (Choice(day=False), 1)
    with pytest.raises(StaleError):
        await office.database.write(choose, STUDENT, Choice(), 0)


async def decline(day: Day) -> None:
    """Greta says no to all of it."""
    (greta,) = (each for each in day.lesson.attendees if each.email == STUDENT)
    no = Answer(WHOLE, "DECLINED", day.lesson.sequence, 0)
    assert await day.office.database.write(answer_on_page, day.lesson, greta, no, day.office.clock())


async def test_who_said_no_is_not_reminded(day: Day) -> None:
    await decline(day)
    assert await day.at(before=DAY) == [(TEACHER, "Reminder:")]


async def test_who_said_no_to_another_time_is_reminded(day: Day) -> None:
    await decline(day)
    day.lesson = await day.office.change(day.lesson, start="2026-12-08T11:00")
    await day.leaves()
    assert await day.at(before=DAY) == both("Reminder:")


async def test_a_reminder_says_how_to_end_reminders_in_one_line_each(day: Day) -> None:
    await day.at(before=DAY)
    mail = day.post.delivered[-1].message
    (greta,) = (each for each in day.lesson.attendees if each.email == mail["To"].addresses[0].addr_spec)
    link = SITE + reminder_path(day.office.keyring, greta.public_id)
    assert mail["List-Unsubscribe"] == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (row, *_) = [each.leased for each in await day.office.database.read(outbox.listing) if each.leased.kind == KIND]
    written = postman(day.office, day.post).compose(row).content
    assert f"\r\nList-Unsubscribe: <{SITE}/reminders/{row.facts['attendee']}/".encode() in written
    assert all(link in part.get_content() for part in mail.iter_parts())


async def test_a_replaced_link_to_the_lesson_is_in_no_reminder(day: Day) -> None:
    await day.at(before=DAY + 1)
    (greta,) = (each for each in day.lesson.attendees if each.email == STUDENT)
    renewed = await day.office.database.write(
        renew_link, day.office.teacher, day.office.keyring, day.lesson.public_id, greta.public_id, day.office.clock()
    )
    await day.at(before=DAY)
    told = [each for each in day.post.delivered if each.recipients == (STUDENT,)][-1]
    assert token_of(day.office.keyring, renewed) in str(told.message)


async def test_a_link_is_good_for_one_attendee_with_any_active_key(office: Office) -> None:
    *_, attendee, token = reminder_path(office.keyring, "somebody").split("/")
    assert holds(office.keyring, attendee, token)
    assert not holds(office.keyring, "somebody-else", token)
    assert not holds(office.keyring, attendee, "\udcff")
