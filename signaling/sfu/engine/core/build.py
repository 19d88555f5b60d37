"""Builds the compiled core: ``python signaling/sfu/engine/core/build.py``.

It needs a C compiler, Python's headers and cffi, and nothing of vclass: the build hook loads this file by its path.
libsrtp isn't linked; its functions are handed over at run time, out of pylibsrtp's own wheel.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SOURCES = ("build.py", "core.c", "core.h", "in.c", "out.c", "sieve.c", "sources.c")
MODULE = "_core"
VERSION_MARK = b"vclass core "
QUICK = ("-O3",)
SANITIZED = ("-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
ALWAYS = ("-std=gnu11", "-fPIC", "-shared", "-Wall", "-Wno-unused-function")

_DECLARED_IN_PYTHON = """
extern "Python" void core_carry(void *way, uint8_t *data, int size);
extern const char core_version[];
"""


class CannotBuildError(RuntimeError):
    """This machine lacks what the core is made with."""


def output(folder: Path = FOLDER) -> Path:
    """Where the built module stands, under the name that this Python looks for."""
    return folder / f"{MODULE}{sysconfig.get_config_var('EXT_SUFFIX')}"


def version() -> str:
    """Tells of which sources a module was built; the module carries it along."""
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((FOLDER / name).read_bytes())
    return f"{VERSION_MARK.decode()}{digest.hexdigest()[:16]}"


def is_current() -> bool:
    """Whether the module is there and was built from the present sources."""
    return output().is_file() and version().encode() in output().read_bytes()


def build(folder: Path = FOLDER, flags: tuple[str, ...] = QUICK) -> Path:
    """Compiles the core into a folder; raises `CannotBuildError` where something is missing."""
    with tempfile.TemporaryDirectory() as scratch:
        source, built = Path(scratch, f"{MODULE}.c"), Path(scratch, f"{MODULE}.so")
        _generate(source)
        include = f"-I{sysconfig.get_path('include')}"
        _run([*_compiler(), *ALWAYS, *flags, include, f"-I{FOLDER}", str(source), "-o", str(built), "-lm"])
        fresh = output(folder).with_suffix(f".{os.getpid()}")
        shutil.copyfile(built, fresh)
    fresh.replace(output(folder))
    return output(folder)


def _generate(source: Path) -> None:
    try:
        from cffi import FFI, recompiler  # noqa: PLC0415 - the sentence below tells of it
    except ImportError as error:
        raise CannotBuildError("cffi is missing") from error
    ffi = FFI()
    ffi.cdef((FOLDER / "core.h").read_text("ascii") + _DECLARED_IN_PYTHON)
    preamble = f'#include "core.c"\nconst char core_version[] = "{version()}";'
    recompiler.make_c_source(ffi, MODULE, preamble, str(source))


def _compiler() -> list[str]:
    """The compiler that the environment names, or else the one that Python was made with, or `cc`."""
    named = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    command = shlex.split(named)
    if not shutil.which(command[0]):
        command = ["cc"]
    if not shutil.which(command[0]) or not Path(sysconfig.get_path("include"), "Python.h").is_file():
        raise CannotBuildError("a C compiler or Python's headers are missing")
    return command


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise CannotBuildError(f"the compiler said: {done.stderr.strip()}")


if __name__ == "__main__":
    try:
        current = is_current()
        if not current:
            build()
        sys.stderr.write(f"{output()}: {'up to date' if current else 'built'}\n")
    except CannotBuildError as error:
        sys.exit(f"The compiled core can't be built: {error}.")
