"""aiortc publishes and plays real media through the doors of the whole application."""

from collections.abc import AsyncIterator

import aioice.ice
import pytest

from tests.signaling.sfu.clients import until
from tests.web.whip.clients import Remote, playing, publishing
from tests.web.whip.studio import STUDENT, Studio

KYIV_TEACHER = ("teacher", "kyiv")


@pytest.fixture(autouse=True)
def _loopback_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets aioice gather 127.0.0.1, which it leaves out otherwise."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])


@pytest.fixture
async def closing() -> AsyncIterator[list[Remote]]:
    """The clients of a test, closed after it."""
    remotes: list[Remote] = []
    yield remotes
    for each in remotes:
        await each.client.close()


def sees_and_hears(remote: Remote) -> bool:
    return min(remote.client.decoded("video"), remote.client.decoded("audio")) > 5


async def test_what_is_published_is_played(studio: Studio, closing: list[Remote]) -> None:
    closing += [await publishing(studio), player := await playing(studio, STUDENT)]
    await until(lambda: sees_and_hears(player))
    encoder = next(each for each in studio.roster() if each.name == "teacher of vienna")
    assert (encoder.state, encoder.audio, encoder.video) == ("live", True, True)


async def test_a_device_publishes_and_plays_the_others_with_one_token(studio: Studio, closing: list[Remote]) -> None:
    token = await studio.device()
    closing += [await publishing(studio, token, 240), await publishing(studio, KYIV_TEACHER, 160)]
    closing += [other := await playing(studio, STUDENT, slots=2), own := await playing(studio, token, slots=2)]
    await until(lambda: {160, 240} == set(other.client.widths.values()))
    await until(lambda: sees_and_hears(own))
    assert set(own.client.widths.values()) == {160}


async def test_after_the_delete_the_others_are_told_and_the_picture_stops(
    studio: Studio, closing: list[Remote]
) -> None:
    closing += [encoder := await publishing(studio), player := await playing(studio, STUDENT)]
    await until(lambda: sees_and_hears(player))
    await encoder.delete()
    assert studio.there() == [("student of kyiv", "student")]


async def test_an_encoder_that_hangs_up_gives_up_its_seat(studio: Studio, closing: list[Remote]) -> None:
    closing += [encoder := await publishing(studio), player := await playing(studio, STUDENT)]
    await until(lambda: sees_and_hears(player))
    await encoder.client.pc.close()
    await until(lambda: studio.there() == [("student of kyiv", "student")])
    assert (await studio.delete(encoder.session)).status == 404


async def test_an_encoder_that_crashed_is_back_with_a_new_offer(studio: Studio, closing: list[Remote]) -> None:
    closing += [crashed := await publishing(studio, width=160), player := await playing(studio, STUDENT)]
    await until(lambda: sees_and_hears(player))
    await crashed.client.vanish()
    closing += [await publishing(studio, width=240)]
    await until(lambda: 240 in player.client.widths.values())
    assert sorted(studio.there()) == [("student of kyiv", "student"), ("teacher of vienna", "host")]
