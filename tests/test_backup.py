"""A backup taken back: nothing is said twice, nothing that stood there is lost, a running server is left alone."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa

from schedules import changes
from tests.support import SATURDAY
from vclass.backup import HELD_BACK, BackupError, backup, restore
from vclass.core import outbox
from vclass.core.db import Database
from vclass.core.outbox import Effect, Standing

T = TypeVar("T")
REQUEST = Effect("lesson-mail", "lesson 1|REQUEST", "lesson 1", "greta@example.org", {})


def at(url: str, work: Callable[[sa.Connection], T]) -> T:
    """Do something in one transaction, as a server that comes and goes."""
    engine = Database(url).engine
    with engine.begin() as connection:
        answer = work(connection)
    engine.dispose()
    return answer


def mail(url: str) -> Standing:
    (only,) = at(url, outbox.listing)
    return only


@pytest.fixture
def url(template: Path, tmp_path: Path) -> str:
    """A database in which a mail waits, of which there is a backup."""
    shutil.copyfile(template, tmp_path / "vclass.db")
    url = f"sqlite:///{tmp_path / 'vclass.db'}"
    at(url, lambda connection: outbox.put(connection, [REQUEST], SATURDAY))
    backup(url, tmp_path / "copy.db")
    return url


def test_i6_what_left_after_the_backup_is_not_sent_again(url: str, tmp_path: Path) -> None:
    at(url, lambda connection: outbox.mark_sent(connection, 1, SATURDAY + 5))
    assert restore(url, tmp_path / "copy.db") == 0
    assert mail(url).sent_at == SATURDAY + 5
    assert at(url, lambda connection: outbox.lease(connection, SATURDAY + 60)) == []


def test_i6_without_the_old_database_what_may_have_left_is_held_back_and_shown(url: str, tmp_path: Path) -> None:
    (tmp_path / "vclass.db").unlink()
    assert restore(url, tmp_path / "copy.db") == 1
    assert mail(url).last_error == HELD_BACK
    assert at(url, lambda connection: outbox.lease(connection, SATURDAY + 60)) == []


def test_what_surely_still_waits_is_sent_after_the_restore(url: str, tmp_path: Path) -> None:
    assert restore(url, tmp_path / "copy.db") == 0
    assert len(at(url, lambda connection: outbox.lease(connection, SATURDAY + 60))) == 1


def test_a_damaged_database_is_replaced_and_its_mail_held_back(url: str, tmp_path: Path) -> None:
    (tmp_path / "vclass.db").write_bytes(b"damaged " * 1000)
    assert restore(url, tmp_path / "copy.db") == 1


def test_a_database_in_use_is_left_alone(url: str, tmp_path: Path) -> None:
    engine = Database(url).engine
    with engine.connect() as connection:
        outbox.listing(connection)
    with pytest.raises(BackupError, match="Stop the server first"):
        restore(url, tmp_path / "copy.db")
    engine.dispose()
    assert not list(tmp_path.glob("*before-restore*"))


def test_calendar_programs_read_everything_anew_after_a_restore(url: str, tmp_path: Path) -> None:
    before = at(url, changes.epoch)
    restore(url, tmp_path / "copy.db")
    assert at(url, changes.epoch) not in ("0", before)


def test_each_restore_keeps_what_it_replaces(url: str, tmp_path: Path) -> None:
    for state in ("first", "second"):
        at(url, partial(outbox.mark_dead, row_id=1, now=SATURDAY, error=state))
        restore(url, tmp_path / "copy.db")
    kept = {path.name: mail(f"sqlite:///{path}").last_error for path in tmp_path.glob("*before-restore*")}
    assert kept == {"vclass.db.before-restore": "first", "vclass.db.before-restore-2": "second"}


def test_a_backup_and_what_comes_of_it_are_for_their_owner_alone(url: str, tmp_path: Path) -> None:
    restore(url, tmp_path / "copy.db")
    assert [(tmp_path / name).stat().st_mode & 0o077 for name in ("copy.db", "vclass.db")] == [0, 0]


def test_a_backup_that_fails_leaves_no_half_file(tmp_path: Path) -> None:
    (tmp_path / "vclass.db").write_bytes(b"damaged " * 1000)
    with pytest.raises(BackupError, match="could not be written"):
        backup(f"sqlite:///{tmp_path / 'vclass.db'}", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
