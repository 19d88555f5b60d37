"""A lesson to test the browser client in: the real bundles, the real room and SFU, pages under the real policy."""

import json
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from signaling import Admitted, Archive, Institution, LessonFacts, Live, LiveSettings, Role
from signaling.sfu import Sfu, SfuSettings
from vclass.web.i18n import catalogue, choose_language

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "vclass" / "web" / "static"
LESSON = "media-law"
SHEETS = (
    "tokens",
    "base",
    "layout",
    "shell",
    "forms",
    "cards",
    "time",
    "states",
    "parts",
    "classroom",
    "live",
    "utilities",
)
POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types htmx"
)
PEOPLE = {
    "anna": ("Anna Leitner", Role.TEACHER, Institution("VIE", "Vienna", 1), "de"),
    "olena": ("Olena Bondar", Role.HOST, Institution("KYI", "Kyiv", 2), "en"),
    "danylo": ("Данило Савчук", Role.STUDENT, Institution("KYI", "Kyiv", 2), "uk"),
}
ZONES = [
    {"zone": "Europe/Vienna", "city": "Vienna", "hue": 1, "code": "VIE"},
    {"zone": "Europe/Kyiv", "city": "Kyiv", "hue": 2, "code": "KYI"},
]


def rfc3339(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


@dataclass
class Classroom:
    """Tickets for a lesson and the pages of the people in it. Origin and Live are set once the port is known."""

    doors_open: bool = True
    camera: tuple[int, int] = (320, 240)
    tickets: dict[str, str] = field(default_factory=dict)
    posts: list[web.Request] = field(default_factory=list)
    archive: Archive | None = None
    starts: int = field(default_factory=lambda: int(time.time()) - 1860)

    def live(self, origin: str) -> Live:
        settings = LiveSettings(allowed_origins=(origin,))
        media = SfuSettings(udp_port=0, announced_addresses=("127.0.0.1",))
        return Live(
            media=lambda sink: Sfu(media, sink),
            admit=self.admit,
            settings=settings,
            clock=lambda: int(time.time()),
            archive=self.archive,
        )

    async def admit(self, ticket: str) -> Admitted | None:
        identity = self.tickets.pop(ticket, None)
        if identity is None:
            return None
        name, role, institution, language = PEOPLE[identity]
        lesson = LessonFacts(LESSON, "Comparative Media Law", self.starts, self.starts + 5400)
        return Admitted(lesson, identity, name, role, institution, language)

    def ticket(self, identity: str) -> str:
        ticket = secrets.token_urlsafe(16)
        self.tickets[ticket] = identity
        return ticket

    def page_data(self, identity: str) -> dict[str, Any]:
        name, _, _, language = PEOPLE[identity]
        own_first = ZONES if identity == "anna" else ZONES[::-1]
        return {
            "ws_url": f"/live/{LESSON}/ws",
            "ticket": self.ticket(identity),
            "ticket_url": f"/join/{identity}/ticket",
            "leave_url": f"/left/{identity}",
            "now": rfc3339(int(time.time())),
            "lesson": {
                "id": LESSON,
                "title": "Law",
                "starts": rfc3339(self.starts),
                "ends": rfc3339(self.starts + 5400),
            },
            "zones": own_first,
            "me": {"name": name, "language": language, "zone": own_first[0]["zone"]},
            "video": {"width": self.camera[0], "height": self.camera[1], "frame_rate": 15},
            "texts": dict(catalogue(choose_language(language)).client),
        }

    async def classroom(self, request: web.Request) -> web.Response:
        identity = request.match_info["identity"]
        block = json.dumps(self.page_data(identity)).replace("<", "\\u003c")
        body = f'<div id="classroom"></div><script type="application/json" id="classroom-data">{block}</script>'
        return page(body, "classroom.js", PEOPLE[identity][3])

    async def new_ticket(self, request: web.Request) -> web.Response:
        self.posts.append(request)
        if not self.doors_open:
            detail = "The lesson is over since 11:30."
            return web.json_response({"detail": detail}, status=403, content_type="application/problem+json")
        return web.json_response({"ticket": self.ticket(request.match_info["identity"])})

    async def left(self, request: web.Request) -> web.Response:
        return page(f"<main>Goodbye, {request.match_info['identity']}</main>", "page.js", "en")


def page(body: str, script: str, language: str, head: str = "") -> web.Response:
    """A page as the server makes them: no inline script, no inline style."""
    built = json.loads((STATIC / "dist" / "manifest.json").read_text())[script]
    sheets = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in SHEETS)
    text = (
        f'<!doctype html><html lang="{language}" data-theme="dark"><head><meta charset="utf-8"><title>vclass</title>'
        f'<meta name="viewport" content="width=device-width"><meta name="csrf" content="the-token">{head}{sheets}'
        f'<link rel="icon" href="/static/favicon.svg"><script type="module" src="/static/dist/{built}"></script></head>'
        f"<body>{body}</body></html>"
    )
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return web.Response(text=text, content_type="text/html", headers=headers)


def application(classroom: Classroom, live: Live) -> web.Application:
    app = web.Application()
    app.router.add_get("/lesson/{identity}", classroom.classroom)
    app.router.add_post("/join/{identity}/ticket", classroom.new_ticket)
    app.router.add_get("/left/{identity}", classroom.left)
    app.router.add_static("/static", STATIC)
    app.add_subapp("/live", live.app())
    return app
