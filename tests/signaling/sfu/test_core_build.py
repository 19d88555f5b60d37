"""Building the compiled core: where it can't be done it isn't, and the build goes on."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

import hatch_build
from signaling.sfu.engine.core import build as core
from tests.needs import need_compiler


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that holds the core's sources and nothing else."""
    shutil.copytree(core.FOLDER, tmp_path / hatch_build.CORE, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    return tmp_path


def build_of(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("core_build", checkout / hatch_build.CORE / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def compiler() -> None:
    need_compiler()


@pytest.fixture
def without_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)


@pytest.mark.usefixtures("without_compiler")
def test_without_a_compiler_the_hook_builds_nothing_and_says_why(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hatch_build.build_core(checkout) is None
    assert "not built, a C compiler or Python's headers are missing" in capsys.readouterr().err


@pytest.mark.usefixtures("compiler")
def test_the_hook_builds_once_and_anew_when_a_source_changed(checkout: Path) -> None:
    built = hatch_build.build_core(checkout)
    assert built is not None
    first = built.stat().st_mtime_ns
    assert hatch_build.build_core(checkout) == built
    assert built.stat().st_mtime_ns == first
    with (checkout / hatch_build.CORE / "in.c").open("a") as source:
        source.write("/* changed */\n")
    assert not build_of(checkout).is_current()


@pytest.mark.usefixtures("compiler")
def test_what_the_compiler_says_is_told(checkout: Path) -> None:
    with (checkout / hatch_build.CORE / "out.c").open("a") as source:
        source.write("no C at all\n")
    build = build_of(checkout)
    with pytest.raises(build.CannotBuildError, match="the compiler said"):
        build.build()


def test_every_source_counts(checkout: Path) -> None:
    names = {each.name for each in (checkout / hatch_build.CORE).iterdir()} - {"__init__.py"}
    assert names == set(core.SOURCES)
