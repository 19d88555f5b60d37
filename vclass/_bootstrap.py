"""Make ``python3 -m vclass`` and ``python3 -m tests`` work from a bare checkout.

Standard library only, since nothing else is there yet: makes ``.venv`` once, installs the project and the wanted
dependency groups into it, and goes on in it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
BUILT = (Path("vclass", "web", "client"), Path("signaling", "sfu", "engine", "core"))
NOT_SOURCES = {"node_modules", "__pycache__"}


def ensure(*groups: str) -> None:
    """Go on in the checkout's ``.venv``, with the project and the groups installed; do nothing when installed."""
    if not (ROOT / "pyproject.toml").is_file():
        return
    if sys.version_info < OLDEST:
        raise SystemExit(f"vclass needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    venv = ROOT / ".venv"
    _install(venv, groups)
    if Path(sys.prefix).resolve() != venv.resolve():
        _go_on_in(_python(venv))


def _install(venv: Path, groups: Iterable[str]) -> None:
    """Install what has no stamp of the present sources; a stamp for each group, and one for the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {group: requirements(project["dependency-groups"], group) for group in groups}
    state = _state()
    missing = [group for group in wanted if not _is_current(venv, group, state)]
    if not missing and _is_current(venv, "project", state):
        return
    print("vclass: setting up .venv (once, about a minute) ...", file=sys.stderr, flush=True)
    installer = _installer(venv)
    options = ["--editable", str(ROOT), "--constraint", str(ROOT / "config" / "constraints.txt")]
    command = [*installer, *options, *(r for group in missing for r in wanted[group])]
    if subprocess.run(command, check=False).returncode != 0:  # noqa: S603  our own command
        raise SystemExit("vclass: setting up did not work; the reason stands above. Mend it and run the same command.")
    for name in ("project", *missing):
        _stamp(venv, name).parent.mkdir(exist_ok=True)
        _stamp(venv, name).write_text(state, "ascii")


def requirements(groups: dict[str, list[Any]], name: str) -> list[str]:
    """The requirements of a dependency group with those that it includes (PEP 735; old pips have no ``--group``)."""
    found: list[str] = []
    for entry in groups[name]:
        found += [entry] if isinstance(entry, str) else requirements(groups, entry["include-group"])
    return found


def _installer(venv: Path) -> list[str]:
    """The command that installs into the environment, made if it isn't there."""
    uv = shutil.which("uv")
    if uv:
        command = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(venv)]
        subprocess.run(command, check=True)  # noqa: S603  our own command
        return [uv, "pip", "install", "--quiet", "--python", str(_python(venv))]
    try:
        import ensurepip  # noqa: F401, PLC0415  Debian leaves it out of python3
    except ImportError:
        raise SystemExit(
            "This Python cannot make virtual environments. On Debian and Ubuntu:\n"
            "    sudo apt install python3-venv\n"
            "and run the same command again."
        ) from None
    if not _has_pip(venv):
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)  # noqa: S603  our own command
    return [str(_python(venv)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _has_pip(venv: Path) -> bool:
    command = [str(_python(venv)), "-m", "pip", "--version"]
    return _python(venv).exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603  our own command


def _python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _state() -> str:
    """What the installation was made of: dependencies, build hook and the sources of what it builds."""
    files = [ROOT / "pyproject.toml", ROOT / "config" / "constraints.txt", ROOT / "hatch_build.py"]
    built = (path for folder in BUILT for path in (ROOT / folder).rglob("*") if path.is_file())
    files += sorted(path for path in built if NOT_SOURCES.isdisjoint(path.parts) and path.suffix != ".so")
    digest = hashlib.sha256(sys.version.encode())
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _stamp(venv: Path, name: str) -> Path:
    return venv / "vclass-installed" / name


def _is_current(venv: Path, name: str, state: str) -> bool:
    stamp = _stamp(venv, name)
    return _python(venv).exists() and stamp.is_file() and stamp.read_text("ascii") == state


def _go_on_in(python: Path) -> None:
    command = [str(python), *sys.orig_argv[1:]]
    if os.name == "nt":
        raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603  our own command
    os.execv(command[0], command)  # noqa: S606  the same command in the environment
