"""The invitation doctor: what was sent to whom, how it went, what came back; and sending it again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from aiohttp import web

from schedules import InvitationView, Lesson, lesson_subject, sent_invitations, sent_mail, visible_lesson
from schedules import answers as features
from schedules.answers import Given
from vclass.core.keys import ACTOR, CLOCK, DATABASE, SETTINGS, Actor
from vclass.core.spans import Span
from vclass.core.zones import parse_rfc3339
from vclass.people import allowed
from vclass.web.guard import page
from vclass.web.letters import LETTERS
from vclass.web.pages.answers import calendar
from vclass.web.pages.answers_view import spans_of
from vclass.web.pages.contexts.answers import DoctorPage, GivenAnswer, Patient, SentMail
from vclass.web.pages.framing import show
from vclass.web.pages.notices import see_other

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class _Files:
    """A lesson with all that was sent and answered."""

    lesson: Lesson
    mails: Sequence[InvitationView]
    history: Sequence[Given]
    may_send: bool


@routes.get("/lessons/{lesson}/invitations")
@page(action="invitations.see")
async def doctor(request: web.Request) -> web.Response:
    found = await request.app[DATABASE].read(_files, request[ACTOR], request.match_info["lesson"])
    return await show(request, doctor_page(found, rsvp=bool(request.app[SETTINGS].mail.inbound)), nav="day")


@routes.get("/lessons/{lesson}/invitations/{mail}/invite.ics")
@page(action="invitations.see")
async def sent_file(request: web.Request) -> web.Response:
    """A calendar object as it was sent, with the personal link taken out."""
    parts = request.match_info
    row = await request.app[DATABASE].read(sent_mail, request[ACTOR], parts["lesson"], parts["mail"])
    return calendar(request.app[LETTERS].invite_file(row.leased, redacted=True))


@routes.post("/lessons/{lesson}/people/{attendee}/again")
@page(action="lesson.invite")
async def send_again(request: web.Request) -> web.Response:
    """Send an attendee the whole once more."""
    parts, path = request.match_info, f"/lessons/{request.match_info['lesson']}/invitations"
    try:
        await request.app[DATABASE].write(
            features.send_again, request[ACTOR], parts["lesson"], parts["attendee"], request.app[CLOCK]()
        )
    except features.SentLatelyError:
        return see_other(request, path, "sentlately")
    except features.NothingSentError:
        return see_other(request, path, "nothingsent")
    return see_other(request, path, "sentagain")


def _files(connection: sa.Connection, actor: Actor, public_id: str) -> _Files:
    lesson = visible_lesson(connection, actor, public_id, "invitations.see")
    mails = sent_invitations(connection, actor, public_id)
    may_send = allowed(actor, "lesson.invite", lesson_subject(lesson))
    return _Files(lesson, mails, features.history(connection, lesson.id), may_send)


def doctor_page(found: _Files, *, rsvp: bool) -> DoctorPage:
    lesson = found.lesson
    spans, starts = spans_of(lesson), {str(each.recurrence): (each.starts, each.ends) for each in lesson.dates}
    mails, given = defaultdict[str, list[SentMail]](list), defaultdict[int, list[GivenAnswer]](list)
    for mail in reversed(found.mails):
        mails[mail.email].append(_mail(lesson, mail, starts))
    for answer in reversed(found.history):
        given[answer.attendee_id].append(_given(answer, spans))
    return DoctorPage(
        lesson=lesson.public_id,
        title=lesson.draft.title,
        people=tuple(
            Patient(
                id=each.public_id,
                name=each.name or each.email,
                email=each.email,
                removed=each.removed,
                partstat="" if each.person_id == lesson.owner_id else lesson.partstats(each)[0],
                mails=tuple(mails[each.email]),
                answers=tuple(given[each.id]),
            )
            for each in lesson.attendees
        ),
        rsvp=rsvp,
        may_send=found.may_send,
    )


def _mail(lesson: Lesson, mail: InvitationView, starts: dict[str, Span]) -> SentMail:
    return SentMail(
        news=mail.news,
        method=mail.method,
        sequence=mail.sequence,
        stamp=parse_rfc3339(mail.dtstamp),
        state=mail.state,
        at=parse_rfc3339(mail.at),
        tries=mail.tries,
        error=mail.error or "",
        file=f"/lessons/{lesson.public_id}/invitations/{mail.id}/invite.ics" if mail.method else "",
        date=starts.get(mail.recurrence),
    )


def _given(given: Given, spans: dict[str, Span]) -> GivenAnswer:
    state = "old-time" if given.state == "counted" and given.to_old_time else given.state
    return GivenAnswer(
        partstat=given.partstat,
        state=state,
        source=given.source,
        at=given.received_at,
        comment=given.comment,
        delegated_to=given.delegated_to,
        sender=given.sender,
        date=spans.get(given.occurrence),
    )
