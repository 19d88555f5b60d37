"""The real application with three institutions, and visitors with browsers of their own."""

import datetime as dt
import html
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from aiohttp.test_utils import TestClient

from config.settings import Database as DatabaseSettings
from config.settings import Mail, Media, Server, Settings
from rooms import NewEquipment, NewRoom, create_equipment, create_room
from schedules import Lesson, store
from schedules.terms import store as terms
from tests.support import SATURDAY, SettableClock
from vclass import people
from vclass.core import outbox
from vclass.core.db import Database
from vclass.core.keys import DATABASE, KEYRING
from vclass.people import NewInstitution, NewPerson

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
VIENNA = NewInstitution("vii", "VIE", "Vienna Institute of Informatics", "Vienna", "Europe/Vienna", "AT", ("en",))
KYIV = NewInstitution("kpa", "KYI", "Kyiv Polytechnic Academy", "Kyiv", "Europe/Kyiv", "UA", ("uk", "en"))
NEW_YORK = NewInstitution("nyc", "NYC", "New York College", "New York", "America/New_York", "US", ("en",))
ANNA, IRYNA, MARIA = "anna@vii.example", "iryna@kpa.example", "maria@nyc.example"
SOPHIE, JOSEF = "sophie@vii.example", "josef@vii.example"

TAGS = re.compile(r"(?s)<(script|style|svg|select|head)\b.*?</\1>|<[^>]+>")
TIMES = re.compile(r"</?time\b[^>]*>")


def settings(folder: Path) -> Settings:
    return Settings(
        server=Server(secret_file=str(folder / "secret")),
        database=DatabaseSettings(url=f"sqlite:///{folder / 'vclass.db'}"),
        mail=Mail(smtp_url="outbox:", sender="vclass <lessons@vclass.example>"),
        media=Media(udp_port=0, announced_addresses=("127.0.0.1",)),
    )


@dataclass(frozen=True)
class Ids:
    """Public ids of what was set up."""

    kyiv: str
    new_york: str
    a101: str
    b204: str
    hall214: str
    camera: str
    vienna: str


def furnish(connection: sa.Connection) -> Ids:
    vienna, kyiv, new_york = (
        people.create_institution(connection, each, SATURDAY) for each in (VIENNA, KYIV, NEW_YORK)
    )
    for email, name, home, role in (
        (ANNA, "Anna Leitner", vienna, "teacher"),
        (IRYNA, "Ірина Бондар", kyiv, "teacher"),
        (MARIA, "Maria Alvarez", new_york, "teacher"),
        (SOPHIE, "Sophie Brandl", vienna, "student"),
        (JOSEF, "Josef Huber", vienna, "institution_admin"),
    ):
        people.create_person(connection, NewPerson(email, name, home.public_id, (role,)), SATURDAY)  # type: ignore[arg-type]  # roles
    zone = "Europe/Vienna"
    return Ids(
        kyiv.public_id,
        new_york.public_id,
        create_room(connection, vienna.id, NewRoom("hall", "A-101", zone, 24), SATURDAY).public_id,
        create_room(connection, vienna.id, NewRoom("hall", "B-204", zone, 40), SATURDAY).public_id,
        create_room(
            connection, kyiv.id, NewRoom("hall", "Hall 214", "Europe/Kyiv", 30, shared=True), SATURDAY
        ).public_id,
        create_equipment(connection, vienna.id, NewEquipment("Document camera", 2), SATURDAY).public_id,
        vienna.public_id,
    )


@dataclass(frozen=True)
class Shown:
    """An answer as its reader sees it."""

    status: int
    html: str
    location: str

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return " ".join(html.unescape(TAGS.sub(" ", TIMES.sub("", self.html))).split())

    def value(self, name: str) -> str:
        """What a field of the page holds."""
        match = re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*?(?:value="([^"]*)"|>([^<]*))', self.html)
        assert match is not None, f"there is no field {name}"
        return html.unescape(match[1] or match[2] or "")

    def values(self, name: str) -> list[str]:
        return [html.unescape(each) for each in re.findall(rf'name="{name}" value="([^"]*)"', self.html)]

    def chosen(self, name: str) -> str:
        """The chosen option of a select."""
        match = re.search(rf'(?s)<select[^>]*name="{name}".*?</select>', self.html)
        assert match is not None, f"there is no choice {name}"
        return next(iter(re.findall(r'value="([^"]*)" selected', match[0])), "")


@dataclass
class Visitor:
    """Somebody with a browser."""

    client: Any
    csrf: str = ""

    async def get(self, path: str, **headers: str) -> Shown:
        return await self._shown(await self.client.get(path, headers=BROWSER | headers, allow_redirects=False))

    async def post(
        self, path: str, form: dict[str, str] | list[tuple[str, str]] | None = None, **headers: str
    ) -> Shown:
        """Send a form with the token of the page that was shown last; in a list a field may come more than once."""
        data = [("csrf", self.csrf), *form] if isinstance(form, list) else {"csrf": self.csrf} | (form or {})
        options = {"data": data, "headers": BROWSER | headers, "allow_redirects": False}
        return await self._shown(await self.client.post(path, **options))

    async def post_form(self, path: str, form: Any) -> Shown:  # noqa: ANN401  aiohttp's FormData
        """Send a form with files."""
        options = {"data": form, "headers": BROWSER, "allow_redirects": False}
        return await self._shown(await self.client.post(path, **options))

    async def send(self, path: str, form: dict[str, str] | None = None) -> Shown:
        """Send a form and follow where it leads."""
        answer = await self.post(path, form)
        assert answer.status == 303, answer.text
        return await self.get(answer.location.partition("#")[0])

    async def _shown(self, response: Any) -> Shown:  # noqa: ANN401  aiohttp's
        text = await response.text()
        match = re.search(r'name="csrf" content="([^"]+)"', text)
        self.csrf = match[1] if match else self.csrf
        return Shown(response.status, text, response.headers.get("Location", ""))


@dataclass
class Campus:
    """The running application, and ways in."""

    server: Any
    ids: Ids
    clock: SettableClock
    browser: Callable[..., Awaitable[TestClient[Any, Any]]]

    @property
    def database(self) -> Database:
        return self.server.app[DATABASE]  # type: ignore[no-any-return]  # the fixture is untyped

    async def visitor(self) -> Visitor:
        return Visitor(await self.browser(self.server))

    async def person(self, email: str) -> Visitor:
        """Somebody who has signed in by the mailed link."""
        visitor = await self.visitor()
        await visitor.get("/sign-in")
        await visitor.post("/sign-in", {"email": email, "next": "/"})
        path = await self.mailed_path()
        await visitor.get(path)
        await visitor.send(path)
        return visitor

    async def lesson(self, path: str) -> Lesson:
        """The lesson whose page has this path, as it stands."""

        def read(connection: sa.Connection) -> Lesson:
            found = store.lesson_id_by_public_id(connection, path.rpartition("/")[2])
            return store.lessons(connection, [found or 0])[0]

        return await self.database.read(read)

    async def mailed_path(self) -> str:
        """The path of the sign-in link that was mailed last."""
        rows = await self.database.read(outbox.listing)
        facts = next(each.leased.facts for each in rows if each.leased.kind == "sign-in")
        return f"/sign-in/{people.sign_in_token(self.server.app[KEYRING], facts['sign_in'], facts['key'])}"

    def form(self, **changes: str) -> dict[str, str]:
        """A booking: a weekly lesson of Vienna and Kyiv over the weeks in which New York's clocks differ."""
        return {
            "key": "once",
            "title": "Comparative Media Law",
            "description": "Right of reply.",
            "zone": "Europe/Vienna",
            "date": "2027-03-02",
            "time": "10:00",
            "minutes": "90",
            "repeat": "weekly",
            "count": "6",
            "room": self.ids.a101,
            "partner": self.ids.kyiv,
            "partner_room": self.ids.hall214,
            "partner_teacher": IRYNA,
            "guests": "Nikos <nikos@asl.example>",
            **changes,
        }

    async def booked(self, visitor: Visitor, **changes: str) -> str:
        """The path of a lesson that a visitor has booked."""
        await visitor.get("/lessons/new")
        answer = await visitor.post("/lessons", self.form(**changes))
        assert answer.status == 303, answer.text
        return answer.location


async def close(campus: Campus, first: dt.date, last: dt.date) -> None:
    """Let Kyiv be closed."""

    def write(connection: sa.Connection) -> None:
        (home,) = (each.id for each in people.institutions(connection) if each.name == KYIV.name)
        values = {"name": "Spring break", "first_day": first, "last_day": last}
        terms.insert(connection, "closure", home, values, SATURDAY)

    await campus.database.write(write)
