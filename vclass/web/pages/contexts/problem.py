"""Pages that say what went wrong."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class NoticeFragment:
    """The frame's notice alone: what went wrong with a part of a page."""

    template: ClassVar[str] = "fragments/notice.html"


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """What happened, what is safe, what to do, by HTTP status.

    ``detail`` is a refusal's own sentence, in the reader's language; ``back`` the path to try again from.
    """

    template: ClassVar[str] = "error.html"

    status: int
    detail: str = ""
    reference: str = ""
    back: str = ""
