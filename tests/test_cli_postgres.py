"""The command `vclass` on PostgreSQL: made, examined, and what is for SQLite alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster
from tests.test_cli import answer, run, told
from vclass import migrations


@pytest.fixture
def config(cluster: Cluster, tmp_path: Path) -> Iterator[Path]:
    """A configuration that names an empty database."""
    path = tmp_path / "vclass.toml"
    path.write_text(
        f'[server]\nsecret_file = "{tmp_path}/secret"\n[database]\nurl = "{cluster.create("commanded")}"\n'
        '[mail]\nsmtp_url = "outbox:"\n[media]\nudp_port = 0\n',
        "utf-8",
    )
    yield path
    cluster.drop("commanded")


@pytest.fixture
def installed(config: Path) -> Path:
    assert answer("db", "upgrade", config=config) == {"before": None, "now": migrations.head()}
    return config


def test_a_whole_installation_contents_the_doctor(installed: Path) -> None:
    assert run("doctor", config=installed).exit_code == 0
    assert answer("db", "upgrade", config=installed)["before"] == migrations.head()


def test_a_person_gets_an_account_and_a_token(installed: Path) -> None:
    made = ("user", "add", "anna@vienna.example", "--name", "Anna", "--role", "platform_admin")
    assert answer(*made, config=installed)["email"] == "anna@vienna.example"
    assert answer("token", "anna@vienna.example", config=installed)["token"]
    assert "anna@vienna.example" in told(run(*made, config=installed))


def test_serve_and_the_doctor_ask_for_an_upgrade_of_an_empty_database(config: Path) -> None:
    assert "vclass db upgrade" in told(run("serve", config=config))
    assert "vclass db upgrade" in run("doctor", config=config).output


def test_the_doctor_names_a_guard_that_is_missing(installed: Path, cluster: Cluster) -> None:
    cluster.execute("commanded", "alter table claim drop constraint no_double_booking")
    result = run("doctor", config=installed)
    assert (result.exit_code, "BAD  guards: no_double_booking missing" in result.output) == (1, True)


def test_a_server_that_is_away_is_named_with_the_remedy(installed: Path, cluster: Cluster) -> None:
    cluster.stop()
    examined, upgraded = run("doctor", config=installed), run("db", "upgrade", config=installed)
    cluster.start()
    assert "BAD  database: " in examined.output
    assert "Check that it runs" in examined.output
    assert "changed nothing" in told(upgraded)


def test_an_upgrade_that_fails_says_why(config: Path, cluster: Cluster) -> None:
    cluster.execute("commanded", "create table claim (id bigint)")
    result = run("db", "upgrade", config=config)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        1,
        'vclass: The upgrade did not work and changed nothing: 42P07 relation "claim" already exists',
    )


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_copies_are_left_to_the_tools_of_postgresql(installed: Path, tmp_path: Path, command: str) -> None:
    result = run(command, str(tmp_path / "copy"), config=installed)
    assert (result.exit_code, "pg_dump" in told(result), "pg_restore" in told(result)) == (1, True, True)
