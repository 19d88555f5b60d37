"""A calendar program of the plainest kind: it says what it sends, and reads answers with the standard library."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from tests.web.api import TEACHER, Api

NAMES = {"D": "DAV:", "C": "urn:ietf:params:xml:ns:caldav", "CS": "http://calendarserver.org/ns/"}
DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
WELL_KNOWN = "/.well-known/caldav"


@dataclass(frozen=True)
class Told:
    """An answer as it came."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def xml(self) -> Element:
        return fromstring(self.body)

    @property
    def found(self) -> dict[str, Element]:
        """What was told of each address, by its path."""
        assert self.status == 207, self.body
        return {each.findtext("D:href", "", NAMES): each for each in self.xml.findall("D:response", NAMES)}

    @property
    def present(self) -> dict[str, Element]:
        """Of what is there, the properties that it has."""
        props = {path: each.find("D:propstat/D:prop", NAMES) for path, each in self.found.items()}
        return {path: each for path, each in props.items() if each is not None}

    @property
    def gone(self) -> set[str]:
        """What isn't there any more, or never was."""
        return {path for path, each in self.found.items() if "404" in each.findtext("D:status", "", NAMES)}

    @property
    def token(self) -> str:
        return self.xml.findtext("D:sync-token", "", NAMES)

    @property
    def condition(self) -> str:
        """The name of the condition that didn't hold."""
        return self.xml[0].tag.rpartition("}")[2]


@dataclass
class Program:
    """A program with somebody's app password."""

    api: Api
    email: str
    password: str
    person: str

    @property
    def lessons(self) -> str:
        return f"/dav/calendars/{self.person}/lessons/"

    def room(self, public_id: str) -> str:
        return f"/dav/calendars/{self.person}/room-{public_id}/"

    async def ask(self, method: str, path: str, body: str | bytes = "", **headers: str) -> Told:
        """Send a request; headers are named with underscores."""
        pair = base64.b64encode(f"{self.email}:{self.password}".encode()).decode()
        sent = {"Authorization": f"Basic {pair}", "Accept-Encoding": "identity"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"headers": sent, "allow_redirects": False, "auto_decompress": False}
        octets = body.encode() if isinstance(body, str) else body
        response = await self.api.client.request(method, path, data=io.BytesIO(octets) if octets else None, **options)
        return Told(response.status, await response.read(), response.headers)

    async def propfind(self, path: str, props: str, depth: str = "0") -> Told:
        body = f"<D:propfind {DECLARED}><D:prop>{props}</D:prop></D:propfind>"
        return await self.ask("PROPFIND", path, body, Depth=depth)

    async def report(self, path: str, name: str, inner: str) -> Told:
        return await self.ask("REPORT", path, f"<{name} {DECLARED}>{inner}</{name}>", Depth="1")

    async def query(self, path: str, inside: str = "", props: str = "<D:getetag/>") -> Told:
        event = f'<C:comp-filter name="VEVENT">{inside}</C:comp-filter>'
        chosen = f'<C:filter><C:comp-filter name="VCALENDAR">{event}</C:comp-filter></C:filter>'
        return await self.report(path, "C:calendar-query", f"<D:prop>{props}</D:prop>{chosen}")

    async def sync(self, path: str, token: str = "", more: str = "") -> Told:
        inner = f"<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>{more}"
        return await self.report(path, "D:sync-collection", f"{inner}<D:prop><D:getetag/></D:prop>")


async def program(api: Api, who: tuple[str, str] = TEACHER) -> Program:
    made = await api.ask("POST", "/app-passwords", {"name": "Laptop"}, who)
    assert made.status == 201, made.body
    me = (await api.ask("GET", "/me", who=who)).body
    return Program(api, me["email"], made.body["password"], me["id"])


def text(properties: Element, name: str) -> str:
    return properties.findtext(name, "", NAMES)
