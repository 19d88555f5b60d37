"""What a room's own rules say of a booking: opening hours, length, how far ahead, and who is to be asked. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from rooms.model import DAY_SECONDS, GRID_SECONDS, BookingWish, Granted, Reason, Rules, Wish
from vclass.core.hours import contains

MINUTE = 60
HOUR = 3600


def objections(wanted: BookingWish, rules: Rules, now: int) -> Iterator[Reason]:
    """All reasons why a resource can't be booked like this, whoever else wants it; buffers may lie outside hours."""
    if wanted.starts % GRID_SECONDS or wanted.ends % GRID_SECONDS:
        yield "off_grid"
    if rules.retired:
        yield "retired"
    if rules.openings and not contains(rules.openings, rules.zone, wanted.span):
        yield "outside_hours"
    if rules.longest_minutes is not None and wanted.ends - wanted.starts > MINUTE * rules.longest_minutes:
        yield "too_long"
    if rules.horizon_days is not None and wanted.ends > now + DAY_SECONDS * rules.horizon_days:
        yield "too_far"


def grants(wish: Wish, rules: Mapping[int, Rules]) -> list[Granted]:
    """The state that each booking of a wish gets if nothing stands in its way, and which houses must approve.

    Within one house a request holds nothing until it is approved; where two or more are involved all of it is held
    until the date by which they must have answered, since one side's yes is worthless without the other's room. What
    stands already, as an offer that is accepted, doesn't lose its claims to ask for more.
    """
    first = min((each.starts for each in wish.bookings), default=0)
    return [_grant(wish, wanted, [rules[want.resource_id] for want in wanted.wants], first) for wanted in wish.bookings]


def _grant(wish: Wish, wanted: BookingWish, wants: Iterable[Rules], first: int) -> Granted:
    if wanted.state is not None:
        return Granted(wanted, wanted.state, wanted.hold_until)
    wants = list(wants)
    asking = [each for each in wants if each.approval == "required" and each.institution_id not in wish.approves]
    if not asking or wish.purpose == "blocking":
        return Granted(wanted, "confirmed")
    asks = frozenset(each.institution_id for each in asking)
    alone = {each.institution_id for each in wants} <= {wish.institution_id}
    if alone and wanted.standing is None:
        return Granted(wanted, "requested", asks=asks)
    answer = wish.now + HOUR * min(each.answer_hours for each in asking)
    return Granted(wanted, "held", max(wish.now, min(answer, first)), asks)
