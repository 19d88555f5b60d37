"""The command `vclass`: exit codes, sentences instead of traces, and what each command does."""

import json
import socket
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from signaling.sfu import best_engine
from vclass import doctor, people
from vclass.cli import main
from vclass.core import outbox
from vclass.core.db import Database
from vclass.core.outbox import Effect
from vclass.people import NewInstitution

VIENNA = NewInstitution("uni-wien", "VIE", "Uni Wien", "Vienna", "Europe/Vienna", "AT", ("de", "en"))
ANNA = "anna@vienna.example"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration of which nothing exists yet."""
    path = tmp_path / "vclass.toml"
    path.write_text(
        f'[server]\nsecret_file = "{tmp_path}/secret"\n[database]\nurl = "sqlite:///{tmp_path}/var/vclass.db"\n'
        '[mail]\nsmtp_url = "outbox:"\n[media]\nudp_port = 0\n',
        "utf-8",
    )
    return path


@pytest.fixture
def installed(config: Path) -> Path:
    assert run("db", "upgrade", config=config).exit_code == 0
    return config


def run(*arguments: str, config: Path | None = None, **environment: str) -> Result:
    options = () if config is None else ("--config", str(config))
    return CliRunner(env={"VCLASS_UNUSED": "1", **environment}).invoke(main, [*arguments, *options])


def answer(*arguments: str, config: Path) -> Any:  # noqa: ANN401  any JSON
    result = run(*arguments, "--json", config=config)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def told(result: Result) -> str:
    """What stands on standard error, which is one sentence of ours and never a trace."""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("vclass: ")
    return result.stderr


def test_serve_wants_a_database_of_its_own_shape(config: Path) -> None:
    result = run("serve", config=config)
    assert result.exit_code == 78
    assert "vclass db upgrade" in told(result)


def test_an_unknown_command_is_a_usage_error() -> None:
    assert run("teach").exit_code == 2
    assert run("backup").exit_code == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[server]\nprot = 1\n", "prot"),
        ("[sever]\nport = 1\n", "sever"),
        ("[server]\nport = 'many'\n", "port"),
        ("port = 8080\n", "port"),
        ("[server\n", "not a TOML file"),
    ],
)
def test_a_wrong_configuration_is_exit_78_with_what_is_wrong(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "vclass.toml"
    path.write_text(text, "utf-8")
    for command in (("config", "show"), ("serve",), ("db", "upgrade"), ("token", ANNA)):
        result = run(*command, config=path)
        assert result.exit_code == 78
        assert named in told(result)


def test_a_configuration_that_is_not_there_is_exit_78(tmp_path: Path) -> None:
    result = run("config", "show", config=tmp_path / "nowhere.toml")
    assert (result.exit_code, "There is no configuration file" in told(result)) == (78, True)
    result = run("config", "show", config=tmp_path)
    assert (result.exit_code, str(tmp_path) in told(result)) == (78, True)


@pytest.mark.parametrize("url", ["nonsense", "sqlite", "oracle+nothing://x/y"])
def test_a_database_address_that_is_none_is_exit_78(config: Path, url: str) -> None:
    for command in (("db", "upgrade"), ("doctor",), ("serve",), ("token", ANNA)):
        result = run(*command, config=config, VCLASS_DATABASE__URL=url)
        assert (result.exit_code, "[database] url" in told(result)) == (78, True)


@pytest.mark.parametrize("url", ["", "smpt://mail.example", "mail.example"])
def test_serve_wants_to_know_how_mail_leaves(installed: Path, url: str) -> None:
    result = run("serve", config=installed, VCLASS_MAIL__SMTP_URL=url)
    assert (result.exit_code, "[mail] smtp_url" in told(result)) == (78, True)


def test_every_setting_is_shown_with_its_origin(config: Path) -> None:
    shown = json.loads(run("config", "show", "--json", config=config, VCLASS_SERVER__PORT="9000").stdout)
    assert shown["server.port"] == {"value": 9000, "origin": "environment"}
    assert shown["mail.smtp_url"] == {"value": "outbox:", "origin": str(config)}
    assert shown["server.host"]["origin"] == "defaults"


def test_passwords_and_secrets_are_not_shown(config: Path) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write('[turn]\nsecret = "hush"\n[identity.oidc.tu]\nclient_id = "us"\nclient_secret = "hush"\n')
    result = run("config", "show", config=config, VCLASS_MAIL__SMTP_URL="smtp://us:hush@mail.example")
    assert result.exit_code == 0
    assert "hush" not in result.stdout
    assert "client_id" in result.stdout
    assert "secret_file" in result.stdout


def test_the_database_is_made_and_brought_up_to_date_once(config: Path) -> None:
    first = answer("db", "upgrade", config=config)
    assert (first["before"], answer("db", "upgrade", config=config)["before"]) == (None, first["now"])


def test_the_doctor_looks_at_the_package_alone(config: Path) -> None:
    found = [doctor.Finding(**each) for each in answer("doctor", "--installation", config=config)]
    assert {"time zones", "sqlite"} <= {each.name for each in found}
    assert all(each.ok and each.fact and not each.remedy for each in found)


def test_the_doctor_names_each_fault_with_its_remedy_and_makes_nothing(config: Path) -> None:
    result = run("doctor", config=config, VCLASS_MAIL__SMTP_URL="smtp://127.0.0.1:1")
    assert result.exit_code == 1
    assert "Run `vclass db upgrade`" in result.stdout
    assert "Check [mail] smtp_url" in result.stdout
    assert [each.name for each in config.parent.iterdir()] == [config.name]


def test_the_doctor_says_which_media_engine_runs(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {each["name"]: each for each in answer("doctor", config=installed)}
    assert found["media engine"]["fact"].startswith(f"{best_engine('auto')} runs")
    monkeypatch.setattr("signaling.sfu.engine.pump.MODULE", "signaling.sfu.engine.core.missing")
    result = run("doctor", config=installed)
    assert "mmsg runs, pump isn't built. With a C compiler" in result.stdout
    assert (result.exit_code, run("doctor", config=installed, VCLASS_MEDIA__ENGINE="pump").exit_code) == (0, 1)


def test_the_doctor_names_settings_without_effect(installed: Path) -> None:
    with installed.open("a") as file:
        file.write('[identity.oidc]\nclient_id = "us"\n')
    result = run("doctor", config=installed)
    assert (result.exit_code, "settings: identity without effect" in result.stdout) == (1, True)


def test_the_doctor_says_that_there_is_no_relay_and_is_content(installed: Path) -> None:
    found = {each["name"]: each for each in answer("doctor", config=installed)}
    assert (found["relay"]["ok"], "none set" in found["relay"]["fact"]) == (True, True)


def test_the_doctor_says_which_relay_does_not_answer(installed: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"turn:127.0.0.1:{deaf.getsockname()[1]}?transport=tcp"
        result = run("doctor", config=installed, VCLASS_TURN__URLS=url, VCLASS_TURN__SECRET="0123456789abcdef")
    assert (result.exit_code, f"relay: {url}: doesn't answer" in result.stdout) == (1, True)
    assert "docs/turn.md" in result.stdout


def test_the_doctor_looks_at_the_port_of_each_worker(installed: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        ports = {"VCLASS_MEDIA__UDP_PORT": str(port - 1), "VCLASS_MEDIA__WORKERS": "2"}
        result = run("doctor", config=installed, **ports)
    assert (result.exit_code, f"udp port: {port} is taken" in result.stdout) == (1, True)


def test_the_doctor_sees_mail_that_does_not_leave(installed: Path) -> None:
    with connected(installed) as connection:
        outbox.put(connection, [Effect("lesson-mail", "a", "a", "greta@example.org", {})], 0)
    result = run("doctor", config=installed)
    assert (result.exit_code, "outbox: 1 late" in result.stdout) == (1, True)


def test_the_doctor_names_mail_that_died_and_why(installed: Path) -> None:
    with connected(installed) as connection:
        now = int(time.time())
        outbox.put(connection, [Effect("lesson-mail", "a", "a", "greta@example.org", {})], now)
        outbox.mark_dead(connection, 1, now, "550 no such user")
    result = run("doctor", config=installed)
    assert result.exit_code == 1
    assert "outbox: 0 late, 1 dead in the last day; greta@example.org: 550 no such user" in result.stdout


def test_the_doctor_is_content_with_a_whole_installation(installed: Path) -> None:
    assert all(each["ok"] for each in answer("doctor", config=installed))


def test_a_person_gets_an_account_and_a_token(installed: Path) -> None:
    home = institution(installed)
    made = answer("user", "add", ANNA, "--name", "Anna", "--institution", home, "--role", "teacher", config=installed)
    token = answer("token", ANNA, config=installed)["token"]
    with connected(installed) as connection:
        actor = people.actor_by_token(connection, token, 0)
    assert actor is not None
    assert (actor.email, actor.public_id) == (ANNA, made["id"])


def test_an_erased_person_has_no_account_and_no_token(installed: Path) -> None:
    made = answer("user", "add", ANNA, "--name", "Anna", config=installed)
    token = answer("token", ANNA, config=installed)["token"]
    assert answer("user", "erase", ANNA, config=installed) == {"erased": made["id"]}
    with connected(installed) as connection:
        assert people.actor_by_token(connection, token, 0) is None
        assert people.person_by_email(connection, ANNA) is None


def connected(config: Path) -> Any:  # noqa: ANN401  a context of SQLAlchemy's
    return Database(f"sqlite:///{config.parent}/var/vclass.db").engine.begin()


def institution(config: Path) -> str:
    with connected(config) as connection:
        return people.create_institution(connection, VIENNA, 0).public_id


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("user", "add", "anna", "--name", "Anna"), "is not a mail address"),
        (("user", "add", ANNA, "--name", ""), "name"),
        (("user", "add", ANNA, "--name", "Anna", "--role", "boss"), "roles"),
        (("user", "add", ANNA, "--name", "Anna", "--institution", "none"), "institution"),
        (("token", "nobody@vienna.example"), "no such account"),
        (("user", "erase", "nobody@vienna.example"), "no such account"),
        (("restore", "/nowhere"), "There is no file"),
        (("backup", "/nowhere/copy"), "could not be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(installed: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments, config=installed)
    assert result.exit_code == 1
    assert sentence in told(result)


def test_an_account_wants_a_database_first(config: Path) -> None:
    (config.parent / "var").mkdir()
    result = run("token", ANNA, config=config)
    assert (result.exit_code, "vclass db upgrade" in told(result)) == (1, True)


def test_a_backup_comes_back_as_it_was(installed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "100% copy?.db"
    answer("user", "add", ANNA, "--name", "Anna", config=installed)
    assert answer("backup", str(copy), config=installed)["octets"] == copy.stat().st_size
    answer("user", "add", "later@vienna.example", "--name", "Later", config=installed)
    answer("restore", str(copy), config=installed)
    with connected(installed) as connection:
        assert set(people.people_by_email(connection, [ANNA, "later@vienna.example"])) == {ANNA}
    assert (tmp_path / "var" / "vclass.db.before-restore").exists()


def test_a_restored_database_does_not_read_the_log_of_another(installed: Path, tmp_path: Path) -> None:
    copy, wal = tmp_path / "copy.db", tmp_path / "var" / "vclass.db-wal"
    answer("backup", str(copy), config=installed)
    (tmp_path / "var" / "vclass.db").unlink()
    wal.write_bytes(b"left over")
    answer("restore", str(copy), config=installed)
    assert not wal.exists()
    assert answer("db", "upgrade", config=installed)["before"] is not None


def test_a_backup_never_overwrites(installed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    result = run("backup", str(copy), config=installed)
    assert (result.exit_code, copy.read_text()) == (1, "precious")
    assert "never overwrites" in told(result)


def test_what_is_no_backup_is_not_restored(installed: Path, tmp_path: Path) -> None:
    text, foreign = tmp_path / "text", tmp_path / "foreign.db"
    text.write_text("no database" * 1000)
    with sqlite3.connect(foreign) as connection:
        connection.execute("create table other (id integer)")
    connection.close()
    for each in (text, foreign):
        result = run("restore", str(each), config=installed)
        assert (result.exit_code, "is not a backup of vclass" in told(result)) == (1, True)
    assert answer("db", "upgrade", config=installed)["before"] is not None


def test_backups_are_for_sqlite(config: Path, tmp_path: Path) -> None:
    result = run("backup", str(tmp_path / "x"), config=config, VCLASS_DATABASE__URL="postgresql+psycopg://h/d")
    assert (result.exit_code, "pg_dump" in told(result)) == (1, True)
