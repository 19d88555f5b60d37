"""What has just happened, said once on the page that a form leads to.

The cookie between the two names one of a fixed set of sentences and a number, never a text of its own.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from aiohttp import web

from schedules import Lesson
from vclass.core.keys import SETTINGS
from vclass.web import cookies
from vclass.web.pages.contexts import Notice
from vclass.web.words import Words

NAME: Final = "notice"
SECONDS: Final = 60
VALUE: Final = re.compile(r"([a-z]{1,20})\.(\d{1,6})", re.ASCII)


def see_other(request: web.Request, path: str, code: str = "", number: int = 0) -> web.Response:
    """Lead on to a page of ours, which says what has happened."""
    response = web.Response(status=303, headers={"Location": path})
    if code:
        cookies.set_cookie(response, request.config_dict[SETTINGS].server, NAME, f"{code}.{number}", SECONDS)
    return response


def done(lesson: Lesson, code: str) -> str:
    """The code of what was done to a lesson: while something of it is pending nobody is told yet."""
    return "waits" if lesson.pending else code


def notice_of(request: web.Request, said: Words, names: Mapping[int, str]) -> Notice | None:
    """What the last form left to say; ``names`` are those of the institutions, by number."""
    match = VALUE.fullmatch(request.cookies.get(NAME, ""))
    text = sentence(said, match[1], int(match[2]), names) if match else ""
    return Notice(text) if text else None


def forget(request: web.Request, response: web.Response) -> None:
    if NAME in request.cookies:
        cookies.set_cookie(response, request.config_dict[SETTINGS].server, NAME, "", 0)


def sentence(said: Words, code: str, number: int, names: Mapping[int, str] = MappingProxyType({})) -> str:
    """The sentence that a code stands for; "" for one that we don't know. Some numbers stand for a name."""
    if code == "asked" and number in names:
        return said.gettext("Asked for: it waits for %(name)s. Nobody is invited before.") % {"name": names[number]}
    say = SENTENCES.get(code)
    return "" if say is None else say(said, number) % {"num": number}


SENTENCES: Final[Mapping[str, Callable[[Words, int], str]]] = {
    "booked": lambda said, number: said.ngettext(
        "Booked. %(num)d invitation is on its way.", "Booked. %(num)d invitations are on their way.", number
    ),
    "asked": lambda said, _: said.gettext("Asked for: it waits for approval. Nobody is invited before."),
    "queued": lambda said, _: said.gettext("You are in line: when the time becomes free you get a mail."),
    "taken": lambda said, _: said.gettext("The slot is yours."),
    "unlisted": lambda said, _: said.gettext("You are off the waiting list."),
    "moved": lambda said, number: said.ngettext(
        "Moved. %(num)d person is told by mail.", "Moved. %(num)d people are told by mail.", number
    ),
    "waits": lambda said, _: said.gettext(
        "Done, and it waits for approval. Everybody is told as soon as all have answered."
    ),
    "goeson": lambda said, number: said.ngettext(
        "Left out. %(num)d person is told by mail of the dates that take place.",
        "Left out. %(num)d people are told by mail of the dates that take place.",
        number,
    ),
    "roomed": lambda said, number: said.ngettext(
        "The room is changed. %(num)d person is told by mail.",
        "The room is changed. %(num)d people are told by mail.",
        number,
    ),
    "added": lambda said, number: said.ngettext(
        "Added. %(num)d person is told by mail.", "Added. %(num)d people are told by mail.", number
    ),
    "cancelled": lambda said, number: said.ngettext(
        "Cancelled. %(num)d person is told by mail.", "Cancelled. %(num)d people are told by mail.", number
    ),
    "invited": lambda said, _: said.gettext("Invited. The mail with the personal link is on its way."),
    "removed": lambda said, _: said.gettext("Removed. The personal link no longer works, and the person is told."),
    "link": lambda said, _: said.gettext("The old link no longer works. The new one is on its way by mail."),
    "saved": lambda said, _: said.gettext("Saved."),
    "roomadded": lambda said, _: said.gettext("Added. Now you can send a picture of the room."),
    "kitadded": lambda said, _: said.gettext("Added."),
    "retired": lambda said, _: said.gettext("Taken out of use. Nobody can book it any more."),
    "revived": lambda said, _: said.gettext("Back in use. It can be booked again."),
    "pictured": lambda said, _: said.gettext("The picture is there now."),
    "unpictured": lambda said, _: said.gettext("The picture is gone."),
    "blocked": lambda said, number: (
        said.ngettext(
            "Blocked. %(num)d booking lost its room; its people are told.",
            "Blocked. %(num)d bookings lost their room; their people are told.",
            number,
        )
        if number
        else said.gettext("Blocked.")
    ),
    "unblocked": lambda said, _: said.gettext("The blocking is over. What it held can be booked again."),
    "closureadded": lambda said, _: said.gettext(
        "Added. New series leave these days out; whoever has lessons then is told, and they stay."
    ),
    "closureremoved": lambda said, _: said.gettext("Removed. Lessons stay as they are."),
    "termadded": lambda said, _: said.gettext("The term is added."),
    "termremoved": lambda said, _: said.gettext("The term is removed. Lessons stay as they are."),
    "handedout": lambda said, _: said.gettext("Handed out."),
    "takenback": lambda said, _: said.gettext("Taken back."),
    "approved": lambda said, number: said.ngettext(
        "Approved: %(num)d date. Who asked is told.", "Approved: %(num)d dates. Who asked is told.", number
    ),
    "approvedpart": lambda said, number: said.ngettext(
        "Approved: %(num)d date. The rest could not be had any more and stays open; who asked is told.",
        "Approved: %(num)d dates. The rest could not be had any more and stays open; who asked is told.",
        number,
    ),
    "rejected": lambda said, number: said.ngettext(
        "Rejected: %(num)d date. All sides are told why.", "Rejected: %(num)d dates. All sides are told why.", number
    ),
    "answered": lambda said, _: said.gettext("Thank you. Your answer is noted."),
    "oldtime": lambda said, _: said.gettext("The lesson has moved since you opened the page. Please answer once more."),
    "disowned": lambda said, _: said.gettext("That answer does not count. Yours is as it was."),
    "declined": lambda said, _: said.gettext("Declined. The person is told; the time stays as it is."),
    "sentagain": lambda said, _: said.gettext("It is on its way once more."),
    "sentlately": lambda said, _: said.gettext("It was sent within this hour. Wait for it to arrive, then try again."),
    "nothingsent": lambda said, _: said.gettext("Nobody was invited yet: the mail leaves once all is decided."),
    "nottosend": lambda said, _: said.gettext("This mail is of no use any more, so it is not sent again."),
    "dealtwith": lambda said, _: said.gettext("Dealt with. It is no longer in the list."),
    "calendarread": lambda said, _: said.gettext("The calendar is read."),
    "calendargone": lambda said, _: said.gettext("Removed. Its busy times no longer count."),
    "linked": lambda said, _: said.gettext("The link is ready. Whoever has it can read this calendar."),
    "unlinked": lambda said, _: said.gettext("Revoked. The link leads nowhere any more."),
    "lockedout": lambda said, _: said.gettext("Revoked. The program can no longer sign in."),
    "clocks": lambda said, number: said.ngettext(
        "%(num)d person is told by mail of the new times.", "%(num)d people are told by mail of the new times.", number
    ),
    "joining": lambda said, _: said.gettext("The film is being made. That takes about as long as half the lesson."),
    "stillrecording": lambda said, _: said.gettext("The lesson is still being recorded. Stop the recording first."),
    "recordinggone": lambda said, _: said.gettext("Deleted. Nobody can see it any more."),
    "left": lambda said, _: said.gettext("You are signed out."),
}
