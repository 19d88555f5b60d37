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

__all__ = [
    "LessonMail",
    "News",
    "RenderedMail",
    "SignInMail",
    "render_lesson_mail",
    "render_mail",
    "render_sign_in_mail",
]

News: TypeAlias = Literal[
    "invited",
    "updated",
    "cancelled",
    "removed",
    "link",
    "moved-one",
    "changed-one",
    "cancelled-one",
    "cut",
    "ended",
    "continued",
    "withdrawn",
    "again",
    "counter-declined",
    "confirm",
    "reminder",
    "soon",
]

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
    "moved-one": "one",
    "changed-one": "one",
    "cancelled-one": "one_cancelled",
    "cut": "cut",
    "ended": "ended",
    "continued": "continued",
    "withdrawn": "withdrawal",
    "again": "again",
    "counter-declined": "counter_declined",
    "confirm": "confirm",
    "reminder": "reminder",
    "soon": "reminder",
}


@dataclass(frozen=True, slots=True)
class LessonMail:
    """What one attendee is told about a lesson.

    ``zone`` is the reader's; ``first`` and ``last`` are the outer occurrences of ``number``; ``before`` is the
    first start that the last mail told, where that has changed. ``sides`` own the rooms, for the edge on top.
    A series that isn't ``weekly`` is told of by its dates alone. ``moved`` are occurrences at another time than the
    series gives them: the start it gives, and the real one. News of one occurrence have that one alone. How a lesson
    that was cut goes on is ``unsure`` while that waits for approval. ``asks``: the reader is to say whether they come;
    ``said`` is an answer that came in their name. Under the link ``choice``
    reminders are chosen.
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
    moved: tuple[tuple[Instant, Instant], ...] = ()
    unsure: bool = False
    asks: bool = False
    said: str = ""
    choice: str = ""


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
    shifts = [(shift, _shift_sentence(said, shift, mail.zone)) for shift in mail.shifts]
    moved = [said.gettext("%(date)s: %(now)s.") % _move(said, mail.zone, each) for each in mail.moved]
    return render_mail(
        renderer,
        mail.language,
        TEMPLATES[mail.news],
        mail=mail,
        subject=_lesson_subject(said, mail),
        shifts=shifts,
        moved=moved,
        only=_only(said, mail),
    )


def render_sign_in_mail(renderer: Renderer, mail: SignInMail) -> RenderedMail:
    subject = words(mail.language).gettext("Your sign-in link for vclass")
    return render_mail(renderer, mail.language, "sign_in", mail=mail, subject=subject)


def render_mail(renderer: Renderer, language: str, name: str, *, subject: str, **facts: object) -> RenderedMail:
    """Both bodies of the mail whose templates have that name."""
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


def _move(said: Words, zone: str, move: tuple[Instant, Instant]) -> dict[str, str]:
    """The date of an occurrence, its hour before, and what it is now: an hour, or a date and an hour."""
    before, now = move
    day, hour = said.day(now, zone), said.clock(now, zone)
    moved_to = hour if said.day(before, zone) == day else f"{day}, {hour}"
    return {"date": capitalised(said.day(before, zone)), "before": said.clock(before, zone), "now": moved_to}


def _only(said: Words, mail: LessonMail) -> str:
    """What has happened to the one occurrence of which alone the mail tells."""
    date = said.day(mail.first[0] if mail.before is None else mail.before, mail.zone)
    if mail.news == "cancelled-one":
        return said.gettext("Only %(date)s is cancelled.") % {"date": date}
    if mail.before is None:
        return said.gettext("Only %(date)s is changed.") % {"date": date}
    facts = _move(said, mail.zone, (mail.before, mail.first[0])) | {"date": date}
    return said.gettext("Only %(date)s is moved: from %(before)s to %(now)s.") % facts


def _lesson_subject(said: Words, mail: LessonMail) -> str:
    facts = {
        "title": " ".join(mail.title.split()),
        "date": said.day(mail.first[0], mail.zone, "short"),
        "time": said.clock(mail.first[0], mail.zone),
        "city": said.city(mail.zone),
        "num": mail.number,
        "before": said.day(mail.first[0] if mail.before is None else mail.before, mail.zone, "short"),
        "last": said.day(mail.last[0], mail.zone, "short"),
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
        "moved-one": said.gettext("Moved: %(title)s, only %(before)s, now %(date)s, %(time)s %(city)s"),
        "changed-one": said.gettext("Changed: %(title)s, only %(date)s, %(time)s %(city)s"),
        "cancelled-one": said.gettext("Cancelled: %(title)s, only %(date)s, %(time)s %(city)s"),
        "cut": said.gettext("Changed: %(title)s, until %(last)s"),
        "ended": said.gettext("Changed: %(title)s, until %(last)s"),
        "continued": said.gettext("Changed: %(title)s, from %(date)s on, %(time)s %(city)s"),
        "withdrawn": said.gettext("Changed: %(title)s, new dates follow"),
        "again": said.gettext("Once more: %(title)s, %(date)s, %(time)s %(city)s"),
        "counter-declined": said.gettext("Stays as it is: %(title)s, %(date)s, %(time)s %(city)s"),
        "confirm": said.gettext("Was this you? %(title)s, %(date)s, %(time)s %(city)s"),
        "reminder": said.gettext("Reminder: %(title)s, %(date)s, %(time)s %(city)s"),
        "soon": said.gettext("It begins at %(time)s: %(title)s, %(city)s"),
    }
    return patterns[mail.news]
