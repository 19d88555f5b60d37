"""What the tests need of the machine, and the checks that run beside them."""

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ctypes.util import find_library
from functools import partial
from pathlib import Path

import pytest

from tests import dovecot, postgres, relay
from tests.interop import thunderbird

MOST_WORKERS = 4
BESIDE_ONE_ANOTHER = ("--dist=loadfile", "--no-loadscope-reorder", "--durations=25", "--durations-min=2")
"""A file stays with one process, for what its tests share; the order is that of ``conftest.py``."""

ROOT = Path(__file__).resolve().parent.parent
FOR_BENCHMARKS = ("janus",)
BENCHMARKS = ("booking", "startup", "joining", "media", "rooms", "slots", "calendar")
CHECKS = (
    ("format", ["ruff", "format", "--check", "--quiet", "."]),
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy"]),
    ("import contracts", ["lint-imports", "--no-cache"]),
)


def main(arguments: list[str]) -> int:
    """Install what may be installed, say what is missing, then check and test."""
    missing = install_missing()
    if missing:
        print(f"tests: please install {' '.join(sorted(missing))}; without them some tests are left out.", flush=True)
        if os.environ.get("CI") == "true":
            return 1
    if arguments == ["--benchmarks"]:
        install({name for name in FOR_BENCHMARKS if not shutil.which(name)})
        return max(_run([sys.executable, "-m", f"tests.benchmarks.{name}", "--json"]) for name in BENCHMARKS)
    if arguments:
        return int(pytest.main(arguments))
    if not checks_pass():
        return 1
    pytest_command = [sys.executable, "-m", "pytest", "tests"]
    beside = _run([*pytest_command, "-m", "not alone", f"--numprocesses={workers()}", *BESIDE_ONE_ANOTHER])
    alone = _run([*pytest_command, "-m", "alone", "--durations=0"])
    return beside or alone


def workers() -> int:
    """How many processes run tests: each has browsers and a PostgreSQL of its own, and waits for them at times."""
    return min(max(os.cpu_count() or 1, 2) + 1, MOST_WORKERS)


def missing_packages() -> set[str]:
    """Debian's names of what isn't here."""
    found: dict[str, object] = {
        "coturn": relay.program(),
        "chromium": os.environ.get("VCLASS_CHROMIUM") or shutil.which("chromium"),
        "dovecot-imapd": dovecot.program(),
        "firefox-esr": os.environ.get("VCLASS_FIREFOX") or shutil.which("firefox-esr"),
        "gcc": shutil.which("cc"),
        "libc6-dev": Path("/usr/include/stdio.h").exists(),
        "libical3": find_library("ical"),
        "iproute2": shutil.which("ip"),
        "postgresql": postgres.binaries(),
        "python3-dev": Path(sysconfig.get_path("include"), "Python.h").exists(),
        "thunderbird": thunderbird.program(),
        "xvfb": thunderbird.screen_program(),
    }
    return {package for package, path in found.items() if not path}


def install_missing() -> set[str]:
    """Install with apt-get where that is allowed; give what is still missing."""
    install(missing_packages())
    return missing_packages()


def install(missing: set[str]) -> None:
    """Install with apt-get where that is allowed."""
    if missing and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"tests: installing {' '.join(sorted(missing))} ...", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *sorted(missing)]):
            subprocess.run(["apt-get", "-qq", *command], env=environment, check=False, stdout=subprocess.DEVNULL)


def checks_pass() -> bool:
    """Everything but the tests, two at a time; each is told of when it is through."""
    checks: list[tuple[str, Callable[[], bool]]] = [("wheel in a fresh environment", wheel_works)]
    checks += [(name, partial(_tool_passes, command)) for name, command in CHECKS]
    with ThreadPoolExecutor(2) as pool:
        return all([*pool.map(_passes, checks)])


def _passes(check: tuple[str, Callable[[], bool]]) -> bool:
    name, work = check
    passed = work()
    print(f"tests: {name}: {'passed' if passed else 'FAILED'}", flush=True)
    return passed


def _tool_passes(command: list[str]) -> bool:
    tool, *options = command
    return _run([str(Path(sys.executable).with_name(tool)), *options]) == 0


def _run(command: list[str], cwd: Path = ROOT) -> int:
    return subprocess.run(command, cwd=cwd, check=False).returncode


def wheel_works() -> bool:
    """Build the wheel, install it in a fresh environment and let its doctor look, away from the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        built, fresh = Path(folder, "built"), Path(folder, "fresh")
        pip = [sys.executable, "-m", "pip"] if importlib.util.find_spec("pip") else None
        build = (
            [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(built), str(ROOT)]
            if pip
            else ["uv", "build", "--quiet", "--wheel", "--out-dir", str(built), str(ROOT)]
        )
        if _run(build) != 0 or _run([sys.executable, "-m", "venv", str(fresh)]) != 0:
            return False
        (wheel,) = built.glob("*.whl")
        python = fresh / "bin" / "python"
        constraints = str(ROOT / "config" / "constraints.txt")
        install = [str(python), "-m", "pip", "install", "--quiet", "--constraint", constraints, str(wheel)]
        # Isolated: a PYTHONPATH that names the checkout would answer in the wheel's place.
        look = [str(python), "-I", str(fresh / "bin" / "vclass"), "doctor", "--installation"]
        return _run(install) == 0 and _run(look, Path("/")) == 0
