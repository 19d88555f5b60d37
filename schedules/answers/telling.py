"""Telling a lesson's owner that somebody proposes another time."""

from typing import Final

import sqlalchemy as sa

from schedules import notices
from schedules.answers import service, store
from schedules.answers.service import Offered
from schedules.model import Attendee, Lesson
from schedules.notices import News
from schedules.partstats import WHOLE
from vclass.core.zones import Instant

DAY: Final = 24 * 3600
MOST_A_DAY: Final = 5
"""So many proposals of one attendee are told by mail; the lesson's page shows all that stand."""


def tell_owner(connection: sa.Connection, lesson: Lesson, attendee: Attendee, now: Instant) -> None:
    """Tell of the proposals of an attendee that can still be taken up, each once."""
    own = attendee.person_id == lesson.owner_id
    if own or store.count_proposals(connection, attendee.id, now - DAY) > MOST_A_DAY:
        return
    mine = [each for each in service.offers(connection, lesson, now) if each.attendee.id == attendee.id]
    notices.tell(connection, [_news(lesson, each) for each in mine], now)


def _news(lesson: Lesson, offered: Offered) -> News:
    proposal, attendee = offered.proposal, offered.attendee
    return News(
        "proposed",
        lesson,
        lesson.occurrences if proposal.occurrence == WHOLE else [offered.held],
        by=attendee.name or attendee.email,
        reason=proposal.comment,
        proposed=offered.span,
        taken=tuple(dict.fromkeys(name for name, _ in offered.taken)),
        about=proposal.id,
    )
