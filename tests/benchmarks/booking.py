"""What a booking costs: through the desk and in a transaction each, full and bare; and what looking up costs.

Usage: python -m tests.benchmarks.booking [--json] [--rounds N]

``speed_desk_vs_single_*``: full bookings a second through the desk by 50 writers, against the same wishes checked and
written by the same rules in a transaction each, by 8 threads, with the inserts of SQLAlchemy.
``speed_series_vs_single_*``: likewise of 15 weeks. ``speed_series_vs_single_bulk_*``: with the inserts of the desk.
``p99_ms_*``: how long 99 of 100 full bookings by 50 writers take at most. ``loop_lag_ms_p99``: how late the event
loop is meanwhile, on the slower database. ``full_vs_bare``: the cost of a booking with its lesson, attendees, audit
entry and mails, against its claims alone, on the database where that is more.
``speed_*_vs_or_shape``, ``speed_conflicts_vs_or_text``, ``growth_1e4_1e6``: see ``booking_data``; of the two
databases the worse.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rooms import Wish
from tests import postgres
from tests.benchmarks import booking_data, desk, report
from tests.benchmarks.desk import WEEKS, Outcome
from vclass import migrations
from vclass.core.db import Database

FULL, SERIES = 2_000, 150
SLICE: Final = 50

Figures = dict[str, float]
Fresh = Callable[[str], str]
"""Gives the address of a new database of a name."""
WORST: Final = {
    "loop_lag_ms_p99": max,
    "full_vs_bare": max,
    "speed_conflicts_vs_or_shape": min,
    "speed_conflicts_vs_or_text": min,
    "speed_search_vs_or_shape": min,
    "growth_1e4_1e6": max,
}
"""Figures without a database's name, and which of two is told."""


def main() -> None:
    """Run the rounds on each database and print the medians."""
    rounds = report.rounds(default=3)
    found = {"sqlite": _on_sqlite(rounds)}
    if postgres.binaries() is None:
        print("booking: PostgreSQL isn't installed, its figures are left out", file=sys.stderr)
    else:
        found["postgres"] = _on_postgres(rounds)
    figures = {f"{key}_{kind}": some[key] for key in _EACH for kind, some in found.items()}
    figures |= {key: worst(some[key] for some in found.values()) for key, worst in WORST.items()}
    report.show("booking", figures)


_EACH: Final = ("speed_desk_vs_single", "speed_series_vs_single", "speed_series_vs_single_bulk", "p99_ms")


def _on_sqlite(rounds: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        return _figures(lambda name: f"sqlite:///{Path(folder) / name}.db", rounds)


def _on_postgres(rounds: int) -> Figures:
    with postgres.throwaway(shared_buffers="1GB") as cluster:
        return _figures(cluster.create, rounds)


def _figures(fresh: Fresh, rounds: int) -> Figures:
    """The medians of all rounds of writing, and the figures of looking up."""
    written = [asyncio.run(_one_round(fresh, number)) for number in range(rounds)]
    medians = {key: statistics.median(each[key] for each in written) for key in written[0]}
    url = fresh("looked_up")
    database = Database(url)
    migrations.upgrade(database.engine)
    database.engine.dispose()
    return medians | booking_data.compare(url)


async def _one_round(fresh: Fresh, number: int) -> Figures:
    full = await _run(fresh(f"full_{number}"), FULL)
    series = await _run(fresh(f"series_{number}"), SERIES, weeks=WEEKS)
    bulk = await _run(fresh(f"bulk_{number}"), SERIES, weeks=WEEKS, at_desk=False)
    bare = await _run(fresh(f"bare_{number}"), FULL, full=False)
    with desk.plain_inserts():
        alone = await _run(fresh(f"alone_{number}"), FULL, at_desk=False)
        series_alone = await _run(fresh(f"series_alone_{number}"), SERIES, weeks=WEEKS, at_desk=False)
    print(
        f"a second: full {full.per_second:.0f}, alone {alone.per_second:.0f}, series {series.per_second:.1f}, "
        f"series alone {series_alone.per_second:.1f}, with the desk's inserts {bulk.per_second:.1f}, "
        f"bare {bare.per_second:.0f}",
        file=sys.stderr,
    )
    return {
        "speed_desk_vs_single": full.per_second / alone.per_second,
        "speed_series_vs_single": series.per_second / series_alone.per_second,
        "speed_series_vs_single_bulk": series.per_second / bulk.per_second,
        "p99_ms": full.p99_ms,
        "loop_lag_ms_p99": full.lag_p99_ms,
        "full_vs_bare": bare.per_second / full.per_second,
    }


async def _run(url: str, number: int, *, weeks: int | None = None, at_desk: bool = True, full: bool = True) -> Outcome:
    """Book so many of the same wishes on a new database."""
    database, campus = await desk.furnished(url)
    try:
        asked = desk.bodies(campus, desk.WARMING + number, weeks=weeks)
        prepared: list[Wish] = []
        for first in range(0, len(asked), SLICE):  # nobody may keep a reader for long
            prepared += await database.read(desk.wishes, asked[first : first + SLICE])
        if not at_desk:
            return await asyncio.to_thread(desk.in_a_transaction_each, url, prepared)
        return await desk.through_the_desk(database, prepared if full else desk.bare(prepared))
    finally:
        await database.close()


if __name__ == "__main__":
    main()
