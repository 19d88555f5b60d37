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


def test_candidates_over_tcp_rank_below_all_over_udp() -> None:
    last = candidate_line(200, "192.0.2.1", 8443).split()
    passive = candidate_line(201, "192.0.2.1", 8443, "tcp").split()
    assert int(passive[3]) < int(last[3])
    assert passive[2:3] + passive[4:] == ["tcp", "192.0.2.1", "8443", "typ", "host", "tcptype", "passive"]


def test_a_spare_path_is_taken_only_where_there_is_no_other() -> None:
    paths: Paths[str] = Paths()
    paths.check("tcp", spare=True)
    assert paths.current == "tcp"
    paths.check("udp")
    paths.check("tcp", spare=True)
    assert paths.current == "udp"
    paths.doubt()
    paths.check("tcp", spare=True)
    assert paths.current == "tcp"


def test_a_lost_path_gives_way_to_the_one_checked_last_until_another_check() -> None:
    paths: Paths[str] = Paths()
    for path in ("udp", "tcp"):
        paths.check(path)
    paths.valid("tcp")
    assert paths.lose("tcp")
    assert (paths.current, paths.proven, list(paths.checked)) == ("udp", False, ["udp"])
    assert not paths.lose("udp")
    assert paths.current is None
