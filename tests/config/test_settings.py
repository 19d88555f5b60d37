"""Settings come in layers, name what is wrong, and are all documented."""

from pathlib import Path

import pytest

from config import ConfigurationError, load
from config.secrets import keyring, read_or_make

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_a_file_stands_above_the_defaults_and_the_environment_above_both(tmp_path: Path) -> None:
    file = tmp_path / "vclass.toml"
    file.write_text("[server]\nport = 9000\nhost = '10.0.0.1'\n")
    loaded = load(file, {"VCLASS_SERVER__PORT": "9100"})
    assert (loaded.settings.server.port, loaded.settings.server.host) == (9100, "10.0.0.1")
    assert loaded.origins["server.port"] == "environment"
    assert loaded.origins["server.host"] == str(file)
    assert loaded.origins["media.udp_port"] == "defaults"


def test_a_list_in_the_environment_is_separated_by_commas() -> None:
    loaded = load(None, {"VCLASS_MEDIA__ANNOUNCED_ADDRESSES": "192.0.2.1, 192.0.2.2"})
    assert loaded.settings.media.announced_addresses == ("192.0.2.1", "192.0.2.2")


@pytest.mark.parametrize("text", ["[server]\nprot = 1", "[sever]\nport = 1", "[server]\nport = 'many'", "port = "])
def test_an_unknown_key_or_a_wrong_value_stops_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "vclass.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError):
        load(file)


@pytest.mark.parametrize(
    ("urls", "secret", "fault"),
    [
        ("http://relay.example", "0123456789abcdef", "turn:HOST:PORT"),
        ("turn:u@relay.example", "0123456789abcdef", "turn:HOST:PORT"),
        ("turn:relay.example?transport=sctp", "0123456789abcdef", "turn:HOST:PORT"),
        ("turn:relay.example:tls", "0123456789abcdef", "turn:HOST:PORT"),
        ("turn:relay.example:65536", "0123456789abcdef", "turn:HOST:PORT"),
        ("turn:2001:db8::7", "0123456789abcdef", "turn:HOST:PORT"),
        ("turn:relay.example", "short", "16 characters"),
        ("turns:relay.example:443", "", "16 characters"),
    ],
)
def test_a_relay_that_no_browser_could_use_stops_the_start(urls: str, secret: str, fault: str) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        load(None, {"VCLASS_TURN__URLS": urls, "VCLASS_TURN__SECRET": secret})


def test_a_misspelt_variable_is_named() -> None:
    with pytest.raises(ConfigurationError, match="prot"):
        load(None, {"VCLASS_SERVER__PROT": "1"})


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml"):
        load(Path("nowhere.toml"))


def test_every_setting_is_documented_with_its_name() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert [name for name in load().origins if f"`{name}`" not in text] == []


def test_the_secret_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    first = read_or_make(path)
    assert read_or_make(path) == first
    assert path.stat().st_mode & 0o077 == 0


def test_two_keys_are_active_and_the_first_derives(tmp_path: Path) -> None:
    old = read_or_make(tmp_path / "old").current
    new = read_or_make(tmp_path / "new").current
    text = (tmp_path / "new").read_text() + (tmp_path / "old").read_text()
    ring = keyring(text, "test")
    assert ring.current == new
    assert ring.find(old.id) == old


def test_a_secret_never_shows_in_its_representation(tmp_path: Path) -> None:
    key = read_or_make(tmp_path / "secret").current
    assert repr(key) == f"SecretKey({key.id})"


def test_a_short_key_is_refused_with_a_sentence() -> None:
    with pytest.raises(ConfigurationError, match="32 octets"):
        keyring("c2hvcnQ=\n", "the secret file")
