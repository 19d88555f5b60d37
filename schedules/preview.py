"""What a new lesson would be like: its times on every side's clock, what stands in its way, and who must approve."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa

from rooms import Resource, Room, Time, Verdict, Wish, foresee, resources_by_ids
from schedules import planning
from schedules.clashes import alternatives
from schedules.drift import Flag, flags, shifts
from schedules.model import Creation, Draft, Skipped
from schedules.partners import Gathering, flag_views, partners_of
from schedules.reasons import explained
from schedules.recurrence import Occurrence
from schedules.views import shift_view, skipped_view
from schedules.wants import approves, things
from schedules.wire import ApprovalNeeded, LessonPreview, PlannedView
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.core.zones import Instant, rfc3339
from vclass.people import Institution, institutions


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a new lesson would be like, as far as it is told while it is typed.

    Its dates, those that closed days take, those at a bad time for a side, and the houses that must approve.
    """

    occurrences: tuple[Occurrence, ...]
    skipped: tuple[Skipped, ...]
    flags: tuple[Flag, ...]
    approvers: tuple[str, ...]


def outlook(connection: sa.Connection, actor: Actor, draft: Draft, partners: Collection[int], now: Instant) -> Outlook:
    """Look ahead; ``partners`` are institutions that take part in any case.

    Raises:
        Refusal: It can't be at all then.
    """
    creation = planning.prepare_creation(connection, actor, draft, None, now)
    taken = resources_by_ids(connection, [each.resource_id for each in draft.resources]).values()
    own = set() if actor.institution_id is None else {actor.institution_id}
    houses = own | set(partners) | {each.institution_id for each in taken}
    gathering = Gathering(frozenset(houses), creation.invited, _whole(creation))
    (sides,) = partners_of(connection, [gathering], actor.language)
    seen = tuple(flags(creation.occurrences, sides))
    return Outlook(creation.occurrences, creation.skipped, seen, _approvers(connection, creation, now))


def _approvers(connection: sa.Connection, creation: Creation, now: Instant) -> tuple[str, ...]:
    """The names of the houses that must say yes to the rooms and the kit; people's time needs nobody's."""
    actor = creation.actor
    assert actor.person_id is not None, "nobody books who isn't signed in"
    wish = Wish(
        kind=planning.CREATE,
        institution_id=actor.institution_id or 0,
        owner_id=actor.person_id,
        bookings=planning.bookings_for(creation.occurrences, things(creation.draft)),
        on_clash="skip",
        approves=approves(actor),
        now=now,
    )
    (verdict,) = foresee(connection, [wish])
    return tuple(each.name for each in _asked(connection, verdict))


def _asked(connection: sa.Connection, verdict: Verdict) -> list[Institution]:
    asked = {institution for each in verdict.granted for institution in each.asks}
    return [each for each in institutions(connection) if each.id in asked]


def preview_lesson(connection: sa.Connection, wish: Wish) -> LessonPreview:
    """What would come of the wish for a new lesson if it were handed in now. Takes nothing."""
    creation = wish.payload
    assert isinstance(creation, Creation)
    (verdict,) = foresee(connection, [replace(wish, on_clash="skip")])
    states = {each.wanted.reference: each.state for each in verdict.granted}
    wanted = {want.resource_id for each in wish.bookings for want in each.wants}
    resources = resources_by_ids(connection, sorted(wanted))
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
        approvals=tuple(ApprovalNeeded(each.public_id, each.name) for each in _asked(connection, verdict)),
    )


def _zones(creation: Creation, resources: Iterable[Resource]) -> list[str]:
    """The clocks that matter: those of the rooms, then people's."""
    rooms = [each.zone for each in resources if isinstance(each, Room)]
    return [*rooms, *(each.zone for each in creation.invited)]


def _gathering(creation: Creation, wish: Wish, resources: Iterable[Resource]) -> Gathering:
    houses = {each.institution_id for each in resources if not isinstance(each, Time)}
    return Gathering(frozenset(houses | {wish.institution_id}), creation.invited, _whole(creation))


def _whole(creation: Creation) -> Span:
    """From the first start to the last end."""
    return creation.occurrences[0].starts, max(each.ends for each in creation.occurrences)


def _planned(occurrence: Occurrence, state: str | None) -> PlannedView:
    starts, ends = rfc3339(occurrence.starts), rfc3339(occurrence.ends)
    return PlannedView(str(occurrence.recurrence), starts, ends, state or "clash")
