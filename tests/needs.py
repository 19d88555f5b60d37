"""What a test needs of the machine: it is left out where that is missing, and fails where nothing may be left out."""

import os
import shutil
from typing import NoReturn

import pytest

from tests import dovecot, netns, postgres, relay


def unavailable(what: str) -> NoReturn:
    """Leave the test out for want of something; where nothing may be left out, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def need_postgresql() -> None:
    if postgres.binaries() is None:
        unavailable("PostgreSQL is missing: apt-get install postgresql")


def need_dovecot() -> None:
    if dovecot.program() is None:
        unavailable("Dovecot is missing: apt-get install dovecot-imapd")


def need_namespaces() -> None:
    if not netns.available():
        unavailable("root and iproute2 (a network namespace)")


def need_coturn() -> None:
    need_namespaces()
    if relay.program() is None:
        unavailable("coturn is missing: apt-get install coturn")


def need_compiler() -> None:
    if not shutil.which("cc"):
        unavailable("a C compiler is missing: apt-get install gcc")
