"""Who is one stranger, whatever addresses that one has."""

import pytest

from vclass.core.networks import subscriber


@pytest.mark.parametrize(
    ("remote", "whose"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("", ""),
        ("a socket's path", ""),
    ],
)
def test_an_address_of_ipv6_counts_with_its_network(remote: str, whose: str) -> None:
    assert subscriber(remote) == whose
