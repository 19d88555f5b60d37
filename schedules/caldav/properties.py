"""The properties of what lies under /dav/: each a name and what makes its value, made only if asked for.

RFC 4918 section 15, RFC 4791 section 5.2, RFC 5397, RFC 3744, RFC 6578; getctag is older than these.
"""

from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from typing import Final, TypeAlias

from schedules.caldav import xml
from schedules.caldav.model import ROOT, Address
from schedules.caldav.xml import CALENDAR_SERVER, Name, Wanted, cal, dav, element, href, text
from vclass.core.zones import Instant

Properties: TypeAlias = Mapping[Name, Callable[[], str]]

DATA: Final = cal("calendar-data")
LENGTH: Final = dav("getcontentlength")
CALENDAR_TYPE: Final = "text/calendar; charset=utf-8; component=VEVENT"
USUAL: Final = frozenset(
    map(
        dav,
        (
            "resourcetype",
            "displayname",
            "getetag",
            "getcontenttype",
            "getcontentlength",
            "getlastmodified",
            "current-user-principal",
        ),
    )
)
"""For whoever asks for all properties: what RFC 4918 defines, and where to go on from here.

Some programs lose the body of their question when they are led from the well-known address to the root.
"""
REPORTS: Final = (
    cal("calendar-query"),
    cal("calendar-multiget"),
    cal("free-busy-query"),
    dav("sync-collection"),
)


def root(person: str) -> Properties:
    return {**_common(person), dav("resourcetype"): lambda: element(dav("collection"))}


def principal(person: str, name: str, email: str) -> Properties:
    """A person; mail is the address under which calendars know them."""
    return {
        **_common(person),
        dav("resourcetype"): lambda: element(dav("principal")) + element(dav("collection")),
        dav("displayname"): lambda: text(name),
        cal("calendar-user-address-set"): lambda: href(f"mailto:{email}"),
    }


def home(person: str, name: str) -> Properties:
    return {
        **_common(person),
        dav("resourcetype"): lambda: element(dav("collection")),
        dav("displayname"): lambda: text(name),
    }


def calendar(person: str, title: str, tag: Callable[[], str], mark: Callable[[], str]) -> Properties:
    """A calendar; `tag` is another one whenever anything in it may be, `mark` is where catching up begins."""
    component = element(cal("comp"), name="VEVENT")
    reports = "".join(element(dav("supported-report"), element(dav("report"), element(each))) for each in REPORTS)
    kind = {"content-type": "text/calendar", "version": "2.0"}
    return {
        **_common(person),
        dav("resourcetype"): lambda: element(dav("collection")) + element(cal("calendar")),
        dav("displayname"): lambda: text(title),
        dav("supported-report-set"): lambda: reports,
        dav("sync-token"): mark,
        cal("supported-calendar-component-set"): lambda: component,
        cal("supported-calendar-data"): lambda: element(DATA, **kind),
        f"{{{CALENDAR_SERVER}}}getctag": tag,
    }


def lesson(person: str, etag: str, modified: Instant, data: Callable[[], bytes]) -> Properties:
    return {
        **_common(person),
        dav("resourcetype"): str,
        dav("getetag"): lambda: text(f'"{etag}"'),
        dav("getcontenttype"): lambda: CALENDAR_TYPE,
        LENGTH: lambda: str(len(data())),
        dav("getlastmodified"): lambda: formatdate(modified, usegmt=True),
        DATA: lambda: text(data().decode()),
    }


def told(path: str, properties: Properties, wanted: Wanted) -> str:
    """The response of one address: what was asked for and is there, and what isn't."""
    names = wanted.names
    if not wanted.values:
        return xml.response(path, map(element, properties))
    if names is None:
        names = tuple(each for each in properties if each in USUAL)
    found = (element(each, properties[each]()) for each in names if each in properties)
    return xml.response(path, found, [each for each in names if each not in properties])


def needs_data(wanted: Wanted) -> bool:
    """Whether lessons must be read for it."""
    return wanted.values and (wanted.names is None or not {DATA, LENGTH}.isdisjoint(wanted.names))


@lru_cache(maxsize=256)
def _common(person: str) -> Properties:
    """Who asks, and that they may read; the same for each of somebody's lessons."""
    own = Address("principal", person).path
    privileges = (dav("read"), dav("read-current-user-privilege-set"), cal("read-free-busy"))
    granted = "".join(element(dav("privilege"), element(each)) for each in privileges)
    return {
        dav("current-user-principal"): lambda: href(own),
        dav("principal-URL"): lambda: href(own),
        dav("owner"): lambda: href(own),
        dav("principal-collection-set"): lambda: href(f"{ROOT}principals/"),
        dav("current-user-privilege-set"): lambda: granted,
        cal("calendar-home-set"): lambda: href(Address("home", person).path),
    }
