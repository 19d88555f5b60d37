"""The first joint lesson with either browser on either side, each in a network namespace of its own.

``python -m tests.journeys.first_lesson firefox firefox`` plays the pairings of one kind.
"""

import json
import sys

import pytest

from tests import netns
from tests.needs import need_namespaces

SECONDS = 240
WITHIN = 3.0

pytestmark = [pytest.mark.alone, pytest.mark.browser, pytest.mark.namespace, pytest.mark.timeout(SECONDS + 20)]


@pytest.mark.parametrize(("first", "second"), [("chromium", "firefox"), ("firefox", "chromium")])
def test_a_lesson_goes_from_the_form_to_the_picture(first: str, second: str) -> None:
    need_namespaces()
    with netns.namespace() as inside:
        printed = inside.run([sys.executable, "-m", "tests.journeys.first_lesson", first, second], SECONDS)
    assert json.loads(printed)["join_seconds_median"] <= WITHIN
