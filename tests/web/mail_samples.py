"""A mail of each kind, with invented names."""

import functools
from dataclasses import replace
from typing import Final

from tests.web.notice_samples import notice_mails
from tests.web.samples import A101, GUEST_SHIFT, HALL, KYIV, MOSCOW_SHIFT, PREVIEW, TODAY, VIENNA
from vclass.web.mails import LessonMail, News, RenderedMail, SignInMail, render_lesson_mail, render_sign_in_mail
from vclass.web.notice_mails import render_notice_mail
from vclass.web.rendering import Renderer

MAIL: Final = LessonMail(
    news="invited",
    language="en",
    title="Comparative Media Law",
    by="Dr. Anna Leitner",
    zone="America/New_York",
    first=PREVIEW.first,
    last=PREVIEW.last,
    number=13,
    link="https://vclass.example/join/Qm3t-7Lx",
    sides=(VIENNA, KYIV),
    rooms=(A101, HALL),
)


def lesson_mails(language: str) -> dict[str, LessonMail]:
    """A mail of each kind, as facts."""
    invitation = replace(MAIL, language=language)
    single = replace(invitation, number=1, last=PREVIEW.first)
    others: tuple[News, ...] = ("cancelled", "removed", "link", "cut", "ended", "continued", "withdrawn")
    (start, end), an_hour = PREVIEW.last, 3600
    one = replace(single, first=(start, end), last=(start, end))
    return {
        "invitation": replace(invitation, shifts=(GUEST_SHIFT, MOSCOW_SHIFT), description="Read chapter 4.\nBring it."),
        "invitation-single": replace(single, zone="Asia/Tokyo", sides=(VIENNA,), rooms=(A101,)),
        "invitation-bare": replace(single, sides=(), rooms=()),
        "moved": replace(invitation, news="updated", before=TODAY[0]),
        "changed": replace(single, news="updated"),
        "cancelled-why": replace(single, news="cancelled", reason="Anna Leitner is ill."),
        **{news: replace(invitation, news=news) for news in others},
        "one-week-elsewhere": replace(invitation, moved=((start, start + an_hour),)),
        "changed-one-week": replace(invitation, news="updated", moved=((start, start + an_hour),)),
        "moved-one": replace(one, news="moved-one", before=start - 2 * an_hour),
        "moved-one-date": replace(one, news="moved-one", before=start - 24 * an_hour),
        "changed-one": replace(one, news="changed-one"),
        "reminder": replace(one, news="reminder", choice="https://vclass.example/reminders/Qm3t/7Lx"),
        "reminder-soon": replace(one, news="soon", choice="https://vclass.example/reminders/Qm3t/7Lx"),
        "cancelled-one": replace(one, news="cancelled-one", reason="The hall is closed."),
        "asking": replace(invitation, asks=True),
        "again": replace(invitation, news="again", asks=True),
        "counter-declined": replace(one, news="counter-declined", asks=True),
        "confirm": replace(one, news="confirm", said="ACCEPTED"),
    }


@functools.cache
def mails(language: str) -> dict[str, RenderedMail]:
    """A mail of each kind, in words."""
    renderer = Renderer()
    rendered = {name: render_lesson_mail(renderer, mail) for name, mail in lesson_mails(language).items()}
    sign_in = SignInMail(language, "Dr. Anna Leitner", "https://vclass.example/sign-in/t0k3n", 20)
    notices = {f"notice-{name}": render_notice_mail(renderer, mail) for name, mail in notice_mails(language).items()}
    return rendered | notices | {"sign-in": render_sign_in_mail(renderer, sign_in)}
