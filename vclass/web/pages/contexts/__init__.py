"""What each template needs, as frozen values: a page class names its template, a handler fills it.

Instants are epoch seconds, spans are pairs of them; templates write them for the reader's language and zone.
"""

from vclass.web.pages.contexts.booking import (
    Alternative,
    BookingPage,
    BookingValues,
    Choice,
    Clash,
    KitChoice,
    PartnerFragment,
    Preview,
    PreviewFragment,
    RoomChoice,
)
from vclass.web.pages.contexts.calendars import AppPassword, CalendarLink, CalendarsPage
from vclass.web.pages.contexts.connection import ConnectionPage
from vclass.web.pages.contexts.day import DayPage
from vclass.web.pages.contexts.entrance import (
    Demonstrator,
    RemindersPage,
    SettingsPage,
    SignInLinkPage,
    SignInPage,
    SignInSentPage,
)
from vclass.web.pages.contexts.frame import Frame, Notice, Page, Reader
from vclass.web.pages.contexts.lesson import (
    Event,
    HouseLine,
    LessonPage,
    LostLine,
    MoveForm,
    MovePreviewFragment,
    OccurrenceLine,
    PersonForm,
    PersonLine,
)
from vclass.web.pages.contexts.live import ClassroomPage, JoinFragment, JoinPage, JoinState, ReplacedLinkPage
from vclass.web.pages.contexts.outbox import MailLine, MailPage, OutboxPage
from vclass.web.pages.contexts.parts import BadTime, LessonCard, RoomLine, Shift, Side
from vclass.web.pages.contexts.problem import NoticeFragment, ProblemPage
from vclass.web.pages.contexts.rooms import RoomGroup, RoomRow, RoomsPage

__all__ = [
    "Alternative",
    "AppPassword",
    "BadTime",
    "BookingPage",
    "BookingValues",
    "CalendarLink",
    "CalendarsPage",
    "Choice",
    "Clash",
    "ClassroomPage",
    "ConnectionPage",
    "DayPage",
    "Demonstrator",
    "Event",
    "Frame",
    "HouseLine",
    "JoinFragment",
    "JoinPage",
    "JoinState",
    "KitChoice",
    "LessonCard",
    "LessonPage",
    "LostLine",
    "MailLine",
    "MailPage",
    "MoveForm",
    "MovePreviewFragment",
    "Notice",
    "NoticeFragment",
    "OccurrenceLine",
    "OutboxPage",
    "Page",
    "PartnerFragment",
    "PersonForm",
    "PersonLine",
    "Preview",
    "PreviewFragment",
    "ProblemPage",
    "Reader",
    "RemindersPage",
    "ReplacedLinkPage",
    "RoomChoice",
    "RoomGroup",
    "RoomLine",
    "RoomRow",
    "RoomsPage",
    "SettingsPage",
    "Shift",
    "Side",
    "SignInLinkPage",
    "SignInPage",
    "SignInSentPage",
]
