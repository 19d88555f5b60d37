"""One server and one Thunderbird for the tests of a module."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.interop import thunderbird
from tests.interop.correspondence import Correspondence, corresponding
from tests.needs import need_dovecot, unavailable


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def greta() -> AsyncIterator[Correspondence]:
    """Somebody who is invited, and reads her mail in Thunderbird."""
    if thunderbird.program() is None or thunderbird.screen_program() is None:
        unavailable("Thunderbird is missing: apt-get install thunderbird xvfb")
    need_dovecot()
    async with corresponding() as there:
        yield there
