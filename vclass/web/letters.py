"""Rows of the outbox put into words: the reader's language, the reader's clock first, the personal link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr

import msgspec
from aiohttp import web

from config import Keyring, Settings
from schedules import MailFacts, Meeting, Place, calendar_object, join_token, organizer_address
from schedules.ical import Letter, compose, envelope_sender, message_id
from schedules.recurrence import Occurrence
from schedules.reminders import reminder_path
from vclass.core.outbox import Leased
from vclass.core.refusals import NotFoundError
from vclass.core.zones import Instant, WallTime, resolve
from vclass.mail import Mail
from vclass.people import sign_in_token
from vclass.web.i18n import choose_language
from vclass.web.mails import LessonMail, RenderedMail, SignInMail, render_lesson_mail, render_sign_in_mail
from vclass.web.notice_facts import NoticeMail
from vclass.web.notice_mails import render_notice_mail
from vclass.web.pages.contexts import RoomLine, Shift, Side
from vclass.web.pages.parts import is_weekly, shown_shifts
from vclass.web.rendering import Renderer

SERVICE = "vclass"
REDACTED = "hidden"
INK = 1
ASKING = frozenset({"invited", "updated", "moved-one", "continued", "again", "counter-declined"})


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes the mails of one installation."""

    settings: Settings
    keyring: Keyring
    domain: str
    renderer: Renderer

    def lesson_mail(self, row: Leased) -> Mail:
        """An invitation, update or cancellation with its calendar object (RFC 6047)."""
        facts = msgspec.convert(row.facts, MailFacts)
        link = self._join_link(facts)
        rendered = render_lesson_mail(self.renderer, lesson_words(facts, link))
        rsvp = bool(self.settings.mail.inbound)
        calendar = self._calendar(facts, link) if facts.method else None
        answers_to = organizer_address(facts, self.domain) if rsvp else facts.owner_email
        letter = self._letter(row, rendered, f"{facts.owner} ({SERVICE})", facts.name, answers_to)
        return self._mail(row, compose(letter, calendar))

    def invite_file(self, row: Leased, *, redacted: bool) -> bytes:
        """The calendar object of a mail, as it leaves; redacted, with no link that opens anything."""
        facts = msgspec.convert(row.facts, MailFacts)
        if not facts.method:
            raise NotFoundError("calendar object")
        return self._calendar(facts, self._join(REDACTED) if redacted else self._join_link(facts))

    def reminder(self, row: Leased) -> Mail:
        """A reminder; one press in the reader's program sends no more of them (RFC 8058)."""
        facts = msgspec.convert(row.facts, MailFacts)
        choice = self.settings.server.public_url + reminder_path(self.keyring, facts.attendee)
        words = replace(lesson_words(facts, self._join_link(facts)), choice=choice)
        rendered = render_lesson_mail(self.renderer, words)
        letter = self._letter(row, rendered, f"{facts.owner} ({SERVICE})", facts.name, facts.owner_email)
        return self._mail(row, compose(replace(letter, unsubscribe=choice)))

    def sign_in(self, row: Leased) -> Mail:
        """A sign-in link."""
        facts = row.facts
        token = sign_in_token(self.keyring, facts["sign_in"], facts["key"])
        words = SignInMail(
            language=choose_language(facts["language"]),
            name=facts["name"],
            link=f"{self.settings.server.public_url}/sign-in/{token}",
            minutes=max(1, (facts["expires_at"] - row.created_at) // 60),
        )
        rendered = render_sign_in_mail(self.renderer, words)
        return self._mail(row, compose(self._letter(row, rendered, SERVICE, facts["name"])))

    def notice(self, row: Leased) -> Mail:
        """News of a booking; the link opens the page on which the reader can do something about it."""
        facts = dict(row.facts)
        name, path = facts.pop("name"), facts.pop("path")
        facts |= {"language": choose_language(facts["language"]), "link": f"{self.settings.server.public_url}{path}"}
        rendered = render_notice_mail(self.renderer, msgspec.convert(facts, NoticeMail))
        return self._mail(row, compose(self._letter(row, rendered, SERVICE, name)))

    def _join_link(self, facts: MailFacts) -> str:
        """The personal link, derived anew: no row has it."""
        return self._join(join_token(self.keyring, facts.attendee, facts.generation, facts.key_id))

    def _join(self, token: str) -> str:
        return f"{self.settings.server.public_url}/join/{token}"

    def _calendar(self, facts: MailFacts, link: str) -> bytes:
        return calendar_object(facts, link=link, domain=self.domain, rsvp=bool(self.settings.mail.inbound))

    def _letter(
        self, row: Leased, rendered: RenderedMail, sender_name: str, recipient_name: str, reply_to: str = ""
    ) -> Letter:
        return Letter(
            sender=parseaddr(self.settings.mail.sender)[1],
            sender_name=sender_name,
            recipient=row.recipient,
            recipient_name=recipient_name,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=message_id(row.message_id, self.domain),
            written=row.created_at,
            reply_to=reply_to,
        )

    def _mail(self, row: Leased, content: bytes) -> Mail:
        return Mail(content, envelope_sender(row.return_token, self.domain), row.recipient)


def lesson_words(facts: MailFacts, link: str) -> LessonMail:
    """What the templates say of a lesson to one reader."""
    told = _told(facts)
    moved = [(_planned(each, facts), each.starts) for each in told]
    usual = [each for each, (planned, now) in zip(told, moved, strict=True) if planned == now] or told
    own = told[0].places if facts.about else None
    places = facts.places if own is None else own
    sides = {each.code: side_of(each) for each in places}
    return LessonMail(
        news=facts.news,
        language=choose_language(facts.language),
        title=facts.title,
        by=facts.owner,
        zone=facts.attendee_zone,
        first=usual[0].span,
        last=told[-1].span,
        number=len(told),
        link=link,
        sides=tuple(sides.values()),
        rooms=tuple(RoomLine(sides[each.code], each.name) for each in places),
        shifts=() if facts.about else _shifts(usual, facts),
        description=facts.description,
        reason=facts.reason,
        before=None if facts.before in (usual[0].starts, min(told, key=_name).starts) else facts.before,
        weekly=is_weekly(facts.rule),
        unsure=facts.unsure,
        moved=tuple((planned, now) for planned, now in moved if planned != now and len(told) > 1),
        asks=facts.news in ASKING,
        said=facts.said,
    )


def _told(facts: MailFacts) -> Sequence[Meeting]:
    """The occurrences of which a mail tells; of a lesson that ends early, those that are left."""
    if facts.news in ("cut", "ended"):
        gone = {each.recurrence for each in facts.about}
        return [each for each in facts.standing if each.recurrence not in gone]
    return sorted(facts.about, key=lambda each: each.starts) or facts.standing


def _name(meeting: Meeting) -> str:
    return meeting.recurrence


def _planned(meeting: Meeting, facts: MailFacts) -> Instant:
    """The start that the rule gives an occurrence."""
    planned = resolve(meeting.recurrence, facts.zone, facts.fold)
    return planned if isinstance(planned, int) else meeting.starts


def side_of(place: Place) -> Side:
    return Side(place.code, place.institution, place.zone, place.hue)


def _shifts(usual: Sequence[Meeting], facts: MailFacts) -> tuple[Shift, ...]:
    """The occurrences that are at another hour for the reader than usual, though not moved."""
    occurrences = [Occurrence(WallTime.parse(each.recurrence), *each.span) for each in usual]
    return shown_shifts(occurrences, facts.zone, [Side("", facts.name, facts.attendee_zone, INK)])


LETTERS = web.AppKey("letters", Letters)
