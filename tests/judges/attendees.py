"""Attendees who answer by mail, and what their answers come to by two sentences of RFC 5546.

An answer holds while its date is at the time for which it was given, and of those that hold the one with the highest
SEQUENCE, then DTSTAMP, counts (section 2.1.5). That is the whole model: what was meant is noted when it is said, from
the mail that is answered; nothing is asked of ours but when each date is.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from schedules import Lesson, MailFacts
from tests.schedules.ical.examples import lines
from tests.schedules.ical.replies import STYLES, reply
from vclass.core.spans import Span
from vclass.core.zones import Instant, WallTime, resolve, rfc3339

WHOLE: Final = ""
UNANSWERED: Final = "NEEDS-ACTION"
PARTSTATS: Final = ("ACCEPTED", "TENTATIVE", "DECLINED")
ZONE: Final = re.compile(r"\r\nDTSTART;TZID=([^:;]+):")
TO_THE_WHOLE: Final = 0.4
THINKS_BETTER: Final = 0.5
ARRIVES: Final = 0.5
COMES_AGAIN: Final = 0.15


@dataclass(frozen=True)
class Word:
    """An answer: which date was meant, by its public id, or the whole; and the object that says so."""

    email: str
    meant: str
    partstat: str
    sequence: int
    dtstamp: Instant
    octets: bytes


@dataclass
class Answering:
    """What a lesson's attendees say of it, what of that is underway, and since when each date is when it is."""

    dice: random.Random
    said: list[Word] = field(default_factory=list)
    underway: list[Word] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)
    back_since: dict[str, int] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    names: dict[Instant, dict[str, str]] = field(default_factory=dict)

    def watch(self, lesson: Lesson) -> None:
        """Note what a step has changed: times, people, and what the mails of this moment call each date."""
        for each in lesson.dates:
            if self.spans.get(each.public_id) != (each.starts, each.ends):
                self.spans[each.public_id] = each.starts, each.ends
                self.since[each.public_id] = lesson.sequence
        present = frozenset(each.email for each in lesson.present)
        self.back_since |= dict.fromkeys(present - self.present, lesson.sequence)
        self.present = present
        self.names[lesson.told_at] = {str(each.recurrence): each.public_id for each in lesson.dates}

    def answer(self, asked: MailFacts, calendar: bytes, now: Instant) -> None:
        """Let somebody answer a REQUEST, as one of the known programs would, and think better of it at times."""
        dates = named(asked, calendar)
        whole = not asked.about and self.dice.random() < TO_THE_WHOLE
        line = "" if whole or not dates else self.dice.choice(sorted(dates))
        meant = self.names[asked.dtstamp][dates[line]] if line else WHOLE
        first, second = self.dice.sample(PARTSTATS, 2)
        self._say(asked, line, meant, first, now - 1)
        if self.dice.random() < THINKS_BETTER:
            self._say(asked, line, meant, second, now)

    def _say(self, asked: MailFacts, line: str, meant: str, partstat: str, now: Instant) -> None:
        octets = reply(
            self.dice.choice(sorted(STYLES)), partstat, uid=asked.uid, attendee=asked.email, sequence=asked.sequence,
            dtstamp=stamp(now), recurrence=line,
        )  # fmt: skip
        word = Word(asked.email, meant, partstat, asked.sequence, now, octets)
        self.said.append(word)
        self.underway.append(word)

    def arriving(self, *, all_of_them: bool = False) -> list[Word]:
        """Some of what is underway, in any order; now and then one comes again."""
        some = [each for each in self.underway if all_of_them or self.dice.random() < ARRIVES]
        self.underway = [each for each in self.underway if each not in some]
        again = [each for each in self.said if each not in self.underway and self.dice.random() < COMES_AGAIN]
        arriving = [*some, *again]
        self.dice.shuffle(arriving)
        return arriving

    def expected(self, lesson: Lesson, email: str) -> tuple[str, dict[str, str]]:
        """What somebody's answers come to: for the whole, and for each date by its public id."""
        back = self.back_since[email]
        since = {each.public_id: max(self.since[each.public_id], back) for each in lesson.occurrences}
        words = [each for each in self.said if each.email == email]
        to_whole = [each for each in words if each.meant == WHOLE]
        each_one = {
            name: holding((each for each in words if each.meant in (WHOLE, name)), at) for name, at in since.items()
        }
        return holding(to_whole, min(since.values())), each_one


def holding(words: Iterable[Word], since: int) -> str:
    """The newest of those that were given since a SEQUENCE."""
    found = [each for each in words if each.sequence >= since]
    return max(found, key=lambda each: (each.sequence, each.dtstamp)).partstat if found else UNANSWERED


def named(asked: MailFacts, calendar: bytes) -> dict[str, str]:
    """The RECURRENCE-ID lines by which programs answer to single dates of a mail, and which date each names."""
    zone = ZONE.search(calendar.decode())
    if zone is not None and not asked.about:
        walls = {each.recurrence: _instant(each.recurrence, asked.zone) for each in asked.standing}
        local = {f"RECURRENCE-ID;TZID={zone[1]}:{_compact(wall)}": wall for wall in walls}
        return local | {f"RECURRENCE-ID:{stamp(at)}": wall for wall, at in walls.items()}
    meetings = (*asked.standing, *asked.about)
    known = {_compact(each.recurrence): each.recurrence for each in meetings}
    known |= {stamp(each.published_start): each.recurrence for each in meetings if each.published_start is not None}
    return {line: known[line.rpartition(":")[2]] for line in lines(calendar, "RECURRENCE-ID")}


def stamp(instant: Instant) -> str:
    return _compact(rfc3339(instant))


def _compact(text: str) -> str:
    """A time as iCalendar writes it."""
    digits = text.replace("-", "").replace(":", "")
    return digits if digits.endswith("Z") else f"{digits}00"


def _instant(wall: str, zone: str) -> Instant:
    found = resolve(WallTime.parse(wall), zone, 0)
    assert isinstance(found, int), "hours that clocks skip aren't among those of histories"
    return found
