"""The connection test's own connections: alone, few at a time, and soon gone."""

import pytest

from signaling import probes
from signaling.whip import OfferRefusedError, UnavailableError
from tests.signaling.conftest import OFFER, OpenSchool
from tests.signaling.sfu.clients import until


async def test_a_probe_is_answered_and_ends_by_itself(open_school: OpenSchool, monkeypatch: pytest.MonkeyPatch) -> None:
    school = await open_school()
    monkeypatch.setattr(probes, "SECONDS", 0.2)
    assert "a=candidate:" in await school.live.probe(OFFER)
    assert school.live.figures().peers == 1
    await until(lambda: school.live.figures().peers == 0)


async def test_each_probe_is_alone(open_school: OpenSchool) -> None:
    school = await open_school()
    for _ in range(2):
        await school.live.probe(OFFER)
    assert (school.live.figures().rooms, school.live.lessons()) == (2, ())


async def test_what_is_no_offer_is_refused_and_leaves_nothing(open_school: OpenSchool) -> None:
    school = await open_school()
    with pytest.raises(OfferRefusedError):
        await school.live.probe("v=0\r\n")
    assert school.live.figures().peers == 0


async def test_too_many_at_once_are_asked_to_come_again(
    open_school: OpenSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = await open_school()
    monkeypatch.setattr(probes, "MOST", 1)
    await school.live.probe(OFFER)
    with pytest.raises(UnavailableError, match="Try again in a moment"):
        await school.live.probe(OFFER)
