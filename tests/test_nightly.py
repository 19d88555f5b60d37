"""The night's command: it plays what is named, keeps what was said, and tells what failed."""

import importlib.util
from pathlib import Path

import pytest

from tests import nightly
from tests.nightly import FORMS, Form


def forms(monkeypatch: pytest.MonkeyPatch, **commands: str) -> None:
    """Programs of one line instead of the long ones."""
    monkeypatch.setattr(nightly, "FORMS", {name: one_line(line) for name, line in commands.items()})


def one_line(line: str) -> Form:
    return Form("timeit", lambda _: ("-n1", "-r1", line))


def test_every_form_is_a_program_that_there_is() -> None:
    assert all(importlib.util.find_spec(form.module) for form in FORMS.values())


def test_a_short_share_leaves_no_form_without_anything_to_do() -> None:
    numbers = [each for form in FORMS.values() for each in form.arguments(0.001) if each.isdecimal()]
    assert numbers
    assert all(int(each) >= 1 for each in numbers)


def test_a_night_that_went_well_ends_with_a_table_and_zero(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forms(monkeypatch, quiet="pass", talkative="print('seed 7')")
    assert nightly.main(["--logs", str(tmp_path)]) == 0
    assert "2 of 2 went well" in capsys.readouterr().out
    assert "seed 7" in (tmp_path / "talkative.log").read_text("utf-8")


def test_one_failure_fails_the_night_and_the_others_are_played_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forms(monkeypatch, broken="1 / 0", sound="pass")
    assert nightly.main(["--logs", str(tmp_path)]) == 1
    broken, sound, total = capsys.readouterr().out.splitlines()
    assert "FAILED" in broken
    assert "ok" in sound
    assert total.startswith("1 of 2")


def test_a_form_that_hangs_is_ended(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        assert nightly.finished(["sleep", "60"], log, 0.2) != 0


def test_what_there_is_not_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        nightly.main(["stateless"])
    assert "there is no stateless" in capsys.readouterr().err
