"""Calendar programs that judge our calendars from outside: vdirsyncer, khal, python-caldav and its tester.

They need packages that don't go with ours, so they live in an environment of their own, made once by pip in the
git-ignored ``tests/.programs/``.
"""

import asyncio
import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.needs import unavailable

HERE: Final = Path(__file__).parent
HOME: Final = HERE.parent / ".programs"
LIST: Final = HERE / "programs.txt"


def folder() -> Path:
    """The environment's folder of programs; installs what the list names unless it is there."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _installed():
            _install()
    return HOME / "env" / "bin"


async def run(name: str, *arguments: str, home: Path, said: str = "") -> str:
    """Run a program of the environment in a folder of its own; ``said`` is what it is told on its input."""
    programs = await asyncio.to_thread(folder)
    environment = os.environ | {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "LC_ALL": "C.UTF-8"}
    process = await asyncio.create_subprocess_exec(
        programs / name,
        *arguments,
        cwd=home,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(said.encode())
    assert process.returncode == 0, output.decode()
    return output.decode()


def _installed() -> bool:
    mark = HOME / "installed"
    return mark.exists() and mark.read_bytes() == LIST.read_bytes()


def _install() -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", HOME / "env"], check=True)
    pip = [str(HOME / "env" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--requirement", str(LIST)]
    done = subprocess.run(pip, check=False, capture_output=True, text=True)
    if done.returncode:
        unavailable(f"pip can't install the calendar programs: {done.stderr[-500:]}")
    (HOME / "installed").write_bytes(LIST.read_bytes())
