import base64

import pytest

from config import Keyring, SecretKey
from vclass.core.tokens import TIME_OCTETS, derive, holds, new_id

NEW, OLD = SecretKey("new", b"n" * 32), SecretKey("old", b"o" * 32)
RING = Keyring((NEW, OLD))


@pytest.mark.parametrize("key", RING.keys)
def test_a_token_holds_by_any_active_key(key: SecretKey) -> None:
    assert holds(RING, "door", "hall", 2, derive(key.octets, "door", "hall", 2))


@pytest.mark.parametrize(
    ("purpose", "subject", "generation"), [("feed", "hall", 2), ("door", "lab", 2), ("door", "hall", 3)]
)
def test_a_token_holds_for_nothing_else(purpose: str, subject: str, generation: int) -> None:
    assert not holds(RING, purpose, subject, generation, derive(NEW.octets, "door", "hall", 2))


@pytest.mark.parametrize("token", ["", "\ud800", derive(b"x" * 32, "door", "hall", 2)])
def test_what_no_active_key_made_does_not_hold(token: str) -> None:
    assert not holds(RING, "door", "hall", 2, token)


def test_ids_made_together_stand_together() -> None:
    first, *others = (base64.urlsafe_b64decode(f"{new_id()}==") for _ in range(50))
    assert all(int.from_bytes(each[:4], "big") - int.from_bytes(first[:4], "big") <= 1 for each in others)


def test_no_two_ids_share_what_is_random_in_them() -> None:
    assert len({base64.urlsafe_b64decode(f"{new_id()}==")[TIME_OCTETS:] for _ in range(1000)}) == 1000
