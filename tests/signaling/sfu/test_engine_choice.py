"""Which engine a wish brings, and what comes where it can't be granted."""

import sysconfig
from pathlib import Path

import pytest

from signaling.sfu import EngineWish, best_engine
from signaling.sfu.engine.choice import choose
from tests.signaling.sfu.conftest import build_core


def test_the_compiled_engine_is_the_best_where_it_was_built() -> None:
    build_core()
    assert (best_engine("auto"), best_engine("plain")) == ("pump", "plain")


def test_without_sendmmsg_the_plain_engine_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.sfu.engine.mmsg.sys.platform", "darwin")
    assert choose("auto").name == "plain"


@pytest.mark.parametrize("wish", ["auto", "pump"])
def test_without_the_compiled_core_the_next_best_engine_runs(wish: EngineWish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.sfu.engine.pump.MODULE", "signaling.sfu.engine.core.missing")
    assert choose(wish).name == "mmsg"


def test_a_core_that_this_machine_cannot_load_is_no_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"broken{sysconfig.get_config_var('EXT_SUFFIX')}").write_bytes(b"made for another machine")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("signaling.sfu.engine.pump.MODULE", "broken")
    assert choose("auto").name == "mmsg"
