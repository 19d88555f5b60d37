"""The whole way: aiortc peers that signal over the socket and send real media through the SFU."""

from typing import cast

from signaling.media import Answer, Offer, Refused
from signaling.sfu import Sfu
from tests.signaling.conftest import Person, School
from tests.signaling.sfu.clients import Client, until


class Wire:
    """Negotiates over a person's socket."""

    def __init__(self, person: Person) -> None:
        self.person = person

    async def negotiate(self, offer: Offer) -> Answer | Refused:
        await self.person.say("offer", sdp=offer.sdp, rev=offer.revision)
        answer = await self.person.hear("answer")
        return Answer(offer.peer, answer["rev"], answer["sdp"])


async def connected(person: Person) -> Client:
    client = Client(cast("Sfu", Wire(person)), "unused").publish().slots(1)
    await client.join()
    await person.hear("state", state="live")
    return client


async def test_nobody_is_seen_or_heard_before_the_server_unmuted_them(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    sender, viewer = await connected(olena), await connected(marko)
    await olena.say("mute", kind="video", muted=False)
    await until(lambda: viewer.decoded("video") > 5)
    assert (viewer.decoded("audio"), sender.decoded("video")) == (0, 0)
    await olena.say("mute", kind="audio", muted=False)
    await until(lambda: viewer.decoded("audio") > 5)
    for client in (sender, viewer):
        await client.close()


async def test_the_picture_goes_on_while_the_socket_is_away(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    sender, viewer = await connected(olena), await connected(marko)
    await olena.say("mute", kind="video", muted=False)
    await until(lambda: viewer.decoded("video") > 0)
    await olena.ws.close()
    await marko.hear("state", state="away")
    before = viewer.decoded("video")
    await until(lambda: viewer.decoded("video") > before + 5)
    back = await school.resume(olena.heard[0]["resume"]["secret"], olena.seq)
    assert back.heard[0]["media"] == "kept"
    for client in (sender, viewer):
        await client.close()


async def test_each_learns_who_is_in_which_slot_and_that_it_empties_on_leaving(school: School) -> None:
    olena, marko = await school.enter("Olena"), await school.enter("Marko")
    clients = [await connected(olena), await connected(marko)]
    slots = await marko.hear("slots")
    assert {slot["participant"] for slot in slots["slots"]} == {olena.heard[0]["me"]["id"]}
    await olena.say("bye")
    await marko.hear("left")
    emptied = await marko.hear("slots")
    assert {slot["participant"] for slot in emptied["slots"]} == {None}
    for client in clients:
        await client.close()
