"""Mail about bookings: to who approves, who asked, who waits and who needs kit next. None carries a calendar object.

One template says all kinds; what differs are a few sentences, written here by one function a kind. A row of the outbox
becomes a `NoticeMail` through ``msgspec.convert``; the link is added at sending. A link opens a page and changes
nothing: who approves presses a button there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from vclass.core.zones import Instant
from vclass.web.mails import RenderedMail, render_mail
from vclass.web.notice_facts import Notice, NoticeMail
from vclass.web.rendering import Renderer
from vclass.web.words import Words, words

Box: TypeAlias = Literal["wn", "bd", "okb"]
BOXES: Final[Mapping[Box, str]] = {"wn": "#fdf0d9", "bd": "#fde8ea", "okb": "#e2f4ea"}


@dataclass(frozen=True, slots=True)
class Said:
    """The sentences of one notice: above the title, in a coloured box, on the button, under it, at the foot.

    ``words`` are somebody's own.
    """

    intro: str
    alert: str
    button: str
    subject: str
    detail: str = ""
    note: str = ""
    foot: str = ""
    words: str = ""
    box: Box = "wn"


def render_notice_mail(renderer: Renderer, mail: NoticeMail) -> RenderedMail:
    language = words(mail.language)
    said = SENTENCES[mail.notice](language, mail)
    facts = {
        "title": " ".join(mail.title.split()),
        "date": language.day(mail.first[0], mail.zone, "short"),
        "time": language.clock(mail.first[0], mail.zone),
        "city": language.city(mail.zone),
    }
    return render_mail(
        renderer, mail.language, "notice", mail=mail, said=said, colour=BOXES[said.box], subject=said.subject % facts
    )


def _at(said: Words, instant: Instant, zone: str) -> str:
    """`Friday 9 October, 18:00 Vienna`."""
    return f"{said.day(instant, zone)}, {said.clock(instant, zone)} {said.city(zone)}"


def _held(said: Words, mail: NoticeMail) -> str:
    """Until when its rooms are; "" where nothing is held."""
    if not mail.until:
        return ""
    sentence = said.gettext("It is held until %(until)s. After that all rooms are free again.")
    return sentence % {"until": _at(said, mail.until, mail.zone)}


def _waits(said: Words, mail: NoticeMail) -> str:
    return said.gettext("It still waits for %(institutions)s.") % {"institutions": ", ".join(mail.waits_for)}


def _asked(said: Words, mail: NoticeMail) -> Said:
    """The owner's side of a request."""
    moved = said.gettext(
        "Everybody is told of the new time as soon as all have approved. Who was invited before still has the old one."
    )
    return Said(
        intro=said.gettext("You asked for another time for") if mail.before else said.gettext("You asked for"),
        alert=_waits(said, mail),
        detail=_held(said, mail) or said.gettext("Nothing is held for it: who is approved first has the room."),
        button=said.gettext("Open the lesson"),
        note=moved if mail.before else said.gettext("Everybody is invited as soon as all have approved."),
        subject=said.gettext("Waits for approval: %(title)s, %(date)s, %(time)s %(city)s"),
    )


def _requested(said: Words, mail: NoticeMail) -> Said:
    if mail.to == "owner":
        return _asked(said, mail)
    moves = said.gettext("%(name)s asks you to approve another time for")
    asks = said.gettext("%(name)s asks you to approve")
    return Said(
        intro=(moves if mail.before else asks) % {"name": mail.by},
        alert=said.gettext("A request waits for you."),
        detail=_held(said, mail) or said.gettext("Nothing is held for it: who is approved first has the room."),
        button=said.gettext("Look at the request"),
        note=said.gettext(
            "The link opens the request beside its rivals. Nothing is decided before you press a button there."
        ),
        foot=said.gettext("You get this mail because you approve bookings of your institution."),
        subject=said.gettext("Please approve: %(title)s, %(date)s, %(time)s %(city)s"),
    )


def _approved(said: Words, mail: NoticeMail) -> Said:
    if mail.waits_for:
        return _half(said, mail)
    return Said(
        intro=said.gettext("%(name)s approved") % {"name": mail.by},
        alert=said.gettext("Your booking is confirmed."),
        detail=said.gettext("Everybody who is invited is told now."),
        button=said.gettext("Open the lesson"),
        subject=said.gettext("Approved: %(title)s, %(date)s, %(time)s %(city)s"),
        box="okb",
    )


def _half(said: Words, mail: NoticeMail) -> Said:
    """One house has said yes, others have yet to answer."""
    return Said(
        intro=said.gettext("%(name)s approved") % {"name": mail.by},
        alert=_waits(said, mail),
        detail=_held(said, mail),
        button=said.gettext("Open the lesson"),
        note=said.gettext("Everybody is invited as soon as all have approved."),
        subject=said.gettext("Half approved: %(title)s, %(date)s, %(time)s %(city)s"),
    )


def _freed(said: Words, mail: NoticeMail, intro: str, subject: str) -> Said:
    """The other house's side of what came to nothing."""
    return Said(
        intro=intro,
        alert=said.gettext("There is nothing left to decide for you: your rooms are free again."),
        detail=mail.reason,
        button=said.gettext("Look at your queue"),
        foot=said.gettext("You get this mail because you approve bookings of your institution."),
        subject=subject,
    )


def _rejected(said: Words, mail: NoticeMail) -> Said:
    if mail.to == "approver":
        intro = said.gettext("%(name)s rejected") % {"name": mail.by}
        return _freed(said, mail, intro, said.gettext("Rejected: %(title)s, %(date)s, %(time)s %(city)s"))
    return Said(
        intro=said.gettext("%(name)s rejected your request for") % {"name": mail.by},
        alert=said.gettext("Nothing is booked."),
        detail=mail.reason,
        button=said.gettext("Choose another slot"),
        note=said.gettext("Everything you entered is kept."),
        subject=said.gettext("Rejected: %(title)s, %(date)s, %(time)s %(city)s"),
        box="bd",
    )


def _expired(said: Words, mail: NoticeMail) -> Said:
    owner = mail.to == "owner"
    return Said(
        intro=said.gettext("The hold has ended for"),
        alert=said.gettext("Nobody answered in time.") if owner else said.gettext("It was not answered in time."),
        detail=said.gettext("The rooms of all sides are free again."),
        button=said.gettext("Choose another slot") if owner else said.gettext("Look at your queue"),
        note=said.gettext("Everything you entered is kept.") if owner else "",
        subject=said.gettext("Hold ended: %(title)s, %(date)s, %(time)s %(city)s"),
        box="bd" if owner else "wn",
    )


def _in_part(said: Words, mail: NoticeMail) -> Said:
    """Some dates of a series are confirmed, others were approved too late."""
    had, lost = len(mail.confirmed), len(mail.lost)
    return Said(
        intro=said.gettext("Your request was approved in part"),
        alert=said.ngettext("%(num)d date is confirmed.", "%(num)d dates are confirmed.", had) % {"num": had},
        detail=said.ngettext(
            "%(num)d date could not be had any more.", "%(num)d dates could not be had any more.", lost
        )
        % {"num": lost},
        button=said.gettext("Decide about the rest"),
        note=said.gettext(
            "You can go on without these dates, move them or take other rooms. Nobody is told of the confirmed ones "
            "before you have decided."
        ),
        subject=said.gettext("Approved in part: %(title)s, %(date)s, %(time)s %(city)s"),
    )


def _taken(said: Words, mail: NoticeMail) -> Said:
    if mail.confirmed:
        return _in_part(said, mail)
    until = said.gettext("It is free again from %(until)s.") % {"until": _at(said, mail.until, mail.zone)}
    return Said(
        intro=said.gettext("What you asked for can no longer be had"),
        alert=said.gettext("Somebody else has the slot."),
        detail=until if mail.until else "",
        button=said.gettext("Choose another slot"),
        note=said.gettext("Your request stays open; everything you entered is kept."),
        subject=said.gettext("Slot taken: %(title)s, %(date)s, %(time)s %(city)s"),
        box="bd",
    )


def _displaced(said: Words, mail: NoticeMail) -> Said:
    if mail.to == "approver":
        intro = said.gettext("A joint lesson has lost a room elsewhere")
        return _freed(said, mail, intro, said.gettext("Lost its room: %(title)s, %(date)s, %(time)s %(city)s"))
    return Said(
        intro=said.gettext("Your lesson has lost its room"),
        alert=said.gettext("It has no room at this time any more."),
        detail=mail.reason,
        button=said.gettext("Choose another room or time"),
        note=said.gettext("The lesson stands, and everybody can still meet online."),
        subject=said.gettext("Lost its room: %(title)s, %(date)s, %(time)s %(city)s"),
        box="bd",
    )


def _offered(said: Words, mail: NoticeMail) -> Said:
    return Said(
        intro=said.gettext("A slot that you wait for is free"),
        alert=said.gettext("It is kept for you until %(until)s.") % {"until": _at(said, mail.until, mail.zone)},
        detail=said.gettext("After that it goes to the next in line."),
        button=said.gettext("Take it or let it go"),
        note=said.gettext("The link opens the offer. Nothing is booked before you press a button there."),
        subject=said.gettext("Free for you: %(title)s, %(date)s, %(time)s %(city)s"),
    )


def _overdue(said: Words, mail: NoticeMail) -> Said:
    needed = said.gettext("It is needed again on %(until)s.") % {"until": _at(said, mail.until, mail.zone)}
    yours = said.gettext("You have booked it for %(until)s.") % {"until": _at(said, mail.until, mail.zone)}
    borrower = mail.to == "borrower"
    return Said(
        intro=said.gettext("Not brought back yet"),
        alert=said.gettext("%(name)s has it still.") % {"name": mail.by},
        detail=(yours if borrower else needed) if mail.until else "",
        button=said.gettext("Open the lesson") if borrower else said.gettext("Look at what is out"),
        note=said.gettext("The administration has been told, too.") if borrower else "",
        foot=said.gettext("The time above is when it was due."),
        subject=said.gettext("Overdue: %(title)s, due %(date)s, %(time)s %(city)s"),
    )


def _law(said: Words, mail: NoticeMail) -> Said:
    same = mail.before is None or said.hours(mail.before, mail.zone) == said.hours(mail.first, mail.zone)
    return Said(
        intro=said.gettext("A country has changed the rules of its clocks"),
        alert=said.gettext("Your clock shows the same time as before.")
        if same
        else said.gettext("Your clock shows another time now."),
        detail=said.gettext(
            "The lesson keeps its hour where it is held. Nobody who is invited is told before you say so: "
            "one press does."
        ),
        button=said.gettext("Look, and tell everyone"),
        subject=said.gettext("Clocks change: %(title)s, now %(date)s, %(time)s %(city)s"),
    )


def _closed(said: Words, mail: NoticeMail) -> Said:
    return Said(
        intro=said.gettext("A house will be closed when your lesson meets"),
        alert=said.gettext("%(house)s is closed: %(reason)s") % {"house": mail.by, "reason": mail.reason},
        detail=said.gettext("The lesson stands until you move or cancel it; everybody can still meet online."),
        button=said.gettext("Open the lesson"),
        note=said.gettext("Nobody who is invited has been told."),
        subject=said.gettext("House closed: %(title)s, %(date)s, %(time)s %(city)s"),
    )


def _proposed(said: Words, mail: NoticeMail) -> Said:
    assert mail.proposed is not None, "a proposal has a time"
    starts, _ = mail.proposed
    when = f"{said.day(starts, mail.zone)}, {said.hours(mail.proposed, mail.zone)} {said.city(mail.zone)}"
    writes = said.gettext("%(name)s writes: %(words)s") % {"name": mail.by, "words": mail.reason}
    taken = said.gettext("Not free then: %(names)s.") % {"names": ", ".join(mail.taken)}
    return Said(
        intro=said.gettext("%(name)s proposes another time for") % {"name": mail.by},
        alert=said.gettext("Proposed: %(time)s.") % {"time": when},
        detail=taken if mail.taken else said.gettext("Everything is free then."),
        button=said.gettext("Look at the proposal"),
        note=said.gettext("There you can take it over or decline it. Until then the lesson stays when it is."),
        words=writes if mail.reason else "",
        subject=said.gettext("Another time proposed: %(title)s, %(date)s, %(time)s %(city)s"),
    )


SENTENCES: Final[Mapping[Notice, Callable[[Words, NoticeMail], Said]]] = {
    "requested": _requested,
    "approved": _approved,
    "rejected": _rejected,
    "expired": _expired,
    "taken": _taken,
    "displaced": _displaced,
    "offered": _offered,
    "overdue": _overdue,
    "law": _law,
    "closed": _closed,
    "proposed": _proposed,
}
