"""What the API tells of invitations: each mail, how it went, and what was answered."""

from schedules import store
from schedules.answers import Incoming, receive
from tests.schedules.answers.mail import incoming, stamp
from tests.schedules.ical.replies import reply
from tests.web.api import Api, Json
from vclass.core import outbox

GRETA = "greta@example.org"


async def told(api: Api, lesson: str) -> Json:
    return (await api.ask("GET", f"/invitations?lesson={lesson}")).body


async def to_greta(api: Api, lesson: str) -> Json:
    found: Json = next(each for each in (await told(api, lesson))["invitations"] if each["email"] == GRETA)
    return found


async def answered(api: Api, lesson_id: str, partstat: str) -> None:
    found = await api.database.read(store.ids_by_public_id, [lesson_id])
    (lesson,) = await api.database.read(store.lessons, found)
    content = reply(partstat=partstat, uid=lesson.uid, attendee=GRETA, dtstamp=stamp(api.clock()))
    mail: Incoming = incoming(lesson, content, at=api.clock() + 60)
    await api.database.write(receive, mail, api.clock() + 60)


async def test_a_mail_is_waiting_then_sent_then_bounced(api: Api) -> None:
    lesson = (await api.booked()).body["id"]
    waiting = await to_greta(api, lesson)
    assert (waiting["state"], waiting["tries"], waiting["recurrence"]) == ("waiting", 0, "")
    assert waiting["dtstamp"] == "2026-11-21T10:00:00Z"
    await api.database.write(outbox.mark_sent, int(waiting["id"]), api.clock())
    assert (await to_greta(api, lesson))["state"] == "sent"
    await api.database.write(outbox.mark_bounced, int(waiting["id"]), api.clock() + 9, "550 no such user")
    bounced = await to_greta(api, lesson)
    assert (bounced["state"], bounced["error"], bounced["at"]) == (
        "bounced",
        "550 no such user",
        "2026-11-21T10:00:09Z",
    )


async def test_an_answer_stands_beside_the_mail_and_in_the_history(api: Api) -> None:
    lesson = (await api.booked()).body["id"]
    await answered(api, lesson, "DECLINED")
    body = await told(api, lesson)
    mail = next(each for each in body["invitations"] if each["email"] == GRETA)
    assert (mail["answer"], mail["answered_at"]) == ("DECLINED", "2026-11-21T10:00:00Z")
    (answer,) = body["answers"]
    assert (answer["email"], answer["answer"], answer["source"], answer["state"]) == (
        GRETA,
        "DECLINED",
        "mail",
        "counted",
    )


async def test_an_answer_changes_no_etag(api: Api) -> None:
    booked = await api.booked()
    await answered(api, booked.body["id"], "ACCEPTED")
    path = f"/lessons/{booked.body['id']}"
    assert (await api.ask("GET", path)).headers["ETag"] == booked.headers["ETag"]
    assert (await api.ask("PATCH", path, {"title": "Phonetics"}, If_Match=booked.headers["ETag"])).status == 200
