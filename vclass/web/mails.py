"""Mail as people read it: subject, plain text and HTML, in the reader's language and on the reader's clock.

Mail programs drop style sheets, so colours stand inline; hues of institutions are given as fixed colours.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.parts import RoomLine, Shift, Side
from vclass.web.rendering import Renderer
from vclass.web.words import Words, capitalised, words

__all__ = ["LessonMail", "News", "RenderedMail", "SignInMail", "render_lesson_mail", "render_sign_in_mail"]

News: TypeAlias = Literal["invited", "updated", "cancelled", "removed", "link"]

COLOURS: Final = {
    1: ("#7e2b60", "#ab5b8a", "#f2b0d5"),
    2: ("#005292", "#377fbd", "#98cdff"),
    3: ("#006555", "#009180", "#81dbcc"),
    4: ("#7c3d00", "#a86b16", "#efbd87"),
    5: ("#5c3a8b", "#8668b6", "#d0bafa"),
    6: ("#335d00", "#5f8938", "#b2d497"),
    7: ("#882e0e", "#b55e43", "#fbb39d"),
    8: ("#005f7c", "#008ba6", "#7ed7ec"),
}
"""For each hue: text on white, edge, text on dark. The same colours as in tokens.css, as sRGB."""

TEMPLATES: Final[dict[News, str]] = {
    "invited": "invitation",
    "updated": "update",
    "cancelled": "cancellation",
    "removed": "removal",
    "link": "link",
}


@dataclass(frozen=True, slots=True)
class LessonMail:
    """What one attendee is told about a lesson.

    ``zone`` is the reader's; ``first`` and ``last`` are the outer occurrences of ``number``; ``before`` is the
    first start that the last mail told, where that has changed. ``sides`` own the rooms, for the edge on top.
    A series that isn't ``weekly`` is told of by its dates alone.
    """

    news: News
    language: str
    title: str
    by: str
    zone: str
    first: Span
    last: Span
    number: int
    link: str
    sides: tuple[Side, ...] = ()
    rooms: tuple[RoomLine, ...] = ()
    shifts: tuple[Shift, ...] = ()
    description: str = ""
    reason: str = ""
    before: Instant | None = None
    weekly: bool = True


@dataclass(frozen=True, slots=True)
class SignInMail:
    """A link that signs in once."""

    language: str
    name: str
    link: str
    minutes: int


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """What goes into the message."""

    subject: str
    text: str
    html: str


def render_lesson_mail(renderer: Renderer, mail: LessonMail) -> RenderedMail:
    said = words(mail.language)
    subject = _lesson_subject(said, mail)
    shifts = [(shift, _shift_sentence(said, shift, mail.zone)) for shift in mail.shifts]
    return _render(renderer, mail.language, TEMPLATES[mail.news], mail=mail, subject=subject, shifts=shifts)


def render_sign_in_mail(renderer: Renderer, mail: SignInMail) -> RenderedMail:
    subject = words(mail.language).gettext("Your sign-in link for vclass")
    return _render(renderer, mail.language, "sign_in", mail=mail, subject=subject)


def _render(renderer: Renderer, language: str, name: str, *, subject: str, **facts: object) -> RenderedMail:
    environment = renderer.environment(language)
    text, html = (
        environment.get_template(f"mail/{name}.{kind}").render(facts, subject=subject, colours=COLOURS)
        for kind in ("txt", "html")
    )
    return RenderedMail(subject, text.strip() + "\n", html)


def _shift_sentence(said: Words, shift: Shift, zone: str) -> str:
    facts = {"local": shift.local, "usual": shift.usual, "city": said.city(shift.zone)}
    if shift.number == 1:
        date = capitalised(said.day(shift.first, zone))
        return said.gettext("On %(date)s it is %(local)s in %(city)s instead of %(usual)s.") % (facts | {"date": date})
    return said.ngettext(
        "%(num)d of %(total)d lessons is at %(local)s in %(city)s instead of %(usual)s, from %(first)s to %(last)s.",
        "%(num)d of %(total)d lessons are at %(local)s in %(city)s instead of %(usual)s, from %(first)s to %(last)s.",
        shift.number,
    ) % (
        facts
        | {
            "num": shift.number,
            "total": shift.total,
            "first": said.day(shift.first, zone),
            "last": said.day(shift.last, zone),
        }
    )


def _lesson_subject(said: Words, mail: LessonMail) -> str:
    facts = {
        "title": " ".join(mail.title.split()),
        "date": said.day(mail.first[0], mail.zone, "short"),
        "time": said.clock(mail.first[0], mail.zone),
        "city": said.city(mail.zone),
        "num": mail.number,
    }
    return _subject_pattern(said, mail) % facts


def _subject_pattern(said: Words, mail: LessonMail) -> str:
    if mail.news == "invited" and mail.number > 1:
        return said.ngettext(
            "Invitation: %(title)s, %(num)d lesson from %(date)s, %(time)s %(city)s",
            "Invitation: %(title)s, %(num)d lessons from %(date)s, %(time)s %(city)s",
            mail.number,
        )
    changed = (
        said.gettext("Changed: %(title)s, %(date)s, %(time)s %(city)s")
        if mail.before is None
        else said.gettext("Moved: %(title)s, now %(date)s, %(time)s %(city)s")
    )
    patterns: dict[News, str] = {
        "invited": said.gettext("Invitation: %(title)s, %(date)s, %(time)s %(city)s"),
        "updated": changed,
        "cancelled": said.gettext("Cancelled: %(title)s, %(date)s, %(time)s %(city)s"),
        "removed": said.gettext("No longer invited: %(title)s"),
        "link": said.gettext("New link: %(title)s, %(date)s, %(time)s %(city)s"),
    }
    return patterns[mail.news]
