"""Calendars over CalDAV as values: addresses, marks, and what is refused under which name."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from vclass.core.refusals import Refusal

ROOT: Final = "/dav/"
OWN: Final = "lessons"
ROOM: Final = "room-"
NAME: Final = r"[\w-]{1,64}"
MARK: Final = re.compile(r"urn:vclass:sync:([0-9a-f]{1,32}):([0-9]{1,18})")
ADDRESS: Final = re.compile(
    rf"/dav(?:/?|/principals/(?P<principal>{NAME})/?|/calendars/(?P<home>{NAME})(?:/?|/(?P<calendar>{NAME})/?"
    rf"|/(?P<within>{NAME})/(?P<lesson>{NAME})\.ics))?",
    re.ASCII,
)

DAV: Final = "DAV:"
CALDAV: Final = "urn:ietf:params:xml:ns:caldav"

Kind: TypeAlias = Literal["root", "principal", "home", "calendar", "lesson"]


@dataclass(frozen=True, slots=True)
class Address:
    """What a path names: `person` is "" at the root, `calendar` and `lesson` above what has them."""

    kind: Kind
    person: str = ""
    calendar: str = ""
    lesson: str = ""

    @property
    def path(self) -> str:
        """The path under which it is told, whatever it was asked for by."""
        if self.kind == "principal":
            return f"{ROOT}principals/{self.person}/"
        parts = (self.person, self.calendar) if self.calendar else (self.person,)
        home = f"{ROOT}calendars/{'/'.join(parts)}/"
        return ROOT if self.kind == "root" else home + (f"{self.lesson}.ics" if self.lesson else "")


def speaks(path: str) -> bool:
    """Whether calendar programs are spoken to under this path."""
    return path == ROOT.rstrip("/") or path.startswith(ROOT)


def address(path: str) -> Address | None:
    """What a path names; None for nothing."""
    match = ADDRESS.fullmatch(path)
    if match is None:
        return None
    if match["lesson"]:
        return Address("lesson", match["home"], match["within"], match["lesson"])
    if match["calendar"]:
        return Address("calendar", match["home"], match["calendar"])
    if match["home"]:
        return Address("home", match["home"])
    return Address("principal", match["principal"]) if match["principal"] else Address("root")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a program has caught up: what changed since has this number or a higher one, in this run of numbers."""

    epoch: str
    number: int

    def __str__(self) -> str:
        return f"urn:vclass:sync:{self.epoch}:{self.number}"


def mark(text: str) -> Mark:
    """The mark that a program brings back.

    Raises:
        PreconditionError: It is none of ours.
    """
    match = MARK.fullmatch(text.strip())
    if match is None:
        raise unknown_mark()
    return Mark(match[1], int(match[2]))


class BrokenXmlError(Refusal):
    """The body is no XML that anybody would send in good faith, or not what the method takes."""

    slug = "broken-xml"

    def __init__(self, why: str) -> None:
        super().__init__(f"The body can't be read: {why}. Send what RFC 4791 describes.")


class PreconditionError(Refusal):
    """A condition that a RFC gives a name doesn't hold: `{namespace}name`."""

    slug = "precondition"

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


class ReadOnlyError(Refusal):
    """Somebody would like to change something that is changed elsewhere."""

    slug = "read-only"

    def __init__(self) -> None:
        super().__init__("These calendars are to be read only. Change lessons on their pages.")


def unknown_mark() -> PreconditionError:
    """RFC 6578 section 3.2."""
    return PreconditionError(f"{{{DAV}}}valid-sync-token", "This sync token is not known here. Read everything anew.")


def finite_depth() -> PreconditionError:
    """RFC 4918 section 9.1.1."""
    return PreconditionError(f"{{{DAV}}}propfind-finite-depth", "Ask with Depth 0 or 1.")


def unsupported_filter(what: str) -> PreconditionError:
    """RFC 4791 section 7.8."""
    return PreconditionError(f"{{{CALDAV}}}supported-filter", f"A filter by {what} is not understood. Leave it out.")


def unsupported_report(name: str) -> PreconditionError:
    """RFC 3253 section 3.6."""
    return PreconditionError(f"{{{DAV}}}supported-report", f"The report {name} can't be had here.")


def invalid_filter(why: str) -> PreconditionError:
    """RFC 4791 section 7.8."""
    return PreconditionError(f"{{{CALDAV}}}valid-filter", f"The filter is wrong: {why}.")
