"""The personal link and the lesson behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from vclass.core.spans import Span
from vclass.core.zones import Instant
from vclass.web.pages.contexts.answers import AnswerForm
from vclass.web.pages.contexts.parts import RoomLine, Side

JoinState: TypeAlias = Literal["early", "open", "moved", "cancelled", "ended"]


@dataclass(frozen=True, slots=True)
class JoinPage:
    """The page behind a personal link, in each state of the lesson.

    ``zone`` is the guest's own; ``others`` the sides with another zone. ``span`` is the lesson the page is
    about: the open, next, moved, cancelled or last one. ``before`` is the time it had before it moved. What is
    ``unsure`` still waits for approval. ``answers`` asks whether the guest comes, while anything is to come.
    """

    template: ClassVar[str] = "join.html"

    state: JoinState
    path: str
    title: str
    series: bool
    weekly: bool
    sides: tuple[Side, ...]
    zone: str
    others: tuple[Side, ...]
    span: Span
    name: str = ""
    door_opens: Instant = 0
    door_closes: Instant = 0
    rooms: tuple[RoomLine, ...] = ()
    before: Span | None = None
    reason: str = ""
    by: str = ""
    next_span: Span | None = None
    calendar_path: str = ""
    test_path: str = "/connection"
    unsure: bool = False
    answers: AnswerForm | None = None


@dataclass(frozen=True, slots=True)
class JoinFragment(JoinPage):
    """The state alone, for an htmx request: a whole page brings scripts, which htmx is forbidden to run."""

    template: ClassVar[str] = "fragments/join_state.html"


@dataclass(frozen=True, slots=True)
class ReplacedLinkPage:
    """A revoked or unknown link: no title, no names, the same for both.

    ``mail_action`` mails the new link to whom the old one was sent, if to anybody; ``sent`` says it was asked.
    """

    template: ClassVar[str] = "join_replaced.html"

    mail_action: str
    sent: bool = False


@dataclass(frozen=True, slots=True)
class ClassroomPage:
    """Where the browser code draws the lesson.

    ``data`` is what it starts from, as JSON; the template adds the texts of the language and the time.
    """

    template: ClassVar[str] = "classroom.html"

    title: str
    data: Mapping[str, object]
    leave_path: str = "/"
