"""The core with address and undefined behaviour sanitizers, in a process of its own, with the real libsrtp."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from signaling.sfu.engine import pump
from signaling.sfu.engine.core import build as core

OPTIONS = "detect_leaks=0:abort_on_error=1:handle_segv=1"


def library() -> str | None:
    """The sanitizer's library, which must be loaded before everything else; nothing where there is none."""
    if not shutil.which("cc"):
        return None
    said = subprocess.run(["cc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    path = Path(said.stdout.strip())
    return str(path.resolve()) if path.is_absolute() and path.exists() else None


def run(seconds: float, seed: int) -> int:
    """Builds the core anew and plays hostile packets to it, half of the time without encryption."""
    preloaded = library()
    if preloaded is None:
        raise FileNotFoundError("The compiler has no address sanitizer: apt install gcc.")
    with tempfile.TemporaryDirectory() as folder:
        core.build(Path(folder), core.SANITIZED)
        options = ("--seconds", str(seconds / 2), "--seed", str(seed), "--core", folder)
        command = [sys.executable, "-m", "tests.fuzz", "core", "bare", *options]
        # every object of Python in an allocation of its own, so that reading past its end is noticed
        environment = os.environ | {"LD_PRELOAD": preloaded, "ASAN_OPTIONS": OPTIONS, "PYTHONMALLOC": "malloc"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return sum(int(line.split()[1]) for line in done.stdout.splitlines())


def load(folder: Path) -> None:
    """Lets the engine take the core that stands in a folder; one of that name may be loaded once only."""
    sys.path.insert(0, str(folder))
    pump.MODULE = core.MODULE
    loaded = Path(pump._core().__file__).parent
    if loaded != folder.resolve():
        raise ImportError(f"The core is that of {loaded}, which was loaded before.")
