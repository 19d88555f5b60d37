"""The foreign readers that judge what we write."""

from collections.abc import Iterator

import pytest

from tests.judges.icaljs import IcalJs


@pytest.fixture(scope="session")
def icaljs() -> Iterator[IcalJs]:
    with IcalJs() as process:
        yield process
