"""The slot finder's page as a context, made from what was read, what was typed and what was found."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rooms import Room
from schedules import SlotOffer, SlotsFound, chosen_rooms, exceeded_quotas, holidays_met, met, worst_comfort
from schedules.slots import Choice, Presence, Week
from vclass.core.keys import Actor
from vclass.people import Institution
from vclass.web.pages import forms, slot_forms
from vclass.web.pages.contexts import BookingValues, RoomChoice, Side
from vclass.web.pages.contexts.slots import (
    Comfort,
    FoundSlot,
    Missing,
    OddWeek,
    PlaceChoice,
    SlotsPage,
    SlotValues,
)
from vclass.web.pages.parts import bad_times, own_side, shown_shifts, side
from vclass.web.pages.reading import Stock
from vclass.web.pages.sentences import Errors
from vclass.web.slot_axis import slot_axis
from vclass.web.words import Words


@dataclass(frozen=True, slots=True)
class Searching:
    """Who looks for a time, from what there is, what was typed here and before into the booking form."""

    said: Words
    actor: Actor
    stock: Stock
    values: SlotValues
    booking: BookingValues

    @property
    def homes(self) -> Mapping[int, Institution]:
        return self.stock.seen.around.institutions

    @property
    def own(self) -> Side:
        return own_side(self.said, self.actor, self.homes)

    @property
    def home(self) -> str:
        """The public id of the reader's institution."""
        home = self.homes.get(self.actor.institution_id or 0)
        return "" if home is None else home.public_id

    def name(self, email: str, found: SlotsFound) -> str:
        """What somebody is called whom the reader knows: a colleague, or who teaches with the reader."""
        person = found.people.get(email)
        if person is not None and person.institution_id == self.actor.institution_id:
            return person.name
        met = (each.name for lesson in self.stock.seen.lessons for each in lesson.present if each.email == email)
        return next(met, email)


def slots_page(asked: Searching, found: SlotsFound | None = None, errors: Errors | None = None) -> SlotsPage:
    """The form, and what was found."""
    places = tuple(_places(asked))
    shown = {slot_forms.PLACE + each.id for each in places}
    page = SlotsPage(
        own=asked.own,
        places=places,
        values=asked.values,
        errors={_where(name, shown): text for name, text in (errors or {}).items()},
        carried=slot_forms.carried(asked.booking),
    )
    return page if found is None else _answered(page, asked, found)


def _where(name: str, shown: Container[str]) -> str:
    """The field at which to say what is wrong; "" where the page doesn't have it."""
    return "" if name.startswith(slot_forms.PLACE) and name not in shown else name


def _answered(page: SlotsPage, asked: Searching, found: SlotsFound) -> SlotsPage:
    others = tuple(each for each in (side(it.house) for it in found.sides) if each.code != page.own.code)
    spans = [(each.starts, each.ends) for each in found.offers]
    return replace(
        page,
        others=others,
        slots=tuple(_slot(asked, found, each, (page.own, *others)) for each in found.offers),
        axis=slot_axis(spans, page.own.zone, (others[0] if others else page.own).zone),
        guests=tuple(each for each in found.asked.required if each not in found.people),
    )


def _places(asked: Searching) -> Iterator[PlaceChoice]:
    """The institutions with rooms that the reader may book, the own one first."""
    homes = sorted(asked.homes.values(), key=lambda each: (each.id != asked.actor.institution_id, each.name))
    for home in homes:
        rooms = [each for each in asked.stock.rooms if each.institution_id == home.id]
        if rooms:
            choices = (RoomChoice(each.public_id, each.name, each.seats, each.kind == "virtual") for each in rooms)
            yield PlaceChoice(home.public_id, side(home), tuple(choices))


def _slot(asked: Searching, found: SlotsFound, offer: SlotOffer, sides: Sequence[Side]) -> FoundSlot:
    weekly = found.asked.weeks is not None
    never = _never(offer) if weekly else offer.missing
    lacks = [each for each in offer.choices if not each.free]
    houses = {side(each.house).code: each for each in found.sides}
    return FoundSlot(
        span=(offer.starts, offer.ends),
        take=_take(asked, found, offer),
        comfort=tuple(Comfort(it, worst_comfort(found, offer, houses[it.code])) for it in sides if it.code in houses),
        rooms=tuple(found.resources[each].name for each in chosen_rooms(found, offer)),
        works=offer.works,
        weeks=offer.weeks,
        missing=(*_people(asked, found, never), *_things(asked, found, lacks), *_quotas(asked, found, offer)),
        odd=tuple(_odd(asked, found, offer, each) for each in offer.odd),
        shifts=shown_shifts(offer.occurrences, found.asked.zone, sides) if weekly else (),
        bad_times=bad_times(holidays_met(found, offer), met(offer)),
    )


def _never(offer: SlotOffer) -> tuple[Presence, ...]:
    """Those who cannot come in any week."""
    times = Counter(each.key for week in offer.odd for each in week.missing)
    return tuple(each for each in (*offer.people, *offer.places) if times[each.key] == offer.weeks)


def _odd(asked: Searching, found: SlotsFound, offer: SlotOffer, week: Week) -> OddWeek:
    span = None if week.starts is None else (week.starts, week.starts + offer.ends - offer.starts)
    missing = (*_people(asked, found, week.missing), *_things(asked, found, week.choices))
    return OddWeek(week.number, span, works=week.works, missing=missing)


def _people(asked: Searching, found: SlotsFound, away: Iterable[Presence]) -> Iterator[Missing]:
    houses = {each.house.public_id: each.house.name for each in found.sides}
    for each in away:
        reason = each.reasons[0]
        yield Missing(houses.get(each.key) or asked.name(each.key, found), reason.why, reason.name)


def _things(asked: Searching, found: SlotsFound, lacks: Iterable[Choice]) -> Iterator[Missing]:
    houses = {each.public_id: each.name for each in found.asked.houses}
    for each in lacks:
        if each.key in houses:
            yield Missing(asked.said.gettext("a room at %(house)s") % {"house": houses[each.key]})
        else:
            yield Missing(found.resources[each.key].name)


def _quotas(asked: Searching, found: SlotsFound, offer: SlotOffer) -> Iterator[Missing]:
    for name in exceeded_quotas(found, offer):
        yield Missing(name, name=asked.said.gettext("quota used up"))


def _take(asked: Searching, found: SlotsFound, offer: SlotOffer) -> str:
    """What makes the booking form one for this slot."""
    start = offer.occurrences[0].recurrence if offer.occurrences else offer.local
    rule = offer.rule
    taken = replace(
        _furnished(asked, found, offer),
        zone=found.asked.zone,
        date=str(start.date),
        time=f"{start.time:%H:%M}",
        minutes=str(found.asked.minutes),
        repeat="once" if rule is None else "weekly",
        count=asked.booking.count if rule is None else str(rule.count),
        fold="" if offer.fold is None else str(offer.fold),
        left_out="" if rule is None else ", ".join(map(str, rule.except_)),
    )
    return forms.slot_choice(forms.booking_values(slot_forms.carried(asked.booking)), taken)


def _furnished(asked: Searching, found: SlotsFound, offer: SlotOffer) -> BookingValues:
    """The booking form with an offer's rooms, the partner whose they are, and everybody who should come."""
    rooms = [each for public_id in chosen_rooms(found, offer) if isinstance(each := found.resources[public_id], Room)]
    own = next((each for each in rooms if each.institution_id == asked.actor.institution_id), None)
    theirs = next((each for each in rooms if each is not own), None)
    others = [each for each in found.asked.required if each != asked.actor.email]
    partner = _partner(asked, found, others) if theirs is None else asked.homes[theirs.institution_id].public_id
    teacher = next((each for each in others if _is_partners(asked, found, each, partner)), "")
    values = slot_forms.with_people(asked.booking, teacher, (each for each in others if each != teacher))
    return replace(
        values,
        room="" if own is None else own.public_id,
        partner=partner,
        partner_room="" if theirs is None else theirs.public_id,
    )


def _partner(asked: Searching, found: SlotsFound, others: Iterable[str]) -> str:
    """The partner where no room of one is taken: the one that was chosen before, or else where somebody comes from."""
    people = (found.people[each] for each in others if each in found.people)
    from_afar = (asked.homes[each.institution_id or 0] for each in people if each.institution_id in asked.homes)
    theirs = (each.public_id for each in from_afar if each.public_id != asked.home)
    return asked.booking.partner or next(theirs, "")


def _is_partners(asked: Searching, found: SlotsFound, email: str, partner: str) -> bool:
    if email == asked.booking.partner_teacher.strip().lower():
        return True
    person = found.people.get(email)
    house = None if person is None else asked.homes.get(person.institution_id or 0)
    return house is not None and house.public_id == partner
