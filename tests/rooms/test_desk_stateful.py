"""The desk against the simplest model: whatever is asked in whatever order, both say the same."""

import asyncio
import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from rooms import BookingWish, Desk, Result, Want, Wish
from tests.rooms.house import HOUR, PROJECTORS, House, PlainClerk, furnish, held_spans
from tests.support import SATURDAY
from vclass.core.db import Database


@dataclass(frozen=True)
class Asked:
    """A wish in small numbers: hours instead of instants, and which earlier booking it replaces."""

    bookings: tuple[tuple[int, int, bool, int], ...]
    replaces: int | None
    skip: bool


BOOKINGS = st.tuples(st.integers(0, 12), st.integers(1, 24), st.booleans(), st.integers(0, PROJECTORS))
ASKED = st.builds(
    Asked,
    bookings=st.lists(BOOKINGS, max_size=3).map(tuple),
    replaces=st.none() | st.integers(0, 5),
    skip=st.booleans(),
)


class Model:
    """Counts hour by hour; knows nothing of spans, batches or SQL."""

    def __init__(self) -> None:
        self.held: dict[int, tuple[int, int, bool, int]] = {}

    def grant(self, asked: Asked, released: int | None) -> list[bool] | None:
        """Which bookings are granted; None if the wish is refused."""
        held = [each for booking_id, each in self.held.items() if booking_id != released]
        granted: list[bool] = []
        for each in asked.bookings:
            granted.append(self._fits([*held, each]))
            held += [each] if granted[-1] else []
        refused = not all(granted) and (not asked.skip or not any(granted))
        return None if refused else granted

    @staticmethod
    def _fits(held: list[tuple[int, int, bool, int]]) -> bool:
        for hour in range(40):
            now = [each for each in held if each[0] <= hour < each[0] + each[1]]
            last = held[-1]
            if last not in now:
                continue
            if (last[2] and sum(each[2] for each in now) > 1) or (last[3] and sum(e[3] for e in now) > PROJECTORS):
                return False
        return True


class DeskMachine(RuleBasedStateMachine):
    """Hands in wishes one by one and in batches, and compares with the model."""

    template: Path
    numbers = itertools.count()

    @initialize()
    def open(self) -> None:
        path = self.template.with_name(f"state-{next(self.numbers)}.db")
        shutil.copyfile(self.template, path)
        self.loop = asyncio.new_event_loop()
        self.database = Database(f"sqlite:///{path}")
        self.database.open()
        self.house: House = self.loop.run_until_complete(self.database.write(furnish))
        self.desk = Desk(self.database, {"test": PlainClerk()})
        self.model = Model()

    def teardown(self) -> None:
        self.loop.run_until_complete(self.database.close())
        self.loop.close()

    @rule(batch=st.lists(ASKED, min_size=1, max_size=4))
    def ask(self, batch: list[Asked]) -> None:
        released = [self._released(each) for each in batch]
        wishes = [self._wish(each, gone) for each, gone in zip(batch, released, strict=True)]
        for asked, gone, result in zip(batch, released, self._submit(wishes), strict=True):
            granted = self.model.grant(asked, gone)
            if granted is None:
                assert result.refused
                continue
            assert [each.reference for each in result.taken] == [str(i) for i, yes in enumerate(granted) if yes]
            if gone is not None:
                self.model.held.pop(gone, None)
            for each in result.taken:
                self.model.held[each.booking_id] = asked.bookings[int(each.reference)]

    @invariant()
    def the_tables_hold_what_the_model_holds(self) -> None:
        spans = self.loop.run_until_complete(self.database.read(held_spans))
        assert sorted(spans) == sorted(
            (resource, quantity, SATURDAY + first * HOUR, SATURDAY + (first + hours) * HOUR)
            for first, hours, hall, kit in self.model.held.values()
            for resource, quantity in ((self.house.hall, int(hall)), (self.house.projectors, kit))
            if quantity
        )

    def _submit(self, wishes: list[Wish]) -> list[Result]:
        async def all_at_once() -> list[object]:
            return await asyncio.gather(*map(self.desk.submit, wishes))

        return [each for each in self.loop.run_until_complete(all_at_once()) if isinstance(each, Result)]

    def _released(self, asked: Asked) -> int | None:
        ids = list(self.model.held)
        return ids[asked.replaces % len(ids)] if ids and asked.replaces is not None else None

    def _wish(self, asked: Asked, gone: int | None) -> Wish:
        return Wish(
            "test",
            self.house.institution,
            self.house.teacher,
            tuple(self._booking(number, each) for number, each in enumerate(asked.bookings)),
            release=() if gone is None else (gone,),
            on_clash="skip" if asked.skip else "refuse",
            now=SATURDAY,
        )

    def _booking(self, number: int, asked: tuple[int, int, bool, int]) -> BookingWish:
        first, hours, hall, kit = asked
        wants = [Want(self.house.hall)] * hall + [Want(self.house.projectors, kit or 1)] * bool(kit)
        starts = SATURDAY + first * HOUR
        return BookingWish(str(number), starts, starts + hours * HOUR, tuple(wants))


@pytest.mark.timeout(300)
def test_the_desk_answers_like_the_model(template: Path, tmp_path: Path) -> None:
    shutil.copyfile(template, tmp_path / "vclass.db")
    DeskMachine.template = tmp_path / "vclass.db"
    short = settings(
        max_examples=40,
        stateful_step_count=12,
        deadline=None,
        phases=[Phase.reuse, Phase.generate],  # shrinking against a database takes minutes; twelve steps can be read
        suppress_health_check=[HealthCheck.too_slow],
    )
    run_state_machine_as_test(DeskMachine, settings=short)
