"""A PostgreSQL cluster of the tests' own, made in a temporary folder and thrown away; never one that is there already.

It answers on a Unix socket in its folder alone. PostgreSQL refuses to run as root: root starts it as another user.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

DEBIAN: Final = Path("/usr/lib/postgresql")
SUPERUSER: Final = "postgres"
OWNER: Final = "vclass"
"""The role of the tests' databases: it owns them and may do nothing else, as in production."""
PATIENCE_SECONDS: Final = 20

EMPTY: Final = """
do $$
declare each record;
begin
    perform set_config('session_replication_role', 'replica', true);
    for each in
        select oid::regclass::text as name, relkind from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'S') and relname <> 'alembic_version'
    loop
        if each.relkind = 'r' then
            execute 'delete from ' || each.name;
        else
            perform setval(each.name::regclass, 1, false);
        end if;
    end loop;
end $$
"""
"""A hundred times cheaper than another database, and than truncating: the tables hold a few rows each."""


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL on this machine; Debian keeps it off the PATH."""
    versions = sorted(DEBIAN.glob("[0-9]*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@dataclass
class Cluster:
    """A cluster in a folder of its own; it can be stopped and started again.

    Args:
        folder: Holds data, socket and log; short, since a socket's path is.
        programs: Where ``initdb`` and ``postgres`` are.
        settings: Other ones than PostgreSQL's own, e.g. ``synchronous_commit="off"``.
    """

    folder: Path
    programs: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What the server has written down."""
        return (self.folder / "log").read_text("utf-8")

    def url(self, name: str) -> str:
        """The address of a database, for ``[database] url``."""
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"

    def make(self) -> None:
        options = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", f"--username={SUPERUSER}")
        command = [str(self.programs / "initdb"), f"--pgdata={self.folder / 'data'}", *options]
        subprocess.run(command, **_somebody(self.folder), check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start the server and wait until it answers; it ends with this process, however that ends."""
        options = {"unix_socket_directories": str(self.folder), "listen_addresses": "", **self.settings}
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data")]
        command += [f"--{name}={value}" for name, value in options.items()]
        with_us = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([*with_us, *command], **_somebody(self.folder), stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server; connections are broken off in order."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE_SECONDS)
            self.process = None

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database and give its address."""
        self.execute("postgres", f"create database {name} owner {OWNER} template {template}")
        return self.url(name)

    def drop(self, name: str) -> None:
        self.execute("postgres", f"drop database {name} with (force)")

    def empty(self, name: str) -> None:
        """Bring a database back to how the migrations left it, by deleting all rows."""
        self.execute(name, EMPTY)

    def execute(self, name: str, statement: str) -> None:
        """Run a statement as the superuser."""
        with self._connection(name) as connection:
            connection.execute(statement.encode())

    def _connection(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.folder), dbname=name, user=SUPERUSER, autocommit=True)

    def _answers(self) -> bool:
        try:
            self._connection("postgres").close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def throwaway(**settings: str) -> Iterator[Cluster]:
    """A running cluster; durable unless ``settings`` say otherwise. Nothing stays of it.

    Raises:
        FileNotFoundError: PostgreSQL isn't installed.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("PostgreSQL's initdb: install Debian's postgresql")
    folder = Path(tempfile.mkdtemp(prefix="vclass-pg-"))
    cluster = Cluster(folder, programs, settings)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, *_unprivileged())
        cluster.make()
        cluster.start()
        cluster.execute("postgres", f"create role {OWNER} login")
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _somebody(folder: Path) -> dict[str, Any]:
    """How a process is started that must not be root's."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    user, group = _unprivileged()
    return {"cwd": folder, "user": user, "group": group, "extra_groups": []}


def _unprivileged() -> tuple[int, int]:
    known = {each.pw_name: each for each in pwd.getpwall()}
    found = known.get("postgres") or known["nobody"]
    return found.pw_uid, found.pw_gid
