"""Visits over real sockets: coming, talking, dropping out and coming back."""

import asyncio
from collections.abc import Callable

import pytest

from signaling import Admitted, Came, LessonFacts, Live, Role, Went
from tests.signaling.conftest import OFFER, OpenSchool, School
from tests.signaling.parts import admitted


async def test_two_people_meet_talk_and_leave(school: School) -> None:
    olena = await school.enter("Olena", Role.TEACHER)
    marko = await school.enter("Marko")
    joined = await olena.hear("joined")
    await marko.say("chat", text="Добрий день", id="c1")
    assert (await marko.hear("chat"))["re"] == "c1"
    line = await olena.hear("chat")
    assert (line["from"], line["text"]) == (joined["participant"]["id"], "Добрий день")
    await marko.say("bye")
    assert (await marko.hear("closed"))["reason"] == "bye"
    assert await marko.rest() == 1000
    assert (await olena.hear("left"))["reason"] == "bye"


async def test_an_offer_is_answered_with_its_revision_and_starts_muted(school: School) -> None:
    olena = await school.enter("Olena")
    await olena.say("offer", sdp=OFFER, rev=3)
    answer = await olena.hear("answer")
    assert answer["rev"] == 3
    assert "a=ice-lite" in answer["sdp"]
    assert school.sfu.figures().peers == 1


async def test_a_refused_offer_names_the_field_and_the_cause(school: School) -> None:
    olena = await school.enter("Olena")
    await olena.say("offer", sdp="v=0\r\n", rev=1, id="o1")
    error = await olena.hear("error")
    assert (error["code"], error["field"], error["re"]) == ("offer_refused", "sdp", "o1")
    assert error["cause"]
    assert school.sfu.figures().peers == 0


async def test_a_renegotiation_is_answered_by_the_same_peer_and_a_fresh_offer_by_a_new_one(school: School) -> None:
    olena = await school.enter("Olena")
    for rev, fresh in ((1, False), (2, False), (3, True)):
        await olena.say("offer", sdp=OFFER, rev=rev, fresh=fresh)
        assert (await olena.hear("answer"))["rev"] == rev
        assert school.sfu.figures().peers == 1


async def test_who_drops_out_is_back_in_the_same_seat_with_what_was_missed(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    welcome = olena.heard[0]
    await olena.say("offer", sdp=OFFER, rev=1)
    await olena.hear("answer")
    await olena.ws.close()
    await marko.hear("state", state="away")
    await marko.say("chat", text="still there?")
    await marko.hear("chat")
    back = await school.resume(welcome["resume"]["secret"], olena.seq)
    assert (back.last()["type"], back.last()["media"]) == ("resumed", "kept")
    assert (await back.hear("chat"))["text"] == "still there?"
    assert (await marko.hear("state"))["participant"] == welcome["me"]["id"]
    assert school.sfu.figures().peers == 1


async def test_rule_d5_numbers_go_on_without_a_gap_across_a_drop(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    await olena.hear("joined")
    await olena.ws.close()
    await marko.hear("state", state="away")
    for text in ("one", "two"):
        await marko.say("chat", text=text)
        await marko.hear("chat")
    back = await school.resume(olena.heard[0]["resume"]["secret"], olena.seq)
    await back.hear("chat", text="two")
    assert [message["seq"] for message in back.heard[1:]] == [olena.seq + 1, olena.seq + 2]


async def test_rule_d5_a_resume_replaces_the_old_socket_and_leaves_no_ghost(school: School) -> None:
    olena = await school.enter("Olena")
    back = await school.resume(olena.heard[0]["resume"]["secret"], olena.seq)
    assert (await olena.hear("closed"))["reason"] == "resumed"
    assert await olena.rest() == 4409
    await back.say("ping")
    await back.hear("pong")
    snapshot = school.live.snapshot("lesson")
    assert snapshot is not None
    assert (len(snapshot.participants), snapshot.sockets) == (1, 1)


async def test_a_seat_is_kept_thirty_seconds_and_then_free(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    lost_at = school.clock()
    await olena.ws.close()
    await marko.hear("state", state="away")
    school.clock.advance(30)
    assert (await marko.hear("left"))["reason"] == "lost"
    late = await school.resume(olena.heard[0]["resume"]["secret"], olena.seq)
    assert (late.last()["code"], late.last()["retry"]) == ("resume_expired", "ticket")
    assert await late.rest() == 4401
    assert Went("lesson", "attendee-Olena", lost_at, "lost") in school.attendance


async def test_a_reload_takes_over_the_seat_and_closes_the_first_page(school: School) -> None:
    first, marko = await school.enter("Olena"), await school.enter("Marko")
    await first.say("offer", sdp=OFFER, rev=1)
    await first.hear("answer")
    second = await school.enter("Olena")
    assert (await first.hear("closed"))["reason"] == "moved"
    assert await first.rest() == 4409
    assert (await marko.hear("joined"))["participant"]["id"] == first.heard[0]["me"]["id"]
    assert second.heard[0]["me"]["id"] == first.heard[0]["me"]["id"]
    assert school.sfu.figures().peers == 0
    assert school.attendance == [
        Came("lesson", "attendee-Olena", school.clock()),
        Came("lesson", "attendee-Marko", school.clock()),
    ]


async def test_a_ticket_opens_once(school: School) -> None:
    ticket = school.ticket("Olena")
    for expected in ("welcome", "error"):
        person = await school.door()
        await person.say("hello", ticket=ticket)
        await person.next()
        assert person.last()["type"] == expected
    assert person.last()["code"] == "bad_ticket"
    assert await person.rest() == 4401


async def test_a_ticket_for_another_lesson_opens_nothing(school: School) -> None:
    person = await school.door("elsewhere")
    await person.say("hello", ticket=school.ticket("Olena"))
    assert (await person.hear("error"))["code"] == "bad_ticket"
    assert school.live.lessons() == ()


async def test_a_resume_secret_of_another_lesson_opens_nothing(school: School) -> None:
    olena = await school.enter("Olena")
    person = await school.door("elsewhere")
    await person.say("hello", resume={"secret": olena.heard[0]["resume"]["secret"], "seq": 0})
    assert (await person.hear("error"))["code"] == "resume_expired"


async def test_a_full_room_says_so_and_keeps_those_inside(open_school: OpenSchool) -> None:
    school = await open_school(participants=1)
    olena, late = await school.enter("Olena"), await school.door()
    await late.say("hello", ticket=school.ticket("Marko"))
    assert (await late.hear("error"))["code"] == "room_full"
    assert await late.rest() == 4429
    await olena.say("ping")
    await olena.hear("pong")


async def test_rule_c6_a_revoked_attendee_is_out_at_once(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    school.live.revoke("attendee-Olena")
    assert (await olena.hear("closed"))["reason"] == "removed"
    assert await olena.rest() == 4410
    assert (await marko.hear("left"))["reason"] == "removed"


@pytest.mark.parametrize("withdraw", [lambda live: live.revoke("attendee-Olena"), lambda live: live.end("lesson")])
async def test_rule_c3_who_is_turned_away_at_the_threshold_does_not_slip_in(
    school: School, monkeypatch: pytest.MonkeyPatch, withdraw: Callable[[Live], None]
) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(_ticket: str) -> Admitted:
        asked.set()
        await answer.wait()
        return admitted("Olena")

    monkeypatch.setattr(school.live._hub, "_admit", slow)
    olena = await school.door()
    await olena.say("hello", ticket="ticket")
    await asked.wait()
    withdraw(school.live)
    answer.set()
    assert (await olena.hear("error"))["code"] == "bad_ticket"
    assert school.live.lessons() == ()


async def test_the_end_of_a_lesson_closes_it_for_all(school: School) -> None:
    people = [await school.enter("Olena"), await school.enter("Marko")]
    school.live.end("lesson")
    for person in people:
        assert (await person.hear("closed"))["reason"] == "ended"
        assert await person.rest() == 1000
    assert school.live.lessons() == ()
    assert school.sfu.figures().rooms == 0


async def test_another_lesson_hears_nothing_of_this_one(school: School) -> None:
    school.tickets["other"] = admitted("Iryna", lesson=LessonFacts("other", "Rhythm", 0, 1))
    iryna = await school.door("other")
    await iryna.say("hello", ticket="other")
    await iryna.hear("welcome")
    olena = await school.enter("Olena")
    await olena.say("chat", text="secret of the first lesson")
    await olena.hear("chat")
    await iryna.say("ping")
    await iryna.hear("pong")
    assert [message["type"] for message in iryna.heard] == ["welcome", "pong"]


async def test_a_room_opened_again_has_another_epoch_and_no_memory(school: School) -> None:
    olena = await school.enter("Olena")
    await olena.say("chat", text="gone with the room")
    await olena.say("bye")
    await olena.rest()
    again = await school.enter("Olena")
    assert again.heard[0]["epoch"] != olena.heard[0]["epoch"]
    assert again.heard[0]["chat"] == []


async def test_a_teacher_silences_a_student_on_the_wire(school: School) -> None:
    olena, marko = await school.enter("Olena", Role.TEACHER), await school.enter("Marko")
    await marko.say("mute", kind="audio", muted=False)
    await marko.hear("muted", muted=False)
    await olena.say("mute_other", kind="audio", participant=marko.heard[0]["me"]["id"])
    assert (await marko.hear("muted"))["muted"] is True


async def test_a_shutdown_closes_every_socket_with_1001_and_quickly(school: School) -> None:
    seated, silent = await school.enter("Olena"), await school.door()
    async with asyncio.timeout(5):
        closing = asyncio.ensure_future(school.client.server.close())
        assert (await seated.hear("closed"))["retry"] == "resume"
        assert (await seated.rest(), await silent.rest()) == (1001, 1001)
        await closing


async def test_an_attendance_list_that_fails_does_not_stop_the_lesson(
    open_school: OpenSchool, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_event: object) -> None:
        raise RuntimeError("the list is torn")

    school = await open_school(on_event=broken)
    olena = await school.enter("Olena")
    assert olena.last()["type"] == "welcome"
    assert "the list is torn" in caplog.text
