"""What a new lesson would be like: its times on every side's clock, what stands in its way, and who must approve."""

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from rooms import Resource, Room, Time, Wish, foresee, resources_by_ids
from schedules.clashes import alternatives
from schedules.drift import shifts
from schedules.model import Creation
from schedules.partners import Gathering, flag_views, partners_of
from schedules.reasons import explained
from schedules.recurrence import Occurrence
from schedules.views import shift_view, skipped_view
from schedules.wire import ApprovalNeeded, LessonPreview, PlannedView
from vclass.core.zones import rfc3339
from vclass.people import institutions


def preview_lesson(connection: sa.Connection, wish: Wish) -> LessonPreview:
    """What would come of the wish for a new lesson if it were handed in now. Takes nothing."""
    creation = wish.payload
    assert isinstance(creation, Creation)
    (verdict,) = foresee(connection, [replace(wish, on_clash="skip")])
    states = {each.wanted.reference: each.state for each in verdict.granted}
    wanted = {want.resource_id for each in wish.bookings for want in each.wants}
    resources = resources_by_ids(connection, sorted(wanted))
    asked = {institution for each in verdict.granted for institution in each.asks}
    zone = creation.draft.timing.zone
    seen = shifts(creation.occurrences, zone, _zones(creation, resources.values()))
    (partners,) = partners_of(connection, [_gathering(creation, wish, resources.values())])
    return LessonPreview(
        zone=zone,
        occurrences=tuple(_planned(each, states.get(str(each.recurrence))) for each in creation.occurrences),
        shifts=tuple(map(shift_view, seen)),
        flags=flag_views(creation.occurrences, partners),
        clashes=tuple(explained(connection, wish, verdict.clashes)),
        alternatives=tuple(alternatives(connection, wish, creation.wanted)) if verdict.clashes else (),
        skipped=tuple(skipped_view(each, resources) for each in creation.skipped),
        approvals=tuple(
            ApprovalNeeded(each.public_id, each.name) for each in institutions(connection) if each.id in asked
        ),
    )


def _zones(creation: Creation, resources: Iterable[Resource]) -> list[str]:
    """The clocks that matter: those of the rooms, then people's."""
    rooms = [each.zone for each in resources if isinstance(each, Room)]
    return [*rooms, *(each.zone for each in creation.invited)]


def _gathering(creation: Creation, wish: Wish, resources: Iterable[Resource]) -> Gathering:
    houses = {each.institution_id for each in resources if not isinstance(each, Time)}
    return Gathering(frozenset(houses | {wish.institution_id}), creation.invited)


def _planned(occurrence: Occurrence, state: str | None) -> PlannedView:
    starts, ends = rfc3339(occurrence.starts), rfc3339(occurrence.ends)
    return PlannedView(str(occurrence.recurrence), starts, ends, state or "clash")
