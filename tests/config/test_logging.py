"""Logs: one JSON object a line, and no secret in any part of it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.logging import configure

TOKEN = "c2VjcmV0LXNlY3JldA"


@pytest.fixture
def logger(capsys: pytest.CaptureFixture[str]) -> Iterator[logging.Logger]:
    """Logging as a server has it, to the standard error that the test reads; afterwards as it was."""
    capsys.readouterr()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure(as_json=True)
    yield logging.getLogger("vclass.test")
    root.handlers[:] = before
    root.setLevel(level)


def test_what_is_passed_as_extra_becomes_fields(logger: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    logger.info("a mail was refused", extra={"row": 7})
    event = json.loads(capsys.readouterr().err)
    assert (event["event"], event["row"], event["level"], event["logger"]) == (
        "a mail was refused", 7, "INFO", "vclass.test",
    )  # fmt: skip


def test_j3_a_secret_is_in_no_part_of_a_line(logger: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    logger.info("GET %s", f"/join/{TOKEN}")
    logger.info("asked", extra={"path": f"/sign-in/{TOKEN}", "header": f"Bearer {TOKEN}"})
    try:
        Path(f"/cal/{TOKEN}.ics").read_text("utf-8")
    except FileNotFoundError:
        logger.exception("failed")
    told = capsys.readouterr().err
    assert TOKEN not in told
    assert [len(json.loads(line)) >= 4 for line in told.splitlines()] == [True] * 3
