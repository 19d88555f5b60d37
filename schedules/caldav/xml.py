"""XML in and out (RFC 4918 section 14, RFC 4791 section 9, RFC 6578 section 6): octets to values, values to octets.

What comes in is from strangers: no DTD, hence no entities, at most twenty levels deep.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from schedules.caldav.model import (
    CALDAV,
    DAV,
    BrokenXmlError,
    invalid_filter,
    unsupported_filter,
    unsupported_report,
)
from vclass.core.spans import Span

DEEPEST: Final = 20
CALENDAR_SERVER: Final = "http://calendarserver.org/ns/"
APPLE: Final = "http://apple.com/ns/ical/"
PREFIXES: Final[Mapping[str, str]] = {DAV: "D", CALDAV: "C", CALENDAR_SERVER: "CS", APPLE: "A"}
DECLARED: Final = "".join(f" xmlns:{prefix}={quoteattr(name)}" for name, prefix in PREFIXES.items())
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
ALWAYS: Final[Span] = (-(10**11), 10**11)

Name: TypeAlias = str
"""`{namespace}local`, as James Clark writes it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The properties that are asked for; `names` None: all usual ones; `values` False: their names alone.

    `expand` says in which span series are to be told date by date (RFC 4791 section 9.6.5).
    """

    names: tuple[Name, ...] | None = None
    values: bool = True
    expand: Span | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lessons: in a span, of one UID; ``nothing`` where only other kinds of components are sought."""

    span: Span | None = None
    uid: str | None = None
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Lessons that match a filter (RFC 4791 section 7.8)."""

    wanted: Wanted
    filter: Filter


@dataclass(frozen=True, slots=True)
class Multiget:
    """Lessons of which the addresses are known (RFC 4791 section 7.9)."""

    wanted: Wanted
    hrefs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sync:
    """Catch up from a mark, "" from the beginning; with at most so many lessons at once."""

    wanted: Wanted
    token: str
    most: int | None = None


@dataclass(frozen=True, slots=True)
class FreeBusy:
    """Busy times in a span (RFC 4791 section 7.10)."""

    span: Span


Report: TypeAlias = Query | Multiget | Sync | FreeBusy


class _Shallow(TreeBuilder):
    """Builds a tree that is no deeper than anything that RFC 4791 has."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BrokenXmlError(f"it is more than {DEEPEST} levels deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)


def dav(local: str) -> Name:
    return f"{{{DAV}}}{local}"


def cal(local: str) -> Name:
    return f"{{{CALDAV}}}{local}"


def parse(octets: bytes) -> Element:
    """The root of a body.

    Raises:
        BrokenXmlError: It isn't well-formed, has a DTD, or is too deep.
    """
    parser = DefusedXMLParser(target=_Shallow(), forbid_dtd=True)
    try:
        parser.feed(octets)
        root: Element = parser.close()
    except DefusedXmlException:
        raise BrokenXmlError("it has a document type definition") from None
    except (ParseError, ValueError, LookupError) as error:
        raise BrokenXmlError(f"it is not well-formed XML ({error})") from None
    return root


def read_propfind(octets: bytes) -> Wanted:
    """What a PROPFIND asks for; without a body all properties (RFC 4918 section 9.1).

    Raises:
        BrokenXmlError: It asks for nothing.
    """
    if not octets.strip():
        return Wanted()
    root = parse(octets)
    if root.tag != dav("propfind"):
        raise BrokenXmlError("it is no propfind")
    if root.find(dav("propname")) is not None:
        return Wanted(values=False)
    if root.find(dav("prop")) is None and root.find(dav("allprop")) is None:
        raise BrokenXmlError("it asks for no property")
    return _wanted(root)


def read_report(octets: bytes) -> Report:
    """What a REPORT asks for.

    Raises:
        BrokenXmlError: It isn't what its name says.
        PreconditionError: There is no such report, or its filter isn't one.
    """
    root = parse(octets)
    read = READERS.get(root.tag)
    if read is None:
        raise unsupported_report(root.tag.rpartition("}")[2])
    return read(root)


def _query(root: Element) -> Query:
    outer = root.find(f"{cal('filter')}/{cal('comp-filter')}")
    if outer is None or outer.get("name") != "VCALENDAR":
        raise invalid_filter("it begins with a comp-filter VCALENDAR")
    return Query(_wanted(root), _filter(outer))


def _multiget(root: Element) -> Multiget:
    return Multiget(_wanted(root), tuple((each.text or "").strip() for each in root.findall(dav("href"))))


def _sync(root: Element) -> Sync:
    if root.findtext(dav("sync-level"), "1").strip() not in ("1", "infinite"):
        raise BrokenXmlError("the sync level is 1")
    most = root.findtext(f"{dav('limit')}/{dav('nresults')}")
    if most is not None and not most.strip().isdecimal():
        raise BrokenXmlError("nresults is a number")
    token = root.findtext(dav("sync-token"), "").strip()
    return Sync(_wanted(root), token, None if most is None else max(1, int(most)))


def _free_busy(root: Element) -> FreeBusy:
    ranged = root.find(cal("time-range"))
    if ranged is None or not (ranged.get("start") and ranged.get("end")):
        raise BrokenXmlError("a free-busy-query has a time-range with start and end")
    return FreeBusy(_span(ranged))


READERS: Final[Mapping[Name, Callable[[Element], Report]]] = {
    cal("calendar-query"): _query,
    cal("calendar-multiget"): _multiget,
    dav("sync-collection"): _sync,
    cal("free-busy-query"): _free_busy,
}


def _wanted(root: Element) -> Wanted:
    prop = root.find(dav("prop"))
    if prop is None:
        return Wanted()
    expand = prop.find(f"{cal('calendar-data')}/{cal('expand')}")
    return Wanted(tuple(each.tag for each in prop), expand=None if expand is None else _span(expand))


def _filter(outer: Element) -> Filter:
    """What lies in VCALENDAR: lessons are VEVENTs, and whoever seeks other components finds nothing."""
    if outer.find(cal("is-not-defined")) is not None:
        return Filter(nothing=True)
    inner = outer.findall(cal("comp-filter"))
    if _strays(outer, ("comp-filter",)):
        raise unsupported_filter("a property of the calendar")
    found = Filter()
    for each in inner:
        found = _narrowed(found, each)
    return found


def _narrowed(so_far: Filter, component: Element) -> Filter:
    absent = component.find(cal("is-not-defined")) is not None
    if (component.get("name") == "VEVENT") is absent:
        return Filter(nothing=True)
    if absent:
        return so_far
    if _strays(component, ("time-range", "prop-filter")):
        raise unsupported_filter("components inside an event")
    ranged = component.find(cal("time-range"))
    uids = [_uid(each) for each in component.findall(cal("prop-filter"))]
    span = so_far.span if ranged is None else _span(ranged)
    return Filter(span, uids[0] if uids else so_far.uid, so_far.nothing or len(set(uids)) > 1)


def _uid(prop: Element) -> str:
    match = prop.find(cal("text-match"))
    if prop.get("name", "").upper() != "UID" or match is None or match.get("negate-condition") == "yes":
        raise unsupported_filter(f"the property {prop.get('name', '')}")
    return (match.text or "").strip()


def _strays(element: Element, known: Sequence[str]) -> bool:
    return any(each.tag not in map(cal, known) for each in element)


def _span(element: Element) -> Span:
    """The attributes `start` and `end`, in UTC (RFC 4791 section 9.9); either may be left open."""
    starts, ends = element.get("start"), element.get("end")
    span = ALWAYS[0] if starts is None else _instant(starts), ALWAYS[1] if ends is None else _instant(ends)
    if span[0] >= span[1]:
        raise invalid_filter("a time-range ends after it starts")
    return span


def _instant(text: str) -> int:
    try:
        return int(dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC).timestamp())
    except ValueError:
        raise invalid_filter(f"{text[:40]!r} is not a time in UTC such as 20261006T080000Z") from None


def element(tag: Name, /, *inner: str, **attributes: str) -> str:
    """An element around finished text; a foreign namespace is declared where it is used."""
    namespace, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    prefix = PREFIXES.get(namespace)
    shown = local if prefix is None else f"{prefix}:{local}"
    about = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    about += f" xmlns={quoteattr(namespace)}" if prefix is None else ""
    return f"<{shown}{about}>{''.join(inner)}</{shown}>" if inner else f"<{shown}{about}/>"


def text(value: str) -> str:
    """Character data; what XML 1.0 can't hold is left out."""
    return escape(UNPRINTABLE.sub("", value))


def href(path: str) -> str:
    return element(dav("href"), text(path))


def response(path: str, found: Iterable[str], missing: Iterable[Name] = ()) -> str:
    """What is told of one address: the properties that it has, and those that it hasn't."""
    return element(dav("response"), href(path), *_propstats(list(found), list(missing)))


def _propstats(found: Sequence[str], missing: Sequence[Name]) -> Iterator[str]:
    if found or not missing:
        yield element(dav("propstat"), element(dav("prop"), *found), status(200, "OK"))
    if missing:
        yield element(dav("propstat"), element(dav("prop"), *map(element, missing)), status(404, "Not Found"))


def gone(path: str) -> str:
    return element(dav("response"), href(path), status(404, "Not Found"))


def cut_short(path: str) -> str:
    """There is more than was told (RFC 6578 section 3.6)."""
    limit = element(dav("error"), element(dav("number-of-matches-within-limits")))
    return element(dav("response"), href(path), status(507, "Insufficient Storage"), limit)


def status(code: int, reason: str) -> str:
    return element(dav("status"), f"HTTP/1.1 {code} {reason}")


def multistatus(parts: Iterable[str]) -> bytes:
    return _document(dav("multistatus"), parts)


def error(condition: Name, *inner: str) -> bytes:
    """A condition that doesn't hold (RFC 4918 section 16)."""
    return _document(dav("error"), [element(condition, *inner)])


def _document(name: Name, parts: Iterable[str]) -> bytes:
    tag = f"D:{name.rpartition('}')[2]}"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{tag}{DECLARED}>{"".join(parts)}</{tag}>'.encode()
