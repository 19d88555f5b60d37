"""Answers as contexts: the question to one attendee, and what a lesson's teachers see."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from schedules import Attendee, Held, Lesson
from schedules.answers import Answers, Given, Offered
from schedules.partstats import Partstat
from vclass.core.spans import Span
from vclass.core.zones import Instant, local
from vclass.web.pages.contexts.answers import (
    AnswerCount,
    AnswerForm,
    AnswersCard,
    DateAnswer,
    DateToAnswer,
    ProposalLine,
    StrayLine,
    WaitingAnswer,
)

IN_ORDER: Final[tuple[Partstat, ...]] = ("ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED", "NEEDS-ACTION")
MINUTE: Final = 60
PRESSED: Final[Mapping[str, Partstat]] = {"accepted": "ACCEPTED", "tentative": "TENTATIVE", "declined": "DECLINED"}
"""What a button says, and what a link in a mail points to."""


def answer_form(
    lesson: Lesson, attendee: Attendee, history: Sequence[Given], path: str, now: Instant, chosen: str = ""
) -> AnswerForm | None:
    """The question, while anything is to come; its owner is not asked."""
    coming = [each for each in lesson.occurrences if each.starts > now]
    if lesson.cancelled or not coming or attendee.person_id == lesson.owner_id:
        return None
    whole, each_one = lesson.partstats(attendee)
    spans = spans_of(lesson)
    dates = (DateToAnswer(each.public_id, _span(each), each_one[each.recurrence], each.asks) for each in coming)
    return AnswerForm(
        path=path,
        partstat=whole,
        sequence=max(lesson.sequence, attendee.sequence),
        dates=tuple(dates) if lesson.draft.timing.rule is not None else (),
        waiting=tuple(
            WaitingAnswer(each.id, each.partstat, each.received_at, spans.get(each.occurrence))
            for each in history
            if each.state == "asked"
        ),
        chosen=PRESSED.get(chosen, ""),
    )


def answers_card(found: Answers, now: Instant) -> AnswersCard:
    """Counts and names, single dates, proposals and strays."""
    lesson, counted = found.lesson, found.counted()
    return AnswersCard(
        counts=tuple(
            AnswerCount(name, tuple(each.name or each.email for each in people))
            for name in IN_ORDER
            if (people := counted.get(name, []))
        ),
        dates=tuple(_dates(lesson, now)),
        proposals=tuple(_proposal(lesson, each) for each in found.offered),
        strays=tuple(
            StrayLine(each.id, each.address, each.sender, each.partstat, each.comment, each.received_at)
            for each in found.strays
        ),
        people=tuple((each.public_id, each.name or each.email) for each in lesson.present),
    )


def spans_of(lesson: Lesson) -> dict[str, Span]:
    """When each date is, by its public id."""
    return {each.public_id: _span(each) for each in lesson.dates}


def own_answer(lesson: Lesson, person_id: int | None) -> str:
    """What the reader answered, if asked."""
    mine: Iterable[Attendee] = (each for each in lesson.present if each.person_id == person_id)
    return next((lesson.partstats(each)[0] for each in mine if each.person_id != lesson.owner_id), "")


def _dates(lesson: Lesson, now: Instant) -> Iterator[DateAnswer]:
    """What was answered to single dates to come, where it differs from the answer to the whole."""
    for attendee in lesson.present:
        whole, each_one = lesson.partstats(attendee)
        for held in lesson.occurrences:
            said = each_one[held.recurrence]
            if held.starts > now and attendee.answers and said != whole:
                yield DateAnswer(attendee.name or attendee.email, _span(held), said)


def _proposal(lesson: Lesson, offered: Offered) -> ProposalLine:
    proposal = offered.proposal
    return ProposalLine(
        id=proposal.id,
        name=offered.attendee.name or offered.attendee.email,
        span=offered.span,
        before=_span(offered.held),
        comment=proposal.comment,
        taken=tuple(dict.fromkeys(name for name, _ in offered.taken)),
        accept=_accept(lesson, offered),
        whole=not proposal.occurrence and lesson.draft.timing.rule is not None,
    )


def _accept(lesson: Lesson, offered: Offered) -> str:
    """The page where the proposal is filled in: of the one date, or of all."""
    starts, ends = offered.proposal.span
    zone = lesson.draft.timing.zone
    wall = local(starts, zone)
    minutes = (ends - starts) // MINUTE
    filled = urlencode({"zone": zone, "date": wall.date, "time": f"{wall.time:%H:%M}", "minutes": minutes})
    path = f"/lessons/{lesson.public_id}"
    if offered.proposal.occurrence and lesson.draft.timing.rule is not None:
        return f"{path}/occurrences/{offered.held.recurrence}?change=move&{filled}"
    return f"{path}?{filled}#change"


def _span(held: Held) -> Span:
    return held.starts, held.ends
