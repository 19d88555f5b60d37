"""Dovecot, a real IMAP server, in a folder of its own: one mailbox, TLS with the certificate that is handed in."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mail_server import free_port

PASSWORD: Final = "p@ss/word"
PATIENCE_SECONDS: Final = 20

CONFIGURATION: Final = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain
first_valid_uid = 1
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Imap:
    """A running server; mails are put into its folder as a delivering program would."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"imaps://vclass:p%40ss%2Fword@127.0.0.1:{self.port}/INBOX"

    def put(self, content: bytes, name: str) -> None:
        """Deliver a mail; names sort as they come."""
        made = self.folder / "mail" / "tmp" / name
        made.write_bytes(content.replace(b"\r\n", b"\n"))
        made.chmod(0o666)
        made.rename(self.folder / "mail" / "new" / name)

    def flags(self, name: str) -> str:
        """The letters by which a maildir marks a mail: S for seen, F for flagged."""
        (found,) = [each for part in ("new", "cur") for each in (self.folder / "mail" / part).glob(f"{name}*")]
        return found.name.partition(":2,")[2]


def program() -> str | None:
    """Where Dovecot is, if it is installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def running(folder: Path, certificate: tuple[Path, Path]) -> Iterator[Imap]:
    """A server that ends with the block."""
    installed = program()
    assert installed is not None
    server = Imap(folder, free_port())
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    for name in ("mail/cur", "mail/new", "mail/tmp"):
        (folder / name).mkdir(parents=True)
    for each in (folder, *folder.rglob("*")):
        os.chown(each, owner.pw_uid, owner.pw_gid)
    settings = folder / "dovecot.conf"
    settings.write_text(_configuration(server, certificate, owner), "utf-8")
    process = subprocess.Popen([installed, "-F", "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:
        _wait(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def _configuration(server: Imap, certificate: tuple[Path, Path], owner: pwd.struct_passwd) -> str:
    us = owner.pw_name
    internal, login = ("dovecot", "dovenull") if os.geteuid() == 0 else (us, us)
    return CONFIGURATION.format(
        folder=server.folder,
        certificate=certificate[0],
        key=certificate[1],
        internal=internal,
        login=login,
        group="dovecot" if os.geteuid() == 0 else us,
        password=PASSWORD,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        port=server.port,
    )


def _wait(server: Imap, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    log = server.folder / "log"
    raise AssertionError(log.read_text("utf-8") if log.exists() else "dovecot said nothing")
