"""Which checked path a peer's traffic takes."""

from signaling.sfu.ice import MAX_PATHS, Credentials, Paths, candidate_line


def test_before_anything_else_the_latest_check_decides() -> None:
    paths: Paths[str] = Paths()
    for path in ("wifi", "cable"):
        paths.check(path)
    assert paths.current == "cable"


def test_a_check_moves_no_peer_that_has_sent_something() -> None:
    paths: Paths[str] = Paths()
    paths.check("wifi")
    paths.valid("wifi")
    paths.check("cable")
    assert paths.current == "wifi"


def test_valid_traffic_moves_the_peer_and_says_so_once() -> None:
    paths: Paths[str] = Paths()
    paths.check("wifi")
    paths.check("cable")
    assert [paths.valid(path) for path in ("wifi", "wifi", "cable")] == [True, False, True]


def test_the_oldest_unused_path_gives_way() -> None:
    paths: Paths[int] = Paths()
    for path in range(MAX_PATHS):
        paths.check(path)
    paths.valid(0)
    assert paths.check(99) == 1
    assert 0 in paths.checked


def test_credentials_are_long_enough_and_differ() -> None:
    made = {Credentials.fresh() for _ in range(50)}
    assert len(made) == 50
    assert all(len(each.ufrag) >= 4 and len(each.password) >= 22 for each in made)


def test_candidates_rank_in_the_order_of_the_addresses() -> None:
    first, second = (candidate_line(place, "192.0.2.1", 8443).split() for place in (1, 2))
    assert int(first[3]) > int(second[3])
    assert first[4:] == ["192.0.2.1", "8443", "typ", "host"]
