"""The booking form and its preview as contexts, made from what was read and what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rooms import Equipment, Resource, Room
from schedules import ClashError, Lesson
from vclass.core import zones
from vclass.core.keys import Actor
from vclass.core.refusals import InvalidInputError, Refusal
from vclass.core.tokens import new_id
from vclass.core.zones import Instant, parse_rfc3339
from vclass.people import Institution
from vclass.web.pages import forms, sentences
from vclass.web.pages.clash_view import may_wait, obstacles
from vclass.web.pages.contexts import (
    Alternative,
    BookingPage,
    BookingValues,
    Choice,
    Clash,
    KitChoice,
    PartnerFragment,
    Preview,
    PreviewFragment,
    RoomChoice,
    Side,
)
from vclass.web.pages.dates_view import closed_dates
from vclass.web.pages.parts import bad_times, own_side, partner_of, shown_shifts, side, sides_of
from vclass.web.pages.reading import Around, Seen, Stock
from vclass.web.pages.reading_trials import Trial
from vclass.web.pages.sentences import Errors
from vclass.web.words import Words

MOST_TAKEN = 5
LONGEST = 200
ASKED = ("room", "date", "time", "minutes", "zone", "title", "partner", "partner_room")
"""What an address may say of the form."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who fills in the form, from what there is, and what was typed."""

    said: Words
    actor: Actor
    stock: Stock
    values: BookingValues

    @property
    def homes(self) -> Mapping[int, Institution]:
        return self.stock.seen.around.institutions

    @property
    def own(self) -> Side:
        return own_side(self.said, self.actor, self.homes)

    @property
    def partner(self) -> Institution | None:
        """The institution chosen in the form."""
        return next((each for each in self.homes.values() if each.public_id == self.values.partner), None)

    def errors(self, refusal: Refusal) -> Errors:
        """What is wrong, by the form's fields."""
        if not isinstance(refusal, InvalidInputError):
            return sentences.errors_of(refusal, self.said, self.values)
        quantities = {each.public_id: each.quantity for each in self.stock.equipment}
        return forms.booking_errors(self.said, refusal.errors, self.values, quantities)


def empty_form(said: Words, actor: Actor, stock: Stock) -> Asked:
    """A form on the own clock, with the partner of most lessons; rooms, kit and teacher are as last time."""
    homes = stock.seen.around.institutions
    own = own_side(said, actor, homes)
    often = partner_of(stock.seen, own)
    partner = next((each for each in homes.values() if often is not None and each.code == often.code), None)
    values = BookingValues(zone=own.zone)
    return Asked(said, actor, stock, values if partner is None else _as_last_time(values, actor, stock, partner))


def _as_last_time(values: BookingValues, actor: Actor, stock: Stock, partner: Institution) -> BookingValues:
    """The usual things of the latest own series with a partner, or else lesson, as far as they are there still."""
    mine = [each for each in stock.seen.lessons if each.owner_id == actor.person_id and _meets(stock, each, partner)]
    chosen = replace(values, partner=partner.public_id)
    if not mine:
        return chosen
    last = max(mine, key=lambda each: (each.draft.timing.rule is not None, each.id))
    return replace(with_things(chosen, last, actor, stock, stock.seen.around), minutes=str(last.draft.timing.minutes))


def with_things(values: BookingValues, lesson: Lesson, actor: Actor, stock: Stock, around: Around) -> BookingValues:
    """The form with the rooms, the kit and the partner's teacher of a lesson, as far as they are there still."""
    partner = next((i for i, each in around.institutions.items() if each.public_id == values.partner), 0)
    taken = {each.resource_id: each.quantity for each in lesson.draft.resources}
    rooms = {each.institution_id: each.public_id for each in stock.rooms if each.id in taken}
    teachers = (each for each in lesson.present if each.teaches and _home(around, each.person_id) == partner)
    return replace(
        values,
        room=rooms.get(actor.institution_id or 0, ""),
        partner_room=rooms.get(partner, ""),
        partner_teacher=next((each.email for each in teachers), ""),
        kit={each.public_id: str(taken[each.id]) for each in stock.equipment if each.id in taken},
    )


def _meets(stock: Stock, lesson: Lesson, partner: Institution) -> bool:
    return any(each.code == partner.code for each in sides_of(lesson, stock.seen.around))


def booking_page(
    asked: Asked, trial: Trial | Refusal | None, refusal: Refusal | None = None, free: int = 0
) -> BookingPage:
    """The form, empty or refused; it keeps everything that was typed and gets a key of its own.

    ``free`` dates of a refused series could be booked without the rest.
    """
    half = partner_fragment(asked)
    tried = _preview_or_none(asked, trial)
    return BookingPage(
        own=asked.own,
        partners=tuple((each.public_id, side(each)) for each in asked.homes.values() if each.code != asked.own.code),
        zones=_zones(asked),
        key=new_id(),
        values=asked.values,
        errors={} if refusal is None or isinstance(refusal, ClashError) else asked.errors(refusal),
        partner=half.partner,
        own_rooms=_rooms(asked.stock.rooms, asked.actor.institution_id),
        own_kit=_kit(asked.stock.equipment, asked.actor.institution_id),
        partner_rooms=half.partner_rooms,
        partner_kit=half.partner_kit,
        partner_teachers=half.partner_teachers,
        preview=tried,
        clash=_clash(asked, refusal, free) if isinstance(refusal, ClashError) else None,
    )


def chosen_partner(asked: Asked) -> PartnerFragment:
    """The half of a partner that was just chosen: its room and teacher as last time, nothing of another partner's."""
    partner, nothing = asked.partner, BookingValues()
    usual = nothing if partner is None else _as_last_time(nothing, asked.actor, asked.stock, partner)
    values = replace(asked.values, partner_room=usual.partner_room, partner_teacher=usual.partner_teacher)
    return partner_fragment(replace(asked, values=values))


def partner_fragment(asked: Asked) -> PartnerFragment:
    partner = asked.partner
    if partner is None:
        return PartnerFragment(asked.values, None)
    return PartnerFragment(
        values=asked.values,
        partner=side(partner),
        partner_rooms=_rooms(asked.stock.rooms, partner.id),
        partner_kit=_kit(asked.stock.equipment, partner.id),
        partner_teachers=_colleagues(asked.stock.seen, partner.id),
    )


def preview_fragment(asked: Asked, trial: Trial | Refusal | None) -> PreviewFragment:
    errors = asked.errors(trial) if isinstance(trial, Refusal) else {}
    return PreviewFragment(asked.values, _preview_or_none(asked, trial), errors)


def is_dated(values: BookingValues) -> bool:
    """Whether so much was typed that a preview can say something."""
    return bool(values.date.strip() and values.time.strip())


def _preview_or_none(asked: Asked, trial: Trial | Refusal | None) -> Preview | None:
    if not isinstance(trial, Trial):
        return None
    partner = asked.partner
    shown = preview_of(trial, asked.own, () if partner is None else (side(partner),), asked.homes)
    return replace(
        shown,
        bad_times=bad_times(trial.flags, trial.occurrences),
        left_out=tuple(closed_dates(asked.said, trial.skipped, trial.timing)),
        approvers=trial.approvers,
    )


def preview_of(trial: Trial, own: Side, others: Sequence[Side], homes: Mapping[int, Institution]) -> Preview:
    """A wish in the clocks of all sides."""
    first, last = trial.occurrences[0], trial.occurrences[-1]
    rooms = [each for each in trial.resources if isinstance(each, Room)]
    walls = [side(homes[each.institution_id], each.zone) for each in rooms]
    return Preview(
        zone=trial.timing.zone,
        own=own,
        others=tuple(others),
        first=(first.starts, first.ends),
        last=(last.starts, last.ends),
        number=len(trial.occurrences),
        weekly=trial.timing.rule is not None,
        rooms=tuple(each.name for each in rooms),
        shifts=shown_shifts(trial.occurrences, trial.timing.zone, (own, *others, *walls)),
        fold=trial.fold,
        taken=trial.taken[:MOST_TAKEN],
        more_taken=max(0, len(trial.taken) - MOST_TAKEN),
    )


def _clash(asked: Asked, refusal: ClashError, free: int) -> Clash:
    """What stands in the way, each thing once, the slots that are free, and the other ways on."""
    everything: list[Resource] = [*asked.stock.rooms, *asked.stock.equipment]
    things = {each.public_id: each for each in everything}
    in_the_way, more = obstacles(refusal.facts["clashes"], things)
    names = {public_id: each.name for public_id, each in things.items()}
    return Clash(in_the_way, tuple(_alternatives(asked.values, refusal, names)), more, free, may_wait(refusal))


def _alternatives(values: BookingValues, refusal: ClashError, names: Mapping[str, str]) -> list[Alternative]:
    first = refusal.facts["clashes"][0]
    length = parse_rfc3339(first.end) - parse_rfc3339(first.start)
    found = []
    for each in refusal.facts["alternatives"]:
        starts = zones.resolve(each.start, values.zone, fold=forms.fold_of(values) or 0)
        if isinstance(starts, Instant) and each.plain:
            value = f"{each.start}|{','.join(each.rooms)}"
            found.append(
                Alternative(value, (starts, starts + length), tuple(names.get(room, "") for room in each.rooms))
            )
    return found


def prefilled(asked: Asked, query: Mapping[str, str]) -> Asked:
    """The form with what an address says of it; a partner's room stands in the partner's half, on its own clock."""
    told = {name: query[name][:LONGEST] for name in ASKED if name in query}
    room = next((each for each in asked.stock.rooms if each.public_id == told.get("room")), None)
    if room is not None:
        told = {"zone": room.zone, **told}
        if room.institution_id != asked.actor.institution_id:
            told |= {"room": "", "partner": asked.homes[room.institution_id].public_id, "partner_room": room.public_id}
    values = asked.values
    if told.get("partner", values.partner) != values.partner:
        values = replace(values, partner_room="", partner_teacher="")
    return replace(asked, values=replace(values, **told))  # type: ignore[arg-type]  # names and texts


def _zones(asked: Asked) -> tuple[str, ...]:
    """Clocks to choose from: the own, the reader's, then those of all institutions."""
    everyone = sorted({each.zone for each in asked.homes.values()})
    typed = [asked.values.zone] if asked.values.zone in zones.choices() else []
    return tuple(dict.fromkeys([asked.own.zone, asked.actor.zone, *everyone, *typed]))


def _rooms(rooms: Sequence[Room], institution_id: int | None) -> tuple[RoomChoice, ...]:
    return tuple(
        RoomChoice(each.public_id, each.name, each.seats, each.kind == "virtual")
        for each in rooms
        if each.institution_id == institution_id
    )


def _kit(equipment: Sequence[Equipment], institution_id: int | None) -> tuple[KitChoice, ...]:
    return tuple(
        KitChoice(each.public_id, each.name, each.quantity)
        for each in equipment
        if each.institution_id == institution_id
    )


def _colleagues(seen: Seen, institution_id: int) -> tuple[Choice, ...]:
    """Teachers of the partner with whom the reader teaches already; nobody else's address is told."""
    return tuple(
        Choice(email, name)
        for email, name in {
            each.email: each.name
            for lesson in seen.lessons
            for each in lesson.present
            if each.teaches and _home(seen.around, each.person_id) == institution_id
        }.items()
    )


def _home(around: Around, person_id: int | None) -> int | None:
    person = around.people.get(person_id or 0)
    return None if person is None else person.institution_id
