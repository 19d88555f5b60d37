"""The outbox: nothing is lost, nothing overtakes, nothing is tried for ever."""

from tests.support import SATURDAY, plan
from vclass.core.db import Database
from vclass.core.outbox import (
    LEASE_SECONDS,
    Effect,
    Leased,
    Shares,
    backlog,
    forget,
    lease,
    listing,
    mark_bounced,
    mark_dead,
    mark_for_retry,
    mark_sent,
    of_lanes,
    one,
    outbox,
    put,
    renew,
    returned,
)
from vclass.core.patience import JITTER, PATIENCE, Patience, pause


def effect(key: str, lane: str = "", kind: str = "mail") -> Effect:
    return Effect(kind, key, lane or f"lane of {key}", "someone@example.org", {"lesson": key})


def to(recipient: str, key: str) -> Effect:
    return Effect("mail", key, f"lane of {key}", recipient, {"lesson": key})


async def put_at(database: Database, *effects: Effect, at: int = SATURDAY) -> None:
    await database.write(put, effects, at)


async def leased(database: Database, at: int = SATURDAY, limit: int = 20) -> list[Leased]:
    return await database.write(lease, at, limit)


async def keys(database: Database, at: int = SATURDAY) -> list[str]:
    return [each.facts["lesson"] for each in await leased(database, at)]


async def test_an_effect_comes_back_with_its_facts(database: Database) -> None:
    await put_at(database, effect("a"))
    [row] = await leased(database)
    assert (row.kind, row.recipient, row.facts, row.tries) == ("mail", "someone@example.org", {"lesson": "a"}, 1)


async def test_the_same_change_twice_is_one_row(database: Database) -> None:
    await put_at(database, effect("a"))
    await put_at(database, effect("a"), effect("a"))
    assert len(await database.read(listing)) == 1


async def test_a_leased_row_is_not_leased_again_until_its_lease_is_over(database: Database) -> None:
    await put_at(database, effect("a"))
    [first] = await leased(database)
    assert await leased(database, SATURDAY + LEASE_SECONDS - 1) == []
    [again] = await leased(database, SATURDAY + LEASE_SECONDS)
    assert (again.id, again.tries) == (first.id, 2)


async def test_a_repeat_after_a_crash_is_the_same_message(database: Database) -> None:
    await put_at(database, effect("a"), effect("b"))
    first = {each.message_id for each in await leased(database)}
    assert {each.message_id for each in await leased(database, SATURDAY + LEASE_SECONDS)} == first
    assert len(first) == 2


async def test_rows_of_one_lane_leave_in_order(database: Database) -> None:
    await put_at(database, effect("request", "lesson 1"), effect("cancel", "lesson 1"), effect("other", "lesson 2"))
    [request, other] = await leased(database)
    assert (request.facts["lesson"], other.facts["lesson"]) == ("request", "other")
    await database.write(mark_sent, request.id, SATURDAY)
    assert await keys(database) == ["cancel"]


async def test_a_row_that_waits_for_its_next_try_holds_up_its_lane(database: Database) -> None:
    await put_at(database, effect("request", "lesson 1"), effect("cancel", "lesson 1"))
    [request] = await leased(database)
    await database.write(mark_for_retry, request, SATURDAY, "451 later")
    assert await keys(database, SATURDAY + 1) == []
    assert await keys(database, SATURDAY + pause(1, request.message_id)) == ["request"]


async def test_a_dead_row_lets_its_lane_go_on(database: Database) -> None:
    await put_at(database, effect("request", "lesson 1"), effect("cancel", "lesson 1"))
    [request] = await leased(database)
    await database.write(mark_dead, request.id, SATURDAY, "550 no such address")
    assert await keys(database) == ["cancel"]
    assert (await database.read(listing))[1].last_error == "550 no such address"


async def test_what_is_sent_or_dead_never_comes_back(database: Database) -> None:
    await put_at(database, effect("sent"), effect("dead"))
    [sent, dead] = await leased(database)
    await database.write(mark_sent, sent.id, SATURDAY)
    await database.write(mark_dead, dead.id, SATURDAY, "gone")
    assert await leased(database, SATURDAY + 10 * PATIENCE.give_up) == []


def test_pauses_double_from_a_minute_up_to_an_hour() -> None:
    assert [pause(tries) for tries in (1, 2, 3, 6, 7, 50)] == [60, 120, 240, 1920, 3600, 3600]


def test_what_failed_together_comes_back_at_other_times_but_never_earlier() -> None:
    pauses = {pause(7, f"mail {number}") for number in range(100)}
    assert len(pauses) > 50
    assert min(pauses) >= 3600
    assert max(pauses) <= 3600 * (1 + JITTER)


async def test_pauses_can_be_shorter(database: Database) -> None:
    await put_at(database, effect("a"))
    [row] = await leased(database)
    await database.write(mark_for_retry, row, SATURDAY, "451 later", Patience(first_pause=1, longest_pause=4))
    assert await keys(database, SATURDAY + 2) == ["a"]


async def test_no_domain_gets_more_than_its_share(database: Database) -> None:
    await put_at(database, *(to(f"{key}@big.example", key) for key in "abc"), to("d@small.example", "d"))
    taken = await database.write(lease, SATURDAY, 20, Shares(2, {}))
    assert [each.facts["lesson"] for each in taken] == ["a", "b", "d"]


async def test_a_domain_that_has_had_its_share_hides_nobody(database: Database) -> None:
    await put_at(database, *(to(f"{key}@big.example", str(key)) for key in range(100)), to("d@small.example", "d"))
    taken = await database.write(lease, SATURDAY, 2, Shares(1, {"big.example": 0}))
    assert [each.facts["lesson"] for each in taken] == ["d"]


async def test_a_renewed_lease_lasts_as_long_again(database: Database) -> None:
    await put_at(database, effect("a"))
    [row] = await leased(database)
    await database.write(renew, [row.id], SATURDAY + 60)
    assert await leased(database, SATURDAY + LEASE_SECONDS) == []
    [again] = await leased(database, SATURDAY + 60 + LEASE_SECONDS)
    assert again.tries == 2


async def test_a_return_path_names_its_row_and_no_other(database: Database) -> None:
    await put_at(database, effect("a"), effect("b"))
    first, second = await leased(database)
    assert await database.read(returned, first.return_token) == first.id
    foreign = f"{first.id}-{second.message_id[:16]}"
    for token in (foreign, "99-0000", "", "-", "x", f"{first.id}", "9" * 40 + "-0", "١-0"):
        assert await database.read(returned, token) is None


async def test_a_row_is_given_up_after_a_day(database: Database) -> None:
    await put_at(database, effect("a"))
    [row] = await leased(database)
    await database.write(mark_for_retry, row, SATURDAY + PATIENCE.give_up, "451 later")
    assert (await database.read(listing))[0].dead_at is None
    await database.write(mark_for_retry, row, SATURDAY + PATIENCE.give_up + 1, "451 later")
    assert (await database.read(listing))[0].dead_at == SATURDAY + PATIENCE.give_up + 1


async def test_the_backlog_is_what_waits_from_before_and_what_died_since(database: Database) -> None:
    await put_at(database, effect("late"), effect("dead"), effect("sent"))
    await put_at(database, effect("fresh"), at=SATURDAY + 60)
    await database.write(mark_dead, 2, SATURDAY + 60, "550 gone")
    await database.write(mark_sent, 3, SATURDAY)
    assert await database.read(backlog, SATURDAY + 60) == (1, 1)
    assert await database.read(backlog, SATURDAY) == (0, 1)


async def test_a_lease_takes_no_more_than_asked(database: Database) -> None:
    await put_at(database, *(effect(str(each)) for each in range(5)))
    assert len(await leased(database, limit=3)) == 3
    assert len(await leased(database, limit=3)) == 2


async def test_what_is_not_due_is_not_leased(database: Database) -> None:
    await put_at(database, effect("a"), at=SATURDAY + 60)
    assert await leased(database, SATURDAY + 59) == []


async def test_the_list_is_newest_first_whatever_became_of_its_rows(database: Database) -> None:
    await put_at(database, effect("a"), effect("b"), effect("c"))
    await database.write(mark_sent, 2, SATURDAY)
    shown = await database.read(listing)
    assert [(each.leased.facts["lesson"], each.sent_at) for each in shown] == [
        ("c", None),
        ("b", SATURDAY),
        ("a", None),
    ]


async def test_one_row_can_be_looked_at_without_being_taken(database: Database) -> None:
    await put_at(database, effect("a"))
    looked = await database.read(one, 1)
    assert looked is not None
    assert [each.message_id for each in await leased(database)] == [looked.leased.message_id]
    assert await database.read(one, 99) is None


async def test_waiting_rows_are_found_by_index(database: Database) -> None:
    waiting = f"select * from {outbox} where sent_at is null and dead_at is null and due_at <= 5"
    assert "ix_outbox_waiting" in await database.read(plan, waiting)


async def test_the_rows_of_some_lanes_are_told_oldest_first(database: Database) -> None:
    await put_at(database, effect("a", "lesson 1"), effect("b", "lesson 2"), effect("c", "lesson 1"))
    shown = await database.read(of_lanes, ["lesson 1"])
    assert [each.leased.facts["lesson"] for each in shown] == ["a", "c"]


async def test_what_was_sent_or_died_long_ago_is_forgotten_and_what_waits_is_not(database: Database) -> None:
    await put_at(database, effect("sent"), effect("dead"), effect("waiting"), effect("sent later"))
    await database.write(mark_sent, 1, SATURDAY)
    await database.write(mark_dead, 2, SATURDAY, "550 gone")
    await database.write(mark_sent, 4, SATURDAY + 1)
    assert await database.write(forget, SATURDAY + 1) == 2
    assert [each.leased.facts["lesson"] for each in await database.read(listing)] == ["sent later", "waiting"]


async def test_a_bounce_says_when_and_why_and_the_first_one_stands(database: Database) -> None:
    await put_at(database, effect("a"))
    [row] = await leased(database)
    await database.write(mark_sent, row.id, SATURDAY)
    await database.write(mark_bounced, row.id, SATURDAY + 60, "550 no such user")
    await database.write(mark_bounced, row.id, SATURDAY + 90, "another")
    standing = await database.read(one, row.id)
    assert standing is not None
    assert (standing.sent_at, standing.bounced_at) == (SATURDAY, SATURDAY + 60)
    assert (standing.bounce_reason, standing.tries) == ("550 no such user", 1)


async def test_a_long_queue_is_leased_before_the_database_has_counted_it(database: Database) -> None:
    await put_at(database, *(effect(str(number), f"lesson {number // 4}") for number in range(20_000)))
    assert [each.facts["lesson"] for each in await leased(database, limit=3)] == ["0", "4", "8"]
