"""What administrators of the demo find: a room that is blocked in some days, and kit that is out.

Only rooms and kit that wait for approval are touched: what can be had at once stays free for the visitor.
"""

import datetime as dt
import logging
from typing import Final

import sqlalchemy as sa

from rooms import rooms_for
from rooms.blockings import NewBlocking, block, standing_blockings
from rooms.custody import Handing, check_out, counter
from schedules import Lessons
from vclass.core.keys import Actor
from vclass.core.refusals import Refusal
from vclass.core.zones import Instant, local
from vclass.demo.cast import PEOPLE
from vclass.people import actor_by_id, people_by_email

KEEPERS: Final = frozenset({"room_admin", "institution_admin"})
AHEAD: Final = 14 * 86400
DAYS: Final = 3
logger = logging.getLogger(__name__)


async def set_scene(lessons: Lessons) -> None:
    """Block each house's laboratory and hand out what the first house lends, unless a start before did so.

    Where a visitor has changed what is needed for it, the house stays as it is.
    """
    for slug, cast in PEOPLE.items():
        email = next(each.email for each in cast if not KEEPERS.isdisjoint(each.roles))
        keeper = await lessons.database.read(_actor, email)
        try:
            await _block(lessons, keeper)
            if slug == next(iter(PEOPLE)):
                await _lend(lessons, keeper)
        except Refusal as refusal:
            logger.info("the scene of %s stays as it is: %s", slug, refusal.sentence)


async def _block(lessons: Lessons, keeper: Actor) -> None:
    now = lessons.clock()
    body = await lessons.database.read(_repair, keeper, now)
    if body is not None:
        await block(lessons.database, lessons.desk, keeper, body, key=None, now=now)


def _repair(connection: sa.Connection, keeper: Actor, now: Instant) -> NewBlocking | None:
    """An afternoon in some days, for the laboratory; None where something is blocked already."""
    house = keeper.institution_id
    labs = [
        each for each in rooms_for(connection, house) if (each.institution_id, each.approval) == (house, "required")
    ]
    if not labs or standing_blockings(connection, keeper, (now, now + AHEAD)):
        return None
    date = local(now, labs[0].zone).date + dt.timedelta(DAYS)
    return NewBlocking((labs[0].public_id,), f"{date}T13:00", f"{date}T17:00", "Projector repair")


async def _lend(lessons: Lessons, keeper: Actor) -> None:
    """One of the sets that the open lesson has is out, another one still to be fetched."""
    found = await lessons.database.read(counter, keeper, lessons.clock())
    if found.out or not found.to_hand_out or found.to_hand_out[0].opens > lessons.clock():
        return
    first = found.to_hand_out[0]
    wish = Handing(first.booking, first.pool.public_id, 1, "Lab 12")
    await lessons.database.transaction(check_out, keeper, wish, lessons.clock())


def _actor(connection: sa.Connection, email: str) -> Actor:
    found = actor_by_id(connection, people_by_email(connection, [email])[email].id)
    assert found is not None, "the cast has accounts"
    return found
