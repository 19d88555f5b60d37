"""Who gets credentials for the relays, for how long, and what they say."""

import base64
import hashlib
import hmac

import pytest

from config.settings import Turn
from signaling.model import LiveSettings
from signaling.protocol import AskRelays, RelayServers
from signaling.relays import expiry, ice_servers, password, policy
from signaling.turn import Address
from tests.signaling.parts import LESSON, Stage
from tests.support import SATURDAY

TURN = Turn(("turn:relay.example:3480?transport=udp", "turns:relay.example:443?transport=tcp"), "a-secret-of-the-site")
HOUR = 3600


@pytest.fixture
def stage() -> Stage:
    return Stage(LiveSettings(turn=TURN))


def test_the_password_is_what_coturn_derives_from_the_secret_and_the_name() -> None:
    digest = hmac.new(b"a-secret-of-the-site", b"1700000000:lesson:anna", hashlib.sha1).digest()
    assert password(TURN.secret, "1700000000:lesson:anna") == base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("ends_in", "good_for"),
    [(HOUR, HOUR + 900), (5 * HOUR, 2 * HOUR), (0, 900), (-1200, 600)],
)
def test_rule_e3_credentials_end_with_the_lesson_after_two_hours_at_the_latest(ends_in: int, good_for: int) -> None:
    assert expiry(SATURDAY + ends_in, SATURDAY) == SATURDAY + good_for


def test_rule_e3_who_is_let_in_gets_credentials_in_a_name_that_carries_lesson_and_participant(stage: Stage) -> None:
    olena = stage.enter("Olena")
    (server,) = stage.welcome(olena).ice_servers
    assert server.username == f"{LESSON.ends + 900}:lesson:{stage.seat(olena).id}"
    assert (server.urls, server.credential) == (TURN.urls, password(TURN.secret, server.username))


def test_fresh_credentials_are_good_for_longer_and_count_as_no_event(stage: Stage) -> None:
    olena = stage.enter("Olena")
    seq = stage.seat(olena).seq
    stage.now = LESSON.ends + 1200
    stage.say(olena, AskRelays(id="again"))
    fresh = stage.last(olena)
    assert isinstance(fresh, RelayServers)
    assert fresh.ice_servers[0].username.startswith(f"{stage.now + 600}:")
    assert (fresh.re, stage.seat(olena).seq) == ("again", seq)


def test_without_a_relay_nobody_gets_any() -> None:
    stage = Stage()
    welcome = stage.welcome(stage.enter("Olena"))
    assert (welcome.ice_servers, welcome.ice_policy) == ((), "all")
    assert ice_servers(Turn(), "lesson:anna", SATURDAY) == ()


def test_rule_k6_a_lesson_with_minors_goes_through_the_relay_alone_where_there_is_one() -> None:
    assert [policy(turn, relayed=minors) for turn in (TURN, Turn()) for minors in (True, False)] == [
        "relay",
        "all",
        "all",
        "all",
    ]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("turn:relay.example", Address("relay.example", 3478, stream=False, secure=False)),
        ("turn:192.0.2.1:80?transport=udp", Address("192.0.2.1", 80, stream=False, secure=False)),
        ("turn:relay.example:80?transport=tcp", Address("relay.example", 80, stream=True, secure=False)),
        ("turn:[2001:db8::7]:80", Address("2001:db8::7", 80, stream=False, secure=False)),
        ("turns:relay.example", Address("relay.example", 5349, stream=True, secure=True)),
    ],
)
def test_an_address_of_a_relay_is_taken_apart(url: str, address: Address) -> None:
    assert Address.of(url) == address
