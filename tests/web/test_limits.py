"""Token buckets on a clock that stands until it is moved."""

import pytest
from aiohttp.test_utils import make_mocked_request

from vclass.web import limits
from vclass.web.limits import Limiter, Limits, Rate, client


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_a_burst_passes_and_the_next_waits_for_one_token(seconds: Seconds) -> None:
    limiter = Limiter(Limits(visitor=Rate(0.5, 3)), seconds)
    assert [limiter.take("visitor", "a") for _ in range(4)] == [0, 0, 0, 2]
    seconds.now = 2
    assert limiter.take("visitor", "a") == 0


def test_one_callers_bucket_is_not_anothers(seconds: Seconds) -> None:
    limiter = Limiter(Limits(visitor=Rate(1, 1)), seconds)
    assert [limiter.take("visitor", key) for key in "aab"] == [0, 1, 0]


def test_a_bucket_never_holds_more_than_its_burst(seconds: Seconds) -> None:
    limiter = Limiter(Limits(visitor=Rate(1, 2)), seconds)
    limiter.take("visitor", "a")
    seconds.now = 1000
    assert [limiter.take("visitor", "a") for _ in range(3)] == [0, 0, 1]


def test_lifted_limits_hold_nobody_back(seconds: Seconds) -> None:
    limiter = Limiter(Limits.lifted(), seconds)
    assert {limiter.take("sign_in_email", "a") for _ in range(1000)} == {0}


def test_buckets_of_strangers_never_fill_the_memory(seconds: Seconds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BUCKETS", 100)
    limiter = Limiter(Limits(bad_link=Rate(0.001, 1)), seconds)
    for each in range(1000):
        limiter.take("bad_link", str(each))
    assert len(limiter._buckets) <= 100
    assert limiter.take("bad_link", "999") > 0


@pytest.mark.parametrize(
    ("remote", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_an_ipv6_subscriber_is_one_client(remote: str, key: str) -> None:
    assert client(make_mocked_request("GET", "/").clone(remote=remote)) == key
