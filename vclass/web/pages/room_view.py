"""The page of one room as a context: marks of what takes it, its grid, its card and the ways on."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rooms import Entry
from vclass.core import hours
from vclass.core.hours import Opening
from vclass.core.keys import Actor
from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.people import Institution
from vclass.web.pages.contexts import Side
from vclass.web.pages.contexts.room import MarkKind, OpenHours, RoomCard, RoomMark, RoomPage
from vclass.web.pages.parts import counted, side, sides_of
from vclass.web.pages.reading import may_book
from vclass.web.pages.reading_rooms import OneRoom, window
from vclass.web.room_grid import Mark, Timetable, room_grid
from vclass.web.words import Words

MINUTE: Final = 60
PHOTO: Final = "/api/v1/rooms/{}/photo"


@dataclass(frozen=True, slots=True)
class Shown:
    """A room, who looks at it, and when."""

    said: Words
    actor: Actor
    found: OneRoom
    now: Instant

    @property
    def home(self) -> Institution:
        return self.found.around.institutions[self.found.room.institution_id]

    @property
    def path(self) -> str:
        return f"/rooms/{self.found.room.public_id}"

    def on(self, date: dt.date, view: str = "") -> str:
        return f"{self.path}?view={view or self.found.days.view}&date={date}"


def room_page(shown: Shown) -> RoomPage:
    """The day or week that was asked for."""
    found, days = shown.found, shown.found.days
    marks = tuple(_mark(shown, each) for each in found.entries)
    table = Timetable(
        zone=found.room.zone,
        other_zone=shown.actor.zone,
        marks=[Mark(each.span, MINUTE * each.setup, MINUTE * each.teardown) for each in marks],
        open_hours=_open_hours(shown),
        now=shown.now,
    )
    step = dt.timedelta(len(days.dates))
    return RoomPage(
        room=_card(shown),
        view=days.view,
        grid=room_grid(days.dates, table),
        marks=marks,
        previous=shown.on(days.dates[0] - step),
        next=shown.on(days.dates[0] + step),
        today=f"{shown.path}?view={days.view}",
        as_day=shown.on(days.today if days.today in days.dates else days.dates[0], "day"),
        as_week=shown.on(days.dates[0], "week"),
        days=tuple(shown.on(each, "day") for each in days.dates),
        book=f"/lessons/new?room={found.room.public_id}" if may_book(shown.actor) else "",
        manage=f"/rooms/manage{shown.path}" if found.may_manage else "",
        notices=tuple(_closures(shown)),
    )


def _mark(shown: Shown, entry: Entry) -> RoomMark:
    """What the reader may know of a booking: all of it, what is blocked and why, or only that the room is busy."""
    if entry.purpose == "blocking":
        return _placed(entry, "blocking", entry.reason if entry.known or may_book(shown.actor) else "")
    lesson = shown.found.lessons.get(entry.booking_id)
    if lesson is None:
        return _placed(entry, "busy")
    other = next((each for each in sides_of(lesson, shown.found.around) if each.code != shown.home.code), None)
    owner = shown.found.around.people.get(entry.owner_id)
    kinds: dict[str, MarkKind] = {"held": "held", "requested": "requested"}
    return RoomMark(
        span=entry.span,
        kind=kinds.get(entry.state, "lesson"),
        title=lesson.draft.title,
        note=_note(shown.said, other, "" if owner is None else owner.name),
        href=f"/lessons/{lesson.public_id}" if entry.booking_id in shown.found.linked else "",
        other=other,
        until=entry.hold_until or 0,
        setup=entry.setup // MINUTE,
        teardown=entry.teardown // MINUTE,
    )


def _placed(entry: Entry, kind: MarkKind, title: str = "") -> RoomMark:
    return RoomMark(entry.span, kind, title, setup=entry.setup // MINUTE, teardown=entry.teardown // MINUTE)


def _note(said: Words, other: Side | None, owner: str) -> str:
    """With whom, and whose it is: the colour alone doesn't say it."""
    joint = "" if other is None else said.gettext("with %(code)s") % {"code": other.code}
    return ", ".join(each for each in (joint, owner) if each)


def _open_hours(shown: Shown) -> list[Span] | None:
    openings = shown.found.details.openings
    if not openings:
        return None
    room = shown.found.room
    return hours.spans(openings, room.zone, *window(shown.found.days.dates, room.zone))


def _card(shown: Shown) -> RoomCard:
    room, details = shown.found.room, shown.found.details
    answers = room.approval == "required" and may_book(shown.actor)
    return RoomCard(
        id=room.public_id,
        name=room.name,
        side=side(shown.home, room.zone),
        kind=room.kind,
        zone=room.zone,
        seats=room.seats,
        place=room.card.place,
        features=details.features,
        kit=tuple(counted(each.name, each.quantity) for each in shown.found.kit),
        photo=photo_path(room.public_id, details.photo),
        camera=room.card.camera,
        microphone=room.card.microphone,
        uplink=room.card.uplink,
        contact=room.card.contact,
        approval=room.approval == "required",
        approvers=tuple(each.name for each in shown.found.approvers) if answers else (),
        shared=room.shared,
        opening=tuple(_opening(details.openings, shown.found.days.today)),
        horizon_days=room.terms.horizon_days or 0,
        longest=room.terms.longest_minutes or 0,
        setup=room.terms.setup_minutes,
        teardown=room.terms.teardown_minutes,
    )


def photo_path(public_id: str, digest: str | None) -> str:
    """Where a room's picture is; another picture has another address."""
    return "" if digest is None else f"{PHOTO.format(public_id)}?v={digest[:12]}"


def _opening(openings: Iterable[Opening], today: dt.date) -> list[OpenHours]:
    """Hours that hold now or later."""
    return open_hours(each for each in openings if each.valid_until is None or each.valid_until >= today)


def open_hours(openings: Iterable[Opening]) -> list[OpenHours]:
    """Opening hours in lines: neighbouring weekdays with the same hours are one."""
    alike: dict[tuple[int, int, dt.date | None, dt.date | None], list[int]] = {}
    for each in openings:
        key = (each.opens_minute, each.closes_minute, each.valid_from, each.valid_until)
        alike.setdefault(key, []).append(each.weekday)
    lines = [
        OpenHours(first, last, _clock(opens), _clock(closes), since, until)
        for (opens, closes, since, until), weekdays in alike.items()
        for first, last in _runs(sorted(set(weekdays)))
    ]
    return sorted(lines, key=lambda line: (line.since or dt.date.min, line.first, line.opens))


def _runs(weekdays: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers in a row as pairs of the first and the last."""
    starts = [each for each in weekdays if each - 1 not in weekdays]
    ends = [each for each in weekdays if each + 1 not in weekdays]
    return list(zip(starts, ends, strict=True))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _closures(shown: Shown) -> Iterator[str]:
    """Why somebody who comes on one of these days finds the house closed."""
    said, dates = shown.said, shown.found.days.dates
    for each in shown.found.calendar.closures:
        if each.first_day <= dates[-1] and each.last_day >= dates[0]:
            facts = {
                "institution": shown.home.name,
                "first": said.date(each.first_day, "plain"),
                "last": said.date(each.last_day, "plain"),
                "reason": each.name,
            }
            one = said.gettext("%(institution)s is closed on %(first)s: %(reason)s")
            many = said.gettext("%(institution)s is closed from %(first)s to %(last)s: %(reason)s")
            yield (one if each.first_day == each.last_day else many) % facts
