"""Each domain has a bucket of its own: a burst, then so many a second."""

from tests.support import SATURDAY
from vclass.core.outbox import Leased
from vclass.mail.pace import UNLIMITED, Pace, Rate

SLOW = Rate(per_second=0.5, burst=3)


def row(domain: str) -> Leased:
    return Leased(1, "mail", "m", f"someone@{domain}", {}, SATURDAY, 1)


def taken(rate: Rate, domain: str, count: int) -> Pace:
    pace = Pace(rate)
    for _ in range(count):
        pace.take(domain, SATURDAY)
    return pace


def test_a_domain_that_had_its_burst_waits_and_another_does_not() -> None:
    shares = taken(SLOW, "a.example", 3).shares([], 8, SATURDAY)
    assert shares.of == {"a.example": 0}
    assert shares.each == 3


def test_tokens_come_back_with_time_and_no_more_than_the_burst() -> None:
    pace = taken(SLOW, "a.example", 3)
    assert [pace.shares([], 8, SATURDAY + later).of.get("a.example", 3) for later in (1, 2, 4, 5, 600)] == [
        0,
        1,
        2,
        2,
        3,
    ]


def test_what_is_in_hand_counts_against_a_domains_share() -> None:
    shares = Pace(Rate(10, 100)).shares([row("a.example"), row("a.example"), row("b.example")], 2, SATURDAY)
    assert shares.of == {"a.example": 0, "b.example": 1}
    assert shares.each == 2


def test_a_clock_that_goes_back_gives_no_tokens() -> None:
    assert taken(SLOW, "a.example", 3).shares([], 8, SATURDAY - 60).of == {"a.example": 0}


def test_kept_mail_has_no_pace() -> None:
    pace = taken(UNLIMITED, "a.example", 1000)
    assert pace.shares([], 8, SATURDAY).of.get("a.example", 8) == 8
