"""Notices of approvals as mails: each row that is written can be put into words, in its reader's language."""

from email.message import EmailMessage

from tests.web.api import Api
from tests.web.test_approvals import KYIV, VIENNA, booking_of, decide
from vclass.core import outbox
from vclass.mail import POSTMAN


async def mails(api: Api, notice: str) -> dict[str, EmailMessage]:
    """The notices of a kind, by address."""
    rows = [each.leased for each in await api.database.read(outbox.listing) if each.leased.kind == "notice"]
    postman = api.client.app[POSTMAN]
    return {each.recipient: postman.compose(each).message for each in rows if each.facts["notice"] == notice}


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_who_approves_is_led_to_the_request_and_who_asked_learns_for_whom_it_waits(asking: Api) -> None:
    booking = await booking_of(asking, (await asking.booked()).body)
    told = await mails(asking, "requested")
    assert f"http://vclass.example/approvals/{booking}" in text(told["room_admin@kyiv.example"])
    owner = told["teacher@vienna.example"]
    assert "Joint seminar" in owner["Subject"]
    assert "KPI" in text(owner)
    assert "/lessons/" in text(owner)


async def test_who_asked_reads_why_it_was_rejected_and_what_is_free(asking: Api) -> None:
    booking = await booking_of(asking, (await asking.booked()).body)
    await decide(asking, booking, "reject", KYIV, reason="The hall is flooded.")
    told = await mails(asking, "rejected")
    assert "The hall is flooded." in text(told["teacher@vienna.example"])
    assert "Large hall" not in text(told["room_admin@vienna.example"])


async def test_who_lost_the_slot_reads_until_when_it_is_taken(asking: Api) -> None:
    alone = {"rooms": [asking.hall("vienna")], "teachers": [], "transparent": True}
    one, two = [(await asking.booked(title=title, **alone)).body for title in ("One", "Two")]
    await decide(asking, await booking_of(asking, one), "approve", VIENNA)
    await decide(asking, await booking_of(asking, two), "approve", VIENNA)
    lost = (await mails(asking, "taken"))["teacher@vienna.example"]
    assert "11:30" in text(lost)
    assert "Large hall" in text(lost)
