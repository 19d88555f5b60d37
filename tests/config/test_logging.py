"""Logs: one JSON object a line, and no secret in any part of it."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.logging import configure

TOKEN = "c2VjcmV0LXNlY3JldA"

logger = logging.getLogger("vclass.test")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a server writes to standard error; afterwards logging is as it was."""
    root = logging.getLogger()
    before, level, written = root.handlers[:], root.level, io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root.handlers.clear()
    configure(as_json=True)
    yield written
    root.handlers[:] = before
    root.setLevel(level)


def test_what_is_passed_as_extra_becomes_fields(told: io.StringIO) -> None:
    logger.info("a mail was refused", extra={"row": 7})
    event = json.loads(told.getvalue())
    assert (event["event"], event["row"], event["level"]) == ("a mail was refused", 7, "INFO")


def test_j3_a_secret_is_in_no_part_of_a_line(told: io.StringIO) -> None:
    logger.info("GET %s", f"/join/{TOKEN}")
    logger.info("asked", extra={"path": f"/sign-in/{TOKEN}", "header": f"Bearer {TOKEN}"})
    try:
        Path(f"/cal/{TOKEN}.ics").read_text("utf-8")
    except FileNotFoundError:
        logger.exception("failed")
    assert TOKEN not in told.getvalue()
    assert [json.loads(line)["event"] for line in told.getvalue().splitlines()] == ["GET /join/***", "asked", "failed"]
