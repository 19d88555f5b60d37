"""Two browsers in one lesson: they see and hear each other, and come back after troubles."""

import asyncio
import re

import pytest
from msgspec import structs
from playwright.async_api import Page, expect

from signaling import Live
from signaling.media import Answer, CloseRoom, Leave, Moved, Offer, Refused, RoomId
from signaling.protocol import Report, Way
from tests.signaling.sfu.clients import until
from tests.web.client.classroom import LESSON, Classroom
from tests.web.client.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

DECODES = """async (kind) => {
  const count = async () => {
    const streams = (await vclass.stats())[kind];
    return streams.reduce((sum, one) => sum + (one.framesDecoded ?? one.packetsReceived), 0);
  };
  const before = await count();
  while ((await count()) < before + 5) await new Promise((resolve) => setTimeout(resolve, 100));
}"""
WAIT_SECONDS = 15
MOST_SDP = 32_768
WITHOUT_VP8 = """
const all = RTCRtpReceiver.getCapabilities.bind(RTCRtpReceiver);
RTCRtpReceiver.getCapabilities = (kind) => {
  const found = all(kind);
  return {...found, codecs: found.codecs.filter((one) => one.mimeType !== "video/VP8")};
};"""
CONNECTIONS = """
const Connection = RTCPeerConnection;
window.connections = [];
window.RTCPeerConnection = class extends Connection {
  constructor(...wishes) { super(...wishes); window.connections.push(this); }
};"""
SLOT_CODECS = """connections[0].localDescription.sdp.split("m=video").at(-1).match(/rtpmap:\\d+ \\w+/g).map(
  (line) => line.split(" ")[1])"""
MODES = "connections[0].getSenders().flatMap((one) => one.getParameters().encodings).map((one) => one.scalabilityMode)"


async def decodes(page: Page, kind: str) -> None:
    """Waits until frames or packets of that kind come in."""
    async with asyncio.timeout(WAIT_SECONDS):
        await page.evaluate(DECODES, kind)


async def switch_on(page: Page, *kinds: str) -> None:
    for kind in kinds:
        await page.locator(f"[data-device={kind}]").click()
        await expect(page.locator(f"[data-device={kind}]")).to_have_attribute("aria-pressed", "true")


async def both(visit: Visit) -> tuple[Page, Page]:
    """Anna and Danylo, both in the lesson."""
    anna, danylo = await visit("/lesson/anna"), await visit("/lesson/danylo")
    await expect(anna.locator("[data-participant] >> text=Данило Савчук").first).to_be_visible()
    return anna, danylo


async def test_two_people_see_and_hear_each_other(visit: Visit) -> None:
    anna, danylo = await both(visit)
    await switch_on(anna, "audio", "video")
    await switch_on(danylo, "audio", "video")
    for page in (anna, danylo):
        await decodes(page, "video")
        await decodes(page, "audio")


async def test_a_picture_comes_as_large_as_it_is_drawn(visit: Visit, classroom: Classroom) -> None:
    classroom.camera = (960, 540)
    anna, danylo = await both(visit)
    await switch_on(danylo, "video")
    for width, (across, down) in {960: (1600, 1200), 240: (360, 640)}.items():
        await anna.set_viewport_size({"width": across, "height": down})
        await anna.wait_for_function(
            f"async () => (await vclass.stats()).video.some((one) => one.frameWidth === {width})"
        )


async def prepared(visit: Visit, person: str, script: str) -> Page:
    """Somebody's classroom in a browser of a special kind."""
    page = await visit(f"/left/{person}")
    await page.add_init_script(script)
    await page.goto(page.url.replace("/left/", "/lesson/"))
    return page


async def test_who_cannot_decode_a_picture_is_told_so_in_its_place(visit: Visit) -> None:
    anna, danylo = await prepared(visit, "anna", WITHOUT_VP8), await visit("/lesson/danylo")
    await switch_on(danylo, "video")
    sentence = anna.get_by_text("This browser can't play VP8 video. Try another one.")
    await expect(sentence).to_be_visible()
    await danylo.locator("[data-device=video]").click()
    await expect(sentence).not_to_be_visible()


async def test_slots_play_every_codec_in_an_offer_of_allowed_length_and_cameras_send_one_spatial_layer(
    visit: Visit,
) -> None:
    anna = await prepared(visit, "anna", CONNECTIONS)
    await switch_on(anna, "video")
    assert set(await anna.evaluate(SLOT_CODECS)) == {"AV1", "H264", "VP8", "VP9", "rtx"}
    assert await anna.evaluate("connections[0].localDescription.sdp.length") <= MOST_SDP
    assert all((mode or "L1").startswith("L1") for mode in await anna.evaluate(MODES))


async def test_microphone_and_camera_start_off(visit: Visit) -> None:
    anna, _ = await both(visit)
    for kind, label in (("audio", "Unmute"), ("video", "Start camera")):
        button = anna.locator(f"[data-device={kind}]")
        await expect(button).to_have_attribute("aria-pressed", "false")
        await expect(button).to_have_text(label)


async def test_a_lost_socket_comes_back_to_the_same_seat_while_media_flow(visit: Visit) -> None:
    anna, danylo = await both(visit)
    await switch_on(danylo, "video")
    await decodes(anna, "video")
    seat = await anna.evaluate("vclass.me.id")
    await anna.evaluate("vclass.dropSocket(5000)")
    await expect(anna.get_by_text("Your seat is kept.")).to_be_visible()
    await decodes(anna, "video")
    await expect(anna.locator("#classroom")).to_have_attribute("data-phase", "inside")
    assert await anna.evaluate("vclass.me.id") == seat
    await expect(danylo.locator("#p2 li")).to_have_count(2)


async def test_the_lesson_opened_elsewhere_ends_here_and_can_be_brought_back(visit: Visit) -> None:
    here = await visit("/lesson/anna")
    await expect(here.get_by_text("Nobody else is here yet.")).to_be_visible()
    there = await visit("/lesson/anna")
    await here.get_by_role("button", name="Bring it back here").click()
    await expect(here.get_by_text("Nobody else is here yet.")).to_be_visible()
    await expect(there.get_by_role("heading", name="The lesson is open somewhere else")).to_be_visible()


async def test_leaving_empties_the_seat_and_leads_to_the_lessons_page(visit: Visit) -> None:
    anna, danylo = await both(visit)
    await danylo.get_by_role("button", name="Вийти").click()
    await expect(danylo.get_by_text("Goodbye, danylo")).to_be_visible()
    await expect(anna.get_by_text("Nobody else is here yet.")).to_be_visible()


async def test_a_line_written_while_the_socket_is_lost_arrives_once(visit: Visit) -> None:
    anna, danylo = await both(visit)
    await danylo.evaluate("vclass.dropSocket(1000)")
    await danylo.locator("#msg").fill("Ні, від дня публікації.")
    await danylo.keyboard.press("Enter")
    line = anna.locator(".chat li", has_text="Ні, від дня публікації.")
    await expect(line).to_have_count(1)
    await expect(line.locator("[lang=uk]")).to_be_visible()
    await expect(danylo.get_by_text("Надсилаємо")).to_have_count(0)


async def test_a_teacher_mutes_a_student_whose_own_button_says_so(visit: Visit) -> None:
    anna, danylo = await both(visit)
    await switch_on(danylo, "audio")
    await anna.get_by_role("tab", name="People 2").click()
    await anna.get_by_role("button", name="Mute Данило Савчук").click()
    await expect(danylo.locator("[data-device=audio]")).to_have_attribute("aria-pressed", "false")
    await switch_on(danylo, "audio")
    await decodes(anna, "audio")


async def test_a_closed_door_says_why_in_the_words_of_the_server(
    visit: Visit, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom.doors_open = False
    monkeypatch.setattr(classroom, "ticket", lambda _identity: "spent")
    page = await visit("/lesson/anna")
    await expect(page.get_by_text("The lesson is over since 11:30.")).to_be_visible()
    assert [post.headers["X-CSRF-Token"] for post in classroom.posts] == ["the-token"]


async def test_media_that_the_server_gave_up_come_back_on_a_new_connection(visit: Visit, live: Live) -> None:
    anna, danylo = await both(visit)
    await switch_on(danylo, "video")
    await decodes(anna, "video")
    for peer in list(live._hub.media._peers):  # type: ignore[attr-defined] # as a restarted media worker does
        live._hub.media.command(Leave(peer))
    await decodes(anna, "video")


async def test_media_without_a_path_get_an_ice_restart_and_then_a_new_visit(
    visit: Visit, live: Live, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    revisions: list[int] = []
    real = live._hub.media.negotiate

    async def negotiate(offer: Offer) -> Answer | Refused:
        answer = await real(offer)
        revisions.append(offer.revision)
        if isinstance(answer, Answer) and not classroom.posts:
            return structs.replace(answer, sdp=re.sub(r" \d+ typ host", " 9 typ host", answer.sdp))
        return answer

    monkeypatch.setattr(live._hub.media, "negotiate", negotiate)
    anna, danylo = await visit("/lesson/anna"), await visit("/lesson/danylo")
    await expect(anna.get_by_text("Sound and picture don't get through yet.")).to_be_visible()
    await switch_on(danylo, "video")
    await decodes(anna, "video")
    assert {1, 2} <= set(revisions)
    assert classroom.posts


async def test_a_join_makes_one_offer_and_a_move_of_the_media_one_more_in_the_same_seat(
    visit: Visit, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers: list[Offer] = []
    real = live._hub.media.negotiate

    async def negotiate(offer: Offer) -> Answer | Refused:
        offers.append(offer)
        return await real(offer)

    monkeypatch.setattr(live._hub.media, "negotiate", negotiate)
    anna, danylo = await both(visit)
    await switch_on(danylo, "video")
    await decodes(anna, "video")
    seat = await anna.evaluate("vclass.me.id")
    assert len(offers) == 2
    live._hub.heard(Moved(RoomId(LESSON)))
    live._hub.media.command(CloseRoom(RoomId(LESSON)))
    await until(lambda: len(offers) == 4)
    await decodes(anna, "video")
    assert (len(offers), await anna.evaluate("vclass.me.id")) == (4, seat)


async def test_a_page_reports_its_connection_and_whoever_comes_up_badly_has_a_mark_on_the_tile(
    visit: Visit, live: Live
) -> None:
    anna, danylo = await both(visit)
    await switch_on(danylo, "video")
    await decodes(anna, "video")
    counted = live.measures().height.count
    await until(lambda: live.measures().height.count > counted)
    room = live._hub._rooms[LESSON]
    who = await danylo.evaluate("vclass.me.id")
    tile = anna.locator(f'.halls [data-participant="{who}"]')
    await expect(tile.locator("[data-signal]")).to_have_count(0)
    weak = Report(up=Way(kilobits=90, lost=0.2), down=Way(kilobits=90, lost=0), round_trip_ms=20)
    seat = room.seats[who]
    assert seat.socket is not None
    await live._hub.obey(seat.socket, weak)
    seat.reported_at = 0
    await live._hub.obey(seat.socket, weak)
    await expect(tile.locator("[data-signal=poor]")).to_be_visible()
    await expect(tile.get_by_text("Poor connection")).to_have_count(1)


async def test_keys_switch_talk_and_write(visit: Visit) -> None:
    anna = await visit("/lesson/anna")
    microphone = anna.locator("[data-device=audio]")
    await anna.locator("main").focus()
    await anna.keyboard.press("m")
    await expect(microphone).to_have_text("Mute")
    await anna.keyboard.press("m")
    await expect(microphone).to_have_text("Unmute")
    await anna.keyboard.down("Space")
    await expect(microphone).to_have_text("Mute")
    await anna.keyboard.up("Space")
    await expect(microphone).to_have_text("Unmute")
    await anna.keyboard.press("c")
    await expect(anna.get_by_label("Message to everyone")).to_be_focused()
    await anna.keyboard.press("Escape")
    await expect(anna.locator("main")).to_be_focused()
