"""Mail on its real way out: letters, postman, SMTP; refusals, hang-ups, order, and what a calendar makes of it."""

import asyncio
import itertools
import logging
from collections.abc import Iterator, Sequence
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from config import Settings
from config.settings import Mail, Server
from schedules import LESSON_MAIL, Lesson, Repeat, sent_invitations, token_of
from tests.judges import libical
from tests.judges.calendar import SimulatedCalendar
from tests.mail_server import HANG_UP, Delivered, MailServer, free_port
from tests.office import DOMAIN, GRETA, Office
from tests.schedules.ical.examples import lines
from vclass import people
from vclass.core import outbox
from vclass.core.outbox import Effect
from vclass.core.patience import PATIENCE
from vclass.mail import Delivery, Kept, Postman, Rate, Smtp, transport
from vclass.mail.postman import AS_USUAL
from vclass.web.letters import Letters
from vclass.web.rendering import Renderer

HOUR = 3600
PEOPLE = 5
BASE = "https://vclass.example"
RENDERED = Renderer()


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def letters(office: Office) -> Letters:
    settings = Settings(server=Server(base_url=BASE), mail=Mail(sender=f"vclass <lessons@{DOMAIN}>"))
    return Letters(settings, office.keyring, DOMAIN, RENDERED)


def postman_to(office: Office, url: str, delivery: Delivery = AS_USUAL) -> Postman:
    written = letters(office)
    composers = {LESSON_MAIL: written.lesson_mail, "sign-in": written.sign_in}
    return Postman(office.database, office.clock, transport(url), composers, delivery)


@pytest.fixture
def postman(office: Office, post: MailServer) -> Postman:
    return postman_to(office, post.url)


async def states(office: Office, lesson: Lesson) -> dict[str, tuple[str, str | None]]:
    """For each attendee how the last mail stands."""
    found = await office.database.read(sent_invitations, office.teacher, lesson.public_id)
    return {each.email: (each.state, each.error) for each in found}


async def test_each_attendee_gets_one_mail_over_few_connections(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.book()
    assert await postman.deliver_due() == PEOPLE
    assert sorted(each.recipients for each in post.delivered) == sorted((each.email,) for each in lesson.present)
    assert post.connections <= PEOPLE
    assert {state for state, _ in (await states(office, lesson)).values()} == {"sent"}
    assert await postman.deliver_due() == 0


async def test_the_tree_is_the_one_that_calendar_programs_expect(
    office: Office, post: MailServer, postman: Postman
) -> None:
    await office.book()
    await postman.deliver_due()
    for each in post.delivered:
        assert [part.get_content_type() for part in each.message.walk()] == [
            "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
        ]  # fmt: skip
        *_, inline, attached = each.message.walk()
        assert inline.get_param("method") == "REQUEST"
        assert b"\r\nMETHOD:REQUEST\r\n" in each.calendar
        assert b"\n" not in each.calendar.replace(b"\r\n", b"")
        assert inline.get_payload(decode=True) == attached.get_payload(decode=True)
        assert libical.complaints(each.calendar) == ""


def everything_in(message: EmailMessage) -> bytes:
    """All parts of a mail, decoded, and its headers."""
    parts = (part.get_payload(decode=True) for part in message.walk() if not part.is_multipart())
    headers = "\n".join(f"{name}: {value}" for name, value in message.items()).encode()
    return headers + b"".join(part for part in parts if isinstance(part, bytes))


async def test_a_mail_holds_its_readers_address_and_link_alone(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.book()
    await postman.deliver_due()
    links = {each.email: token_of(office.keyring, each).encode() for each in lesson.present}
    students = {each.email for each in lesson.present if not each.teaches}
    for each in post.delivered:
        (reader,) = each.recipients
        text = everything_in(each.message)
        assert {email for email, link in links.items() if link in text} == {reader}
        assert not [email for email in students - {reader} if email.encode() in text]
        assert len(lines(each.calendar, "ATTENDEE")) == 1


async def test_the_lesson_is_the_organizer_and_all_senders_are_of_our_domain(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.book()
    await postman.deliver_due()
    for each in post.delivered:
        assert lines(each.calendar, "ORGANIZER")[0].endswith(f"mailto:b-{lesson.address_token}@{DOMAIN}")
        assert each.message["From"].addresses[0].addr_spec == f"lessons@{DOMAIN}"
        assert each.sender.endswith(f"@{DOMAIN}")
        assert each.message_id.endswith(f"@{DOMAIN}>")
        assert each.message["Reply-To"].addresses[0].addr_spec == "teacher@vienna.example"


async def test_r26_a_temporary_refusal_is_followed_by_the_same_mail_after_a_pause(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.book()
    post.tell(GRETA.email, "451 try again later", "451 try again later")
    await postman.deliver_due()
    assert (await states(office, lesson))[GRETA.email] == ("waiting", "451 try again later")
    assert await postman.deliver_due() == 0
    (before,) = {each.leased.message_id for each in await rows(office) if each.leased.recipient == GRETA.email}
    office.clock.advance(75)
    assert await postman.deliver_due() == 0
    office.clock.advance(150)
    assert await postman.deliver_due() == 1
    (mail,) = post.to(GRETA.email)
    assert mail.message_id == f"<{before}@{DOMAIN}>"
    assert (await states(office, lesson))[GRETA.email] == ("sent", None)


async def rows(office: Office) -> list[outbox.Standing]:
    return await office.database.read(outbox.listing)


async def test_r26_case_53_a_final_refusal_is_shown_and_never_tried_again(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.book()
    post.tell(GRETA.email, "550 no such user")
    assert await postman.deliver_due() == PEOPLE - 1
    office.clock.advance(PATIENCE.give_up)
    assert await postman.deliver_due() == 0
    assert (await states(office, lesson))[GRETA.email] == ("dead", "550 no such user")
    assert post.to(GRETA.email) == []


async def test_a_refusal_of_the_text_is_final_for_that_mail_alone(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.book()
    post.after_data.append("554 looks like spam")
    assert await postman.deliver_due() == PEOPLE - 1
    assert sorted(state for state, _ in (await states(office, lesson)).values()) == ["dead"] + ["sent"] * 4


async def test_a_refusal_of_our_own_address_kills_no_mail(office: Office, post: MailServer, postman: Postman) -> None:
    lesson = await office.book()
    post.senders.extend(["530 authentication required"] * PEOPLE)
    assert await postman.deliver_due() == 0
    assert {state for state, _ in (await states(office, lesson)).values()} == {"waiting"}
    office.clock.advance(75)
    assert await postman.deliver_due() == PEOPLE


async def test_mail_waits_while_no_server_answers(office: Office) -> None:
    lesson = await office.book()
    port = free_port()
    postman = postman_to(office, f"smtp://127.0.0.1:{port}")
    assert await postman.deliver_due() == 0
    assert {state for state, _ in (await states(office, lesson)).values()} == {"waiting"}
    office.clock.advance(75)
    with MailServer(port) as post:
        assert await postman.deliver_due() == PEOPLE
    assert len({each.message_id for each in post.delivered}) == PEOPLE


async def test_a_mail_that_cannot_leave_for_a_day_is_dead_and_told_of(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    lesson = await office.book()
    postman = postman_to(office, f"smtp://127.0.0.1:{free_port()}")
    office.clock.advance(PATIENCE.give_up + 1)
    await postman.deliver_due()
    assert {state for state, _ in (await states(office, lesson)).values()} == {"dead"}
    given_up = [each for each in caplog.records if each.getMessage() == "a mail was given up"]
    assert [each.levelno for each in given_up] == [logging.ERROR] * PEOPLE


async def test_case_53_a_connection_dropped_after_the_data_repeats_the_same_message_id(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.book()
    post.after_data.append(HANG_UP)
    await postman.deliver_due()
    office.clock.advance(HOUR)
    await postman.deliver_due()
    first = post.delivered[0]
    again = post.to(first.recipients[0])
    assert [each.message_id for each in again] == [first.message_id] * 2
    assert again[0].calendar == again[1].calendar
    assert len({each.message_id for each in post.delivered}) == PEOPLE == len(post.delivered) - 1
    assert {state for state, _ in (await states(office, lesson)).values()} == {"sent"}


async def test_g1_a_cancellation_never_overtakes_its_invitation(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.book()
    post.tell(GRETA.email, "451 greylisted")
    await postman.deliver_due()
    await office.cancel(lesson)
    assert await postman.deliver_due() == PEOPLE - 1
    assert post.to(GRETA.email) == []
    office.clock.advance(75)
    assert await postman.deliver_due() == 2
    assert [methods(each.calendar) for each in post.to(GRETA.email)] == ["REQUEST", "CANCEL"]


def methods(calendar: bytes) -> str:
    return lines(calendar, "METHOD")[0].partition(":")[2]


async def moved_and_cancelled(office: Office) -> Lesson:
    lesson = await office.book(start="2027-03-23T10:00", repeat=Repeat("week", count=3))
    office.clock.advance(60)
    lesson = await office.change(lesson, start="2027-03-23T11:00")
    office.clock.advance(60)
    return await office.cancel(lesson, "The hall is flooded.")


async def test_a_lesson_moved_by_an_hour_and_cancelled_is_three_mails_with_one_uid(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await moved_and_cancelled(office)
    await postman.deliver_due()
    for each in lesson.present:
        calendars = [mail.calendar for mail in post.to(each.email)]
        assert [lines(calendar, "UID")[0] for calendar in calendars] == [f"UID:{lesson.uid}"] * 3
        assert [lines(calendar, "SEQUENCE")[0] for calendar in calendars] == [f"SEQUENCE:{i}" for i in range(3)]
        assert list(map(methods, calendars)) == ["REQUEST", "REQUEST", "CANCEL"]
        assert [libical.complaints(calendar) for calendar in calendars] == [""] * 3


Spans = list[tuple[int, int]]


def shown_in_every_order(mails: Sequence[Delivered]) -> list[Spans]:
    """What a calendar shows in the end, for each order in which the mails can arrive."""
    found = []
    for order in itertools.permutations(mails):
        calendar = SimulatedCalendar()
        for each in order:
            calendar.receive(each.calendar)
        found.append(calendar.shown())
    return found


async def test_a_calendar_that_gets_the_three_in_any_order_ends_without_the_lesson(
    office: Office, post: MailServer, postman: Postman
) -> None:
    await moved_and_cancelled(office)
    await postman.deliver_due()
    assert shown_in_every_order(post.to(GRETA.email)) == [[]] * 6


async def test_a_calendar_that_gets_booking_and_move_in_any_order_shows_the_later_hour(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.change(await office.book(), start="2026-12-01T11:00")
    await postman.deliver_due()
    spans = [(each.starts, each.ends) for each in lesson.occurrences]
    assert shown_in_every_order(post.to(GRETA.email)) == [spans] * 2


async def test_who_is_removed_and_invited_again_ends_with_the_lesson_in_any_order(
    office: Office, post: MailServer, postman: Postman
) -> None:
    lesson = await office.change(await office.book(), attendees=())
    lesson = await office.change(lesson, attendees=(GRETA,))
    await postman.deliver_due()
    spans = [(each.starts, each.ends) for each in lesson.occurrences]
    assert shown_in_every_order(post.to(GRETA.email)) == [spans] * 6


async def test_no_personal_link_is_written_to_the_log(
    office: Office, post: MailServer, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lesson = await office.book()
    post.tell(GRETA.email, "550 no such user")
    await office.lessons.renew_link(office.teacher, lesson.public_id, lesson.attendees[0].public_id)
    await postman.deliver_due()
    ours = "\n".join(str(vars(each)) for each in caplog.records if not each.name.startswith("mail"))
    assert "refused" in ours
    assert not [each for each in lesson.attendees if token_of(office.keyring, each) in ours]


async def test_a_row_that_cannot_be_put_into_words_is_dead_and_the_others_leave(
    office: Office, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = Effect(LESSON_MAIL, "wrong", "wrong", "someone@example.org", {"title": "nothing else"})
    await office.database.write(outbox.put, [wrong], office.clock())
    await office.book()
    assert await postman.deliver_due() == PEOPLE
    dead = [each for each in await rows(office) if each.dead_at]
    assert [each.last_error for each in dead] == ["could not be composed"]
    assert "could not be composed" in caplog.text


async def test_a_sign_in_link_leaves_in_the_readers_language(
    office: Office, post: MailServer, postman: Postman
) -> None:
    who = "teacher@kyiv.example"
    await office.database.write(people.begin_sign_in, office.keyring, who, office.clock())
    assert await postman.deliver_due() == 1
    (mail,) = post.to(who)
    assert b"/sign-in/" in everything_in(mail.message)
    assert mail.message.get_content_type() == "multipart/alternative"


async def test_a_newer_sign_in_link_does_not_wait_for_an_older_one(
    office: Office, post: MailServer, postman: Postman
) -> None:
    who = "teacher@kyiv.example"
    post.tell(who, "451 try again later")
    for _ in range(2):
        await office.database.write(people.begin_sign_in, office.keyring, who, office.clock())
        await postman.deliver_due()
    assert len(post.to(who)) == 1


async def test_case_55_a_mail_that_is_too_old_is_not_sent(office: Office, post: MailServer, postman: Postman) -> None:
    who = "teacher@kyiv.example"
    await office.database.write(people.begin_sign_in, office.keyring, who, office.clock())
    office.clock.advance(people.SIGN_IN_SECONDS + 1)
    assert await postman.deliver_due() == 0
    assert [each.last_error for each in await rows(office)] == ["too late to be of use"]
    assert post.to(who) == []


async def test_who_reads_a_language_that_we_do_not_write_is_told_in_english(
    office: Office, post: MailServer, postman: Postman
) -> None:
    await office.book()
    await postman.deliver_due()
    (german,) = post.to("student@vienna.example")
    assert office.world.actors["student", "vienna"].language == "de"
    assert b'<html lang="en"' in everything_in(german.message)
    (kyiv,) = post.to("student@kyiv.example")
    assert b'<html lang="uk"' in everything_in(kyiv.message)


async def test_kept_mail_counts_as_sent_and_goes_nowhere(office: Office) -> None:
    lesson = await office.book()
    assert await postman_to(office, "outbox:").deliver_due() == PEOPLE
    assert {state for state, _ in (await states(office, lesson)).values()} == {"sent"}


@pytest.mark.parametrize(("url", "kind"), [("outbox:", Kept), ("smtp://mail.example", Smtp), ("smtps://m", Smtp)])
def test_the_way_out_is_chosen_by_the_address(url: str, kind: type) -> None:
    assert isinstance(transport(url), kind)


async def put_to(office: Office, recipients: Sequence[str], lane: str = "") -> None:
    """Mails to anybody, each in a lane of its own unless told otherwise."""
    facts = {"sign_in": "x", "key": "new", "language": "en", "name": "", "expires_at": office.clock() + 10 * HOUR}
    effects = [
        Effect("sign-in", f"key {number} {each}", lane or f"lane {number} {each}", each, facts)
        for number, each in enumerate(recipients)
    ]
    await office.database.write(outbox.put, effects, office.clock())


async def test_r26_a_domain_gets_its_burst_and_then_so_many_a_second(office: Office, post: MailServer) -> None:
    postman = postman_to(office, post.url, Delivery(rate=Rate(per_second=2, burst=3)))
    await put_to(office, [f"{number}@big.example" for number in range(9)] + ["one@small.example"])
    assert await postman.deliver_due() == 4
    assert len(post.to("one@small.example")) == 1
    assert await postman.deliver_due() == 0
    office.clock.advance(1)
    assert await postman.deliver_due() == 2
    office.clock.advance(60)
    assert await postman.deliver_due() == 3


async def test_a_domain_that_does_not_answer_keeps_nobody_back(office: Office, post: MailServer) -> None:
    postman = postman_to(office, post.url)
    slow = [f"{number}@slow.example" for number in range(20)]
    await put_to(office, [*slow, *(f"{number}@quick.example" for number in range(30))])
    post.hold("slow.example")
    running = asyncio.create_task(postman.deliver_due())
    await post.taken(30)
    assert {each.recipients[0].partition("@")[2] for each in post.delivered} == {"quick.example"}
    post.release("slow.example")
    assert await running == 50


async def test_mails_of_one_lane_leave_in_order_over_many_connections(office: Office, post: MailServer) -> None:
    everyone = [f"{number}@example.org" for number in range(6)]
    for each in everyone:
        await put_to(office, [each] * 4, lane=f"lane of {each}")
    post.after_data.extend(["451 later"] * 3)
    postman = postman_to(office, post.url)
    for _ in range(3):
        await postman.deliver_due()
        office.clock.advance(2 * HOUR)
    expected = [f"<{each.leased.message_id}@{DOMAIN}>" for each in reversed(await rows(office))]
    for place, each in enumerate(everyone):
        assert [mail.message_id for mail in post.to(each)] == expected[4 * place : 4 * place + 4]


async def test_a_slow_delivery_keeps_its_lease(office: Office, post: MailServer) -> None:
    await put_to(office, ["someone@slow.example"])
    post.hold("slow.example")
    running = asyncio.create_task(postman_to(office, post.url).deliver_due())
    await post.held(1)
    for _ in range(3):
        office.clock.advance(outbox.LEASE_SECONDS // 2)
        await leased_until(office, office.clock() + outbox.LEASE_SECONDS)
        assert await postman_to(office, post.url).deliver_due() == 0
    post.release("slow.example")
    assert await running == 1
    assert len(post.delivered) == 1


async def leased_until(office: Office, instant: int) -> None:
    """Wait until the row is leased until then."""
    statement = sa.select(outbox.outbox.c.leased_until)
    async with asyncio.timeout(30):
        while await office.database.read(lambda connection: connection.execute(statement).scalar()) != instant:  # noqa: ASYNC110  the postman gives no sign
            await asyncio.sleep(0.02)


async def test_a_delivery_that_is_cut_short_leaves_its_rows_to_the_next(office: Office, post: MailServer) -> None:
    await put_to(office, ["someone@slow.example"])
    post.hold("slow.example")
    running = asyncio.create_task(postman_to(office, post.url).deliver_due())
    await post.held(1)
    running.cancel()
    assert isinstance((await asyncio.gather(running, return_exceptions=True))[0], asyncio.CancelledError)
    post.release("slow.example")
    office.clock.advance(outbox.LEASE_SECONDS)
    assert await postman_to(office, post.url).deliver_due() == 1


async def test_case_53_three_temporary_refusals_and_a_yes_are_one_mail(office: Office, post: MailServer) -> None:
    await put_to(office, ["someone@example.org"])
    post.tell("someone@example.org", *["451 try again later"] * 3)
    postman = postman_to(office, post.url)
    left = []
    for _ in range(5):
        left.append(await postman.deliver_due())
        office.clock.advance(HOUR // 2)
    assert left == [0, 0, 0, 1, 0]
    assert len(post.delivered) == 1


async def test_case_54_what_is_withdrawn_while_it_waits_for_its_turn_does_not_leave(
    office: Office, post: MailServer
) -> None:
    await put_to(office, [f"{number}@slow.example" for number in range(3)])
    post.hold("slow.example")
    running = asyncio.create_task(postman_to(office, post.url, Delivery(per_domain=1)).deliver_due())
    await post.held(1)
    office.clock.advance(1)
    await office.database.write(outbox.forget_recipient, "1@slow.example")
    post.release("slow.example")
    assert await running == 2
    assert sorted(each.recipients[0][0] for each in post.delivered) == ["0", "2"]


async def test_r27_a_booking_that_is_rolled_back_leaves_no_mail(office: Office, post: MailServer) -> None:
    def fail_after(connection: sa.Connection) -> None:
        outbox.put(connection, [Effect("sign-in", "k", "l", "someone@example.org", {})], office.clock())
        raise RuntimeError("after the mail was written")

    with pytest.raises(RuntimeError):
        await office.database.write(fail_after)
    assert await postman_to(office, post.url).deliver_due() == 0
    assert await rows(office) == []
