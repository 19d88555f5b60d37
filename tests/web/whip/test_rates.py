"""How often one may knock at the doors of encoders and players (rule H6)."""

import pytest

from tests.web.whip.studio import Studio
from vclass.web.limits import Limits, Rate

FEW = 200


@pytest.fixture
def limits() -> Limits:
    """The usual rates, but for a lesson's doors, which let few through."""
    return Limits(join=Rate(0.001, FEW))


async def test_h6_guessed_tokens_are_slow_while_good_ones_pass(studio: Studio) -> None:
    guesses = 0
    while (reply := await studio.post(who=f"guess-{guesses}")).status == 401:
        guesses += 1
    assert (reply.told, guesses >= 30) == ((429, "too-many"), True)
    assert (await studio.post()).status == 201


async def test_h6_these_doors_share_the_rate_of_the_lessons_other_doors(studio: Studio) -> None:
    for _ in range(FEW):
        assert (await studio.api.client.get("/live/nowhere/ws")).status == 403
    reply = await studio.post()
    assert reply.told == (429, "too-many")
    assert int(reply.headers["Retry-After"]) > 0
