"""Answers in every state, with invented names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tests.web.samples import ANNA, JOIN, LESSON, MOVED, NEXT_WEEK, NOW, STUDENT, TODAY, Sample, span
from vclass.web.pages.contexts.answers import (
    AnswerCount,
    AnswerForm,
    AnswersCard,
    DateAnswer,
    DateToAnswer,
    DoctorPage,
    GivenAnswer,
    Patient,
    ProposalLine,
    SentMail,
    StrayLine,
    WaitingAnswer,
)

FORM: Final = AnswerForm("/join/Qm3t-7Lx/answer", "NEEDS-ACTION", 2)
SERIES: Final = AnswerForm(
    "/join/Qm3t-7Lx/answer",
    "ACCEPTED",
    2,
    dates=(DateToAnswer("d1", TODAY, "ACCEPTED"), DateToAnswer("d2", NEXT_WEEK, "DECLINED")),
    waiting=(WaitingAnswer("w1", "DECLINED", NOW - 3600), WaitingAnswer("w2", "TENTATIVE", NOW - 60, NEXT_WEEK)),
    chosen="TENTATIVE",
)
CARD: Final = AnswersCard(
    counts=(
        AnswerCount("ACCEPTED", ("Ірина Бондар", "Sophie Brandl")),
        AnswerCount("TENTATIVE", ("Maria Alvarez",)),
        AnswerCount("DELEGATED", ("Nikos",)),
        AnswerCount("NEEDS-ACTION", ("Danylo", "Olha", "greta@example.org")),
    ),
    dates=(DateAnswer("Sophie Brandl", NEXT_WEEK, "DECLINED"),),
    proposals=(
        ProposalLine(
            "p1",
            "Maria Alvarez",
            MOVED,
            TODAY,
            "Mornings are hard here.",
            ("Hall 214",),
            "/lessons/law?x=1",
            whole=True,
        ),
        ProposalLine("p2", "Nikos", span("2026-10-15T08:00:00Z"), NEXT_WEEK, "", (), "/lessons/law/occurrences/y"),
    ),
    strays=(
        StrayLine("s1", "m.alvarez@home.example", "m.alvarez@home.example", "ACCEPTED", "", NOW - 7200),
        StrayLine("s2", "sophie@vii.example", "assistant@vii.example", "DECLINED", "She is ill.", NOW - 600),
    ),
    people=(("a1", "Ірина Бондар"), ("a2", "Maria Alvarez")),
)
MAIL: Final = SentMail(
    "invited", "REQUEST", 0, NOW - 90000, "sent", NOW - 89000, 1, "", "/lessons/law/invitations/1/invite.ics"
)
DOCTOR: Final = DoctorPage(
    lesson="law",
    title="Comparative Media Law",
    people=(
        Patient(
            "a1",
            "Maria Alvarez",
            "m.alvarez@nyu.example",
            removed=False,
            partstat="TENTATIVE",
            mails=(
                replace(MAIL, news="confirm", method="", file="", state="waiting", tries=0),
                replace(
                    MAIL, news="moved-one", sequence=1, state="waiting", tries=3, error="451 try later", date=TODAY
                ),
                MAIL,
            ),
            answers=(
                GivenAnswer("TENTATIVE", "counted", "page", NOW - 600, comment="I'll try."),
                GivenAnswer("ACCEPTED", "old-time", "mail", NOW - 9000, date=NEXT_WEEK),
                GivenAnswer(
                    "DELEGATED", "asked", "mail", NOW - 9000, delegated_to="b@nyu.example", sender="x@nyu.example"
                ),
            ),
        ),
        Patient(
            "a2",
            "Nikos",
            "nikos@asl.example",
            removed=False,
            partstat="NEEDS-ACTION",
            mails=(replace(MAIL, state="bounced", error="550 no such user"),),
            answers=(),
        ),
        Patient("a3", "Olha", "olha@kpa.example", removed=True, partstat="NEEDS-ACTION", mails=(), answers=()),
    ),
    rsvp=False,
    may_send=True,
)


def answers() -> Iterator[tuple[str, Sample]]:
    yield "join-asked", Sample(replace(JOIN, answers=FORM))
    yield "join-answered", Sample(replace(JOIN, answers=SERIES))
    yield "lesson-answered", Sample(replace(LESSON, answers=CARD), ANNA, "day")
    yield "lesson-own-answer", Sample(replace(LESSON, may_change=False, own_answer="ACCEPTED"), STUDENT, "day")
    yield "invitations", Sample(DOCTOR, ANNA, "day")
    yield "invitations-read", Sample(replace(DOCTOR, rsvp=True, may_send=False), ANNA, "day")
