"""What came of the stage's invitations, and what people bring from other calendars: answers, failed mail, a new law."""

import tempfile
from pathlib import Path
from typing import Any, Final

from rooms import DESK
from schedules import NewLesson, feeds, law
from schedules.answers import receive
from schedules.busy import IMPORTER
from tests import releases
from tests.icsreader.files import calendar, event
from tests.journeys.stage import ADMIN, DAY, GUEST, NOW, STUDENT, Stage, Term
from tests.schedules.answers.mail import incoming, stamp
from tests.schedules.ical.replies import counter, reply
from vclass.core import outbox, zones
from vclass.core.keys import DATABASE, KEYRING
from vclass.demo.cast import LEADER, PARTNER

VANCOUVER: Final = "America/Vancouver"
HOUR: Final = 3600
REFUSALS: Final = (
    (STUDENT, "550 5.1.1 <danylo.savchuk@kpa.edu.example>: Recipient address rejected: User unknown"),
    (GUEST, "450 4.2.2 The mailbox is full"),
)
OTHERS: Final = calendar(
    event("SUMMARY:Dentist", "DTSTART;TZID=Europe/Vienna:20261021T080000", "DURATION:PT1H"),
    event("DTSTART;TZID=Europe/Vienna:20261022T180000", "DURATION:PT2H", "RRULE:FREQ=WEEKLY", uid="2"),
    event("DTSTART:20261023T090000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT", uid="3"),
    event("DTSTART;TZID=Customized Time Zone:20261024T190000", "DURATION:PT2H", uid="4"),
)


async def corresponded(there: Stage, term: Term) -> None:
    """Let answers come in, mail fail, and a law change; the clock stands at ``NOW`` afterwards."""
    await _answer(there, term)
    await _fail(there, term)
    await _bring(there)
    await _subscribe(there, term)
    await _change_the_law(there)


async def _answer(there: Stage, term: Term) -> None:
    """To the lesson that moved: a yes, another time that is proposed, and an answer of somebody unknown."""
    lesson, at = term.moved, NOW
    about: dict[str, Any] = {"uid": lesson.uid, "sequence": lesson.sequence + 1, "dtstamp": stamp(at)}
    proposed = counter("20261022T140000", "DTEND;TZID=W. Europe Standard Time:20261022T153000", attendee=GUEST, **about)
    for sender, content in (
        (STUDENT, reply("Google", attendee=STUDENT, **about)),
        (GUEST, proposed.replace(b"en-US:\r\n", b"en-US:I teach until two.\r\n", 1)),
        (PARTNER, reply("Thunderbird", "TENTATIVE", attendee=PARTNER, **about)),
        ("d.savchuk@home.example", reply("Apple", attendee="d.savchuk@home.example", **about)),
    ):
        mail = incoming(lesson, content, at=at, header_from=sender, envelope_sender=sender)
        await there.app[DATABASE].write(receive, mail, at)


async def _fail(there: Stage, term: Term) -> None:
    """Mails on a lesson that was: one refused, one come back."""
    for email, error in REFUSALS:
        [first, *_] = await there.app[DATABASE].read(outbox.of_lanes, [f"{term.ended.uid}|{email}"])
        await there.app[DATABASE].write(outbox.mark_bounced, first.leased.id, NOW - 5 * HOUR, error)


async def _bring(there: Stage) -> None:
    await there.app[IMPORTER].bring_file(await there.actor(LEADER), "home-and-family.ics", OTHERS)


async def _subscribe(there: Stage, term: Term) -> None:
    owner, site = await there.actor(LEADER), feeds.Site(there.url, there.app[KEYRING])
    [room] = await there.rooms("A-101")
    for wish in (feeds.Wish("person", "", "full"), feeds.Wish("room", room, "busy")):
        await there.app[DATABASE].write(feeds.create, owner, site, wish, NOW - DAY)
    await there.app[DATABASE].write(feeds.create, owner, site, feeds.Wish("lesson", term.course.public_id, "full"), NOW)


async def _change_the_law(there: Stage) -> None:
    """A lesson by Vancouver's clock that was booked before the law of 2026 was known."""
    with tempfile.TemporaryDirectory() as folder:
        zones.use_database(releases.doctored(Path(folder), VANCOUVER, "America/Los_Angeles", "2025b"))
        try:
            await there.book(_overseas(), ADMIN)
        finally:
            zones.use_database(None)
    await law.carry_out(there.app[DATABASE], there.app[DESK], there.clock)


def _overseas() -> NewLesson:
    return NewLesson(
        title="Archives overseas",
        zone=VANCOUVER,
        start="2026-12-01T08:00",
        minutes=60,
        rooms=(),
        teachers=(PARTNER,),
    )
