"""Every page in every state, with invented names: what the template tests render and the gallery shows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from vclass.core.spans import Span
from vclass.core.zones import parse_rfc3339
from vclass.web.axis import day_axis
from vclass.web.pages.contexts import (
    Alternative,
    BadTime,
    BookingPage,
    BookingValues,
    Choice,
    Clash,
    ClassroomPage,
    DayPage,
    Demonstrator,
    Event,
    Frame,
    HouseLine,
    JoinPage,
    KitChoice,
    LessonCard,
    LessonPage,
    LostLine,
    MailLine,
    MailPage,
    MoveForm,
    MovePreviewFragment,
    Notice,
    OccurrenceLine,
    OutboxPage,
    Page,
    PartnerFragment,
    PersonForm,
    PersonLine,
    Preview,
    PreviewFragment,
    ProblemPage,
    Reader,
    RemindersPage,
    ReplacedLinkPage,
    RoomChoice,
    RoomGroup,
    RoomLine,
    RoomRow,
    RoomsPage,
    SettingsPage,
    Shift,
    Side,
    SignInLinkPage,
    SignInPage,
    SignInSentPage,
)
from vclass.web.pages.contexts.obstacles import Obstacle

VIENNA: Final = Side("VIE", "Vienna Institute of Informatics", "Europe/Vienna", 1)
KYIV: Final = Side("KYI", "Kyiv Polytechnic Academy", "Europe/Kyiv", 2)
ATHENS: Final = Side("ATH", "Athens School of Law", "Europe/Athens", 3)
BERLIN: Final = Side("BER", "Berlin University of Media", "Europe/Berlin", 4)
NEW_YORK: Final = Side("NYC", "New York", "America/New_York", 5)
TOKYO: Final = Side("TOK", "Tokyo", "Asia/Tokyo", 8)

NOW: Final = parse_rfc3339("2026-10-06T07:42:00Z")
ZONES: Final = ("Europe/Vienna", "Europe/Kyiv", "Europe/Athens", "Europe/Berlin")
WEEK: Final = 7 * 86400


def span(start: str, minutes: int = 90) -> Span:
    begin = parse_rfc3339(start)
    return begin, begin + minutes * 60


TODAY: Final = span("2026-10-06T08:00:00Z")
AFTERNOON: Final = span("2026-10-06T12:00:00Z")
MOVED: Final = span("2026-10-08T11:00:00Z")
NEXT_WEEK: Final = span("2026-10-13T08:00:00Z")
SHIFTED: Final = span("2026-10-27T13:00:00Z")

ANNA: Final = Reader("Dr. Anna Leitner", "Teacher", VIENNA, "Europe/Vienna", KYIV)
STUDENT: Final = Reader("Sophie Brandl", "Student", VIENNA, "Europe/Vienna", None, may_book=False)

A101: Final = RoomLine(VIENNA, "A-101", "24 seats, document camera")
HALL: Final = RoomLine(KYIV, "Hall 214", "30 seats, 2 wireless microphones")

GUEST_SHIFT: Final = Shift("America/New_York", 5, "09:00", "10:00", SHIFTED[0], SHIFTED[0], number=1, total=13)
MOSCOW_SHIFT: Final = Shift("Europe/Moscow", 7, "11:00", "12:00", SHIFTED[0], SHIFTED[0] + 7 * WEEK, number=8, total=14)

LAW: Final = LessonCard(
    "law",
    "Comparative Media Law",
    TODAY,
    "confirmed",
    (KYIV,),
    (RoomLine(VIENNA, "A-101"), RoomLine(KYIV, "Hall 214", "Oksana Kovalenko")),
    note="Hall 214",
    door_opens=NOW - 60,
    enter="/join/x7Lq",
)
STATISTICS: Final = LessonCard(
    "stat", "Statistics I", AFTERNOON, "confirmed", (), note="A-205", door_opens=AFTERNOON[0]
)
ETHICS: Final = LessonCard("ethics", "Media Ethics, seminar", MOVED, "moved", (ATHENS,), door_opens=MOVED[0])
LECTURE: Final = LessonCard(
    "guest", "Guest lecture: Who owns the data?", SHIFTED, "held", (NEW_YORK, TOKYO), note="Waits for A-101"
)
DAY: Final = DayPage(
    hero=LAW,
    also_open=(replace(STATISTICS, title="Open office hour", span=TODAY, enter="/join/9fTa"),),
    coming=(ETHICS, replace(LAW, span=NEXT_WEEK), LECTURE, replace(ETHICS, state="cancelled")),
    today=day_axis(NOW, "Europe/Vienna", "Europe/Kyiv", (TODAY, AFTERNOON)),
    today_lessons=(LAW, STATISTICS),
    shifts=(("Guest lecture: Who owns the data?", GUEST_SHIFT),),
)

VALUES: Final = BookingValues(
    title="Comparative Media Law",
    description="Right of reply in two legal orders.",
    zone="Europe/Vienna",
    date="2026-10-13",
    time="14:00",
    count="13",
    room="a101",
    partner="kyi",
    partner_room="h214",
    partner_teacher="o.kovalenko@kpa.example",
    guests="Maria Alvarez <m.alvarez@nyu.example>\nNikos Papadakis <nikos@asl.example>",
    kit={"camera": "1", "mic": "2"},
)
PREVIEW: Final = Preview(
    "Europe/Vienna",
    VIENNA,
    (KYIV,),
    span("2026-10-13T12:00:00Z"),
    span("2027-01-05T13:00:00Z"),
    13,
    weekly=True,
    rooms=("A-101", "Hall 214"),
)
WHYS: Final = (
    ("holiday", "National Day"),
    ("holiday", ""),
    ("out_of_term", ""),
    ("no_working_day", "Saturday"),
    ("before_hours", "07:30"),
    ("between_hours", "12:30"),
    ("after_hours", "19:00"),
)
BAD_TIMES: Final = tuple(
    BadTime("Kyiv Polytechnic Academy", "Europe/Kyiv", *why, PREVIEW.first[0], PREVIEW.last[0], number=2, total=10)
    for why in WHYS
)
BAD_ONCE: Final = tuple(replace(each, number=1, total=1) for each in BAD_TIMES)
LEFT_OUT: Final = tuple((PREVIEW.first[0] + week * WEEK, "An institution is closed that day.") for week in range(5))
BOOKING: Final = BookingPage(
    own=VIENNA,
    partners=(("kyi", KYIV), ("ath", ATHENS), ("ber", BERLIN)),
    zones=ZONES,
    key="2f7d0a",
    values=BookingValues(zone="Europe/Vienna"),
    own_rooms=(
        RoomChoice("a101", "A-101", 24),
        RoomChoice("b204", "B-204", 40),
        RoomChoice("v1", "Online 1", 60, virtual=True),
    ),
    own_kit=(KitChoice("camera", "Document camera", 2), KitChoice("board", "Interactive board", 1)),
)
FILLED: Final = replace(
    BOOKING,
    values=VALUES,
    partner=KYIV,
    partner_rooms=(RoomChoice("h214", "Hall 214", 30), RoomChoice("h118", "Hall 118", 21)),
    partner_kit=(KitChoice("mic", "Wireless microphone", 5),),
    partner_teachers=(Choice("o.kovalenko@kpa.example", "Prof. Oksana Kovalenko"),),
    preview=PREVIEW,
)
ERRORS: Final = {
    "title": "Give the lesson a title.",
    "time": "On 28 March 2027 clocks in Vienna jump from 02:00 to 03:00. Choose 01:30 or 03:30.",
    "guests": "m.alvarez@ in line 1: the part after @ is missing. Write it like name@university.edu.",
    "kit-mic": "Kyiv has 5 of them.",
}
FOLD: Final = parse_rfc3339("2026-10-25T00:30:00Z"), parse_rfc3339("2026-10-25T01:30:00Z")
CLASH: Final = Clash(
    obstacles=(
        Obstacle("Hall 214", span("2026-10-13T12:00:00Z"), title="Roman Law", side=KYIV),
        Obstacle("Wireless microphone", span("2026-10-13T12:00:00Z"), "too_few", wanted=2, free=1),
        Obstacle("Lab 12", span("2026-10-13T12:00:00Z"), "retired"),
        Obstacle("A-101", span("2026-10-13T12:00:00Z"), "grid"),
        Obstacle("B-204", span("2026-10-13T12:00:00Z"), "itself"),
    ),
    alternatives=(
        Alternative("2026-10-14T09:30", span("2026-10-14T07:30:00Z"), ("A-101", "Hall 214")),
        Alternative("2026-10-12T14:00", span("2026-10-12T12:00:00Z"), ("A-101", "Hall 118")),
        Alternative("2026-10-16T10:30", span("2026-10-16T08:30:00Z"), ("B-204", "Hall 214"), 12, 13),
    ),
    more=2,
    free=11,
    may_wait=True,
)

PEOPLE: Final = (
    PersonLine(
        "1",
        "Dr. Anna Leitner",
        "anna.leitner@vii.example",
        "organiser",
        VIENNA,
        "sent",
        NOW - 900,
        link_tail="x7Lq",
        removable=False,
    ),
    PersonLine(
        "2",
        "Prof. Oksana Kovalenko",
        "o.kovalenko@kpa.example",
        "teacher",
        KYIV,
        "delivered",
        NOW - 900,
        link_tail="9fTa",
    ),
    PersonLine(
        "3",
        "Danylo Savchuk",
        "d.savchuk@students.kpa.example",
        "attendee",
        KYIV,
        "failed",
        NOW - 900,
        "Mailbox full. The link works; tell him in class.",
        "Qm3t",
    ),
    PersonLine("4", "Maria Alvarez", "m.alvarez@nyu.example", "guest", None, "queued", link_tail="0aBc"),
)
OCCURRENCES: Final = tuple(
    OccurrenceLine(
        (TODAY[0] + week * WEEK + (3600 if week > 2 else 0), TODAY[1] + week * WEEK + (3600 if week > 2 else 0)),
        state,
        frozenset({"America/New_York"} if week == 3 else ()),
    )
    for week, state in zip(
        range(-1, 6), ("closed", "confirmed", "confirmed", "cancelled", "confirmed", "moved", "confirmed"), strict=True
    )
)
LESSON: Final = LessonPage(
    id="law",
    version="3",
    title="Comparative Media Law",
    state="confirmed",
    zone="Europe/Vienna",
    own=VIENNA,
    others=(KYIV, NEW_YORK),
    series=True,
    weekly=True,
    span=TODAY,
    door_opens=NOW - 60,
    occurrences=OCCURRENCES,
    description="Right of reply in two legal orders.\nPlease read chapter 4.",
    shifts=(replace(GUEST_SHIFT, usual="04:00", local="05:00"),),
    rooms=(A101, HALL),
    people=PEOPLE,
    sequence=2,
    events=(
        Event("Anna Leitner moved all lessons by one hour.", NOW - 90000),
        Event("Booked by Anna Leitner.", NOW - 900000),
    ),
    zones=ZONES,
    enter="/join/x7Lq",
    move=MoveForm("Europe/Vienna", "2026-10-06", "10:00", "90"),
)
SINGLE: Final = replace(
    LESSON,
    series=False,
    weekly=False,
    occurrences=OCCURRENCES[1:2],
    others=(KYIV,),
    shifts=(),
    door_opens=TODAY[0] - 300,
)

JOIN: Final = JoinPage(
    state="early",
    path="/join/Qm3t-7Lx",
    title="Comparative Media Law",
    series=True,
    weekly=True,
    sides=(VIENNA, KYIV),
    zone="Europe/Vienna",
    others=(KYIV,),
    span=TODAY,
    name="Sophie Brandl",
    door_opens=TODAY[0] - 600,
    door_closes=TODAY[1] + 1800,
    rooms=(A101, HALL),
    calendar_path="/join/Qm3t-7Lx/invite.ics",
)
INVITATION: Final = MailLine(
    "7",
    "m.alvarez@nyu.example",
    "Invitation: Comparative Media Law, 13 lessons from Tue 13 Oct, 08:00 New York",
    "invitation",
    "sent",
    NOW - 400,
)


@dataclass(frozen=True)
class Sample:
    """A page in one state, and who reads it."""

    page: Page
    reader: Reader | None = None
    nav: str = ""
    notice: Notice | None = None

    def frame(self, language: str) -> Frame:
        return Frame(
            language=language,
            now=NOW,
            csrf="c5rf",
            path="/",
            nav=self.nav,
            reader=self.reader,
            notice=self.notice,
            demo=True,
        )


def samples() -> dict[str, Sample]:
    """All samples by name."""
    return {
        name: sample
        for group in (_entrance(), _days(), _bookings(), _lessons(), _joins(), _others())
        for name, sample in group
    }


def _entrance() -> Iterator[tuple[str, Sample]]:
    people = tuple(
        Demonstrator(name, role, side, f"/sign-in/{side.code}")
        for name, role, side in (
            ("Dr. Anna Leitner", "Teacher", VIENNA),
            ("Prof. Oksana Kovalenko", "Teacher", KYIV),
            ("Nikos Papadakis", "Room administrator", ATHENS),
        )
    )
    yield "sign-in", Sample(SignInPage())
    yield "sign-in-demo", Sample(SignInPage(demonstrators=people))
    yield (
        "sign-in-wrong",
        Sample(SignInPage("anna.leitner@", "The part after @ is missing. Write it like name@university.edu.")),
    )
    yield "sign-in-sent", Sample(SignInSentPage("anna.leitner@vii.example", 20, "/dev/outbox"))
    yield (
        "sign-in-link",
        Sample(SignInLinkPage("ready", "/sign-in/t0k3n", "Dr. Anna Leitner", "anna.leitner@vii.example")),
    )
    yield "sign-in-spent", Sample(SignInLinkPage("spent"))
    yield "settings", Sample(SettingsPage("anna.leitner@vii.example"), ANNA, "settings")


def _days() -> Iterator[tuple[str, Sample]]:
    yield "dashboard", Sample(DAY, ANNA, "day")
    later = replace(LAW, span=NEXT_WEEK, door_opens=NEXT_WEEK[0] - 600)
    yield (
        "dashboard-later",
        Sample(DayPage(hero=later, coming=(ETHICS,)), ANNA, "day", Notice("Booked. 4 invitations are on their way.")),
    )
    yield "dashboard-empty", Sample(DayPage(hero=None, undelivered=3), ANNA, "day")
    yield "dashboard-student", Sample(DayPage(hero=None), STUDENT, "day")


def _bookings() -> Iterator[tuple[str, Sample]]:
    def booking(page: Page) -> Sample:
        return Sample(page, ANNA, "book")

    shifted = replace(PREVIEW, others=(KYIV, NEW_YORK), shifts=(GUEST_SHIFT, MOSCOW_SHIFT))
    taken = replace(PREVIEW, taken=(("Hall 214", NEXT_WEEK),), fold=FOLD)
    badly = replace(PREVIEW, bad_times=BAD_TIMES, left_out=LEFT_OUT, number=10)
    yield "new-lesson-bad-times", booking(replace(FILLED, preview=badly))
    yield "new-lesson-bad-time", booking(replace(FILLED, preview=replace(PREVIEW, bad_times=BAD_ONCE, weekly=False)))
    yield "new-lesson", booking(BOOKING)
    yield "new-lesson-filled", booking(FILLED)
    yield "new-lesson-shifts", booking(replace(FILLED, preview=shifted))
    yield (
        "new-lesson-errors",
        booking(replace(FILLED, values=replace(VALUES, title="", time="02:30"), errors=ERRORS, preview=None)),
    )
    yield "new-lesson-fold", booking(replace(FILLED, preview=taken))
    yield "new-lesson-clash", booking(replace(FILLED, clash=CLASH))
    yield "new-lesson-clash-bare", booking(replace(FILLED, clash=Clash(CLASH.obstacles, ())))
    yield "fragment-preview", booking(PreviewFragment(VALUES, shifted))
    yield "fragment-preview-gap", booking(PreviewFragment(VALUES, None, ERRORS))
    yield (
        "fragment-partner",
        booking(
            PartnerFragment(
                VALUES,
                KYIV,
                FILLED.partner_rooms,
                FILLED.partner_kit,
                FILLED.partner_teachers,
                {"partner_room": "Choose a room."},
            )
        ),
    )
    yield "fragment-partner-none", booking(PartnerFragment(BookingValues(), None))


def _lessons() -> Iterator[tuple[str, Sample]]:
    moving = MoveForm(
        "Europe/Vienna",
        "2026-10-06",
        "25:00",
        "90",
        errors={"time": "A day has 24 hours. Write the time like 14:00."},
        opened=True,
    )
    moved = replace(
        moving,
        time="02:30",
        errors={"": "Hall 214 is taken then."},
        preview=replace(PREVIEW, fold=FOLD, taken=(("Hall 214", NEXT_WEEK),), shifts=(MOSCOW_SHIFT,)),
    )
    wrong = PersonForm("Maria", "maria@", {"email": "The part after @ is missing."})
    yield "lesson", Sample(LESSON, ANNA, "day", Notice("Moved. 4 people are told by mail."))
    yield "lesson-single", Sample(SINGLE, ANNA, "day")
    yield "lesson-moving", Sample(replace(SINGLE, move=moving, person=wrong), ANNA, "day")
    yield "lesson-taken", Sample(replace(LESSON, move=moved), ANNA, "day")
    yield "lesson-running", Sample(replace(LESSON, span=(NOW - 600, NOW + 4800)), ANNA, "day")
    asked = (HouseLine(VIENNA), HouseLine(KYIV, NOW + 3 * 86400))
    yield "lesson-asked", Sample(replace(LESSON, state="held", houses=asked), ANNA, "day")
    lost = tuple(LostLine(each.span, "2026-10-06T10:00") for each in OCCURRENCES[4:6])
    yield "lesson-lost", Sample(replace(LESSON, state="requested", lost=lost, confirmed=5), ANNA, "day")
    yield "lesson-lost-alone", Sample(replace(SINGLE, state="requested", lost=(LostLine(TODAY),)), ANNA, "day")
    yield "lesson-cancelled", Sample(replace(LESSON, state="cancelled"), ANNA, "day")
    yield "lesson-guest", Sample(replace(LESSON, may_change=False, rooms=(), events=()), STUDENT, "day")
    yield "fragment-move", Sample(MovePreviewFragment(moving), ANNA)
    yield "fragment-move-good", Sample(MovePreviewFragment(replace(moving, errors={}, preview=PREVIEW)), ANNA)


def _joins() -> Iterator[tuple[str, Sample]]:
    guest = replace(JOIN, zone="America/New_York", others=(VIENNA, KYIV), rooms=())
    cancelled = replace(JOIN, state="cancelled", by="Dr. Anna Leitner")
    yield "join-early", Sample(JOIN)
    yield "join-early-guest", Sample(guest)
    yield "join-open", Sample(replace(JOIN, state="open", span=(NOW - 600, NOW + 4800)))
    yield "join-moved", Sample(replace(JOIN, state="moved", span=MOVED, before=TODAY, by="Dr. Anna Leitner"))
    yield "join-moved-unsure", Sample(replace(JOIN, state="moved", span=MOVED, before=TODAY, unsure=True))
    yield "join-moved-why", Sample(replace(JOIN, state="moved", span=MOVED, reason="A-101 is closed for repair."))
    yield "join-cancelled", Sample(cancelled)
    yield (
        "join-cancelled-next",
        Sample(replace(cancelled, next_span=NEXT_WEEK, reason="Anna Leitner is ill. Please read chapter 4.")),
    )
    yield "join-cancelled-bare", Sample(replace(cancelled, by=""))
    yield "join-ended", Sample(replace(JOIN, state="ended", series=False, weekly=False, calendar_path=""))
    yield "join-ended-next", Sample(replace(JOIN, state="ended", next_span=NEXT_WEEK))
    yield "join-replaced", Sample(ReplacedLinkPage("/join/gone/mail"))
    yield "join-replaced-sent", Sample(ReplacedLinkPage("/join/gone/mail", sent=True))
    yield "reminders", Sample(RemindersPage("/reminders/a/b"))
    yield "reminders-none", Sample(RemindersPage("/reminders/a/b", day=False, soon=False, saved=True))
    yield "reminders-unknown", Sample(RemindersPage(known=False))
    yield "classroom", Sample(ClassroomPage("Comparative Media Law", {"lesson": "law", "title": "</script><b>"}))


def _others() -> Iterator[tuple[str, Sample]]:
    for status in (403, 404, 405, 409, 412, 413, 422, 429, 500, 503, 418):
        yield f"error-{status}", Sample(ProblemPage(status, reference="7f3a-91c2"), ANNA)
    yield "error-guest", Sample(ProblemPage(404))
    yield "error-detail", Sample(ProblemPage(409, "Hall 214 was taken a moment ago.", back="/lessons/new"), ANNA)
    lines = (
        replace(INVITATION, id="8", state="queued", to="o.kovalenko@kpa.example"),
        INVITATION,
        replace(INVITATION, id="6", state="failed", subject="Your sign-in link"),
    )
    mail = MailPage(
        INVITATION,
        "vclass <lessons@vclass.example>",
        "08:00–09:30 New York\n\nhttps://vclass.example/join/Qm3t",
        "/mail/invitation-en.html",
        "/dev/outbox/7.eml",
        ("https://vclass.example/join/Qm3t",),
        ("invitation.ics",),
    )
    yield "outbox", Sample(OutboxPage(lines), ANNA, "outbox")
    yield "outbox-empty", Sample(OutboxPage(()))
    yield "outbox-mail", Sample(mail, ANNA, "outbox")
    yield "outbox-mail-text", Sample(replace(mail, html_path="", links=(), attachments=()))
    rows = (
        RoomRow("a101", "A-101", "hall", 24),
        RoomRow("b204", "B-204", "hall", 40, shared=False),
        RoomRow("v1", "Online 1", "virtual", 60),
    )
    yield "rooms", Sample(RoomsPage((RoomGroup(VIENNA, rows), RoomGroup(KYIV, rows[:1]))), ANNA, "rooms")
    yield "rooms-empty", Sample(RoomsPage(()), ANNA, "rooms")
